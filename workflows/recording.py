"""What is to be recorded, in the order in which it came in; reports that came together together.

A flood of webhooks then costs one event of history each, and not two, and a run can end.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from temporalio import workflow
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from activities.recorded import Recorded, Recording, Recordings
    from workflows.options import RECORD_DEADLINE, RECORD_RETRY

MOST_TOGETHER = 50
LARGEST_TOGETHER = 256 * 1024  # signs of text


class Waiting(NamedTuple):
    """Something to be recorded, and whoever waits for it."""

    recording: Recording
    recorded: asyncio.Future[Recorded]


class Recorder:
    """The only way a return changes: one local activity at a time."""

    def __init__(self, learn: Callable[[Recorded], None], money_known: Callable[[], str]) -> None:
        self._learn = learn
        self._money_known = money_known
        self._waiting: deque[Waiting] = deque()
        self._working: asyncio.Task[None] | None = None

    async def record(self, recording: Recording) -> Recorded:
        """Record it when its turn comes; gives how the return stands then."""
        waiting = Waiting(recording, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await waiting.recorded

    async def _work(self) -> None:
        while self._waiting:
            together = self._next()
            try:
                recorded = await self._record(together)
            except Exception as failed:  # noqa: BLE001 whoever waits for it raises it
                for waiting in together:
                    waiting.recorded.set_exception(failed)
                continue
            self._learn(recorded)
            for waiting in together:
                waiting.recorded.set_result(recorded)

    def _next(self) -> list[Waiting]:
        """The next, and the reports that follow a report: nobody waits for their answers."""
        together = [self._waiting.popleft()]
        size = len(together[0].recording.body)
        while (
            self._waiting
            and together[-1].recording.kind == self._waiting[0].recording.kind == "report"
            and len(together) < MOST_TOGETHER
            and (size := size + len(self._waiting[0].recording.body)) <= LARGEST_TOGETHER
        ):
            together.append(self._waiting.popleft())
        return together

    async def _record(self, together: list[Waiting]) -> Recorded:
        raw: RawValue = await workflow.execute_local_activity(
            "record",
            Recordings(
                recordings=tuple(waiting.recording for waiting in together),
                money_known=self._money_known(),
            ),
            result_type=RawValue,
            start_to_close_timeout=RECORD_DEADLINE,
            retry_policy=RECORD_RETRY,
        )
        return Recorded.read(raw.payload.data)
