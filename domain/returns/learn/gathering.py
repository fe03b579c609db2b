"""What the events about lots teach."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from domain.returns.events import gathering as e
from domain.returns.events.base import Event
from domain.returns.learn._with import with_unit
from domain.returns.state import ReturnState
from domain.returns.unit import LotPlace


def chosen(state: ReturnState, event: e.LotChosen) -> ReturnState:
    place = LotPlace(event.lot_id, "chosen", event.word, event.occurred_at)
    return with_unit(state, event.unit, lot=place)


def joined(state: ReturnState, event: e.LotJoined) -> ReturnState:
    return _moves_on(state, event, "in")


def left(state: ReturnState, event: e.LotLeft) -> ReturnState:
    if not event.gone:
        return _moves_on(state, event, "left", word=event.word)
    state = _moves_on(state, event, "gone", word=event.word)
    return with_unit(state, event.unit, moving_back=False)  # it is not at its hub any more


def gave_back(state: ReturnState, event: e.LotGaveBack) -> ReturnState:
    """It is put away there, on what is known of it now; unless it was to be put elsewhere since."""
    unit = state.units[event.unit]
    return with_unit(
        _moves_on(state, event, "left"),
        unit.id,
        disposition=event.disposition,
        recovery_minor=None,
        placed_on=None if unit.moving_back else unit.placed_on,
        moved=True,
        move_ref=event.move_ref,
        moving_back=False,
    )


def _moves_on(
    state: ReturnState, event: e.LotJoined | e.LotLeft | e.LotGaveBack, life: str, **learned: Any
) -> ReturnState:
    place = state.units[event.unit].lot
    if place is None:
        return state
    moved = replace(place, life=life, since=event.occurred_at, **learned)
    return with_unit(state, event.unit, lot=moved)


LEARN: Mapping[type[Event], Callable[[ReturnState, Any], ReturnState]] = {
    e.LotChosen: chosen,
    e.LotJoined: joined,
    e.LotLeft: left,
    e.LotGaveBack: gave_back,
}
