"""Receipt is an open set: whatever the dock reports is recorded, matched, or kept apart."""

from collections import Counter

from domain.articles import same_article
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events import (
    ReturnAnnounced,
    UnexpectedUnitReceived,
    UnitMissed,
    UnitReceived,
)
from domain.returns.goods import boxes, correcting
from domain.returns.goods.fitting import unit_for
from domain.returns.goods.undoing import no_longer_here
from domain.returns.state import Parcel, ReturnState
from domain.returns.successions import on_hearing
from domain.returns.transport.labels import given_up
from domain.returns.transport.scans import come_back_with_goods
from domain.returns.unfolding import Unfolding
from domain.words import Decision, Logistics, Receipt


def report_receipt(u: Unfolding, report: c.ReportReceipt) -> Refused | None:
    """Record what the dock found. The same report twice changes nothing."""
    if report.message_id in u.state.receipts:
        return None
    counts, retired = on_hearing(
        u.state.corrected, report.message_id, report.takes_back, report.occurred_at
    )
    if report.retracts or not counts:  # what takes its place was faster
        correcting.take_back(u, report, retired)
        return None
    correcting.withdraw(u, report, retired)
    parcel_id = boxes.came(u, report)
    come_back_with_goods(u, report.occurred_at)
    told = correcting.survivors(u.state, retired)
    strays: Counter[tuple[str, str]] = Counter()
    for counted in report.units:
        left = counted.quantity - _take_in(u, report, parcel_id, counted, retired)
        again = min(left, told[counted.sku])
        told[counted.sku] -= again
        strays[counted.sku, counted.serial] += left - again
    _keep_apart(u, report, parcel_id, +strays)
    if retired:
        correcting.follow(u, report, retired, told)
    return None


def _take_in(
    u: Unfolding,
    report: c.ReportReceipt,
    parcel_id: str,
    counted: c.CountedUnits,
    retired: frozenset[str],
) -> int:
    """Of some things out of the box those that are units; gives how many."""
    for taken in range(counted.quantity):
        unit = unit_for(u.state, counted, retired)
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
    known = [unit.asked.sku for unit in u.state.units.values()]
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
                kind="surplus" if any(same_article(one, sku) for one in known) else "wrong_item",
            )
        )


def explain_wrong_items(u: Unfolding) -> None:
    """Where no other parcel is to come, a wrong thing stands for a unit that is missing.

    Always for the first that is missing, so that it does not matter what came when.
    """
    wrong = [stray for stray in u.state.strays.values() if stray.kind == "wrong_item"]
    marked = [unit for unit in u.state.units.values() if unit.receipt is Receipt.WRONG_ITEM]
    if not wrong and not marked:
        return
    came = [stray for stray in wrong for _ in range(stray.quantity - len(stray.matched))]
    decided = [unit for unit in marked if unit.decision is not Decision.NEEDS_REVIEW]
    things = [] if parcels_still_out(u.state) else came[len(decided) :]
    missing = [
        unit
        for unit in u.state.units.values()
        if unit.receipt is Receipt.AWAITING or (unit in marked and unit not in decided)
    ]
    missing = [unit for unit in missing if unit.approved and not unit.stays]
    for unit in missing[len(things) :]:
        if unit in marked:
            no_longer_here(u, unit, u.now, "what stood for it is explained otherwise", "")
    for unit, stray in zip(missing, things, strict=False):
        if unit not in marked:
            u.happened(
                UnitMissed(
                    occurred_at=u.now,
                    unit=unit.id,
                    kind="wrong_item",
                    because=f"{stray.sku} was in the box instead of {unit.asked.sku}",
                )
            )


def parcels_still_out(state: ReturnState) -> list[Parcel]:
    """The parcels that may still bring something."""
    return [
        parcel
        for parcel in state.parcels.values()
        if parcel.received_at is None
        and parcel.logistics is not Logistics.LOST
        and not given_up(state, parcel)
    ]


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
    if not lost or parcels_still_out(u.state):
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
