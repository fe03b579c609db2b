"""Receipt is an open set: whatever the dock reports is recorded, matched, or kept apart."""

from collections import Counter
from itertools import chain, islice, repeat

from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events import (
    Escalated,
    ParcelReceived,
    ReturnAnnounced,
    UnexpectedUnitReceived,
    UnitMissed,
    UnitReceiptRetracted,
    UnitReceived,
)
from domain.returns.state import Parcel, Unit
from domain.returns.transport.labels import given_up
from domain.returns.transport.scans import come_back_with_goods
from domain.returns.unfolding import Unfolding
from domain.words import Decision, Logistics, Receipt

STILL_OUT = frozenset(
    {
        Receipt.AWAITING,
        Receipt.SHORT_SHIPPED,
        Receipt.LOST_IN_TRANSIT,
        Receipt.WRONG_ITEM,
        Receipt.CANCELLED,
        Receipt.EXPIRED,
    }
)
"""What a unit is that may still come."""


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
    told = _told_before(u, report)
    strays: Counter[tuple[str, str]] = Counter()
    for counted in report.units:
        left = counted.quantity - _take_in(u, report, parcel_id, counted)
        again = min(left, told[counted.sku])
        told[counted.sku] -= again
        strays[counted.sku, counted.serial] += left - again
    _keep_apart(u, report, parcel_id, +strays)
    return None


def _told_before(u: Unfolding, report: c.ReportReceipt) -> Counter[str]:
    """How many of each article a correction finds kept apart already: it says them again."""
    told: Counter[str] = Counter()
    for stray in u.state.strays.values():
        if stray.receipt_id == report.corrects:
            told[stray.sku] += stray.quantity
    return told


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
) -> int:
    """Of some things out of the box those that are units; gives how many."""
    for taken in range(counted.quantity):
        unit = _unit_for(u, counted)
        if unit is None:
            return taken
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
    return counted.quantity


def _keep_apart(
    u: Unfolding, report: c.ReportReceipt, parcel_id: str, strays: Counter[tuple[str, str]]
) -> None:
    """What is no unit is a stray: one for each article, with its quantity."""
    known = {unit.asked.sku for unit in u.state.units.values()}
    for number, ((sku, serial), quantity) in enumerate(strays.items(), start=1):
        u.happened(
            UnexpectedUnitReceived(
                occurred_at=report.occurred_at,
                stray_id=f"{report.message_id}/{number}",
                parcel_id=parcel_id,
                receipt_id=report.message_id,
                sku=sku,
                serial=serial,
                quantity=quantity,
                kind="surplus" if sku in known else "wrong_item",
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
    out = [unit for unit in alike if unit.receipt in STILL_OUT]
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
    things = chain.from_iterable(repeat(stray, stray.left) for stray in wrong)
    for unit, stray in zip(missing, islice(things, len(marked), None), strict=False):
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
