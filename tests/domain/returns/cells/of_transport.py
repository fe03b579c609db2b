"""Parcels, in every state of their table."""

from datetime import timedelta
from functools import partial

from domain.money import Money
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.agenda import agenda
from domain.returns.decider import Command
from domain.returns.transport.pickups import visit_step
from domain.words import LabelLife, Logistics, Method, PickupException
from tests.domain.returns import shop, story
from tests.domain.returns.cells.cell import Cells, Saying, of_another_box
from tests.domain.returns.partners import answer
from tests.domain.returns.scenario import Scenario

L, LL = Logistics, LabelLife
PARCEL = "P1"


# ── Returns whose parcel stands so ────────────────────────────────────────────────────────


def cancelled() -> Scenario:
    return story.labelled().when(story.by_staff(c.Cancel)).settle()


def expired() -> Scenario:
    known = story.labelled()
    assert known.state.ship_by is not None
    return known.wait(until=known.state.ship_by + timedelta(days=30))


def switched() -> Scenario:
    """The first label is with the customer, the second is being bought."""
    return story.labelled().when(_to(Method.DROP_OFF_CODE))


def booked() -> Scenario:
    return story.labelled(method=Method.CARRIER_PICKUP)


def missed() -> Scenario:
    known = booked().later(days=1)
    return known.when(story.visit_failed(known, PickupException.ADDRESS_ISSUE))


def put_off() -> Scenario:
    """The visit is another day; the one that was booked is not called off yet."""
    return booked().when(_put_off(booked()))


def unbooked() -> Scenario:
    return story.opened(method=Method.CARRIER_PICKUP).settle(but=["book_pickup"])


def missed_meanwhile() -> Scenario:
    """Another visit was being booked when nobody found the address."""
    known = put_off().settle(but=["book_pickup"]).later(seconds=60)
    failed = story.visit_failed(
        known,
        PickupException.ADDRESS_ISSUE,
        pickup_ref="",
        tracking_number=story.number_of(known.state),
    )
    return known.when(failed)


def ending(state: Logistics) -> Scenario:
    """The last day of its other parcel is over, and nobody has noticed yet."""
    known = story.labelled(story.wish("1"), story.wish("2"), parcels=2)
    due = known.state.ship_by
    assert due is not None
    known = known.wait(until=due - timedelta(hours=1))
    match state:
        case L.AWAITING_LABEL:
            known = known.when(_to(Method.DROP_OFF_CODE, parcel_id=PARCEL))
        case L.PICKUP_SCHEDULED:
            known = known.when(_to(Method.CARRIER_PICKUP, parcel_id=PARCEL)).settle()
        case L.PICKUP_EXCEPTION:
            known = known.when(_to(Method.CARRIER_PICKUP, parcel_id=PARCEL)).settle()
            known = known.when(story.visit_failed(known, PickupException.ADDRESS_ISSUE))
        case L.RETURNED_TO_CUSTOMER:
            known = known.when(story.scan(known, status="returned_to_customer"))
    return known.at(due)


def ended_in_two(was: str) -> Scenario:
    """Two parcels that were not to come any more, for all of the lines or those approved."""
    kept = "3" if was.endswith("in_part") else ""
    lines = tuple(
        line.model_copy(update={"final_sale": line.line_id == kept}) for line in shop.order().lines
    )
    wishes = [story.wish("1"), story.wish("3")]
    known = story.labelled(*wishes, parcels=2, snapshot=shop.order(lines=lines))
    if was.startswith("cancelled"):
        return known.when(story.by_staff(c.Cancel)).settle()
    due = known.state.ship_by
    assert due is not None
    return known.at(due).when(n.NoteDeadline())


def seen(status: str) -> Scenario:
    known = story.under_way().later(days=1)
    return known.when(story.scan(known, status=status))


STAGES = {
    L.IN_TRANSIT: "scanned",
    L.AT_HUB: "at_hub",
    L.CUSTOMS_HOLD: "customs_hold",
    L.DELIVERED_UNSCANNED: "delivered",
    L.RETURNED_TO_CUSTOMER: "returned_to_customer",
}


def received_after(word: str) -> Scenario:
    known = seen(word).later(days=1)
    return known.when(story.receipt(known, story.counted_all(known.state)))


def received_unseen() -> Scenario:
    known = story.labelled().later(days=1)
    return known.when(story.receipt(known, story.counted_all(known.state)))


def nothing_planned() -> Scenario:
    """Declined; the customer may send it all the same."""
    lines = tuple(line.model_copy(update={"final_sale": True}) for line in shop.order().lines)
    return story.opened(snapshot=shop.order(lines=lines))


# ── Who says what ─────────────────────────────────────────────────────────────────────────


def _to(method: Method, parcel_id: str = "") -> Command:
    command: Command = story.by_staff(c.ChooseMethod, method=method, parcel_id=parcel_id)
    return command


def _put_off(known: Scenario) -> Command:
    command: Command = story.by_staff(c.ReschedulePickup, not_before=known.now + timedelta(days=2))
    return command


def scan(status: str) -> Saying:
    return lambda known: story.scan(known.later(seconds=60), status=status)


def _other_scanned(known: Scenario) -> Command:
    """Another parcel of the same return was on its way in time."""
    other = list(known.state.parcels)[-1]
    return story.scan(known, other, occurred_at=known.now - timedelta(hours=2))


