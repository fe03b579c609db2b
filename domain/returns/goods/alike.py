"""Units of one line that are alike: which of them it was that the dock had only counted.

The inspector numbers what the dock counted: then the count was of that one. What nobody has
numbered is the first ones of its line, whatever was counted, corrected or taken back when.
"""

from collections.abc import Iterator

from domain.returns import commands as c
from domain.returns.events import UnitReceived
from domain.returns.goods.fitting import STILL_OUT
from domain.returns.goods.undoing import is_undoable, no_longer_here
from domain.returns.state import ReturnState, Unit
from domain.returns.unfolding import Unfolding
from domain.words import Decision, Receipt


def settle_alike(u: Unfolding, report: c.Report) -> None:
    """Give counts that could be of any unit to those that were seen, else to the first ones."""
    for key in list(u.state.units):
        unit = u.state.units[key]
        if _is_only_seen(unit):
            _give_a_count(u, report, unit, counted_alike(u.state, unit))
    for key in list(u.state.units):
        unit = u.state.units[key]
        if unit.approved and unit.receipt in STILL_OUT:
            behind = [one for one in counted_alike(u.state, unit) if one.approved]
            ordinal = unit.asked.ordinal
            _give_a_count(u, report, unit, (o for o in behind if o.asked.ordinal > ordinal))


def counted_alike(state: ReturnState, unit: Unit) -> Iterator[Unit]:
    """The others of its line that were counted and nothing else, the last ones first."""
    return (other for other in reversed(state.units.values()) if _may_be(state, other, unit))


def move_count(u: Unfolding, report: c.Report, counted: Unit, unit: Unit) -> None:
    """What was counted as one unit was another one of its kind."""
    because = f"it was {unit.id}, which is one like it"
    no_longer_here(u, counted, report.occurred_at, because, report.message_id)
    u.happened(
        UnitReceived(
            occurred_at=report.occurred_at,
            unit=unit.id,
            parcel_id=counted.parcel_id,
            receipt_id=counted.receipt_id,
            condition=counted.condition,
        )
    )


def _give_a_count(u: Unfolding, report: c.Report, unit: Unit, counted: Iterator[Unit]) -> None:
    taken_for = next(counted, None)
    if taken_for is not None:
        move_count(u, report, taken_for, unit)


def _is_only_seen(unit: Unit) -> bool:
    counts = bool(unit.receipt_id or unit.stray_id)
    return unit.receipt is Receipt.RECEIVED and bool(unit.looks) and not counts


def _may_be(state: ReturnState, counted: Unit, unit: Unit) -> bool:
    is_counted = counted.receipt is Receipt.RECEIVED and bool(counted.receipt_id)
    is_unnamed = not counted.serial and not counted.looks and not counted.stray_id
    of_one_line = counted.asked.line_id == unit.asked.line_id
    is_free = counted.decision is Decision.PENDING or is_undoable(state, counted)
    return of_one_line and is_counted and is_unnamed and is_free and not counted.moved
