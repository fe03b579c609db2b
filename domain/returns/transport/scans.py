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
from domain.returns.state import Parcel
from domain.returns.unfolding import Unfolding
from domain.returns.worrying import worry
from domain.words import Authorisation, Logistics

_STAGES: dict[str, ScanStage] = {
    "scanned": "in_transit",
    "at_hub": "at_hub",
    "customs_hold": "customs_hold",
    "delivered": "delivered_unscanned",
    "returned_to_customer": "returned_to_customer",
}


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
            is_late = parcel.has_left and parcel.received_at is None
            if is_late and _is_newer(parcel, when) and _is_first_delay(parcel, when):
                u.happened(
                    ParcelDelayed(occurred_at=when, parcel_id=key, because="the carrier says")
                )
        case "lost":
            here_or_lost = parcel.received_at or parcel.logistics is Logistics.LOST
            if not here_or_lost and _is_newer(parcel, when):
                _lose(u, parcel, when, "the carrier says so")
        case "found":
            _find(u, parcel, when, report.place)
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
    for parcel in u.state.parcels.values():
        if tracking_number and tracking_number in parcel.tracking_numbers:
            return parcel
        if pickup_ref and pickup_ref == parcel.pickup_ref:
            return parcel
    return None


def _is_first_delay(parcel: Parcel, when: datetime) -> bool:
    is_known = parcel.delayed_at is not None and when <= parcel.delayed_at
    return not is_known and parcel.logistics not in {Logistics.LOST, Logistics.RETURNED_TO_CUSTOMER}


def _is_newer(parcel: Parcel, when: datetime) -> bool:
    return parcel.last_scan_at is None or when > parcel.last_scan_at


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
    is_news = parcel.received_at is None and _is_newer(parcel, when)
    if not is_news:
        if when not in parcel.seen_at:
            u.happened(
                ParcelTraced(
                    occurred_at=when, parcel_id=key, stage=stage, place=place, carrier_code=theirs
                )
            )
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
    _come_back(u, when)


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


def _lose(u: Unfolding, parcel: Parcel, when: datetime, because: str) -> None:
    if not parcel.has_left:
        stage: ScanStage = "in_transit"  # a carrier can only lose what it was given
        scan(u, parcel.parcel_id, stage, when)
    u.happened(ParcelLost(occurred_at=when, parcel_id=parcel.parcel_id, because=because))


def _find(u: Unfolding, parcel: Parcel, when: datetime, place: str) -> None:
    if parcel.logistics is Logistics.LOST:
        u.happened(ParcelFound(occurred_at=when, parcel_id=parcel.parcel_id, place=place))
    else:
        scan(u, parcel.parcel_id, "in_transit", when, place=place)


def give_up(u: Unfolding, parcel: Parcel) -> None:
    """Nobody has seen it for too long."""
    u.happened(
        ParcelLost(occurred_at=u.now, parcel_id=parcel.parcel_id, because="no scan for too long")
    )