def bought(known: Scenario) -> Command:
    """What the step that buys comes to; where none does, an old one's answer comes again."""
    for step in agenda(known.state):
        if step.performs == "buy_label":
            return answer(step, known.state, known.now)
    step_id, label = next(iter(known.state.labels.items()))
    return n.NoteLabel(
        step_id=step_id, label_ref=label.label_ref, carrier=label.carrier, service=label.service,
        tracking_number=label.tracking_number,
        cost=Money(amount_minor=520, currency="EUR"), document_ref="https://l.example",
    )  # fmt: skip


def _refused(known: Scenario) -> Command:
    parcel = known.state.parcels[PARCEL]
    return n.NoteLabelRefused(
        step_id=parcel.label_id, reason=PickupException.ADDRESS_ISSUE, theirs="no such street"
    )


def _visit(known: Scenario) -> Command:
    """The carrier's answer to the newest booking that was asked for, however late."""
    return n.NotePickup(
        step_id=visit_step(known.state.parcels[PARCEL]), parcel_id=PARCEL,
        pickup_ref="pickup_late", window_start=known.now,
        window_end=known.now + timedelta(hours=2),
    )  # fmt: skip


def _failed(known: Scenario) -> Command:
    """Some carriers name the parcel, and no visit."""
    number = story.number_of(known.state)
    return c.ReportPickup(
        message_id="nobody-in", occurred_at=known.now, tracking_number=number,
        status="failed", code=PickupException.CUSTOMER_UNREACHABLE,
    )  # fmt: skip


def received(known: Scenario) -> Command:
    return story.receipt(known, story.counted_all(known.state))


def _time(known: Scenario) -> Command:
    return n.NoteDeadline()


LOGISTICS = Cells(
    axis="logistics",
    look=lambda state: next((parcel.logistics for parcel in state.parcels.values()), None),
    standing={
        None: story.begin,
        L.NO_SHIPMENT: cancelled,
        L.AWAITING_LABEL: switched,
        L.AWAITING_HANDOVER: story.labelled,
        L.PICKUP_SCHEDULED: booked,
        L.PICKUP_EXCEPTION: missed,
        L.IN_TRANSIT: story.under_way,
        L.TRANSIT_EXCEPTION: lambda: seen("delayed"),
        L.AT_HUB: lambda: seen("at_hub"),
        L.CUSTOMS_HOLD: lambda: seen("customs_hold"),
        L.DELIVERED_UNSCANNED: lambda: seen("delivered"),
        L.RETURNED_TO_CUSTOMER: lambda: seen("returned_to_customer"),
        L.LOST: lambda: seen("lost"),
        L.DELIVERED: story.arrived,
    },
    sayings={
        "ParcelPlanned(label)": lambda _known: story.opening(),
        "ParcelPlanned(own)": lambda _known: story.opening(method=Method.OWN_CARRIER),
        "ParcelScanned(in_transit)": scan("scanned"),
        "ParcelScanned(at_hub)": scan("at_hub"),
        "ParcelScanned(customs_hold)": scan("customs_hold"),
        "ParcelScanned(delivered_unscanned)": scan("delivered"),
        "ParcelScanned(returned_to_customer)": scan("returned_to_customer"),
        "ParcelDelayed": scan("delayed"),
        "ParcelLost": scan("lost"),
        "ParcelFound": scan("found"),
        "ParcelReceived": received,
        "ParcelReceiptRetracted(never_scanned)": of_another_box,
        "ParcelReceiptRetracted(in_transit)": of_another_box,
        "ParcelReceiptRetracted(at_hub)": of_another_box,
        "ParcelReceiptRetracted(customs_hold)": of_another_box,
        "ParcelReceiptRetracted(delivered_unscanned)": of_another_box,
        "ParcelReceiptRetracted(returned_to_customer)": of_another_box,
        "CarrierSwitched(label)": lambda _known: _to(Method.DROP_OFF_LABEL),
        "CarrierSwitched(own)": lambda _known: _to(Method.OWN_CARRIER),
        "LabelPurchased": bought,
        "LabelRefused": _refused,
        "PickupScheduled": _visit,
        "PickupFailed": _failed,
        "PickupRescheduled": _put_off,
        "ReturnCancelled": lambda _known: story.by_staff(c.Cancel),
        "ReturnExpired": _time,
        "ReturnReopened(cancelled)": _other_scanned,
        "ReturnReopened(cancelled_in_part)": _other_scanned,
        "ReturnReopened(expired)": _other_scanned,
        "ReturnReopened(expired_in_part)": _other_scanned,
    },
    instead={
        (None, "ParcelReceived"): nothing_planned,
        (L.AWAITING_LABEL, "LabelPurchased"): story.opened,
        (L.AWAITING_HANDOVER, "PickupScheduled"): unbooked,
        (L.PICKUP_EXCEPTION, "PickupScheduled"): missed_meanwhile,
        (L.AWAITING_HANDOVER, "PickupFailed"): put_off,
        (L.AWAITING_HANDOVER, "PickupRescheduled"): put_off,
        (L.DELIVERED, "ParcelReceiptRetracted(never_scanned)"): received_unseen,
        **{
            (L.DELIVERED, f"ParcelReceiptRetracted({L(stage)})"): partial(received_after, word)
            for stage, word in STAGES.items()
        },
        **{
            (state, "ReturnExpired"): partial(ending, state)
            for state in (
                L.AWAITING_LABEL,
                L.AWAITING_HANDOVER,
                L.PICKUP_SCHEDULED,
                L.PICKUP_EXCEPTION,
                L.RETURNED_TO_CUSTOMER,
            )
        },
        **{
            (L.NO_SHIPMENT, f"ReturnReopened({was})"): partial(ended_in_two, was)
            for was in ("cancelled", "cancelled_in_part", "expired", "expired_in_part")
        },
    },
)
