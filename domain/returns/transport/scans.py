"""Scans: what carriers saw, and what becomes of a parcel that goes astray."""

from datetime import datetime, timedelta
from typing import Literal

from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.asking.ending import reopen
from domain.returns.events import (
    ConcernSettled,
    ParcelDelayed,
    ParcelFound,
    ParcelLost,
    ParcelScanned,
    ParcelTraced,
    ScanStage,
)
from domain.returns.events.holds import CarrierAsked
from domain.returns.state import SAID_LATER, Parcel
from domain.returns.unfolding import Unfolding
from domain.returns.worrying import worry
from domain.words import Authorisation, Logistics

_STAGES: dict[str, ScanStage] = {
    "scanned": "in_transit",
    "found": "in_transit",
    "at_hub": "at_hub",
    "customs_hold": "customs_hold",
    "delivered": "delivered_unscanned",
    "returned_to_customer": "returned_to_customer",
}


_DELAYABLE = frozenset(
    {
        Logistics.IN_TRANSIT,
        Logistics.TRANSIT_EXCEPTION,
        Logistics.AT_HUB,
        Logistics.CUSTOMS_HOLD,
        Logistics.DELIVERED_UNSCANNED,
    }
)


def report_tracking(u: Unfolding, report: c.ReportTracking) -> Refused | None:
    """What a carrier saw, judged by when it was seen."""
    parcel = parcel_of(u, report.tracking_number, "")
    if parcel is None:
        return Refused(
            code="unknown_parcel",
            because=f"tracking_number: {report.tracking_number} is no parcel of this return",
        )
    key, when = parcel.parcel_id, report.occurred_at
    match report.status:
        case "delayed":
            _delay(u, key, when, report)
        case "lost":
            _lose(u, key, when, report)
        case status:
            scan(
                u,
                key,
                _STAGES[status],
                when,
                number=report.tracking_number,
                place=report.place,
                theirs=report.carrier_code,
            )
    return None


def parcel_of(u: Unfolding, tracking_number: str, pickup_ref: str) -> Parcel | None:
    """Find what news is about, by its number or by any visit that was ever booked for it."""
    for parcel in u.state.parcels.values():
        if tracking_number and tracking_number in parcel.tracking_numbers:
            return parcel
        if pickup_ref and any(pickup_ref == ref for ref, *_ in parcel.visits_by):
            return parcel
    return None


_RANKS = (*SAID_LATER[:3], "lost", *SAID_LATER[3:])
"""Of two things that a carrier says of one moment, the later here counts, whichever came first."""


def _is_newer(parcel: Parcel, when: datetime, stage: str) -> bool:
    """Whether it says more of where the parcel is than all that its carrier has said."""
    if parcel.received_at is not None:
        return False
    if parcel.last_scan_at is None or when != parcel.last_scan_at:
        return parcel.last_scan_at is None or when > parcel.last_scan_at
    said = [_RANKS.index(known) for at, known in parcel.seen if at == when and known in _RANKS]
    return _RANKS.index(stage) > max(said, default=-1)


def scan(
    u: Unfolding,
    key: str,
    stage: ScanStage,
    when: datetime,
    *,
    number: str = "",
    place: str = "",
    theirs: str = "",
) -> None:
    """Follow a scan; an older one, or one of a parcel that is here, is only kept for the record.

    Carriers tell a parcel's whole story again with each new scan: a moment counts once.
    """
    parcel = u.state.parcels[key]
    if not _is_newer(parcel, when, stage):
        traced = ParcelTraced(
            occurred_at=when, parcel_id=key, stage=stage, place=place, carrier_code=theirs
        )
        _trace(u, traced)
        _come_back(u, when)
        return
    if parcel.logistics is Logistics.LOST:
        u.happened(ParcelFound(occurred_at=when, parcel_id=key, place=place))
    u.happened(
        ParcelScanned(
            occurred_at=when,
            parcel_id=key,
            stage=stage,
            tracking_number=number,
            place=place,
            carrier_code=theirs,
        )
    )
    _delay_again(u, key)
    _come_back(u, when)


def _trace(u: Unfolding, traced: ParcelTraced) -> None:
    """Keep what moves nothing, once."""
    if (traced.occurred_at, traced.stage) not in u.state.parcels[traced.parcel_id].seen:
        u.happened(traced)


def _traced(key: str, stage: Literal["delayed", "lost"], report: c.ReportTracking) -> ParcelTraced:
    return ParcelTraced(
        occurred_at=report.occurred_at,
        parcel_id=key,
        stage=stage,
        place=report.place,
        carrier_code=report.carrier_code,
    )


def _delay_again(u: Unfolding, key: str) -> None:
    """A scan that is told after a newer delay does not end it."""
    parcel = u.state.parcels[key]
    told, seen = parcel.delay_told_at, parcel.last_scan_at
    is_on_its_way = parcel.logistics in _DELAYABLE and parcel.received_at is None
    if is_on_its_way and told is not None and seen is not None and told >= seen:
        u.happened(ParcelDelayed(occurred_at=told, parcel_id=key, because="the carrier says"))


