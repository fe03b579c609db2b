"""The steps of the agenda that are ours: each begun once, tried as its table says, never lost."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    FailureError,
    RetryState,
    TimeoutError,  # noqa: A004 the SDK's name for an activity's time being up
)

with workflow.unsafe.imports_passed_through():
    from activities.recorded import Perform, Recorded
    from domain.returns.agenda import Step
    from domain.returns.notes import NoteStepFailed
    from domain.returns.shown.status import Status
    from workflows.alarm import LONGEST_SUMMARY
    from workflows.options import (
        BREATH,
        FIRST_PAUSE,
        LONGEST_PAUSE,
        PERFORMING,
        Trying,
        retrying,
        soon,
        tried,
    )


class Followed(Protocol):
    """What the steps need of the return that they belong to."""

    @property
    def now(self) -> datetime:
        """When the last recording was made."""

    @property
    def known(self) -> Status:
        """How the return stands."""

    def order(self, step: Step) -> Perform:
        """What an activity is told of a step."""

    async def perform_here(self, name: str, order: Perform) -> Recorded:
        """Perform a light step on the workflow's own worker."""

    def learn(self, recorded: Recorded) -> None:
        """Take in what was recorded."""

    def wake(self) -> None:
        """Look at the agenda again."""

    async def note_deadline(self) -> None:
        """Record that time has passed."""

    async def note_failed(self, step: Step, note: NoteStepFailed) -> None:
        """Record that a person has to look at a step."""


