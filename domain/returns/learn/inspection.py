"""What the events about grades, verdicts and where a unit goes teach."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from domain.returns import events as e
from domain.returns.events.inspection import (
    DispositionWithdrawn,
    InspectionRetracted,
    MoveWithdrawn,
    UnitMovedBack,
    VerdictKept,
)
from domain.returns.learn._with import with_hand, with_unit
from domain.returns.state import Look, ReturnState
from domain.returns.successions import Successor, what_counts
from domain.words import Disposition, Receipt

_UNSEEN: Mapping[str, Any] = {
    "grade": None,
    "inspection_id": "",
    "inspected_at": None,
    "inspector": "",
    "seen_serial": "",
    "checks": {},
    "photos": 0,
    "suggested": None,
    "found_reason": None,
}


def inspected(state: ReturnState, event: e.UnitInspected) -> ReturnState:
    look = Look(
        event.inspection_id,
        event.occurred_at,
        event.grade,
        event.inspector,
        event.serial or event.lot,
        {each.check: each.passed for each in event.checks},
        len(event.photos),
        event.suggested_disposition,
        event.found_reason,
    )
    state = heard(state, event.inspection_id)
    return _with_looks(state, event.unit, (*state.units[event.unit].looks, look))


def heard(state: ReturnState, inspection_id: str) -> ReturnState:
    """The same report again tells nothing."""
    return replace(state, inspections=state.inspections | {inspection_id})


def retracted(state: ReturnState, event: InspectionRetracted) -> ReturnState:
    successor = Successor(event.inspection_id, event.occurred_at)
    seen_again = {**state.seen_again, event.message_id: successor}
    _, gone = what_counts(seen_again, event.message_id)
    state = replace(heard(state, event.message_id), seen_again=seen_again)
    for unit in state.units.values():
        left = tuple(look for look in unit.looks if look.inspection_id not in gone)
        if left != unit.looks:
            state = _with_looks(state, unit.id, left)
    return state


def _with_looks(state: ReturnState, key: str, looks: tuple[Look, ...]) -> ReturnState:
    """What they add up to: the first look counts, and later ones of its grade complete it.

    By the time of looking, so that it does not matter which of them was heard first.
    """
    in_time = sorted(looks, key=lambda look: (look.seen_at, look.inspection_id))
    if not in_time:
        return with_unit(state, key, looks=(), **_UNSEEN)
    first = in_time[0]
    alike = [look for look in in_time if look.grade is first.grade]
    return with_unit(
        state,
        key,
        looks=looks,
        grade=first.grade,
        inspection_id=first.inspection_id,
        inspected_at=first.seen_at,
        inspector=first.inspector,
        seen_serial=next((look.serial for look in alike if look.serial), ""),
        checks={check: passed for look in reversed(alike) for check, passed in look.checks.items()},
        photos=sum(look.photos for look in alike),
        suggested=next((look.suggested for look in alike if look.suggested), None),
        found_reason=next((look.found_reason for look in alike if look.found_reason), None),
    )


def recoded(state: ReturnState, event: e.ReasonRecoded) -> ReturnState:
    return with_unit(state, event.unit, reason=event.now)


def decided(state: ReturnState, event: e.DecisionMade) -> ReturnState:
    return with_unit(
        with_hand(state, event.by),
        event.unit,
        share_bp=event.share_bp,
        decided_at=event.occurred_at,
        decided_because=event.because,
        decided_by=event.by,
        decided_unseen=state.units[event.unit].receipt is not Receipt.RECEIVED,
        judged_on=state.units[event.unit].basis,
    )


def kept(state: ReturnState, event: VerdictKept) -> ReturnState:
    return with_unit(state, event.unit, judged_on=state.units[event.unit].basis)


def reopened(state: ReturnState, event: e.DecisionReopened) -> ReturnState:
    unit = state.units[event.unit]
    return with_unit(
        state,
        unit.id,
        share_bp=0,
        decided_because="",
        decided_by="",
        disposition=unit.disposition if unit.moved else None,
    )


def disputed(state: ReturnState, event: e.DisputeOpened) -> ReturnState:
    return with_unit(state, event.unit, dispute_id=event.dispute_id, disputed_at=event.occurred_at)


def dispute_resolved(state: ReturnState, event: e.DisputeResolved) -> ReturnState:
    return with_unit(with_hand(state, event.by), event.unit, decided_at=event.occurred_at)


def disposed(state: ReturnState, event: e.DispositionDecided) -> ReturnState:
    expected = event.compared[0].value_minor if event.compared else None
    unit = state.units[event.unit]
    return with_unit(
        state,
        unit.id,
        disposition=event.disposition,
        recovery_minor=expected,
        placed_on=unit.basis,
        places=unit.places + 1,
    )


def displaced(state: ReturnState, event: DispositionWithdrawn) -> ReturnState:
    return with_unit(state, event.unit, disposition=None)


def moved(state: ReturnState, event: e.UnitRestocked | e.UnitMoved) -> ReturnState:
    there = getattr(event, "disposition", Disposition.RESTOCK)
    unit = state.units[event.unit]
    placed_on = unit.placed_on if unit.disposition is there else None  # it was sent elsewhere since
    return with_unit(
        state,
        unit.id,
        moved=True,
        move_ref=event.move_ref,
        disposition=there,
        placed_on=placed_on,
    )


def to_move_back(state: ReturnState, event: MoveWithdrawn) -> ReturnState:
    return with_unit(state, event.unit, moving_back=True)


def moved_back(state: ReturnState, event: UnitMovedBack) -> ReturnState:
    there = {"disposition": None, "moved": False, "move_ref": "", "moving_back": False}
    return with_unit(state, event.unit, **there)


LEARN: Mapping[type[e.Event], Callable[[ReturnState, Any], ReturnState]] = {
    e.UnitInspected: inspected,
    InspectionRetracted: retracted,
    e.ReasonRecoded: recoded,
    e.DecisionMade: decided,
    e.DecisionReopened: reopened,
    VerdictKept: kept,
    e.DisputeOpened: disputed,
    e.DisputeResolved: dispute_resolved,
    e.DispositionDecided: disposed,
    DispositionWithdrawn: displaced,
    e.UnitRestocked: moved,
    e.UnitMoved: moved,
    MoveWithdrawn: to_move_back,
    UnitMovedBack: moved_back,
}