def _come_back(u: Unfolding, when: datetime) -> None:
    """A parcel on its way re-opens a return that had ended without it.

    A cancelled one always: the parcel left before the customer changed their mind, or they
    changed it again. An expired one if the hand-over was in time, and told before the policy's
    days for that are over; else a person decides.
    """
    state = u.state
    if state.authorisation is Authorisation.CANCELLED and state.live_units:
        _reopen_or_worry(u, "cancelled", "the parcel was handed over all the same")
    elif state.authorisation is Authorisation.EXPIRED:
        if _is_in_time(u, when):
            _reopen_or_worry(u, "expired", "handed over in time, reported late")
        else:
            worry(u, "late_goods", "handed_over_late", "handed over after the date agreed")


def _is_in_time(u: Unfolding, when: datetime) -> bool:
    by = u.state.ship_by
    late = timedelta(days=u.state.agreed.late_scan_days)
    return by is not None and when <= by and u.now <= by + late


def _reopen_or_worry(u: Unfolding, was: Literal["cancelled", "expired"], because: str) -> None:
    refused = reopen(u, was, because)
    if refused is not None:
        worry(u, "claimed_elsewhere", refused.code, refused.because)
    elif "late_goods" in u.state.concerns:
        u.happened(ConcernSettled(occurred_at=u.now, concern_id="late_goods", because=because))


def come_back_with_goods(u: Unfolding, when: datetime) -> None:
    """Goods at the dock say the same as a scan does."""
    _come_back(u, when)
    is_unasked = u.state.authorisation is Authorisation.CANCELLED and not u.state.live_units
    if u.state.authorisation is Authorisation.DECLINED or is_unasked:
        worry(u, "declined_goods", "declined_goods_arrived", "goods came that were declined")


def _delay(u: Unfolding, key: str, when: datetime, report: c.ReportTracking) -> None:
    """Before the first scan it is only kept: nobody is late with what they were not given."""
    parcel = u.state.parcels[key]
    known, seen = parcel.delay_told_at, parcel.last_scan_at
    is_newest = (known is None or when > known) and seen is not None and when >= seen
    if is_newest and parcel.received_at is None and parcel.logistics in _DELAYABLE:
        u.happened(ParcelDelayed(occurred_at=when, parcel_id=key, because="the carrier says"))
    else:
        _trace(u, _traced(key, "delayed", report))


def _lose(u: Unfolding, key: str, when: datetime, report: c.ReportTracking) -> None:
    parcel = u.state.parcels[key]
    if not _is_newer(parcel, when, "lost") or parcel.logistics is Logistics.LOST:
        _trace(u, _traced(key, "lost", report))
        return
    if not parcel.has_left:
        stage: ScanStage = "in_transit"  # a carrier can only lose what it was given
        scan(u, key, stage, when)
    u.happened(ParcelLost(occurred_at=when, parcel_id=key, because="the carrier says so"))


def find_out(u: Unfolding, parcel: Parcel) -> None:
    """It should be here, or seen, by now: its carrier is asked, where it is ours to ask."""
    key = parcel.parcel_id
    u.happened(
        ParcelDelayed(
            occurred_at=u.now, parcel_id=key, because="it should be here by now", silent=True
        )
    )
    is_ours = any(label.parcel_id == key for label in u.state.labels.values())
    if is_ours and parcel.asked_at is None:
        u.happened(CarrierAsked(occurred_at=u.now, parcel_id=key))


def hear_nothing(u: Unfolding, key: str) -> None:
    """The carrier was asked, and knows no more than before: a person may know whom to call."""
    parcel = u.state.parcels[key]
    if parcel.logistics is Logistics.TRANSIT_EXCEPTION:
        who = parcel.carrier or "the carrier"
        because = f"{who} was asked for {key}, and knows no more than before"
        worry(u, f"silent:{key}", "carrier_silent", because)


def settle_silence(u: Unfolding) -> None:
    """A parcel that is seen again, here, or given up for lost needs no call any more."""
    for key, parcel in u.state.parcels.items():
        concern_id = f"silent:{key}"
        if concern_id in u.state.concerns and parcel.logistics is not Logistics.TRANSIT_EXCEPTION:
            u.happened(
                ConcernSettled(
                    occurred_at=u.now, concern_id=concern_id, because=f"it is {parcel.logistics}"
                )
            )


def give_up(u: Unfolding, parcel: Parcel) -> None:
    """Nobody has seen it for too long."""
    u.happened(
        ParcelLost(
            occurred_at=u.now,
            parcel_id=parcel.parcel_id,
            because="no scan for too long",
            silent=True,
        )
    )
