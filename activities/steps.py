"""Performing one step of the agenda: look whether it is still open, act, record what came of it.

Idempotent on the step's id. The step is looked up in the stream first: if it is not on the
agenda any more, another attempt has recorded it, and nothing is done. Then the partner is
asked whether it happened already (`find_…`), and only then to do it.
"""

from collections.abc import Awaitable, Callable

import structlog
from temporalio.exceptions import ApplicationError

from activities.failures import PartnerFailure
from activities.known import Known
from activities.recorded import Perform, Recorded, recorded_of
from activities.recorder import Recorder
from activities.translation import as_application_error
from domain.returns.agenda import Step, agenda
from domain.returns.notes import Note

log = structlog.get_logger()

Act = Callable[[Known, Step, Perform], Awaitable[Note]]


class Steps:
    """What every kind of partner's activities share."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    async def perform(self, perform: Perform, act: Act) -> Recorded:
        """Act once on the step, and record the outcome.

        Raises:
            ApplicationError: The partner failed us; it says whether a retry makes sense.
        """
        known = await self._recorder.look(perform.tenant, perform.return_id)
        step = find_step(known, perform.step_id)
        if step is None:
            return recorded_of(perform.tenant, perform.return_id, known.state)
        try:
            note = await act(known, step, perform)
        except PartnerFailure as failure:
            log.warning("step.failed", failure=type(failure).__name__, step=step.action)
            raise as_application_error(failure) from failure
        log.info("step.done", step=step.action, answer=type(note).__name__)
        return await self.note(perform, known, note)

    async def note(self, perform: Perform, known: Known, note: Note) -> Recorded:
        """Record what came of a step; a second attempt at the same version adds nothing."""
        cause = f"{perform.step_id}@{known.version}"[:200]
        return await self._recorder.decide(
            perform.tenant, perform.return_id, note, perform.now, cause
        )


def find_step(known: Known, step_id: str) -> Step | None:
    """The step, if it is still on the agenda."""
    return next((step for step in agenda(known.state) if step.id == step_id), None)


def key_of(perform: Perform) -> str:
    """The partner's idempotency key, or natural reference, of a step: the same on every attempt."""
    return f"{perform.tenant}:{perform.return_id}:{perform.step_id.replace('/', '.')}"


def defect(because: str) -> ApplicationError:
    """Something that only a person can mend."""
    return ApplicationError(because, type="Defect", non_retryable=True)
