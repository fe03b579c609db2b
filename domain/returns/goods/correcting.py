"""The dock takes back what it had reported: goods, parcels and money follow, as far as they can.

Reports are a set, in which each may take the place of another. What stands in the end does
not depend on the order in which they come: a report that was replaced before it came says
nothing, and what it had replaced itself is out all the same.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from domain.returns import commands as c
from domain.returns.events import (
    ConcernSettled,
    DecisionReopened,
    ParcelReceiptRetracted,
    ReceiptRetracted,
    StrayRetracted,
    UnitMatched,
    UnitReceiptRetracted,
    UnitReceived,
    UnitUnmatched,
)
from domain.returns.goods.fitting import unit_for
from domain.returns.money.uncounting import hold_for, release_for
from domain.returns.state import ReturnState, Stray, Unit
from domain.returns.unfolding import Unfolding
from domain.returns.worrying import worry
from domain.words import Decision, Receipt

UNCOUNTED = "uncounted"
CORRECTED = "corrected"
"""The first part of a concern's id: of a unit that was decided, or inspected, meanwhile."""

_UNDECIDED = frozenset({Decision.PENDING, Decision.NEEDS_REVIEW, Decision.REJECTED})
"""Verdicts that nothing was promised on: they are taken back with what they were given on."""


def retired_by(state: ReturnState, corrects: str) -> frozenset[str]:
    """The report that is taken back, and all that it had taken the place of."""
    found = {corrects} if corrects else set()
    while True:
        more = {old for old, new in state.corrected.items() if new in found} - found
        if not more:
            return frozenset(found)
        found |= more


def take_back(u: Unfolding, report: c.ReportReceipt, receipt_id: str) -> None:
    """A report was a mistake, or the correction of one that was corrected itself meanwhile."""
    retired = retired_by(u.state, receipt_id)
    withdraw(u, report, retired)
    u.happened(
        ReceiptRetracted(
            occurred_at=report.occurred_at, receipt_id=receipt_id, message_id=report.message_id
        )
    )
    follow(u, report, retired, survivors(u.state, retired))


def withdraw(u: Unfolding, report: c.ReportReceipt, retired: frozenset[str]) -> None:
    """Units that nobody has decided on, and strays, are as if the report had never come."""
    because = f"taken back by {report.message_id}"
    for unit in list(u.state.units.values()):
        if unit.receipt_id in retired and not unit.stray_id and _is_untouched(u.state, unit):
            await_again(u, unit, report.occurred_at, because)
    for stray in _strays_of(u.state, retired):
        if stray.left:
            _drop(u, report, stray, stray.left, because)


def survivors(state: ReturnState, retired: frozenset[str]) -> Counter[str]:
    """How many of each article a person has dealt with, which a correction may say again."""
    told: Counter[str] = Counter()
    for stray in _strays_of(state, retired):
        told[stray.sku] += stray.quantity - stray.left
    return told


def follow(
    u: Unfolding, report: c.ReportReceipt, retired: frozenset[str], unsaid: Counter[str]
) -> None:
    """What the correction says nothing of: parcels, units that were decided, strays dealt with."""
    for parcel in list(u.state.parcels.values()):
        if parcel.received_at is not None and not parcel.receipts:
            # A carrier that only said it lost it had it.
            unseen = "never_scanned" if parcel.handed_over_at is None else "in_transit"
            stage = parcel.last_stage or unseen
            told = {"occurred_at": report.occurred_at, "receipt_id": report.message_id}
            u.happened(
                ParcelReceiptRetracted.model_validate(
                    {**told, "parcel_id": parcel.parcel_id, "stage": stage}
                )
            )
    for unit in list(u.state.units.values()):
        if unit.receipt_id in retired and not unit.stray_id and unit.receipt is Receipt.RECEIVED:
            _take_from_decided(u, report, unit)
    for stray in _strays_of(u.state, retired):
        _take_from_dealt_with(u, report, stray, unsaid)
    _fill_from_strays(u, report)


def settle_corrections(u: Unfolding) -> None:
    """What was taken back and is counted after all needs nobody, and its money may go."""
    for concern in list(u.state.concerns.values()):
        kind, _, rest = concern.concern_id.partition(":")
        unit = u.state.units.get(rest.partition(":")[0])
        if kind not in {UNCOUNTED, CORRECTED} or unit is None:
            continue
        is_here = unit.receipt is Receipt.RECEIVED
        if is_here and (kind == UNCOUNTED or unit.receipt_id):
            u.happened(
                ConcernSettled(
                    occurred_at=u.now, concern_id=concern.concern_id, because="counted after all"
                )
            )
            release_for(u, unit)


