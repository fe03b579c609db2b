from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from demo.clockwork import Clockwork
from workflows.attributes import HEADLINE
from workflows.names import WORKFLOW_TYPE, StartReturn, workflow_id

A_WEEK = timedelta(days=7)
A_MINUTE = timedelta(minutes=1)
SLOW = "R-slow"


@workflow.defn(name=WORKFLOW_TYPE)
class Waiting:
    """Ends with the first word to it, or at once where there is none; `SLOW` ends after a week."""

    def __init__(self) -> None:
        self.heard_at = ""

    @workflow.run
    async def run(self, start: StartReturn) -> str:
        workflow.upsert_search_attributes([HEADLINE.value_set("completed")])
        if start.return_id == SLOW and not self.heard_at:
            await workflow.sleep(A_WEEK)
        return self.heard_at

    @workflow.signal
    def report_payout(self) -> None:
        self.heard_at = workflow.now().isoformat()

    @workflow.update
    def cancel(self) -> str:
        return workflow.now().isoformat()


@dataclass
class Ended:
    """A return whose workflow has ended, with the clocks that may bring it to a moment."""

    client: Client
    clocks: Clockwork
    queue: str
    tenant: str
    now: datetime

    def start(self) -> StartReturn:
        return StartReturn(tenant=self.tenant, return_id="R-1")

    @property
    def workflow_id(self) -> str:
        return workflow_id(self.tenant, "R-1")


@pytest.fixture
async def ended(temporal_env: WorkflowEnvironment) -> AsyncIterator[Ended]:
    client, name = temporal_env.client, uuid4().hex
    runner = UnsandboxedWorkflowRunner()
    async with Worker(client, task_queue=name, workflows=[Waiting], workflow_runner=runner):
        one = Ended(client, Clockwork(client, name, name), name, name, datetime.now(UTC))
        await client.execute_workflow(
            WORKFLOW_TYPE, one.start(), id=one.workflow_id, task_queue=name
        )
        yield one


def is_about(moment: str, expected: datetime) -> bool:
    return timedelta(0) <= datetime.fromisoformat(moment) - expected < A_MINUTE


async def test_a_return_that_has_ended_hears_late_news_at_the_time_it_was_brought_to(
    ended: Ended,
) -> None:
    await ended.clocks.bring(["R-1"], ended.now + A_WEEK)
    handle = await ended.client.start_workflow(
        WORKFLOW_TYPE,
        ended.start(),
        id=ended.workflow_id,
        task_queue=ended.queue,
        start_signal="report_payout",
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        result_type=str,
    )
    assert is_about(await handle.result(), ended.now + A_WEEK)


async def test_a_return_whose_run_ends_as_it_gets_there_hears_late_news_at_that_time(
    ended: Ended,
) -> None:
    slow = StartReturn(tenant=ended.tenant, return_id=SLOW)
    name = workflow_id(ended.tenant, SLOW)
    run = await ended.client.start_workflow(
        WORKFLOW_TYPE, slow, id=name, task_queue=ended.queue, result_type=str
    )
    there = (await run.describe()).start_time + A_WEEK + A_MINUTE
    await ended.clocks.bring([SLOW], there)
    assert await run.result() == ""
    handle = await ended.client.start_workflow(
        WORKFLOW_TYPE,
        slow,
        id=name,
        task_queue=ended.queue,
        start_signal="report_payout",
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        result_type=str,
    )
    assert is_about(await handle.result(), there)


async def test_a_return_that_has_ended_is_asked_at_the_time_it_was_brought_to(
    ended: Ended,
) -> None:
    await ended.clocks.bring(["R-1"], ended.now + A_WEEK)
    await ended.clocks.bring(["R-1"], ended.now + 2 * A_WEEK)
    asked_at = await ended.client.execute_update_with_start_workflow(
        "cancel",
        start_workflow_operation=WithStartWorkflowOperation(
            WORKFLOW_TYPE,
            ended.start(),
            id=ended.workflow_id,
            task_queue=ended.queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        ),
        result_type=str,
    )
    assert is_about(asked_at, ended.now + 2 * A_WEEK)


async def test_a_run_that_was_never_woken_ends_by_itself(ended: Ended) -> None:
    await ended.clocks.bring(["R-1"], ended.now + A_WEEK)
    assert await ended.clocks.unfinished(["R-1"]) == set()
    assert await ended.clocks.wake("R-1") is False
    assert await ended.client.get_workflow_handle(ended.workflow_id).result() == ""


async def test_a_return_that_nobody_opened_does_not_go_on(ended: Ended) -> None:
    assert await ended.clocks.wake("R-2") is False
