"""PayPal's refunds, refusals and reports, in our words."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from activities.failures import AnswerLost, Misspoken, Unauthorised, Unavailable
from activities.ports import PayoutAnswer, PayoutOrder
from adapters.http import open_client
from adapters.payments.paypal import KEY_LIFETIME, PayPalGateway
from adapters.payments.paypal_words import ISSUES, STATES, from_paypal, state_of, to_paypal
from domain.money import Money
from tests.adapters.wire import Answer, Handler, Request, Wire, in_turn, says, serving

AMOUNT = Money(amount_minor=1085, currency="EUR")
ORDER = PayoutOrder(instruction_id="payout-1", payment_ref="CAP-1", amount=AMOUNT, reference="R-1")
REFUND: dict[str, Any] = {
    "id": "REF-1", "status": "COMPLETED", "invoice_id": "payout-1",
    "amount": {"currency_code": "EUR", "value": "10.85"},
}  # fmt: skip
MADE = PayoutAnswer(state="succeeded", payout_ref="REF-1", amount=AMOUNT)
TOKEN = says(200, {"access_token": "A21", "token_type": "Bearer", "expires_in": 32_400})
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@asynccontextmanager
async def paypal(handler: Handler) -> AsyncIterator[tuple[PayPalGateway, Wire]]:
    async with serving(handler) as wire, open_client() as client:
        yield PayPalGateway(client, base_url=wire.url, api_key="me:mine", now=lambda: NOW), wire


def behind_the_door(*answers: Answer) -> Handler:
    """Give tokens to whoever asks, and these answers one after the other."""
    rest = in_turn(*answers)
    return lambda request: TOKEN if request.path == "/v1/oauth2/token" else rest(request)


def no(issue: str, status: int = 422) -> list[bytes]:
    said = {"name": "UNPROCESSABLE_ENTITY", "message": "Ann", "details": [{"issue": issue}]}
    return says(status, said)


async def test_a_refund_carries_the_instruction_as_key_and_as_reference() -> None:
    async with paypal(behind_the_door(says(201, REFUND))) as (gateway, wire):
        assert await gateway.pay_out(ORDER) == MADE
    door, sent = wire.requests
    assert door.body == b"grant_type=client_credentials"
    assert sent.path == "/v2/payments/captures/CAP-1/refund"
    assert (sent.headers["paypal-request-id"], sent.headers["authorization"]) == (
        "payout-1", "Bearer A21",
    )  # fmt: skip
    assert json.loads(sent.body) == {
        "amount": {"currency_code": "EUR", "value": "10.85"},
        "invoice_id": "payout-1",
        "custom_id": "R-1",
    }


async def test_a_token_is_used_until_it_is_refused_and_then_fetched_once() -> None:
    answers = [says(200, REFUND), says(401), says(200, REFUND)]
    async with paypal(behind_the_door(*answers)) as (gateway, wire):
        await gateway.fetch_payout("REF-1")
        await gateway.fetch_payout("REF-1")
    doors = [request for request in wire.requests if request.path == "/v1/oauth2/token"]
    assert (len(doors), len(wire.requests)) == (2, 5)


async def test_credentials_that_are_refused_need_a_person() -> None:
    async with paypal(lambda _request: says(401)) as (gateway, _):
        with pytest.raises(Unauthorised):
            await gateway.pay_out(ORDER)


async def test_a_door_that_breaks_has_refunded_nothing() -> None:
    async with paypal(lambda _request: says(500)) as (gateway, _):
        with pytest.raises(Unavailable):
            await gateway.pay_out(ORDER)


@pytest.mark.parametrize("issue", ISSUES)
async def test_each_issue_of_a_no_is_a_failed_payout_with_our_word(issue: str) -> None:
    async with paypal(behind_the_door(no(issue))) as (gateway, _):
        assert await gateway.pay_out(ORDER) == PayoutAnswer(state="failed", reason=ISSUES[issue])


async def test_an_issue_without_a_name_is_a_no_that_a_person_looks_at() -> None:
    async with paypal(behind_the_door(no("OF_TOMORROW"))) as (gateway, _):
        assert await gateway.pay_out(ORDER) == PayoutAnswer(state="failed", reason="unknown")


@pytest.mark.parametrize(
    "said", [no("INVALID_PARAMETER_VALUE", 400), says(422, {"details": []}), says(400, {})]
)
async def test_what_they_cannot_read_is_a_defect_of_ours(said: list[bytes]) -> None:
    async with paypal(behind_the_door(said)) as (gateway, _):
        with pytest.raises(Misspoken) as caught:
            await gateway.pay_out(ORDER)
    assert "Ann" not in str(caught.value)


@pytest.mark.parametrize("said", [no("DUPLICATE_INVOICE_ID"), no("DUPLICATE_REFUND"), says(409)])
async def test_what_they_have_under_our_reference_is_looked_up_and_not_called_a_no(
    said: list[bytes],
) -> None:
    async with paypal(behind_the_door(said)) as (gateway, _):
        with pytest.raises(AnswerLost):
            await gateway.pay_out(ORDER)


async def test_what_may_be_older_than_its_key_is_sent_by_nobody() -> None:
    old = ORDER.model_copy(update={"maybe_sent_for": KEY_LIFETIME})
    async with paypal(behind_the_door()) as (gateway, wire):
        assert await gateway.pay_out(old) == PayoutAnswer(
            state="failed", reason="may_have_been_sent"
        )
    assert wire.requests == []


async def test_a_refund_of_another_amount_is_a_defect() -> None:
    other = {**REFUND, "amount": {"currency_code": "EUR", "value": "10.86"}}
    async with paypal(behind_the_door(says(200, other))) as (gateway, _):
        with pytest.raises(Misspoken):
            await gateway.pay_out(ORDER)


@pytest.mark.parametrize("status", STATES)
async def test_the_state_of_a_refund_is_told_in_our_words(status: str) -> None:
    async with paypal(behind_the_door(says(200, {**REFUND, "status": status}))) as (gateway, _):
        answer = await gateway.fetch_payout("REF-1")
    assert answer.state == STATES[status]
    assert bool(answer.reason) is (answer.state == "failed")


def test_a_state_that_they_do_not_document_is_a_defect() -> None:
    with pytest.raises(Misspoken, match="VANISHED"):
        state_of("VANISHED")


def row(invoice: str, code: str = "T1107", **stated: Any) -> dict[str, Any]:
    info = {
        "transaction_id": "REF-1", "transaction_event_code": code, "invoice_id": invoice,
        "transaction_amount": {"currency_code": "EUR", "value": "-10.85"},
        "transaction_initiation_date": "2026-02-28T12:00:00+0000",
        "paypal_reference_id": "CAP-1", **stated,
    }  # fmt: skip
    return {"transaction_info": info}


def report(*rows: dict[str, Any], pages: int = 1) -> list[bytes]:
    return says(200, {"transaction_details": rows, "total_pages": pages})


async def test_a_refund_is_found_by_our_reference_on_the_last_page_and_asked_for() -> None:
    answers = [report(row("another"), pages=2), report(row("payout-1"), pages=2)]
    async with paypal(behind_the_door(*answers, says(200, REFUND))) as (gateway, wire):
        assert await gateway.find_payout(ORDER) == MADE
    pages = [parse_qs(urlsplit(one.target).query).get("page") for one in wire.requests[1:3]]
    assert pages == [["1"], ["2"]]


async def test_a_refund_that_their_report_does_not_show_is_not_found() -> None:
    async with paypal(behind_the_door(report())) as (gateway, _):
        assert await gateway.find_payout(ORDER) is None


async def test_books_of_many_weeks_are_read_in_spans_that_they_allow() -> None:
    spans: list[tuple[datetime, datetime]] = []

    def handle(request: Request) -> Answer:
        query = parse_qs(urlsplit(request.target).query)
        if query:
            start, end = (datetime.fromisoformat(query[name][0]) for name in
                          ("start_date", "end_date"))  # fmt: skip
            spans.append((start, end))
        return report() if query else TOKEN

    async with paypal(handle) as (gateway, _):
        assert await gateway.booked(NOW - timedelta(days=70), NOW) == []
    assert (spans[0][0], spans[-1][1]) == (NOW - timedelta(days=70), NOW)
    assert all(end - start <= timedelta(days=31) for start, end in spans)
    assert [start for start, _ in spans[1:]] == [end for _, end in spans[:-1]]


async def test_what_was_taken_back_is_told_apart_from_refunds_and_from_sales() -> None:
    rows = [row("payout-1"), row("", "T1201"), row("", "T1110"), row("", "T0006")]
    async with paypal(behind_the_door(report(*rows))) as (gateway, _):
        booked = await gateway.booked(NOW - timedelta(days=1), NOW)
    assert [(one.kind, one.state, one.instruction_id) for one in booked] == [
        ("payout", "succeeded", "payout-1"), ("chargeback", "lost", ""),
        ("chargeback", "open", ""),
    ]  # fmt: skip
    assert {one.amount for one in booked} == {AMOUNT}


@pytest.mark.parametrize(
    ("currency", "ours", "theirs"),
    [("EUR", 1085, "10.85"), ("JPY", 1085, "1085"), ("KWD", 1085, "1.085"),
     ("HUF", 108_500, "1085"), ("TWD", 500, "5"), ("USD", 5, "0.05")],
)  # fmt: skip
def test_an_amount_is_said_as_they_write_it_and_read_back(
    currency: str, ours: int, theirs: str
) -> None:
    money = Money(amount_minor=ours, currency=currency)
    assert to_paypal(money) == {"currency_code": currency, "value": theirs}
    assert from_paypal("-" + theirs, currency) == money


async def test_a_part_that_they_do_not_take_is_a_persons_to_pay_otherwise() -> None:
    order = ORDER.model_copy(update={"amount": Money(amount_minor=150, currency="HUF")})
    async with paypal(behind_the_door()) as (gateway, wire):
        assert await gateway.pay_out(order) == PayoutAnswer(
            state="failed", reason="unsayable_amount"
        )
    assert wire.requests == []


def test_no_part_of_a_unit_is_rounded_away() -> None:
    with pytest.raises(Misspoken):
        to_paypal(Money(amount_minor=150, currency="HUF"))


@pytest.mark.parametrize(
    "stated", [(None, "EUR"), (5, "EUR"), ("5", None), ("5", "???"), ("1.005", "EUR"), ("x", "EUR")]
)
def test_an_amount_that_is_none_is_a_defect(stated: tuple[object, object]) -> None:
    with pytest.raises(Misspoken):
        from_paypal(*stated)