def uncount_decided(u: Unfolding, unit: Unit, message_id: str) -> None:
    """A unit on which money was promised is not here: what has not left is held, a person told."""
    worry(
        u,
        f"{UNCOUNTED}:{unit.id}:{message_id}",
        "corrected_after_decision",
        f"{unit.id} was {unit.decision}, and the dock does not have it after all",
    )
    hold_for(u, unit)


def await_again(u: Unfolding, unit: Unit, at: datetime, because: str) -> None:
    """What was said of the unit does not stand, nor what was decided on it."""
    u.happened(
        UnitReceiptRetracted(
            occurred_at=at, unit=unit.id, receipt_id=unit.receipt_id, because=because
        )
    )
    if unit.approved and unit.decision in {Decision.NEEDS_REVIEW, Decision.REJECTED}:
        u.happened(DecisionReopened(occurred_at=u.now, unit=unit.id, because=because))


def _is_untouched(state: ReturnState, unit: Unit) -> bool:
    """Nobody has looked at it, promised money for it, or put it anywhere."""
    is_gone = unit.moved or unit.id in state.send_backs
    is_here = unit.receipt is Receipt.RECEIVED and not is_gone
    return is_here and not unit.inspection_id and unit.decision in _UNDECIDED


def _take_from_decided(u: Unfolding, report: c.ReportReceipt, unit: Unit) -> None:
    """An inspector has seen it: it is here. Else it is not, whatever was decided on it."""
    if unit.inspection_id or unit.moved or unit.id in u.state.send_backs:
        u.happened(
            UnitReceiptRetracted(
                occurred_at=report.occurred_at,
                unit=unit.id,
                receipt_id=unit.receipt_id,
                because=f"taken back by {report.message_id}",
            ),
            UnitReceived(
                occurred_at=unit.received_at or report.occurred_at,
                unit=unit.id,
                parcel_id="",
                receipt_id="",
                serial=unit.serial,
            ),
        )
        worry(
            u,
            f"{CORRECTED}:{unit.id}:{report.message_id}",
            "corrected_after_decision",
            f"the dock corrects its report on {unit.id}, which was decided already",
        )
        return
    u.happened(
        UnitReceiptRetracted(
            occurred_at=report.occurred_at,
            unit=unit.id,
            receipt_id=unit.receipt_id,
            because=f"taken back by {report.message_id}",
        )
    )
    uncount_decided(u, unit, report.message_id)


def _take_from_dealt_with(
    u: Unfolding, report: c.ReportReceipt, stray: Stray, unsaid: Counter[str]
) -> None:
    """A stray that a person has matched or sent off, and that the correction does not name."""
    because = f"taken back by {report.message_id}"
    for unit_id in stray.matched[: unsaid[stray.sku]]:
        unit = u.state.units[unit_id]
        if not _is_untouched(u.state, unit):
            continue
        unsaid[stray.sku] -= 1
        u.happened(
            UnitUnmatched(
                occurred_at=report.occurred_at,
                unit=unit.id,
                stray_id=stray.stray_id,
                because=because,
            )
        )
        _drop(u, report, u.state.strays[stray.stray_id], 1, because)
    if unsaid[stray.sku] > 0 and (stray.gone or stray.matched):
        unsaid[stray.sku] -= min(unsaid[stray.sku], stray.gone + len(stray.matched))
        worry(
            u,
            f"stray:{stray.stray_id}:{report.message_id}",
            "corrected_after_decision",
            f"the dock takes back {stray.sku}, on which a person had decided",
        )


def _drop(u: Unfolding, report: c.ReportReceipt, stray: Stray, quantity: int, because: str) -> None:
    u.happened(
        StrayRetracted(
            occurred_at=report.occurred_at,
            stray_id=stray.stray_id,
            quantity=quantity,
            because=because,
        )
    )


def _fill_from_strays(u: Unfolding, report: c.ReportReceipt) -> None:
    """What another box held too many of is the unit that was freed."""
    for stray in list(u.state.strays.values()):
        for _ in range(stray.left):
            counted = c.CountedUnits(sku=stray.sku, serial=stray.serial, quantity=1)
            unit = unit_for(u.state, counted, frozenset())
            if unit is None or not unit.approved:
                break
            u.happened(
                UnitMatched(
                    occurred_at=report.occurred_at,
                    unit=unit.id,
                    stray_id=stray.stray_id,
                    because=f"another count of it was taken back by {report.message_id}",
                )
            )


def _strays_of(state: ReturnState, retired: frozenset[str]) -> Iterator[Stray]:
    return iter([stray for stray in state.strays.values() if stray.receipt_id in retired])
