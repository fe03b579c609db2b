"""Performing one step of the agenda: look whether it is still open, act, record what came of it.

Idempotent on the step's id. The step is looked up in the stream first: if it is not on the
agenda any more, another attempt has recorded it, and nothing is done. Then the partner is
asked whether it happened already (`find_…`), and only then to do it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.failures import PartnerFailure
from activities.known import Known
from activities.recorded import Perform, Recorded, recorded
from activities.recorder import Outcome, Recorder
from activities.translation import as_application_error
from domain.returns.agenda import Step, agenda
from domain.returns.notes import Note

log = structlog.get_logger()

HEARTBEAT_S = 2.0
"""Seconds between two signs of life of a step that takes long."""

PROMPT = timedelta(seconds=1)
"""From a step's being ordered to its first attempt, where nothing had to wait."""

MOVES_MONEY = frozenset(
    {"pay_out", "send_bill", "cancel_bill", "place_hold", "take_hold", "release_hold"}
)
"""Another process may have recorded meanwhile that the money is held, or was paid."""

T = TypeVar("T")

Act = Callable[[Known, Step, Perform], Awaitable[Note]]


class Steps:
    """What every kind of partner's activities share."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._in_hand: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def perform(self, perform: Perform, act: Act) -> Recorded:
        """Act once on the step, and record the outcome.

        What was begun is finished, also when the activity is cancelled meanwhile; and the
        server hears of it, so that a worker that is gone is missed within seconds.

        Raises:
            ApplicationError: The partner failed us; it says whether a retry makes sense.
        """
        performing = asyncio.create_task(self._one_at_a_time(perform, act))
        cancelled = False
        while not performing.done():
            try:
                done, _ = await asyncio.wait([performing], timeout=HEARTBEAT_S)
                if not done and not activity.info().is_local:
                    activity.heartbeat()
            except asyncio.CancelledError:
                if cancelled:  # told twice: it is the worker that ends
                    performing.cancel()
                    raise
                cancelled = True
        return performing.result()

    async def _one_at_a_time(self, perform: Perform, act: Act) -> Recorded:
        """Two attempts at once in this process act one after the other.

        They are of a run that was terminated while it acted, and of the one after it; and
        some partners sell twice to who asks twice.
        """
        async with self._in_hand.setdefault(key_of(perform), asyncio.Lock()):
            return await self._perform(perform, act)

    async def _perform(self, perform: Perform, act: Act) -> Recorded:
        known = await self._known(perform)
        step = find_step(known, perform.step_id)
        if step is None:
            return _told(perform, Outcome(known))
        try:
            note = await act(known, step, perform)
        except PartnerFailure as failure:
            log.warning("step.failed", failure=type(failure).__name__, step=step.action)
            raise as_application_error(failure) from failure
        return await self._note(perform, known, note)

    async def _known(self, perform: Perform) -> Known:
        """How the return stands. Money is never sent on what was true once.

        For the rest it is enough to know no less than whoever ordered the step knew a moment
        ago. After a wait in a queue, and for another attempt, the stream is read again.
        """
        at_hand = self._recorder.at_hand(perform.tenant, perform.return_id)
        if at_hand is not None and at_hand.version >= perform.version and _is_prompt():
            step = find_step(at_hand, perform.step_id)
            if step is not None and step.performs not in MOVES_MONEY:
                return at_hand
        return await self._recorder.look(perform.tenant, perform.return_id)

    async def _note(self, perform: Perform, known: Known, note: Note) -> Recorded:
        """Record what came of a step; a second attempt at the same version adds nothing."""
        cause = f"{perform.step_id}@{known.version}"[:200]
        return _told(perform, await self._recorder.decide(perform, note, time_of(perform), cause))


async def alive(work: Coroutine[Any, Any, T]) -> T:
    """Tell the server that we live, until the work is done; cancelled, it is given up."""
    working = asyncio.create_task(work)
    try:
        while not working.done():
            await asyncio.wait([working], timeout=HEARTBEAT_S)
            activity.heartbeat()
        return working.result()
    finally:
        working.cancel()


def _told(perform: Perform, outcome: Outcome) -> Recorded:
    return recorded(
        perform.tenant,
        perform.return_id,
        outcome.known.state,
        outcome.refused,
        now=time_of(perform),
        money_known=perform.money_known,
    )


def _is_prompt() -> bool:
    info = activity.info()
    return info.attempt == 1 and info.started_time - info.scheduled_time < PROMPT


def time_of(perform: Perform) -> datetime:
    """When this attempt began, by the workflow's clock: it may be hours after the first one."""
    info = activity.info()
    waited = info.started_time - info.scheduled_time
    return perform.now + max(waited, timedelta(0))


def find_step(known: Known, step_id: str) -> Step | None:
    """The step, if it is still on the agenda."""
    return next((step for step in agenda(known.state) if step.id == step_id), None)


def key_of(perform: Perform) -> str:
    """The partner's idempotency key, or natural reference, of a step: the same on every attempt."""
    return f"{perform.tenant}:{perform.return_id}:{perform.step_id.replace('/', '.')}"


def defect(because: str) -> ApplicationError:
    """Something that only a person can mend."""
    return ApplicationError(because, type="Defect", non_retryable=True)
