"""Every activity, with a way to the point where it has something to do."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from temporalio.common import RawValue
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.recorded import Recording, Recordings
from domain.reconciliation.messages import Compare, SettleFinding
from tests.activities import collecting_proofs as collecting
from tests.activities import lot_proofs as gathering
from tests.activities import recovering_proofs as recovering
from tests.activities import refund_proofs as refunds
from tests.activities import resolving_proofs as resolving
from tests.activities import transport_proofs as transport
from tests.activities.deeds import AtStore, Deed, InBooks, Trade, at_partner
from tests.activities.journey import EXCHANGE, Journey
from tests.engine import TODAY

ANNOUNCED = Trade("warehouse", ("announce",), "warehouse", "announced", "ReturnAnnounced")
MOVED = Trade("warehouse", ("stock_move",), "warehouse", "stock_move", "UnitRestocked")
HELD = Trade("warehouse", ("reserve",), "warehouse", "reserved", "ReplacementReserved")
FREED = Trade(
    "warehouse", ("release",), "warehouse", "released", "ReplacementReleased", found=False
)
SENT = Trade("warehouse", ("order",), "warehouse", "ordered", "ReplacementOrdered")
PAID = Trade(
    "gateway", ("refund",), "payments", "refund", "PayoutSucceeded", records_its_doubt=True
)
CREDITED = Trade(
    "storedvalue", ("credit",), "payments", "credit", "PayoutSucceeded", records_its_doubt=True
)
ASKED = Trade("gateway", ("list",), "payments", "refund", "PayoutSucceeded", is_a_look=True)
TOLD = Trade("mail", ("message",), "mail", "", "CustomerNotified", found=False)


async def announce(journey: Journey) -> Deed:
    await journey.labelled()
    return await at_partner(ANNOUNCED, journey, "announce")


async def move_stock(journey: Journey) -> Deed:
    await journey.received()
    return await at_partner(MOVED, journey, "move_stock")


async def reserve(journey: Journey) -> Deed:
    await journey.open(line=EXCHANGE)
    return await at_partner(HELD, journey, "reserve")


async def release_reservation(journey: Journey) -> Deed:
    await journey.open(line=EXCHANGE)
    await journey.perform("reserve")
    (reserved,) = await journey.told("ReplacementReserved")
    await journey.cancelled()
    return await at_partner(
        FREED, journey, "release_reservation", fault_key=reserved["reservation_ref"]
    )


async def order_replacement(journey: Journey) -> Deed:
    await journey.labelled(line=EXCHANGE)
    await journey.perform("reserve")
    await journey.arrives()
    return await at_partner(SENT, journey, "order_replacement")


async def pay_out(journey: Journey) -> Deed:
    await journey.received()
    return await at_partner(PAID, journey, "pay_out", needle=journey.payment)


async def pay_out_to_a_gift_card(journey: Journey) -> Deed:
    journey.payment = f"gc_{journey.key}"
    await journey.received()
    return await at_partner(CREDITED, journey, "pay_out", needle=journey.payment)


async def look_up_payout(journey: Journey) -> Deed:
    """The bank has spoken, and we have only heard a rumour of it."""
    await journey.stage.sandbox.script(journey.payment, "refund.pending")
    await journey.received()
    await journey.perform("pay_out")
    instruction = await journey.instruction()
    await journey.stage.sandbox.refund_outcome(instruction, "succeeded")
    await journey.accepted(journey.telling("report_payout", instruction_id=instruction))
    return await at_partner(
        ASKED, journey, "look_up_payout", needle=journey.payment, fault_key=journey.payment
    )


async def notify(journey: Journey) -> Deed:
    await journey.labelled()
    return await at_partner(TOLD, journey, "notify")


async def here(journey: Journey) -> Deed:
    """As a workflow asks for it: under the name that the UI is to show, with raw payloads."""
    await journey.labelled()
    (payload,) = pydantic_data_converter.payload_converter.to_payloads(
        [await journey.order("notify")]
    )
    arguments = ([RawValue(payload)],)
    return await at_partner(TOLD, journey, "here", action="notify", arguments=arguments)


def at_store(journey: Journey, recording: Recording, event: str, stream: str = "") -> AtStore:
    asked = Recordings(recordings=(recording,))
    return AtStore(journey, asked, event, stream or journey.stream)


async def books_with_an_orphan(journey: Journey) -> Compare:
    """A refund made by hand, of a payment that no order knows; and a merchant of its own."""
    payment = f"pi_hand_{journey.key}"
    sandbox = journey.stage.sandbox
    await sandbox.capture(payment, 5000, "EUR")
    await sandbox.refund_by_hand(payment, 5000)
    until = await sandbox.now() + timedelta(minutes=1)
    since = until - timedelta(days=1)
    return Compare(tenant=f"t{journey.key}", provider="stripe", since=since, until=until)


async def compare_books(journey: Journey) -> Deed:
    asked = await books_with_an_orphan(journey)
    return in_books(journey, "compare_books", asked, "FindingOpened", f"pi_hand_{journey.key}")


async def settle_finding(journey: Journey) -> Deed:
    asked = await books_with_an_orphan(journey)
    await journey.worker.attempt("compare_books", asked)
    opened = await journey.told("FindingOpened", asked.books.stream)
    [mine] = [each["finding"] for each in opened if journey.key in each["finding"]["payment_ref"]]
    said = SettleFinding(
        tenant=asked.tenant,
        provider=asked.provider,
        finding_id=mine["finding_id"],
        verb="acknowledge",
        because="asked the help desk",
        actor="staff:s-7",
        request_id="said-1",
        now=asked.until,
    )
    return in_books(journey, "settle_finding", said, "FindingAcknowledged", mine["finding_id"])


def in_books(
    journey: Journey, activity: str, asked: Compare | SettleFinding, event: str, about: str
) -> Deed:
    nothing = Recordings(recordings=())
    return InBooks(journey, nothing, event, asked.books.stream, activity, asked, about)


async def record_an_opening(journey: Journey) -> Deed:
    return at_store(journey, journey.asking("open", request=journey.request()), "ReturnRequested")


async def record_a_claim(journey: Journey) -> Deed:
    """The same, as the order's ledger has it."""
    opening = journey.asking("open", request=journey.request())
    return at_store(journey, opening, "UnitsClaimed", journey.ledger)


