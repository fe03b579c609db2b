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


def _moves_on(
    state: ReturnState, event: e.LotJoined | e.LotLeft, life: str, **learned: Any
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
}
