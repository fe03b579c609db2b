"""When time is up: what each deadline of a claim means."""

from datetime import datetime

from domain.recoveries import events as e
from domain.recoveries.agenda import RecoveryStep, recovery_agenda
from domain.recoveries.state import RecoveryState
from domain.recoveries.unfolding import RecoveryUnfolding
from domain.recoveries.words import RecoveryLife as L


def note_time(u: RecoveryUnfolding) -> None:
    """Act on what is due by now; at or after its time, never before."""
    for step in recovery_agenda(u.state):
        if step.due_at <= u.now:
            _on_due(u, step)


def _on_due(u: RecoveryUnfolding, step: RecoveryStep) -> None:
    state = u.state
    if step.action == "wait_to_file":
        u.happened(e.RecoveryRipened(occurred_at=u.now))
        return
    if state.life is L.OPEN and u.now >= state.facts.file_by:
        u.happened(e.RecoveryLapsed(occurred_at=u.now))
        return
    is_wait = step.action in {"answer", "pay"} and state.asks_by_api
    if is_wait:
        u.happened(e.RecoveryCheckDue(occurred_at=u.now))
    if not is_wait or _is_long(state, u.now):
        u.happened(
            e.RecoveryOverdue(
                occurred_at=u.now,
                step_id=step.id,
                owner=str(step.owner),
                action=step.action,
                due_at=step.due_at,
            )
        )


def _is_long(state: RecoveryState, now: datetime) -> bool:
    """Whether a carrier that we ask anyway has been silent for longer than it may be."""
    return state.since is not None and (now - state.since).days >= state.facts.answer_days
