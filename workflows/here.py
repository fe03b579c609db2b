"""What is done on the workflow's own worker, as local activities: one at a time, in order.

One at a time, because a history does not tell in which order two of them ended: a query that
comes while they run makes the server begin another task, a replay passes over that task, and
what followed from either is sent out in another order than it was.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import Any, NamedTuple, Protocol

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.recorded import Perform, Recorded, Recording, Recordings
    from workflows.options import LOCAL_TRY, ONCE, RECORD_DEADLINE, RECORD_RETRY
    from workflows.traces import CURRENT, Trace

MOST_TOGETHER = 50
LARGEST_TOGETHER = 256 * 1024  # signs of text


class DefectError(Exception):
    """A defect of ours: the workflow's task fails, where an operator reads why, and is tried again.

    Nothing of it is in the history, so a release that has mended it goes on from there.
    """


class ToRecord(NamedTuple):
    """Something to be recorded, and whoever waits for it."""

    recording: Recording
    recorded: asyncio.Future[Recorded]
    trace: Trace | None


class ToPerform(NamedTuple):
    """A light step to be performed, under the name that the UI shows; and whoever waits for it."""

    name: str
    order: Perform
    recorded: asyncio.Future[Recorded]
    trace: Trace | None


class RecordedReturn(Protocol):
    """What this needs of the return that it belongs to."""

    def together(self, recordings: Sequence[Recording]) -> Recordings:
        """What the recording activity is told."""

    def learn(self, recorded: Recorded) -> None:
        """Take in what was recorded."""


class Here:
    """Records, which is the only way a return changes; and sends what is quickly sent."""

    def __init__(self, of: RecordedReturn) -> None:
        self._of = of
        self._to_record: deque[ToRecord] = deque()
        self._to_perform: deque[ToPerform] = deque()
        self._working: asyncio.Task[None] | None = None

    async def record(self, recording: Recording) -> Recorded:
        """Record it when its turn comes; gives how the return stands then."""
        waiting = ToRecord(recording, asyncio.get_running_loop().create_future(), CURRENT.get())
        self._to_record.append(waiting)
        self._work_on()
        return await waiting.recorded

    async def perform(self, name: str, order: Perform) -> Recorded:
        """Perform a light step once, when nothing waits to be recorded.

        Raises:
            FailureError: It did not work out here and now.
        """
        waiting = ToPerform(name, order, asyncio.get_running_loop().create_future(), CURRENT.get())
        self._to_perform.append(waiting)
        self._work_on()
        return await waiting.recorded

    def _work_on(self) -> None:
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())

    async def _work(self) -> None:
        while self._to_record or self._to_perform:
            if self._to_record:
                together = self._next()
                CURRENT.set(together[-1].trace)
                waiting = [each.recorded for each in together]
                await self._answer(waiting, self._record([each.recording for each in together]))
            else:
                light = self._to_perform.popleft()
                CURRENT.set(light.trace)
                await self._answer([light.recorded], self._perform(light))

    async def _answer(
        self, waiting: list[asyncio.Future[Recorded]], doing: Coroutine[Any, Any, RawValue]
    ) -> None:
        try:
            recorded = Recorded.read((await doing).payload.data)
        except Exception as failed:  # noqa: BLE001 whoever waits for it raises it
            for each in waiting:
                each.set_exception(failed)
            return
        self._of.learn(recorded)
        for each in waiting:
            each.set_result(recorded)

    def _next(self) -> list[ToRecord]:
        """The next, and the reports that follow a report: nobody waits for their answers.

        A flood of webhooks then costs one event of history each, and not two.
        """
        together = [self._to_record.popleft()]
        size = len(together[0].recording.body)
        while (
            self._to_record
            and together[-1].recording.kind == self._to_record[0].recording.kind == "report"
            and len(together) < MOST_TOGETHER
            and (size := size + len(self._to_record[0].recording.body)) <= LARGEST_TOGETHER
        ):
            together.append(self._to_record.popleft())
        return together

    async def _record(self, together: list[Recording]) -> RawValue:
        try:
            raw: RawValue = await workflow.execute_local_activity(
                "record",
                self._of.together(together),
                result_type=RawValue,
                start_to_close_timeout=RECORD_DEADLINE,
                retry_policy=RECORD_RETRY,
            )
        except ApplicationError as failed:  # a local activity's comes without one around it
            raise DefectError(failed.message) from failed
        return raw

    async def _perform(self, light: ToPerform) -> RawValue:
        raw: RawValue = await workflow.execute_local_activity(
            light.name,
            light.order,
            result_type=RawValue,
            start_to_close_timeout=LOCAL_TRY,
            retry_policy=ONCE,
        )
        return raw
