"""What partners say to our steps on a good day."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from domain.money import Money
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.agenda import Step
from domain.returns.goods.gathering import next_word, shelf_of, wanted
from domain.returns.state import ReturnState
from domain.returns.transport.recovering import causes
from domain.words import MoneyState
from domain.words_of_money import BillState, HoldState

Saying = Callable[[Step, ReturnState, datetime], dict[str, Any]]


def answer(step: Step, state: ReturnState, now: datetime, /, **changes: Any) -> n.Note:
    """The note that the step's activity would record; `changes` are what they say otherwise."""
    kind, saying = _SAYINGS[step.performs]
    said = saying(step, state, now)
    if kind is n.NoteLotJoined and "taken" not in said:
        kind = n.NoteLotChosen
    return kind(**{**said, **changes})


def _label(step: Step, state: ReturnState, _now: datetime) -> dict[str, Any]:
    parcel = state.parcels[step.subject]
    number = f"TRK-{state.return_id}-{parcel.parcel_id}-{parcel.generation}"
    return {
        "step_id": step.id,
        "label_ref": f"shp_{number}",
        "carrier": parcel.carrier,
        "service": parcel.service,
        "tracking_number": number,
        "cost": Money(amount_minor=520, currency="EUR"),
        "document_ref": f"https://labels.example/{number}.pdf",
    }


def _visit(step: Step, state: ReturnState, now: datetime) -> dict[str, Any]:
    start = state.parcels[step.subject].pickup_not_before or now + timedelta(days=1)
    return {
        "step_id": step.id,
        "parcel_id": step.subject,
        "pickup_ref": f"pickup_{step.id}",
        "window_start": start,
        "window_end": start + timedelta(hours=10),
    }


def _visit_off(step: Step, state: ReturnState, _now: datetime) -> dict[str, Any]:
    ref = step.subject
    parcel = next(
        known for known in state.parcels.values() if ref in {known.pickup_ref, *known.stale_pickups}
    )
    return {"parcel_id": parcel.parcel_id, "pickup_ref": ref}


def _recovery_begun(step: Step, state: ReturnState, _now: datetime) -> dict[str, Any]:
    cause = next(one for one in causes(state) if one.recovery_id == step.subject)
    told = {"recovery_id": cause.recovery_id, "kind": cause.kind, "subject": cause.subject}
    return {**told, "state": "begun"}


def _recovery_recalled(step: Step, state: ReturnState, _now: datetime) -> dict[str, Any]:
    known = state.recoveries[step.subject]
    told = {"recovery_id": known.recovery_id, "kind": known.kind, "subject": known.subject}
    return {**told, "state": "recalled"}


def _joins(step: Step, state: ReturnState, _now: datetime) -> dict[str, Any]:
    """First the lot is chosen, then it takes the unit."""
    unit = state.units[step.subject]
    if unit.lot is not None and unit.lot.life == "chosen":
        return {"unit": unit.id, "lot_id": unit.lot.lot_id, "taken": True}
    facts = wanted(state, unit)
    assert facts is not None
    lot_id = shelf_of(state, facts).lot_id(1)
    return {"unit": unit.id, "lot_id": lot_id, "word": next_word(unit)}


def _leaves(step: Step, state: ReturnState, _now: datetime) -> dict[str, Any]:
    place = state.units[step.subject].lot
    assert place is not None
    return {"unit": step.subject, "lot_id": place.lot_id, "word": place.word + 1, "gone": False}


def _void(step: Step, _state: ReturnState, _now: datetime) -> dict[str, Any]:
    return {"label_id": step.subject, "state": "submitted"}


def _not_bought(step: Step, _state: ReturnState, _now: datetime) -> dict[str, Any]:
    return {"step_id": step.subject}


def _announce(_step: Step, state: ReturnState, _now: datetime) -> dict[str, Any]:
    return {"announcement_ref": f"ann_{state.return_id}"}


def _pay(step: Step, state: ReturnState, _now: datetime) -> dict[str, Any]:
    payout = state.payouts[step.subject]
    never_sent = {MoneyState.CANCELLED: "cancelled", MoneyState.HELD: "unknown"}
    if payout.state in never_sent and not payout.payout_ref:
        return {"instruction_id": payout.instruction_id, "state": never_sent[payout.state]}
    return {
        "instruction_id": payout.instruction_id,
        "state": "succeeded",
        "payout_ref": payout.payout_ref or f"re_{payout.instruction_id[:8]}",
        "code": "SC-1" if payout.destination in {"store_credit", "gift_card"} else "",
        "amount": Money(amount_minor=payout.amount_minor, currency=state.currency),
    }


def _move(step: Step, state: ReturnState, _now: datetime) -> dict[str, Any]:
    unit = state.units[step.subject]
    asked = {"disposition": unit.disposition, "reverses": unit.move_ref if unit.moving_back else ""}
    return {"unit": unit.id, "move_ref": f"mv_{step.id}", **asked}


def _reserve(step: Step, _state: ReturnState, now: datetime) -> dict[str, Any]:
    return {
        "unit": step.subject,
        "reservation_ref": f"rsv_{step.id}",
        "hold_until": now + timedelta(days=30),
    }


def _release(step: Step, _state: ReturnState, _now: datetime) -> dict[str, Any]:
    return {"unit": step.subject}


def _replace(step: Step, _state: ReturnState, _now: datetime) -> dict[str, Any]:
    return {"unit": step.subject, "order_ref": f"ord_{step.subject}"}


