"""Where the units of a lot are put, once whoever had them is done: one stock move for each."""

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

    What was consolidated goes to the other warehouse's shelf; what a workshop is done with, or
    what was to leave and does not, to a place at the hub.
    """
    if state.life is LotLife.COLLECTING or state.known is None:
        return ()
    to = state.facts.terms.destination
    arrived = state.facts.kind is LotKind.CONSOLIDATION and state.life is not LotLife.DISSOLVED
    return tuple(
        Placement(unit, to.warehouse, unit.told.disposition)
        if arrived and to is not None
        else Placement(unit, state.facts.hub.warehouse, unit.goes or Disposition.QUARANTINE)
        for unit in state.inside.values()
        if not unit.placed and (unit.counted if arrived else unit.goes is not None)
    )
