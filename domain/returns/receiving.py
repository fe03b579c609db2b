"""Receipt is an open set: whatever the dock reports is recorded, matched, or kept apart."""

from collections.abc import Iterator

from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events import (
    Escalated,
    ParcelReceived,
    ReturnAnnounced,
    StraySettled,
    UnexpectedUnitReceived,
    UnitMatched,
    UnitMissed,
    UnitReceiptRetracted,
    UnitReceived,
    UnitUnmatched,
)
from domain.returns.labels import given_up
from domain.returns.scans import come_back_with_goods
from domain.returns.state import Parcel, Stray, Unit
from domain.returns.unfolding import Unfolding
from domain.words import Decision, Logistics, Receipt

_STILL_OUT = frozenset(
    {
        Receipt.AWAITING,
        Receipt.SHORT_SHIPPED,
        Receipt.LOST_IN_TRANSIT,
        Receipt.WRONG_ITEM,
        Receipt.CANCELLED,
        Receipt.EXPIRED,
    }
)


def report_receipt(u: Unfolding, report: c.ReportReceipt) -> Refused | None:
    """Record what the dock found. The same report twice changes nothing."""
    if report.message_id in u.state.receipts:
        return None
    if report.corrects:
        _retract(u, report)
    parcel_id = _box(u, report)
    u.happened(
        ParcelReceived(
            occurred_at=report.occurred_at,
            parcel_id=parcel_id,
            tracking_number=report.parcel.tracking_number,
            warehouse=report.warehouse,
            receipt_id=report.message_id,
            corrects=report.corrects,
        )
    )
    come_back_with_goods(u, report.occurred_at)
    strays = [stray for stray in u.state.strays.values() if stray.receipt_id == report.corrects]
    for number, counted in enumerate(_one_by_one(report), start=1):
        if _unit_for(u, counted) is None and _was_told(strays, counted):
            continue
        _take_in(u, report, parcel_id, counted, f"{report.message_id}/{number}")
    return None


def _was_told(strays: list[Stray], counted: c.CountedUnits) -> bool:
    """Whether a correction only says again what is kept apart already; each thing once."""
    told = next((stray for stray in strays if stray.sku == counted.sku), None)
    if told is not None:
        strays.remove(told)
    return told is not None


def _one_by_one(report: c.ReportReceipt) -> Iterator[c.CountedUnits]:
    for counted in report.units:
        yield from [counted] * counted.quantity


def _box(u: Unfolding, report: c.ReportReceipt) -> str:
    """The parcel this is: by its number, else the only one that can be, else a new one."""
    number = report.parcel.tracking_number
    parcels = u.state.parcels
    for parcel in parcels.values():
        if number and number in parcel.tracking_numbers:
            return parcel.parcel_id
    nameless = [
        parcel
        for parcel in parcels.values()
        if parcel.received_at is None and (not number or not parcel.tracking_numbers)
    ]
    if nameless:
        return nameless[0].parcel_id
    return f"X{sum(key.startswith('X') for key in parcels) + 1}"


def _take_in(
    u: Unfolding,
    report: c.ReportReceipt,
    parcel_id: str,
    counted: c.CountedUnits,
    stray_id: str,
) -> None:
    """One thing out of the box: the unit it is, or a stray."""
    unit = _unit_for(u, counted)
    if unit is not None:
        u.happened(
            UnitReceived(
                occurred_at=report.occurred_at,
                unit=unit.id,
                parcel_id=parcel_id,
                receipt_id=report.message_id,
                serial=counted.serial,
                condition=counted.condition,
            )
        )
        return
    known = {unit.asked.sku for unit in u.state.units.values()}
    u.happened(
        UnexpectedUnitReceived(
            occurred_at=report.occurred_at,
            stray_id=stray_id,
            parcel_id=parcel_id,
            receipt_id=report.message_id,
            sku=counted.sku,
            serial=counted.serial,
            kind="surplus" if counted.sku in known else "wrong_item",
        )
    )


def _unit_for(u: Unfolding, counted: c.CountedUnits) -> Unit | None:
    """The unit that this must be: one already seen by an inspector first, then one still out."""
    alike = [
        unit
        for unit in u.state.units.values()
        if unit.asked.sku == counted.sku
        and (not counted.line_id or unit.asked.line_id == counted.line_id)
    ]
    seen = [unit for unit in alike if unit.receipt is Receipt.RECEIVED and not unit.receipt_id]
    out = [unit for unit in alike if unit.receipt in _STILL_OUT]
    wanted = [unit for unit in out if unit.approved]
    return next(iter([*seen, *wanted, *out]), None)


