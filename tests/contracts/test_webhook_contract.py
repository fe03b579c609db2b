"""What partners send over a socket is proven, read, and says what their books say."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from activities.ports import (
    Address,
    LabelBought,
    LabelOrder,
    PickupBooked,
    PickupOrder,
    Prepared,
    VoidOrder,
)
from adapters.carriers.easypost import EasyPostCarrier
from adapters.webhooks import VERIFIERS
from adapters.webhooks.event import Forged
from adapters.webhooks.facts import Fact, facts_of
from sandbox.settings import DEFAULT_SECRETS
from tests.adapters.wire import Answer, Request, says, serving
from tests.sandbox_process import Sandbox, running_sandbox

HOME = Address(name="Ann", line1="1 Weg", city="Berlin", postcode="10115", country="DE")


@dataclass
class Inbox:
    """Proves and reads what comes in, as the intake does, and keeps it."""

    sandbox: Sandbox = field(init=False)
    facts: list[Fact] = field(default_factory=list)
    forged: int = 0
    ids: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, request: Request) -> Answer:
        provider = request.path.split("/")[1]
        stamp = (
            request.headers.get("webhook-timestamp")
            or request.headers.get("stripe-signature", "t=0,").removeprefix("t=").partition(",")[0]
        )
        now = _since_1970(int(stamp))  # the sandbox's clock, which may be ahead of ours
        try:
            event = VERIFIERS[provider](
                request.body, request.headers, [DEFAULT_SECRETS[provider]], now
            )
        except Forged:
            self.forged += 1
            return says(401)
        self.ids.append(event.event_id)
        self.facts += facts_of(event)
        self.news.set()
        return says(204)

    async def told(self, signal: str, status: str = "") -> Fact:
        """Wait until such a fact has come in."""
        while True:
            self.news.clear()
            for fact in self.facts:
                if fact.signal == signal and status in {"", fact.body.get("status")}:
                    return fact
            async with asyncio.timeout(20):
                await self.news.wait()


def _since_1970(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[Inbox]:
    inbox = Inbox()
    async with (
        serving(inbox.take) as wire,
        running_sandbox(tmp_path, webhook_url=wire.url) as sandbox,
    ):
        inbox.sandbox = sandbox
        yield inbox


@pytest.fixture
def carrier(inbox: Inbox, client: httpx2.AsyncClient) -> EasyPostCarrier:
    url = f"{inbox.sandbox.url}/easypost/v2"
    return EasyPostCarrier(client, base_url=url, api_key="EZTK_sandbox")


async def bought(carrier: EasyPostCarrier, service: str = "return_label") -> LabelBought:
    order = LabelOrder(
        step_id="label:P1:1", carrier="swiftpost", service=service, sender=HOME, recipient=HOME,
        weight_grams=500,
    )  # fmt: skip
    prepared = await carrier.prepare_label(order)
    assert isinstance(prepared, Prepared)
    label = await carrier.buy_label(order.model_copy(update={"offer_ref": prepared.offer_ref}))
    assert isinstance(label, LabelBought)
    return label


@pytest.mark.parametrize(
    ("said", "detail", "status"),
    [
        ("in_transit", "arrived_at_hub", "at_hub"),
        ("in_transit", "held_by_customs", "customs_hold"),
        ("delivered", "", "delivered"),
        ("failure", "lost", "lost"),
        ("return_to_sender", "", "returned_to_customer"),
    ],
)
async def test_a_scan_is_told_in_our_words(
    inbox: Inbox, carrier: EasyPostCarrier, said: str, detail: str, status: str
) -> None:
    label = await bought(carrier)
    await inbox.sandbox.client.scan(
        said, tracking_number=label.tracking_number, status_detail=detail
    )
    fact = await inbox.told("report_tracking", status)
    assert fact.reference == fact.body["tracking_number"] == label.tracking_number


async def test_a_label_that_is_taken_back_is_told_a_day_later(
    inbox: Inbox, carrier: EasyPostCarrier
) -> None:
    label = await bought(carrier)
    await carrier.void_label(VoidOrder(step_id="void:L1", label_ref=label.label_ref))
    await inbox.sandbox.client.advance(timedelta(days=2))
    fact = await inbox.told("report_label", "voided")
    assert (fact.reference_kind, fact.reference) == ("label", label.label_ref)


async def test_a_visit_that_fails_is_told_with_its_code(
    inbox: Inbox, carrier: EasyPostCarrier
) -> None:
    label = await bought(carrier, "return_pickup")
    start = await inbox.sandbox.client.now()
    visit = PickupOrder(
        step_id="pickup:P1:1",
        label_ref=label.label_ref,
        address=HOME,
        window_start=start,
        window_end=start + timedelta(hours=4),
    )
    prepared = await carrier.prepare_pickup(visit)
    assert isinstance(prepared, Prepared)
    booked = await carrier.book_pickup(visit.model_copy(update={"offer_ref": prepared.offer_ref}))
    assert isinstance(booked, PickupBooked)
    await inbox.sandbox.client.pickup_outcome(
        booked.pickup_ref, "failed", exception_code="customer_unreachable"
    )
    fact = await inbox.told("report_pickup", "failed")
    assert fact.reference == booked.pickup_ref
    assert fact.body["code"] == "customer_unreachable"
    assert fact.body["tracking_number"] == label.tracking_number


async def test_a_disputed_payment_is_told_when_it_opens_and_when_it_ends(inbox: Inbox) -> None:
    control = inbox.sandbox.client
    await control.capture("pi_1", 3_000, "EUR")
    dispute = await control.chargeback("pi_1", 1_000)
    opened = await inbox.told("report_chargeback", "opened")
    assert (opened.reference_kind, opened.reference) == ("payment", "pi_1")
    assert opened.body["amount"] == {"amount_minor": 1_000, "currency": "EUR"}
    await control.close_chargeback(dispute, "lost")
    assert (await inbox.told("report_chargeback", "lost")).reference == "pi_1"


@pytest.mark.parametrize("end", ["won", "lost"])
async def test_a_payment_that_is_disputed_at_adyen_is_told_by_adyen(inbox: Inbox, end: str) -> None:
    control = inbox.sandbox.client
    await control.capture("PSP1", 3_000, "EUR", provider="adyen")
    dispute = await control.chargeback("PSP1", 1_000)
    opened = await inbox.told("report_chargeback", "opened")
    assert (opened.reference, opened.body["source"]) == ("PSP1", "adyen")
    assert opened.body["amount"] == {"amount_minor": 1_000, "currency": "EUR"}
    await control.close_chargeback(dispute, end)
    assert (await inbox.told("report_chargeback", end)).reference == "PSP1"


async def test_a_receipt_is_told_as_it_was_reported(inbox: Inbox) -> None:
    receipt = {
        "message_id": "m-1",
        "occurred_at": "2026-03-01T12:00:00Z",
        "warehouse": "cologne",
        "parcel": {"tracking_number": "T1"},
        "units": [{"sku": "S-1", "quantity": 1}],
    }
    await inbox.sandbox.client.receipt(receipt)
    fact = await inbox.told("report_receipt")
    assert (fact.reference_kind, fact.reference) == ("tracking", "T1")
    assert receipt.items() <= fact.body.items()


async def test_a_forged_webhook_is_refused_and_the_true_one_taken(inbox: Inbox) -> None:
    control = inbox.sandbox.client
    await control.fault("webhooks", "*", "bad_signature", times=1)
    await control.capture("pi_1", 3_000, "EUR")
    await control.chargeback("pi_1", 1_000)
    await inbox.told("report_chargeback", "opened")
    assert inbox.forged == 1


async def test_a_webhook_that_comes_twice_has_one_id(inbox: Inbox) -> None:
    control = inbox.sandbox.client
    await control.fault("webhooks", "*", "webhook_twice", times=1)
    await control.capture("pi_1", 3_000, "EUR")
    await control.chargeback("pi_1", 1_000)
    await control.advance(timedelta(seconds=1))
    while len(inbox.ids) < 2:
        inbox.news.clear()
        async with asyncio.timeout(20):
            await inbox.news.wait()
    assert len(set(inbox.ids)) == 1
    assert inbox.facts[0] == inbox.facts[1]
