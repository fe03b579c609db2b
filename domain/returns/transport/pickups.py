"""Visits: booked, missed, put off and called off."""

from datetime import datetime, timedelta

from domain.pickup_rules import GIVES_UP, PICKUP_RULES
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events import PickupCancelled, PickupFailed, PickupRescheduled, PickupScheduled
from domain.returns.state import Parcel, ReturnState
from domain.returns.transport.labels import take_another_way
from domain.returns.transport.scans import parcel_of, scan
from domain.returns.unfolding import Unfolding
from domain.returns.worrying import worry
from domain.words import Actor, Logistics, Method, PickupException

NEXT_VISIT = timedelta(days=1)
"""A visit is booked for the day after it was found to be needed."""


_COME_AGAIN = frozenset(
    {
        PickupException.CUSTOMER_UNREACHABLE,
        PickupException.CUSTOMER_NOT_AVAILABLE,
        PickupException.PRODUCT_NOT_READY,
        PickupException.RESCHEDULE_REQUESTED,
        PickupException.NOT_ATTEMPTED,
        PickupException.VEHICLE_OR_CAPACITY,
        PickupException.WEATHER,
        PickupException.INVALID_OTP,
    }
)


def visit_step(parcel: Parcel) -> str:
    """Name the booking of a parcel's next visit: another day or address is another booking."""
    return f"pickup:{parcel.parcel_id}:{parcel.next_visit}"


def doorstep_concern(parcel: Parcel) -> str:
    """Name what a person is to settle about a parcel's newest visit."""
    return f"pickup:{parcel.parcel_id}:{parcel.pickup_bookings}"


def unknown_visits(state: ReturnState, parcel: Parcel) -> list[str]:
    """Bookings that were under way when they were given up: nobody knows whether they were made."""
    is_open = state.is_approved and parcel.logistics is Logistics.AWAITING_HANDOVER
    being_booked = visit_step(parcel) if is_open and parcel.awaits_visit else ""
    return [
        step_id
        for step_id in state.prepared
        if step_id.startswith(f"pickup:{parcel.parcel_id}:")
        and step_id not in parcel.visits
        and step_id != being_booked
    ]


def account_of_visit(state: ReturnState, parcel: Parcel, pickup_ref: str) -> str:
    """By which contract a visit was booked: its parcel may go otherwise by now."""
    by = next((by for ref, *by in parcel.visits_by if ref == pickup_ref), ["", ""])
    return state.agreed.account_of(*by)


def is_checked(state: ReturnState, parcel: Parcel) -> bool:
    """Whether the carrier looks into the box when it comes.

    Not again once it has found something else there: whoever lets it come again has decided that.
    """
    return state.agreed.check_at_door and not parcel.mismatched


def note_pickup(u: Unfolding, note: n.NotePickup) -> Refused | None:
    """A visit is booked. One that was asked for otherwise meanwhile is to be called off."""
    parcel = u.state.parcels[note.parcel_id]
    if note.step_id in parcel.visits:
        return None
    u.happened(
        PickupScheduled(
            occurred_at=u.now,
            parcel_id=note.parcel_id,
            pickup_id=note.step_id,
            pickup_ref=note.pickup_ref,
            window_start=note.window_start,
            window_end=note.window_end,
            unwanted=not parcel.awaits_visit or note.step_id != visit_step(parcel),
        )
    )
    return None


def note_pickup_refused(u: Unfolding, note: n.NotePickupRefused) -> Refused | None:
    """The carrier will not come at all; no news where nobody waits for it any more."""
    parcel = u.state.parcels[note.parcel_id]
    is_open = parcel.logistics is Logistics.AWAITING_HANDOVER and parcel.awaits_visit
    if not is_open or note.step_id != visit_step(parcel):
        return None
    _fail_pickup(u, note.parcel_id, note.reason, note.theirs, u.now)
    return None


def note_pickup_cancelled(u: Unfolding, note: n.NotePickupCancelled) -> Refused | None:
    """The visit was called off with the carrier; of the visit that came it is no news."""
    parcel = u.state.parcels[note.parcel_id]
    current = "" if parcel.has_left else parcel.pickup_ref
    if note.pickup_ref in {current, *parcel.stale_pickups} - {""}:
        u.happened(
            PickupCancelled(occurred_at=u.now, parcel_id=note.parcel_id, pickup_ref=note.pickup_ref)
        )
    return None