def _bill(step: Step, state: ReturnState, _now: datetime) -> dict[str, Any]:
    """A link to pay by; asked later, what became of it; called off, if it was not paid."""
    bill = state.bills[step.subject]
    short = bill.instruction_id[:8]
    said: dict[str, Any] = {
        "instruction_id": bill.instruction_id,
        "state": "open",
        "bill_ref": f"bill_{short}",
        "url": f"https://pay.example/{short}",
        "amount": Money(amount_minor=bill.amount_minor, currency=state.currency),
    }
    if bill.state in {BillState.PAID, BillState.EXPIRED, BillState.CANCELLED}:
        said |= {"state": str(bill.state), "payment_ref": bill.payment_ref}
    elif step.performs == "cancel_bill":
        said |= {"state": "cancelled"}
    return said


def _coupon(step: Step, _state: ReturnState, _now: datetime) -> dict[str, Any]:
    ref = f"cp_{step.subject[:8]}"
    return {"instruction_id": step.subject, "state": "issued", "coupon_ref": ref, "code": "CP-1"}


def _repair(step: Step, _state: ReturnState, _now: datetime) -> dict[str, Any]:
    return {"unit": step.subject, "repair_ref": f"rep_{step.id}"}


def _back(step: Step, _state: ReturnState, _now: datetime) -> dict[str, Any]:
    return {"step_id": step.id, "subject": step.subject, "order_ref": f"bck_{step.subject}"}


def ship(state: ReturnState, step: Step, now: datetime) -> c.ReportSendBack:
    """The warehouse has shipped what it was to send back."""
    return c.ReportSendBack(
        message_id=f"shipped-{step.subject}",
        occurred_at=now,
        order_ref=state.send_backs[step.subject].order_ref,
        tracking_number=f"TRK-{step.subject}",
    )


def _hold(step: Step, state: ReturnState, _now: datetime) -> dict[str, Any]:
    """Kept ready when asked for, and taken or let go as is wished."""
    hold = state.holds[step.subject]
    short = hold.instruction_id[:8]
    said: dict[str, Any] = {
        "instruction_id": hold.instruction_id,
        "state": "held",
        "hold_ref": f"hold_{short}",
    }
    if step.performs == "take_hold":
        amount = Money(amount_minor=hold.to_take_minor, currency=state.currency)
        said |= {"state": "taken", "payment_ref": f"pi_{short}", "amount": amount}
    elif step.performs == "release_hold":
        said |= {"state": "released"}
    elif hold.state is HoldState.TAKEN:
        amount = Money(amount_minor=hold.taken_minor, currency=state.currency)
        said |= {"state": "taken", "payment_ref": hold.taken_ref, "amount": amount}
    elif hold.state in {HoldState.RELEASED, HoldState.LAPSED}:
        said |= {"state": "released"}
    elif hold.state is HoldState.REFUSED:
        said |= {"state": "refused", "reason": hold.reason}
    return said


def _track(step: Step, state: ReturnState, _now: datetime) -> dict[str, Any]:
    """Nobody has seen it."""
    numbers = state.parcels[step.subject].tracking_numbers
    return {"parcel_id": step.subject, "tracking_number": numbers[-1]}


def _follow(step: Step, state: ReturnState, _now: datetime) -> dict[str, Any]:
    number = state.parcels[step.subject].tracking_numbers[-1]
    return {"parcel_id": step.subject, "tracking_number": number, "tracker_ref": f"trk_{number}"}


def _notify(step: Step, _state: ReturnState, _now: datetime) -> dict[str, Any]:
    return {"notice_id": step.subject, "delivery_ref": f"<{step.subject}@mail>"}


_SAYINGS: Mapping[str, tuple[type[n.Note], Saying]] = {
    "buy_label": (n.NoteLabel, _label),
    "look_up_label": (n.NoteNothingBought, _not_bought),
    "look_up_pickup": (n.NoteNothingBought, _not_bought),
    "void_label": (n.NoteVoid, _void),
    "book_pickup": (n.NotePickup, _visit),
    "open_recovery": (n.NoteRecovery, _recovery_begun),
    "recall_recovery": (n.NoteRecovery, _recovery_recalled),
    "join_lot": (n.NoteLotJoined, _joins),
    "leave_lot": (n.NoteLotLeft, _leaves),
    "cancel_pickup": (n.NotePickupCancelled, _visit_off),
    "announce": (n.NoteAnnounced, _announce),
    "pay_out": (n.NotePayout, _pay),
    "look_up_payout": (n.NotePayout, _pay),
    "send_bill": (n.NoteBill, _bill),
    "look_up_bill": (n.NoteBill, _bill),
    "cancel_bill": (n.NoteBill, _bill),
    "place_hold": (n.NoteHold, _hold),
    "look_up_hold": (n.NoteHold, _hold),
    "take_hold": (n.NoteHold, _hold),
    "release_hold": (n.NoteHold, _hold),
    "follow_parcel": (n.NoteFollowed, _follow),
    "track": (n.NoteTracked, _track),
    "move_stock": (n.NoteMove, _move),
    "reserve": (n.NoteReservation, _reserve),
    "release_reservation": (n.NoteReservationReleased, _release),
    "order_replacement": (n.NoteReplacement, _replace),
    "issue_coupon": (n.NoteCoupon, _coupon),
    "order_repair": (n.NoteRepair, _repair),
    "send_back": (n.NoteSendBack, _back),
    "notify": (n.NoteNotified, _notify),
}
