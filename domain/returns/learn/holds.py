"""What the events about holds teach."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from domain.returns.events import holds as e
from domain.returns.events.base import Event
from domain.returns.learn._with import with_parcel
from domain.returns.state import Hold, ReturnState
from domain.words_of_money import HoldState


def _with(state: ReturnState, key: str, **learned: Any) -> ReturnState:
    if key not in state.holds:
        return state
    return replace(state, holds={**state.holds, key: replace(state.holds[key], **learned)})


def planned(state: ReturnState, event: e.HoldPlanned) -> ReturnState:
    hold = Hold(
        event.instruction_id,
        HoldState.PLANNED,
        event.unit,
        event.provider,
        event.payment_ref,
        event.amount_minor,
        event.occurred_at,
    )
    return replace(state, holds={**state.holds, event.instruction_id: hold})


def placed(state: ReturnState, event: e.HoldPlaced) -> ReturnState:
    return _with(
        state, event.instruction_id, hold_ref=event.hold_ref, since=event.occurred_at,
        news_open=False,
    )  # fmt: skip


def refused(state: ReturnState, event: e.HoldRefused) -> ReturnState:
    return _with(
        state, event.instruction_id, reason=event.reason, since=event.occurred_at, news_open=False
    )


def called_in(state: ReturnState, event: e.HoldCalledIn) -> ReturnState:
    return _with(
        state, event.instruction_id, to_take_minor=event.amount_minor, since=event.occurred_at
    )


def taken(state: ReturnState, event: e.HoldTaken) -> ReturnState:
    return _with(
        state, event.instruction_id, taken_ref=event.payment_ref, taken_minor=event.amount_minor,
        since=event.occurred_at, news_open=False,
    )  # fmt: skip


def let_go(state: ReturnState, event: e.HoldLetGo) -> ReturnState:
    return _with(state, event.instruction_id, let_go=True, since=event.occurred_at)


def followed(state: ReturnState, event: Any) -> ReturnState:
    return _with(state, event.instruction_id, since=event.occurred_at, news_open=False)


def checked(state: ReturnState, event: e.HoldChecked) -> ReturnState:
    return _with(state, event.instruction_id, news_open=False)


def news_heard(state: ReturnState, event: e.HoldNewsHeard) -> ReturnState:
    heard = state.holds[event.instruction_id].news + 1
    return _with(state, event.instruction_id, news=heard, news_open=True)


def asked(state: ReturnState, event: e.CarrierAsked) -> ReturnState:
    return with_parcel(state, event.parcel_id, asked_at=event.occurred_at, silent_at=None)


def answered(state: ReturnState, event: e.CarrierAnswered) -> ReturnState:
    silent_at = None if event.has_moved else event.occurred_at
    return with_parcel(
        state,
        event.parcel_id,
        asked_at=None,
        silent_at=silent_at,
        answered_at=event.occurred_at,
    )


LEARN: Mapping[type[Event], Callable[[ReturnState, Any], ReturnState]] = {
    e.HoldPlanned: planned,
    e.HoldPlaced: placed,
    e.HoldUnknown: followed,
    e.HoldRefused: refused,
    e.HoldCalledIn: called_in,
    e.HoldTaken: taken,
    e.HoldLetGo: let_go,
    e.HoldReleased: followed,
    e.HoldLapsed: followed,
    e.HoldNewsHeard: news_heard,
    e.HoldChecked: checked,
    e.CarrierAsked: asked,
    e.CarrierAnswered: answered,
}
