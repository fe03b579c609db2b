"""Follow what was recorded. Never refuses, never reads a clock, computes no policy.

First the axes move, by the tables; then what the event taught us is noted by one small
function of `learn`, where there is more to it than a move.
"""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Any

from domain.returns import lifecycle
from domain.returns.events import (
    Event,
    ParcelReceived,
    ParcelScanned,
    ReturnReopened,
)
from domain.returns.learn import LEARN
from domain.returns.state import Label, ReturnState, Unit

_COLLECTIONS = {
    "logistics": "parcels",
    "label": "labels",
    "money": "payouts",
    "bill": "bills",
    "hold": "holds",
}


def touched(state: ReturnState, event: Event) -> list[tuple[str, str, StrEnum | None]]:
    """Every (axis, key of the thing, state it is in now) that this event moves or begins."""
    move = event.move
    found: list[tuple[str, str, StrEnum | None]] = [
        (axis, "", getattr(state, axis))
        for axis in ("life", "authorisation")
        if move in lifecycle.AXES[axis].moves
    ]
    if move in lifecycle.AXES["logistics"].moves:
        for key in _keys(event, "parcel_id", state.parcels):
            known = state.parcels.get(key)
            found.append(("logistics", key, known.logistics if known else None))
    found += _labels(state, event)
    found += _units(state, event)
    for axis in ("money", "bill", "hold"):
        if move in lifecycle.AXES[axis].moves:
            key = str(getattr(event, "instruction_id", ""))
            instruction = getattr(state, _COLLECTIONS[axis]).get(key)
            found.append((axis, key, instruction.state if instruction else None))
    return found


def _labels(state: ReturnState, event: Event) -> list[tuple[str, str, StrEnum | None]]:
    """A label moves by its own events, and with the parcel that travels on it."""
    move = event.move.partition("(")[0]
    if move not in lifecycle.AXES["label"].moves:
        return []
    if isinstance(event, ParcelScanned | ParcelReceived):
        return [("label", label.label_id, label.life) for label in _travels_on(state, event)]
    key = str(getattr(event, "label_id", ""))
    label = state.labels.get(key)
    return [("label", key, label.life if label else None)]


def _travels_on(state: ReturnState, event: ParcelScanned | ParcelReceived) -> list[Label]:
    """The label of that number; where nobody read a number, the newest of the parcel."""
    labels = [label for label in state.labels.values() if label.parcel_id == event.parcel_id]
    if event.tracking_number:
        labels = [label for label in labels if label.tracking_number == event.tracking_number]
    return labels[-1:]


def _units(state: ReturnState, event: Event) -> list[tuple[str, str, StrEnum | None]]:
    found: list[tuple[str, str, StrEnum | None]] = []
    move = event.move
    for axis in ("receipt", "decision"):
        if move not in lifecycle.AXES[axis].moves or move == "UnexpectedUnitReceived":
            continue
        for key in _keys(event, "unit", state.units):
            unit = state.units.get(key)
            if unit is None or not _leaves_alone(event, unit):
                found.append((axis, key, getattr(unit, axis) if unit else None))
    return found


def _leaves_alone(event: Event, unit: Unit) -> bool:
    """What was never welcome does not come back with the rest."""
    return isinstance(event, ReturnReopened) and not unit.approved


def _keys(event: Event, name: str, everything: Iterable[str]) -> list[str]:
    """The one thing that the event names, those it lists, or all there are."""
    one = getattr(event, name, None)
    if one is not None:
        return [str(one)]
    units = getattr(event, "units", None)
    if name == "unit" and event.move.startswith("ReturnApproved") and units is not None:
        return [str(unit) for unit in units]
    return list(everything)


def forbidden_axis(state: ReturnState, event: Event) -> str | None:
    """Name the axis on which this event may not happen now, or none.

    An event about the whole return (`ReturnCancelled`) moves those of its parcels and units
    that it can move; one that names a single thing must be allowed for that thing.
    """
    for axis, key, current in touched(state, event):
        is_of_one = axis in {"life", "authorisation"} or _names(event, axis, key)
        label = event.move.partition("(")[0] if axis == "label" else event.move
        if is_of_one and not lifecycle.allows(axis, current, label):
            return axis
    return None


def _names(event: Event, axis: str, key: str) -> bool:
    if axis == "label" and isinstance(event, ParcelScanned | ParcelReceived):
        return False  # the world has spoken: the label is used, whatever we thought of it
    field = {
        "logistics": "parcel_id",
        "label": "label_id",
        "money": "instruction_id",
        "bill": "instruction_id",
        "hold": "instruction_id",
        "receipt": "unit",
        "decision": "unit",
    }[axis]
    return getattr(event, field, None) == key


def evolve(state: ReturnState, event: Event) -> ReturnState:
    """Fold one recorded event into the state."""
    moves = touched(state, event)
    state = LEARN[type(event)](state, event) if type(event) in LEARN else state
    for axis, key, current in moves:
        label = event.move.partition("(")[0] if axis == "label" else event.move
        state = _set(state, axis, key, lifecycle.after(axis, current, label))
    return replace(state, version=state.version + 1)


def _set(state: ReturnState, axis: str, key: str, value: StrEnum | None) -> ReturnState:
    learned: dict[str, Any] = {axis: value}
    if axis in {"life", "authorisation"}:
        return replace(state, **learned)
    collection = _COLLECTIONS.get(axis, "units")
    attribute = {
        "label": "life",
        "money": "state",
        "bill": "state",
        "hold": "state",
    }.get(axis, axis)
    things: dict[str, Any] = getattr(state, collection)
    if key not in things or getattr(things[key], attribute) == value:
        return state
    learned = {collection: {**things, key: replace(things[key], **{attribute: value})}}
    return replace(state, **learned)


def fold(events: Iterable[Event], state: ReturnState | None = None) -> ReturnState:
    """The state after these events."""
    state = state or ReturnState()
    for event in events:
        state = evolve(state, event)
    return state