class Performing:
    """The steps under way. Started side by side; each ends with a recording, or at a person."""

    def __init__(self, followed: Followed) -> None:
        self._followed = followed
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._held_up: dict[str, asyncio.Task[None] | workflow.ActivityHandle[RawValue]] = {}
        self._times: dict[str, int] = {}  # how often each step was begun in this run
        self._delayed: set[str] = set()
        self._winding_down = False
        self._only_elsewhere = False

    def begin(self, agenda: Iterable[Step]) -> None:
        """Start what is ours to do; a step already under way is left alone."""
        self._clear_away()
        for step in agenda:
            if step.performs and step.id not in self._under_way:
                self._under_way[step.id] = asyncio.create_task(self._perform(step))

    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        self._clear_away()
        return not self._under_way

    def is_delayed(self) -> bool:
        """Whether a step of ours takes longer than a moment."""
        return bool(self._delayed)

    async def wind_down(self) -> None:
        """Begin nothing more; let what a worker is at be finished, and no attempt follow it.

        So no other run can ever do the same step at the same time.
        """
        self._winding_down = True
        # What is cancelled in the task that began it was never begun in a replay, and a replay
        # takes for one task what were several. A timer that rings is always another task.
        await workflow.sleep(BREATH, summary="before another run takes over")
        for waiting in self._held_up.values():
            waiting.cancel()
        await workflow.wait_condition(self.is_idle)

    def _clear_away(self) -> None:
        """Forget what has ended. A defect of ours stops the task, where an operator sees it."""
        for step_id, task in list(self._under_way.items()):
            if task.done():
                del self._under_way[step_id]
                task.result()

    async def _perform(self, step: Step) -> None:
        """One step is one activity: it acts once on the step's id and records what came of it."""
        try:
            await self._pause(step)
            if not self._is_wanted(step):
                return
            before = self._followed.known.version
            recorded = await self._try_here(step)
            if recorded is None and not self._winding_down:
                recorded = await self._try(step)
            if recorded is not None:
                self._followed.learn(recorded)
                await self._check(step, recorded, before)
        except ActivityError as failed:
            await self._went_wrong(step, failed)
        except asyncio.CancelledError:
            return  # it was only waiting; the next run finds the step on the agenda
        finally:
            self._followed.wake()

    def _is_wanted(self, step: Step) -> bool:
        agenda = self._followed.known.agenda
        return not self._winding_down and any(s.id == step.id and s.performs for s in agenda)

    async def _pause(self, step: Step) -> None:
        """A step that comes again waits, ever longer: nothing here turns in circles."""
        times = self._times.get(step.id, 0)
        self._times[step.id] = times + 1
        if times:
            pause = min(timedelta(seconds=2 ** min(times - 1, 12)), LONGEST_PAUSE)
            await self._wait(step, pause, "again: ")

    async def _wait(self, step: Step, pause: timedelta, why: str) -> None:
        """Wait in a way that winding down may cut short."""
        if self._winding_down:
            return
        summary = f"{why}{step.summary}"[:LONGEST_SUMMARY]
        sleeping = asyncio.create_task(workflow.sleep(pause, summary=summary))
        self._held_up[step.id] = sleeping
        try:
            await sleeping
        finally:
            del self._held_up[step.id]

    async def _try_here(self, step: Step) -> Recorded | None:
        """A light step is tried once on the spot; what goes wrong is the ordinary way's to mend.

        After one that went wrong no other is tried so: it would keep everybody waiting again.
        """
        if not PERFORMING[step.performs].local_first or self._only_elsewhere:
            return None
        try:
            # A local activity's name is all of it that the UI shows.
            name = step.summary[:LONGEST_SUMMARY]
            return await self._followed.perform_here(name, self._followed.order(step))
        except FailureError:  # a local activity's comes without the activity around it
            self._only_elsewhere = True
            return None

    async def _try(self, step: Step) -> Recorded | None:
        """Twice in quick succession; what that does not settle is shown, and tried for ever."""
        trying = PERFORMING[step.performs]
        try:
            return await self._call(step, trying, soon(trying))
        except ActivityError as failed:
            if failed.retry_state is not RetryState.MAXIMUM_ATTEMPTS_REACHED:
                raise
            pause = _pause_after(failed)
        self._delayed.add(step.id)
        self._followed.wake()
        try:
            await self._wait(step, pause, "again: ")
            return (
                await self._call(step, trying, retrying(trying)) if self._is_wanted(step) else None
            )
        finally:
            self._delayed.discard(step.id)

    async def _call(self, step: Step, trying: Trying, retry: RetryPolicy) -> Recorded:
        calling: workflow.ActivityHandle[RawValue] = workflow.start_activity(
            step.performs,
            self._followed.order(step),
            result_type=RawValue,
            activity_id=step.id,
            summary=step.summary[:LONGEST_SUMMARY],
            schedule_to_close_timeout=max(self._time_left(step), trying.deadline),
            **tried(trying, account=step.account, retry=retry),
            # One that a worker is at ends by itself, soon: it has a deadline.
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
        self._held_up[step.id] = calling
        try:
            return Recorded.read((await calling).payload.data)
        finally:
            del self._held_up[step.id]

    def _time_left(self, step: Step) -> timedelta:
        return step.due_at - self._followed.now

    async def _check(self, step: Step, recorded: Recorded, before: int) -> None:
        """What was done and has changed nothing is not done again and again."""
        still_open = any(again.id == step.id for again in recorded.status.agenda)
        if still_open and recorded.status.version == before:
            await self._give_to_a_person(step, "unsettled", "it was done and is still open")

    async def _went_wrong(self, step: Step, failed: ActivityError) -> None:
        """Out of time: the deadline is noted and it goes on. Out of sense: a person looks."""
        cause = failed.cause
        if isinstance(cause, CancelledError):
            return
        # The server gives up early where the next attempt would come after the deadline.
        if isinstance(cause, TimeoutError) or failed.retry_state is RetryState.TIMEOUT:
            await self._note_deadline(step)
        elif isinstance(cause, ApplicationError):
            await self._give_to_a_person(step, cause.type or "failure", cause.message)
        else:
            await self._give_to_a_person(step, type(cause).__name__, "the attempt was ended")

    async def _note_deadline(self, step: Step) -> None:
        """Note that it is late; and not before it is, but what else there is to be noted."""
        if not self._winding_down:
            await self._followed.note_deadline()
        left = self._time_left(step)
        if left > timedelta(0) and not self._winding_down:
            try:
                await self._wait(step, left, "late: ")
            except asyncio.CancelledError:
                return
            await self._followed.note_deadline()

    async def _give_to_a_person(self, step: Step, kind: str, because: str) -> None:
        note = NoteStepFailed(step_id=step.id, kind=kind[:200], because=because[:1_000])
        await self._followed.note_failed(step, note)


def _pause_after(failed: ActivityError) -> timedelta:
    """What the partner asked for, or the pause that comes after the first."""
    asked = failed.cause.next_retry_delay if isinstance(failed.cause, ApplicationError) else None
    return asked or FIRST_PAUSE * 2
