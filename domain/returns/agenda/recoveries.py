"""What is to be claimed back: opened, and taken back, once each. It keeps no return open for long."""

from collections.abc import Iterator

from domain.returns.agenda.step import Step, we_must
from domain.returns.state import Recovery, ReturnState
from domain.returns.transport.recovering import Cause, causes


def of_recoveries(state: ReturnState) -> Iterator[Step]:
    wanted = {cause.recovery_id: cause for cause in causes(state)}
    for key, cause in wanted.items():
        known = state.recoveries.get(key)
        if known is None or not known.stands:
            yield _open(state, cause, known)
    for key, known in state.recoveries.items():
        if known.stands and key not in wanted:
            yield we_must(
                state,
                "recall_recovery",
                step_id=f"recall_recovery:{key}:{known.told}",
                since=known.since,
                summary=f"take back what was claimed for {known.subject}",
                subject=key,
            )


def _open(state: ReturnState, cause: Cause, known: Recovery | None) -> Step:
    return we_must(
        state,
        "open_recovery",
        step_id=f"open_recovery:{cause.recovery_id}:{known.told if known else 0}",
        since=known.since if known else cause.since,
        summary=f"claim back what {cause.subject} has cost ({cause.cause})",
        subject=cause.recovery_id,
    )
