"""Which unit a thing is that was counted, or looked at. Questions about the state."""

from domain.articles import same_article
from domain.returns import commands as c
from domain.returns.state import ReturnState, Unit
from domain.words import Receipt

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


def unit_for(state: ReturnState, counted: c.CountedUnits, retired: frozenset[str]) -> Unit | None:
    """The unit that this must be: one already seen by an inspector first, then one still out.

    A unit whose count is just being taken back (`retired`) is there to be counted again.
    """
    alike = [
        unit
        for unit in state.units.values()
        if same_article(unit.asked.sku, counted.sku)
        and (not counted.line_id or unit.asked.line_id == counted.line_id)
    ]
    if counted.serial:  # what was sold with it, before what was sold with another
        alike.sort(key=lambda unit: counted.serial not in {*unit.asked.serials, unit.serial})
    seen = [unit for unit in alike if _is_seen_uncounted(unit, retired)]
    out = [unit for unit in alike if unit.receipt in STILL_OUT]
    wanted = [unit for unit in out if unit.approved]
    return next(iter([*seen, *wanted, *out]), None)


def _is_seen_uncounted(unit: Unit, retired: frozenset[str]) -> bool:
    counts = bool(unit.receipt_id) and unit.receipt_id not in retired
    return unit.receipt is Receipt.RECEIVED and not counts and not unit.stray_id


def seen_unit(state: ReturnState, seen: c.InspectedUnit) -> Unit | None:
    """The unit that an inspector means: by its name, else its serial, else its article.

    Of several alike one that is here and that nobody has looked at yet.
    """
    if seen.line_id:
        return state.units.get(f"{seen.line_id}/{seen.unit}")
    alike = [unit for unit in state.units.values() if _may_be(unit, seen)]
    alike.sort(key=lambda unit: _how_unlikely(unit, seen))
    return next(iter(alike), None)


def _how_unlikely(unit: Unit, seen: c.InspectedUnit) -> tuple[bool, bool, bool, bool]:
    is_it = bool(seen.serial) and unit.serial == seen.serial
    is_here = unit.receipt is Receipt.RECEIVED
    return not is_it, bool(unit.inspection_id), not is_here, not unit.approved


def _may_be(unit: Unit, seen: c.InspectedUnit) -> bool:
    if seen.serial and seen.serial in {unit.serial, *unit.asked.serials}:
        return not unit.serial or unit.serial == seen.serial
    return bool(seen.sku) and same_article(unit.asked.sku, seen.sku)