async def record_a_wish(journey: Journey) -> Deed:
    await journey.open()
    return at_store(journey, journey.asking("give_feedback", rating=5), "FeedbackReceived")


async def record_a_report(journey: Journey) -> Deed:
    await journey.labelled()
    number = await journey.tracking_number()
    scan = journey.telling("report_tracking", tracking_number=number, status="scanned")
    return at_store(journey, scan, "ParcelScanned")


async def record_what_concerns_the_order_alone(journey: Journey) -> Deed:
    await journey.open()
    amount = {"amount_minor": 5000, "currency": "EUR"}
    taken = {"payment_ref": journey.payment, "amount": amount, "status": "opened"}
    report = journey.telling("report_chargeback", **taken)
    return at_store(journey, report, "ChargebackOpened", journey.ledger)


async def record_a_misfit(journey: Journey) -> Deed:
    await journey.open()
    return at_store(journey, journey.telling("report_tracking", status="lost"), "MessageRejected")


async def record_a_deadline(journey: Journey) -> Deed:
    await journey.labelled()
    missed = journey.recording("deadline", now=TODAY + timedelta(days=60))
    return at_store(journey, missed, "ReturnExpired")


async def record_a_step_that_failed(journey: Journey) -> Deed:
    await journey.open()
    step = await journey.step("buy_label")
    said = {"step_id": step.id, "kind": "Defect", "because": "no adapter"}
    return at_store(journey, journey.recording("failed_step", body=said), "Escalated")


LOST = ("cut_after", "500_after", "silence_after")
"""It was done, and the answer does not come: the connection ends, or it says nothing of use."""


@dataclass(frozen=True)
class Proof:
    """An activity, and one of the things that it has to do."""

    activity: str
    ready: Callable[[Journey], Awaitable[Deed]]
    faults: tuple[str, ...] = LOST


def _of_record(*ready: Callable[[Journey], Awaitable[Deed]]) -> dict[str, Proof]:
    return {each.__name__: Proof("record", each, faults=("cut_after",)) for each in ready}


PROOFS: Mapping[str, Proof] = {
    **{
        each.__name__: Proof(each.__name__, each, LOST[:1])
        for each in (*recovering.ALL, *gathering.ALL)
    },
    "buy_label": Proof("buy_label", transport.buy_label),
    "look_up_label": Proof("look_up_label", transport.look_up_label),
    "look_up_pickup": Proof("look_up_pickup", transport.look_up_pickup),
    "void_label": Proof("void_label", transport.void_label),
    "book_pickup": Proof("book_pickup", transport.book_pickup),
    "cancel_pickup": Proof("cancel_pickup", transport.cancel_pickup),
    "announce": Proof("announce", announce),
    "move_stock": Proof("move_stock", move_stock),
    "reserve": Proof("reserve", reserve),
    "release_reservation": Proof("release_reservation", release_reservation),
    "order_replacement": Proof("order_replacement", order_replacement),
    "order_repair": Proof("order_repair", resolving.order_repair),
    "send_back": Proof("send_back", resolving.send_back),
    "issue_coupon": Proof("issue_coupon", resolving.issue_coupon),
    "pay_out": Proof("pay_out", pay_out),
    "pay_out_to_a_gift_card": Proof("pay_out", pay_out_to_a_gift_card),
    "look_up_payout": Proof("look_up_payout", look_up_payout),
    "send_bill": Proof("send_bill", collecting.send_bill),
    "look_up_bill": Proof("look_up_bill", collecting.look_up_bill),
    "cancel_bill": Proof("cancel_bill", collecting.cancel_bill),
    **{
        name: Proof(name, ready)
        for name, ready in (
            ("place_hold", collecting.place_hold),
            ("look_up_hold", collecting.look_up_hold),
            ("take_hold", collecting.take_hold),
            ("release_hold", collecting.release_hold),
            ("track", collecting.track),
            ("follow_parcel", transport.follow_parcel),
        )
    },
    "pay_refund": Proof("pay_refund", refunds.pay_refund),
    "look_up_refund": Proof("look_up_refund", refunds.look_up_refund),
    "record_refund": Proof("record_refund", refunds.record_refund, faults=("cut_after",)),
    "notify": Proof("notify", notify),
    "here": Proof("here", here),
    "compare_books": Proof("compare_books", compare_books, faults=("cut_after",)),
    "settle_finding": Proof("settle_finding", settle_finding, faults=("cut_after",)),
    **_of_record(
        record_an_opening,
        record_a_claim,
        record_a_wish,
        record_a_report,
        record_what_concerns_the_order_alone,
        record_a_misfit,
        record_a_deadline,
        record_a_step_that_failed,
    ),
}
