"""What the events about grades, verdicts and where a unit goes teach."""

from domain.returns import events as e
from domain.returns.learn._with import with_hand, with_unit
from domain.returns.state import ReturnState
from domain.words import Receipt


def inspected(state: ReturnState, event: e.UnitInspected) -> ReturnState:
    known = state.units[event.unit]
    return with_unit(
        state,
        event.unit,
        grade=event.grade,
        inspection_id=event.inspection_id,
        inspected_at=known.inspected_at or event.occurred_at,
        inspector=event.inspector,
        serial=event.serial or event.lot or known.serial,
        checks={**known.checks, **{each.check: each.passed for each in event.checks}},
        photos=known.photos + len(event.photos),
        suggested=event.suggested_disposition or known.suggested,
    )


def recoded(state: ReturnState, event: e.ReasonRecoded) -> ReturnState:
    return with_unit(state, event.unit, reason=event.now)


def decided(state: ReturnState, event: e.DecisionMade) -> ReturnState:
    return with_unit(
        with_hand(state, event.by),
        event.unit,
        share_bp=event.share_bp,
        decided_at=event.occurred_at,
        decided_by=event.by,
        decided_unseen=state.units[event.unit].receipt is not Receipt.RECEIVED,
    )


def reopened(state: ReturnState, event: e.DecisionReopened) -> ReturnState:
    unit = state.units[event.unit]
    return with_unit(
        state, unit.id, share_bp=0, disposition=unit.disposition if unit.moved else None
    )


def disputed(state: ReturnState, event: e.DisputeOpened) -> ReturnState:
    return with_unit(state, event.unit, dispute_id=event.dispute_id, disputed_at=event.occurred_at)


def dispute_resolved(state: ReturnState, event: e.DisputeResolved) -> ReturnState:
    return with_unit(with_hand(state, event.by), event.unit, decided_at=event.occurred_at)


def disposed(state: ReturnState, event: e.DispositionDecided) -> ReturnState:
    expected = event.compared[0].value_minor if event.compared else None
    return with_unit(state, event.unit, disposition=event.disposition, recovery_minor=expected)


def moved(state: ReturnState, event: e.UnitRestocked | e.UnitMoved) -> ReturnState:
    return with_unit(state, event.unit, moved=True)