def explain_wrong_items(u: Unfolding) -> None:
    """Where no other parcel is to come, a wrong thing stands for a unit that is missing."""
    if parcels_still_out(u):
        return
    wrong = [s for s in u.state.strays.values() if s.kind == "wrong_item" and s.open]
    marked = [unit for unit in u.state.units.values() if unit.receipt is Receipt.WRONG_ITEM]
    missing = [
        unit
        for unit in u.state.units.values()
        if unit.approved and not unit.stays and unit.receipt is Receipt.AWAITING
    ]
    for unit, stray in zip(missing, wrong[len(marked) :], strict=False):
        u.happened(
            UnitMissed(
                occurred_at=u.now,
                unit=unit.id,
                kind="wrong_item",
                because=f"{stray.sku} was in the box instead of {unit.asked.sku}",
            )
        )


def parcels_still_out(u: Unfolding) -> list[Parcel]:
    """The parcels that may still bring something."""
    return [
        parcel
        for parcel in u.state.parcels.values()
        if parcel.received_at is None
        and parcel.logistics is not Logistics.LOST
        and not given_up(u.state, parcel)
    ]


def _retract(u: Unfolding, report: c.ReportReceipt) -> None:
    """Take back what an earlier report had said, as far as nothing was decided on it."""
    for unit in list(u.state.units.values()):
        if unit.receipt_id != report.corrects or unit.receipt is not Receipt.RECEIVED:
            continue
        if unit.decision is Decision.PENDING and not unit.inspection_id:
            u.happened(
                UnitReceiptRetracted(
                    occurred_at=report.occurred_at,
                    unit=unit.id,
                    receipt_id=report.corrects,
                    because=f"corrected by {report.message_id}",
                )
            )
        else:
            u.happened(
                Escalated(
                    occurred_at=u.now,
                    concern_id=f"corrected:{unit.id}:{report.message_id}",
                    what="corrected_after_decision",
                    because=f"the dock corrects its report on {unit.id}, which was decided already",
                )
            )


def match_unit(u: Unfolding, ask: c.MatchUnit) -> Refused | None:
    """A person says what a stray is, or where it goes."""
    stray = u.state.strays.get(ask.stray_id)
    if stray is None:
        return Refused(code="unknown_stray", because=f"stray_id: no stray {ask.stray_id} here")
    if not stray.open:
        return Refused(code="stray_settled", because="stray_id: that was decided already")
    if ask.disposition is not None:
        u.happened(
            StraySettled(
                occurred_at=u.now,
                stray_id=stray.stray_id,
                disposition=ask.disposition,
                because=ask.because or f"decided by {ask.actor.kind}",
            )
        )
        return None
    unit = u.state.units.get(ask.unit)
    if unit is None:
        known = ", ".join(u.state.units)
        return Refused(code="unknown_unit", because=f"unit: no {ask.unit}, there are {known}")
    if unit.receipt not in _STILL_OUT:
        return Refused(code="unit_not_missing", because=f"unit: {unit.id} is {unit.receipt}")
    u.happened(
        UnitMatched(
            occurred_at=u.now,
            unit=unit.id,
            stray_id=stray.stray_id,
            because=ask.because or f"decided by {ask.actor.kind}",
        )
    )
    return None


def unmatch_unit(u: Unfolding, ask: c.UnmatchUnit) -> Refused | None:
    """A match was wrong: both go back to what they were, unless it was decided on already."""
    stray = u.state.strays.get(ask.stray_id)
    if stray is None or not stray.matched_to:
        return Refused(code="not_matched", because=f"stray_id: {ask.stray_id} is not matched")
    unit = u.state.units[stray.matched_to]
    if unit.decision not in {Decision.PENDING, Decision.NEEDS_REVIEW}:
        return Refused(
            code="decided_already", because=f"{unit.id} was decided on this match: {unit.decision}"
        )
    u.happened(
        UnitUnmatched(
            occurred_at=u.now,
            unit=unit.id,
            stray_id=stray.stray_id,
            because=ask.because or f"decided by {ask.actor.kind}",
        )
    )
    return None


def miss_units(u: Unfolding) -> None:
    """What has not come in time with the others is short."""
    for unit in list(u.state.units.values()):
        if unit.approved and not unit.stays and unit.receipt is Receipt.AWAITING:
            u.happened(
                UnitMissed(
                    occurred_at=u.now,
                    unit=unit.id,
                    kind="short_shipped",
                    because="not in any box that came",
                )
            )


def lose_units(u: Unfolding) -> None:
    """Nothing more is to come and a parcel is lost: what is missing was in it."""
    parcels = u.state.parcels.values()
    lost = any(parcel.logistics is Logistics.LOST for parcel in parcels)
    if not lost or parcels_still_out(u):
        return
    for unit in list(u.state.units.values()):
        if unit.approved and not unit.stays and unit.receipt is Receipt.AWAITING:
            u.happened(
                UnitMissed(
                    occurred_at=u.now,
                    unit=unit.id,
                    kind="lost_in_transit",
                    because="the carrier lost the parcel",
                )
            )


def note_announced(u: Unfolding, note: n.NoteAnnounced) -> Refused | None:
    """The warehouse knows what to expect."""
    if not u.state.announced:
        u.happened(ReturnAnnounced(occurred_at=u.now, announcement_ref=note.announcement_ref))
    return None
