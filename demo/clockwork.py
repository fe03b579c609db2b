"""Weeks in seconds: the clock of each return's workflow is moved with that of the outside.

Temporal skips time for one workflow at a time, so a return is brought to a moment before it
hears or is asked anything then. A workflow that has ended cannot wait for late news: a run
that sleeps takes its place, and wakes with the first word to it, at the time it was brought
to. (A run that the news itself started would begin with the machine's time.)
"""

import asyncio
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from demo.patience import patiently
from domain.recoveries.words import RecoveryKey
from workflows.attributes import HEADLINE
from workflows.names import TASK_QUEUE, WORKFLOW_TYPE, StartReturn, workflow_id

AT_ONCE = 8
PATIENCE_S = 180.0
"""Real seconds for one workflow to get to a moment: time does not pass while a step is tried."""

BROKEN = (
    f"WorkflowType = '{WORKFLOW_TYPE}' "
    "AND ExecutionStatus IN ('Failed', 'TimedOut', 'Terminated', 'Canceled')"
)

SILENT_S = 3.0
"""Of real time: no partner that answers at all takes longer, and no worker that is there."""

GLANCE_S = 0.05
"""Real seconds between the first two looks at a claim."""

ASLEEP = timedelta(days=1_000)


class Stuck(RuntimeError):
    """A workflow does not get to a moment: a step of it is tried again and again."""


