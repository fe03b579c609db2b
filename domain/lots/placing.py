"""Where the units of a lot are put, once whoever had them is done: one stock move for each."""

from collections.abc import Iterator
from typing import NamedTuple

from domain.lots.state import Inside, LotState
from domain.lots.words import LotKind, LotLife
from domain.words import Disposition


class Placement(NamedTuple):
    """A unit that is to be put somewhere."""

    unit: Inside
    warehouse: str
    disposition: Disposition


def to_place(state: LotState) -> tuple[Placement, ...]:
    """The units that are here again and not put away yet.

    What was consolidated goes to the other warehouse's shelf; what a workshop is done with, what
    was to leave and does not, and what people took out, to a place at the hub.
    """
    return tuple(_places(state))


def to_tell(state: LotState) -> tuple[Inside, ...]:
    """The units that were put elsewhere at the hub than where their returns had put them."""
    units = (*state.inside.values(), *state.out.values())
    return tuple(one for one in units if one.placed and one.goes is not None and not one.known)


def _places(state: LotState) -> Iterator[Placement]:
    if state.known is None:
        return
    hub, to = state.facts.hub.warehouse, state.facts.terms.destination
    for unit in state.out.values():
        if not unit.placed:
            yield Placement(unit, hub, unit.goes or Disposition.QUARANTINE)
    if state.life is LotLife.COLLECTING:
        return
    arrived = state.facts.kind is LotKind.CONSOLIDATION and state.life is not LotLife.DISSOLVED
    for unit in state.inside.values():
        if unit.placed or not (unit.counted if arrived else unit.goes is not None):
            continue
        if arrived and to is not None:
            yield Placement(unit, to.warehouse, unit.told.disposition)
        else:
            yield Placement(unit, hub, unit.goes or Disposition.QUARANTINE)
