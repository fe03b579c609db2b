"""One stored event of every type, as the golden files keep it, and the same with another outcome."""

from functools import cache
from pathlib import Path
from typing import get_args

from domain.returns.events import Event, ReturnEvent
from domain.returns.upcasting import read_event

GOLDEN = Path(__file__).parent / "golden"

TYPES: tuple[type[Event], ...] = get_args(get_args(ReturnEvent)[0])
"""Every type of event that a return may have."""

OUTCOMES = {
    "ReturnApproved": "extent",
    "ReturnReopened": "was",
    "ParcelPlanned": "transport",
    "CarrierSwitched": "transport",
    "ParcelReceiptRetracted": "stage",
    "ParcelScanned": "stage",
    "UnitMissed": "kind",
    "DecisionMade": "outcome",
    "DisputeResolved": "outcome",
}
"""The field that stands in the brackets of a move."""


def version_of(kind: type[Event]) -> int:
    """The version in which events of a type are written today."""
    return int(kind.model_fields["schema_version"].default)


@cache
def sample(name: str) -> ReturnEvent:
    """The stored event of that type, in today's version."""
    kind = next(known for known in TYPES if known.__name__ == name)
    version = version_of(kind)
    data = (GOLDEN / f"{name}.v{version}.json").read_text(encoding="utf-8")
    return read_event(name, version, data)


def event_of(move: str) -> ReturnEvent:
    """An event that makes this move, such as `DecisionMade(rejected)`."""
    name, _, outcome = move.partition("(")
    event = sample(name)
    if not outcome:
        return event
    told = {**event.model_dump(mode="json"), OUTCOMES[name]: outcome.removesuffix(")")}
    return type(event).model_validate(told, strict=False)


def every_move(kind: type[Event]) -> set[str]:
    """Every move that events of this type can make."""
    name = kind.__name__
    if name not in OUTCOMES:
        return {name}
    field = kind.model_fields[OUTCOMES[name]]
    return {f"{name}({outcome})" for outcome in get_args(field.annotation)}