class Clockwork:
    """Moves workflows of one merchant's returns."""

    def __init__(self, client: Client, tenant: str, task_queue: str = TASK_QUEUE) -> None:
        self._client = client
        self._tenant = tenant
        self._task_queue = task_queue
        self._skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._seen: dict[str, dict[str, float]] = {}  # what each had under way, and since when

    async def bring(self, return_ids: Iterable[str], moment: datetime) -> None:
        """Bring returns to a moment, living through their deadlines on the way.

        Raises:
            Stuck: One of them does not get there.
        """
        await asyncio.gather(*(self._bring(return_id, moment) for return_id in return_ids))

    async def bring_claims(self, recovery_ids: Iterable[str], moment: datetime) -> None:
        """Bring claims to a moment, and wait until what they then do is done."""
        for recovery_id in recovery_ids:
            name = RecoveryKey(self._tenant, recovery_id).name
            described = await self._described(name)
            if described is None or not _runs(described):
                continue
            behind = moment - _time_of(described)
            await self._skipper.fast_forward(self._client.get_workflow_handle(name), behind)
            glance_s = GLANCE_S
            async with asyncio.timeout(PATIENCE_S):
                while await self._is_at_work(name):
                    await asyncio.sleep(glance_s)
                    glance_s *= 1.3

    async def unfinished(self, return_ids: Iterable[str], *, hurried: bool = False) -> set[str]:
        """Say whose workflow has work under way at this instant.

        Args:
            return_ids: Who is asked.
            hurried: Leave out those that only wait for a partner, for a worker that is not
                there, or to try it once more.
        """
        asked = list(return_ids)

        async def is_unfinished(return_id: str) -> bool:
            async with self._gate:
                return await self._is_at_work(self._name(return_id), hurried=hurried)

        found = await asyncio.gather(*map(is_unfinished, asked))
        return {return_id for return_id, is_so in zip(asked, found, strict=True) if is_so}

    async def broken(self) -> list[str]:
        """Name the runs that did not end by themselves: failed, timed out, stopped by somebody."""
        prefix = workflow_id(self._tenant, "")
        found = self._client.list_workflows(BROKEN)
        return [f"{run.id} ({run.status.name})" async for run in found
                if run.status and run.id.startswith(prefix)]  # fmt: skip

    async def wake(self, return_id: str) -> bool:
        """Let a run that sleeps see that nothing is left to do; says whether a run goes on."""
        described = await self._described(self._name(return_id))
        if described is None or not _runs(described):
            return False
        if described.typed_search_attributes.get(HEADLINE) is None:  # it has never been awake
            handle = self._client.get_workflow_handle(described.id)
            await self._skipper.fast_forward(handle, ASLEEP * 2)
            await asyncio.wait_for(handle.result(), PATIENCE_S)
            return False
        return True

    def _moving(self, name: str, told: DescribeWorkflowExecutionResponse) -> list[str]:
        """Name what is under way and has not been so for long.

        For how long is seen from here: where time is skipped, the server's own times are ahead.
        """
        now, before = time.monotonic(), self._seen.get(name, {})
        seen = {each: before.get(each, now) for each in _under_way(told)}
        self._seen[name] = seen
        tried_again = {_step(step) for step in told.pending_activities if _waits(step)}
        return [
            each for each, since in seen.items()
            if now - since < SILENT_S and each not in tried_again
        ]  # fmt: skip

    async def _bring(self, return_id: str, moment: datetime) -> None:
        async with self._gate:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    while not await patiently(lambda: self._got_there(return_id, moment)):
                        pass
            except TimeoutError:
                raise Stuck(f"{return_id} does not get to {moment:%Y-%m-%d %H:%M}") from None

    async def _got_there(self, return_id: str, moment: datetime) -> bool:
        """Whether it is there, by a look that moves nothing: a run may end on its way, or on arrival."""
        described = await self._described(self._name(return_id))
        if described is None or not _runs(described):
            await self._put_to_sleep(return_id)
            return False
        if described.raw_description.HasField("pending_workflow_task"):
            return False  # which may be its last
        behind = moment - _time_of(described)
        if behind <= timedelta(0):
            return True
        handle = self._client.get_workflow_handle(described.id)
        try:
            await self._skipper.fast_forward(handle, behind)
        except RPCError as refused:
            if refused.status is not RPCStatusCode.NOT_FOUND:  # it has just ended
                raise
        return False

    async def _is_at_work(self, name: str, *, hurried: bool = False) -> bool:
        described = await self._described(name)
        if described is None:
            return False
        moving = self._moving(name, described.raw_description)
        return bool(moving if hurried else self._seen[name])

    def _name(self, return_id: str) -> str:
        return workflow_id(self._tenant, return_id)

    async def _described(self, name: str) -> WorkflowExecutionDescription | None:
        handle = self._client.get_workflow_handle(name)
        try:
            return await patiently(handle.describe)
        except RPCError as unknown:
            if unknown.status is RPCStatusCode.NOT_FOUND:
                return None
            raise

    async def _put_to_sleep(self, return_id: str) -> None:
        await self._client.start_workflow(
            WORKFLOW_TYPE,
            StartReturn(tenant=self._tenant, return_id=return_id),
            id=self._name(return_id),
            task_queue=self._task_queue,
            start_delay=ASLEEP,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=f"Return {return_id}",
        )


def _under_way(told: DescribeWorkflowExecutionResponse) -> Iterator[str]:
    """What a workflow does or is to do at this instant; each attempt has a name of its own."""
    if told.HasField("pending_workflow_task"):
        yield f"its task of {told.pending_workflow_task.scheduled_time.ToJsonString()}"
    yield from map(_step, told.pending_activities)


def _step(step: PendingActivityInfo) -> str:
    return f"step {step.activity_id}, attempt {step.attempt}"


def _waits(step: PendingActivityInfo) -> bool:
    """Whether it has failed, and waits for its next attempt."""
    scheduled = step.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
    return scheduled and step.attempt > 1


def _runs(described: WorkflowExecutionDescription) -> bool:
    return described.status is WorkflowExecutionStatus.RUNNING


def _time_of(described: WorkflowExecutionDescription) -> datetime:
    """A workflow's own time; the machine's where time was never skipped."""
    extended = described.raw_description.workflow_extended_info
    if not extended.HasField("time_skipping_info"):
        return datetime.now(UTC)
    return extended.time_skipping_info.current_time.ToDatetime().replace(tzinfo=UTC)
