"""Parcels of whose carrier nobody hears: it is asked from time to time, and before time is up."""

from datetime import datetime, timedelta

from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events.holds import CarrierAnswered, CarrierAsked
from domain.returns.notes import NoteTracked
from domain.returns.state import Parcel, ReturnState
from domain.returns.transport.labels import given_up
from domain.returns.transport.scans import hear_nothing, report_tracking
from domain.returns.unfolding import Unfolding
from domain.words import LabelLife, Logistics

AT_HOME = timedelta(hours=24)
ON_ITS_WAY = timedelta(hours=12)
MISSING = timedelta(days=3)
"""How often a carrier is asked: for one parcel some thirty times in all. Theirs let an account ask
250 times a day until they are asked for more (developer.dhl.com/api-reference/shipment-tracking)."""

GIVEN_UP = timedelta(days=60)
"""How long a lost parcel is asked for: what is found later is told by whoever opens it."""

_HOW_OFTEN = {
    Logistics.AWAITING_HANDOVER: AT_HOME,
    Logistics.IN_TRANSIT: ON_ITS_WAY,
    Logistics.TRANSIT_EXCEPTION: ON_ITS_WAY,
    Logistics.AT_HUB: ON_ITS_WAY,
    Logistics.CUSTOMS_HOLD: ON_ITS_WAY,
    Logistics.LOST: MISSING,
}


def is_asked_about(state: ReturnState, parcel: Parcel) -> bool:
    """Whether nobody tells where it is: what it may travel on is of a carrier that only answers."""
    return any(
        label.asked and label.life in {LabelLife.LIVE, LabelLife.USED}
        for label in state.labels.values()
        if label.parcel_id == parcel.parcel_id
    )


def asked_next(state: ReturnState, parcel: Parcel) -> tuple[datetime, timedelta] | None:
    """Since when, and after how long, its carrier is asked again; none where it need not be."""
    often = _HOW_OFTEN.get(parcel.logistics)
    label = state.labels.get(parcel.label_id)
    if often is None or label is None or not is_asked_about(state, parcel):
        return None
    if parcel.asked_at is not None or given_up(state, parcel):
        return None
    since = parcel.answered_at or label.since
    if parcel.lost_at is not None and since + often > parcel.lost_at + GIVEN_UP:
        return None
    return since, often


def ask(u: Unfolding, parcel: Parcel) -> None:
    """The time has come: the agenda has it asked."""
    u.happened(CarrierAsked(occurred_at=u.now, parcel_id=parcel.parcel_id))


def must_ask_first(u: Unfolding, parcel: Parcel, due: datetime) -> bool:
    """Whether nothing may be concluded from silence until its carrier has been asked since then."""
    if parcel.has_left or not is_asked_about(u.state, parcel):
        return False
    if parcel.silent_at is not None and parcel.silent_at >= due:
        return False
    if parcel.asked_at is None:
        ask(u, parcel)
    return True


def note_tracked(u: Unfolding, note: NoteTracked) -> Refused | None:
    """What the carrier has seen is a scan like any other; what it has not, it says as well."""
    parcel = u.state.parcels[note.parcel_id]
    if parcel.asked_at is None:
        return None
    for seen in note.seen:
        report = c.ReportTracking.model_validate(
            {
                "message_id": f"tracked:{note.parcel_id}",
                "occurred_at": seen.occurred_at,
                "source": "the carrier, asked",
                "tracking_number": note.tracking_number,
                "status": seen.status,
                "place": seen.place,
                "carrier_code": seen.carrier_code,
            }
        )
        report_tracking(u, report)
    known = u.state.parcels[note.parcel_id]
    has_news = known.last_scan_at != parcel.last_scan_at
    of_silence = parcel.asked_at == parcel.delayed_at or not is_asked_about(u.state, parcel)
    if of_silence and not has_news:
        hear_nothing(u, note.parcel_id)
    u.happened(
        CarrierAnswered(occurred_at=u.now, parcel_id=note.parcel_id, has_moved=known.has_left)
    )
    return None
