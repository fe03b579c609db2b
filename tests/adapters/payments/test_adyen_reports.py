"""Adyen's daily files, in our words."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from activities.failures import Misspoken, Unauthorised
from adapters.http import open_client
from adapters.payments.adyen_reports import KINDS, AdyenReports
from domain.money import Money
from tests.adapters.wire import Answer, Handler, Request, Wire, says, serving

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HEAD = (
    "Psp Reference,Booking Date,Booking Date TimeZone,Record Type,Modification Psp Reference,"
    "Main Currency,Main Amount,Modification Merchant Reference"
)


def row(
    kind: str, *, at: str = "2026-03-01 10:00:00", zone: str = "UTC", amount: str = "-10.85",
    currency: str = "EUR",
) -> str:  # fmt: skip
    return f"PSP-1,{at},{zone},{kind},REF-1,{currency},{amount},payout-1"


def on_days(files: Mapping[str, list[str]]) -> Handler:
    """Give the files of some days, as `2026_03_01`; other days have none."""

    def handle(request: Request) -> Answer:
        day = request.path.removesuffix(".csv")[-10:]
        rows = files.get(day)
        return says(404) if rows is None else says(200, "\n".join([HEAD, *rows]).encode())

    return handle


@asynccontextmanager
async def reports(handler: Handler) -> AsyncIterator[tuple[AdyenReports, Wire]]:
    async with serving(handler) as wire, open_client() as client:
        yield (
            AdyenReports(
                client, base_url=wire.url, api_key="report:word", account="SHOP", now=lambda: NOON
            ),
            wire,
        )


async def test_the_files_of_the_days_are_asked_for_by_name() -> None:
    async with reports(on_days({})) as (books, wire):
        assert await books.booked(NOON - timedelta(days=1), NOON) == []
    paths = [request.path for request in wire.requests]
    assert "/MerchantAccount/SHOP/payments_accounting_report_2026_03_01.csv" in paths
    assert wire.requests[0].headers["authorization"].startswith("Basic ")


async def test_the_rows_of_one_refund_are_one_movement_as_it_stands_by_the_last() -> None:
    files = {
        "2026_03_01": [row("SentForRefund"), row("Refunded")],
        "2026_03_02": [row("RefundedReversed", at="2026-03-02 09:00:00")],
    }
    async with reports(on_days(files)) as (books, _):
        [booked] = await books.booked(NOON - timedelta(days=2), NOON - timedelta(days=1))
    assert (booked.kind, booked.state, booked.ref) == ("payout", "failed", "REF-1")
    assert (booked.instruction_id, booked.payment_ref) == ("payout-1", "PSP-1")
    assert booked.amount == Money(amount_minor=1085, currency="EUR")
    assert booked.at == datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("kind", KINDS)
async def test_each_record_type_of_theirs_has_our_word(kind: str) -> None:
    async with reports(on_days({"2026_03_01": [row(kind)]})) as (books, _):
        [booked] = await books.booked(NOON - timedelta(days=2), NOON)
    assert (booked.kind, booked.state) == KINDS[kind]
    assert (booked.instruction_id == "") is (booked.kind == "chargeback")


async def test_what_is_no_refund_is_left_out() -> None:
    async with reports(on_days({"2026_03_01": [row("Settled"), row("Authorised")]})) as (books, _):
        assert await books.booked(NOON - timedelta(days=2), NOON) == []


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "CET", "BST"])
async def test_a_time_is_read_in_the_zone_that_it_names(zone: str) -> None:
    rows = [row("Refunded", at="2026-03-01 00:30:00", zone=zone)]
    async with reports(on_days({"2026_03_01": rows})) as (books, _):
        [booked] = await books.booked(NOON - timedelta(days=2), NOON)
    assert booked.at == datetime(2026, 2, 28, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("currency", "theirs", "ours"),
    [("EUR", "10.80", 1080), ("JPY", "1085", 1085), ("KWD", "1.085", 1085), ("ISK", "1085.00", 1085),
     ("CVE", "12", 1200)],
)  # fmt: skip
async def test_an_amount_is_read_with_the_decimals_that_they_count(
    currency: str, theirs: str, ours: int
) -> None:
    rows = [row("Refunded", amount=theirs, currency=currency)]
    async with reports(on_days({"2026_03_01": rows})) as (books, _):
        [booked] = await books.booked(NOON - timedelta(days=2), NOON)
    assert booked.amount == Money(amount_minor=ours, currency=currency)


@pytest.mark.parametrize(
    "bad",
    [row("Refunded", amount="much"), row("Refunded", currency="???"), row("Refunded", at="today"),
     row("Refunded", zone="Nowhere/Land"), row("Refunded", amount="1.005")],
)  # fmt: skip
async def test_a_row_that_cannot_be_read_is_a_defect_and_not_left_out(bad: str) -> None:
    async with reports(on_days({"2026_03_01": [bad]})) as (books, _):
        with pytest.raises(Misspoken):
            await books.booked(NOON - timedelta(days=2), NOON)


async def test_a_file_that_is_no_text_is_a_defect() -> None:
    async with reports(lambda _request: says(200, b"\xff\xfe")) as (books, _):
        with pytest.raises(Misspoken):
            await books.booked(NOON, NOON)


async def test_without_a_right_to_their_reports_a_person_is_needed() -> None:
    async with reports(lambda _request: says(403)) as (books, _):
        with pytest.raises(Unauthorised):
            await books.booked(NOON, NOON)
