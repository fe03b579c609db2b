"""The dock takes back what it had reported: goods, parcels and money follow, as far as they can.

Reports are a set, in which each may take the place of another. What stands in the end does
not depend on the order in which they come: a report that was replaced before it came says
nothing, and what it had replaced itself is out all the same.
"""

from collections import Counter
from collections.abc import Iterator

from domain.returns import commands as c
from domain.returns.events import (
    ConcernSettled,
    ReceiptRetracted,
    StrayRetracted,
    UnitReceiptRetracted,
    UnitReceived,
    UnitUnmatched,
)
from domain.returns.goods.alike import settle_alike
from domain.returns.goods.boxes import leave_parcels, settle_boxes
from domain.returns.goods.fitting import unit_for
from domain.returns.goods.undoing import UNCOUNTED, is_undoable, no_longer_here, reopen
from domain.returns.money.uncounting import release_for
from domain.returns.state import ReturnState, Stray, Unit
from domain.returns.unfolding import Unfolding
from domain.returns.worrying import worry
from domain.words import Decision, Receipt

CORRECTED = "corrected"
"""The first part of a concern's id: of a unit that was put away meanwhile."""

_UNDECIDED = frozenset({Decision.PENDING, Decision.NEEDS_REVIEW, Decision.REJECTED})
"""Verdicts that nothing was promised on, whoever gave them."""


def take_back(u: Unfolding, report: c.ReportReceipt, retired: frozenset[str]) -> None:
    """A report was a mistake, or the correction of one that was corrected itself meanwhile."""
    withdraw(u, report, retired)
    u.happened(
        ReceiptRetracted(
            occurred_at=report.occurred_at,
            receipt_id=report.takes_back,
            message_id=report.message_id,
            tracking_number=report.parcel.tracking_number,
        )
    )
    follow(u, report, retired, survivors(u.state, retired))


def withdraw(u: Unfolding, report: c.ReportReceipt, retired: frozenset[str]) -> None:
    """Units that nobody has decided on, and strays, are as if the report had never come."""
    because = f"taken back by {report.message_id}"
    for unit in list(u.state.units.values()):
        if unit.receipt_id in retired and not unit.stray_id and _is_untouched(u.state, unit):
            no_longer_here(u, unit, report.occurred_at, because, report.message_id)
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
    settle_boxes(u, report)
    leave_parcels(u, report)
    for unit in list(u.state.units.values()):
        if unit.receipt_id in retired and not unit.stray_id and unit.receipt is Receipt.RECEIVED:
            _take_from_decided(u, report, unit)
    for stray in _strays_of(u.state, retired):
        _take_from_dealt_with(u, report, stray, unsaid)
    settle_alike(u, report)
    fill_from_strays(u, report)


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


def _is_untouched(state: ReturnState, unit: Unit) -> bool:
    """Nobody has looked at it, promised money for it, or put it anywhere."""
    is_gone = unit.moved or unit.id in state.send_backs
    is_here = unit.receipt is Receipt.RECEIVED and not is_gone
    decided = unit.decision not in _UNDECIDED and not is_undoable(state, unit)
    return is_here and not unit.looks and not decided


def _take_from_decided(u: Unfolding, report: c.ReportReceipt, unit: Unit) -> None:
    """An inspector has seen it: it is here. Else it is not, whatever was decided on it."""
    because = f"taken back by {report.message_id}"
    is_put_away = unit.moved or unit.id in u.state.send_backs
    if not unit.looks and not is_put_away:
        no_longer_here(u, unit, report.occurred_at, because, report.message_id)
        return
    u.happened(
        UnitReceiptRetracted(
            occurred_at=report.occurred_at,
            unit=unit.id,
            receipt_id=unit.receipt_id,
            because=because,
        ),
        UnitReceived(
            occurred_at=unit.inspected_at or unit.received_at or report.occurred_at,
            unit=unit.id,
            parcel_id="",
            receipt_id="",
        ),
    )
    if is_put_away:
        worry(
            u,
            f"{CORRECTED}:{unit.id}:{report.message_id}",
            "corrected_after_decision",
            f"the dock corrects its report on {unit.id}, which was put away already",
        )


def _take_from_dealt_with(
    u: Unfolding, report: c.ReportReceipt, stray: Stray, unsaid: Counter[str]
) -> None:
    """A stray that a person has matched or sent off, and that the correction does not name."""
    because = f"taken back by {report.message_id}"
    for unit_id in stray.matched[: unsaid[stray.sku]]:
        unit = u.state.units[unit_id]
        is_seen = bool(unit.looks) and not unit.moved and unit.id not in u.state.send_backs
        if not is_seen and not _is_untouched(u.state, unit):
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
        if is_seen:
            at = unit.inspected_at or report.occurred_at
            told = {"unit": unit.id, "parcel_id": "", "receipt_id": ""}
            u.happened(UnitReceived.model_validate({"occurred_at": at, **told}))
        elif unit.approved and unit.decision is not Decision.PENDING:
            reopen(u, unit, because)
        _drop(u, report, u.state.strays[stray.stray_id], 1, because)
    if unsaid[stray.sku] > 0 and (stray.gone or stray.matched):
        unsaid[stray.sku] -= min(unsaid[stray.sku], stray.gone + len(stray.matched))
        worry(
            u,
            f"stray:{stray.stray_id}:{report.message_id}",
            "corrected_after_decision",
            f"the dock takes back {stray.sku}, on which a person had decided",
        )


def _drop(u: Unfolding, report: c.Report, stray: Stray, quantity: int, because: str) -> None:
    u.happened(
        StrayRetracted(
            occurred_at=report.occurred_at,
            stray_id=stray.stray_id,
            quantity=quantity,
            because=because,
        )
    )


def fill_from_strays(u: Unfolding, report: c.Report) -> None:
    """What another box held too many of is the unit that was freed, counted like any other."""
    for stray in list(u.state.strays.values()):
        for _ in range(stray.left):
            counted = c.CountedUnits(sku=stray.sku, serial=stray.serial, quantity=1)
            unit = unit_for(u.state, counted, frozenset())
            if unit is None or not unit.approved:
                break
            because = f"another count of it was taken back by {report.message_id}"
            _drop(u, report, stray, 1, because)
            u.happened(
                UnitReceived(
                    occurred_at=report.occurred_at,
                    unit=unit.id,
                    parcel_id=stray.parcel_id,
                    receipt_id=stray.receipt_id,
                    serial=stray.serial,
                )
            )


def _strays_of(state: ReturnState, retired: frozenset[str]) -> Iterator[Stray]:
    return iter([stray for stray in state.strays.values() if stray.receipt_id in retired])