def report_pickup(u: Unfolding, report: c.ReportPickup) -> Refused | None:
    """What came of a visit. News of one that nobody waits for, or no longer, changes nothing."""
    parcel = parcel_of(u, report.tracking_number, report.pickup_ref)
    if parcel is None:
        return Refused(code="unknown_parcel", because="pickup_ref: no such visit in this return")
    if report.status == "picked_up":
        scan(u, parcel.parcel_id, "in_transit", report.occurred_at, theirs=report.carrier_code)
    elif report.status == "failed" and report.code and parcel.awaits_visit:
        if report.pickup_ref and report.pickup_ref != parcel.pickup_ref:
            return None
        _fail_pickup(u, parcel.parcel_id, report.code, report.carrier_code, report.occurred_at)
        if report.rebooked_for is not None and not u.state.parcels[parcel.parcel_id].has_left:
            _come_again(u, parcel.parcel_id, report.rebooked_for, "the day the customer asked for")
    return None


def _fail_pickup(
    u: Unfolding,
    parcel_id: str,
    code: PickupException,
    theirs: str,
    when: datetime,
    *,
    silent: bool = False,
) -> None:
    """Note the failure and decide what comes next, by the code's rule."""
    rule = PICKUP_RULES[code]
    u.happened(
        PickupFailed(
            occurred_at=when,
            parcel_id=parcel_id,
            code=code,
            carrier_code=theirs[:200],
            fault=rule.fault,
            counted=rule.counts,
            silent=silent,
        )
    )
    parcel = u.state.parcels[parcel_id]
    used_up = parcel.attempts_counted >= u.state.agreed.pickup_attempts
    if code in GIVES_UP or used_up:
        why = "max_attempts_reached" if used_up else str(code)
        take_another_way(u, parcel_id, why)
    elif code in _COME_AGAIN:
        _come_again(u, parcel_id, u.now + NEXT_VISIT, str(code))
    elif rule.next_actor is Actor.MERCHANT:
        worry(u, doorstep_concern(parcel), str(code), "doorstep: look at it")


def _come_again(u: Unfolding, parcel_id: str, not_before: datetime, because: str) -> None:
    u.happened(
        PickupRescheduled(
            occurred_at=u.now, parcel_id=parcel_id, not_before=not_before, because=because
        )
    )


def reschedule_pickup(u: Unfolding, ask: c.ReschedulePickup) -> Refused | None:
    """Come another day; for a parcel that waits for a visit, and for nobody's word on it."""
    if ask.not_before <= u.now:
        return Refused(code="in_the_past", because="not_before: must be in the future")
    if ask.actor.kind == "customer" and _is_held(u.state, ask.parcel_id):
        because = "a person looks at what the carrier found at the door, and says how it goes on"
        return Refused(code="held", because=because)
    return _book_anew(u, ask.parcel_id, ask.not_before, "asked for another day")


def _is_held(state: ReturnState, parcel_id: str) -> bool:
    return any(
        doorstep_concern(parcel) in state.concerns
        for parcel in state.parcels.values()
        if parcel_id in {"", parcel.parcel_id}
    )


def correct_address(u: Unfolding, ask: c.CorrectAddress) -> Refused | None:
    """The carrier comes to the corrected address; the address itself is kept elsewhere."""
    return _book_anew(u, ask.parcel_id, u.now + NEXT_VISIT, "address corrected")


def _book_anew(u: Unfolding, parcel_id: str, not_before: datetime, because: str) -> Refused | None:
    waiting = [
        parcel
        for parcel in u.state.parcels.values()
        if parcel.method is Method.CARRIER_PICKUP
        and not parcel.has_left
        and (not parcel_id or parcel.parcel_id == parcel_id)
        and parcel.logistics is not Logistics.AWAITING_LABEL
    ]
    if not waiting or not u.state.is_approved:
        return Refused(code="no_pickup", because="no parcel of this return waits for a pickup")
    for parcel in waiting:
        _come_again(u, parcel.parcel_id, not_before, because)
    return None


def miss_visit(u: Unfolding, parcel: Parcel) -> None:
    """The window is over and the carrier says nothing: nobody came."""
    _fail_pickup(u, parcel.parcel_id, PickupException.NOT_ATTEMPTED, "", u.now, silent=True)
