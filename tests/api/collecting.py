"""A workflow that does nothing but hear: what it was told, in order, in each of its runs."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from temporalio import workflow
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import RawValue, WorkflowIDConflictPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from workflows.names import WORKFLOW_TYPE, StartReturn, workflow_id

Heard = list[tuple[str, dict[str, Any]]]


@workflow.defn(name=WORKFLOW_TYPE)
class Collects:
    """Stands in a return's place, so that what reaches it can be counted."""

    def __init__(self) -> None:
        self.heard: Heard = []
        self.over = False

    @workflow.run
    async def run(self, start: StartReturn) -> str:
        await workflow.wait_condition(lambda: self.over)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return start.return_id

    @workflow.signal(dynamic=True)
    async def told(self, name: str, bodies: Sequence[RawValue]) -> None:
        body = workflow.payload_converter().from_payload(bodies[0].payload, dict)
        self.heard.append((name, body))

    @workflow.update
    async def after(self, count: int) -> Heard:
        """Answer once so many messages were heard."""
        await workflow.wait_condition(lambda: len(self.heard) >= count)
        return self.heard

    @workflow.update
    async def end(self) -> None:
        """Let the run be over."""
        self.over = True


class Listener:
    """Asks the collecting workflows of one test what they heard."""

    def __init__(self, client: Client, queue: str) -> None:
        self.client = client
        self.queue = queue

    async def heard(self, return_id: str, count: int, tenant: str = "acme") -> Heard:
        """Wait for so many messages, and give all there are."""
        heard: Heard = await self._ask(return_id, tenant, Collects.after, count)
        return heard

    async def end(self, return_id: str, tenant: str = "acme") -> None:
        """Let a return's workflow end, as it does when nothing is left to do."""
        await self._ask(return_id, tenant, Collects.end)
        await self.client.get_workflow_handle(workflow_id(tenant, return_id)).result()

    async def exists(self, return_id: str, tenant: str = "acme") -> bool:
        """Whether anybody ever told that return anything."""
        query = f"WorkflowId = '{workflow_id(tenant, return_id)}' AND TaskQueue = '{self.queue}'"
        return (await self.client.count_workflows(query)).count > 0

    async def _ask(self, return_id: str, tenant: str, update: Any, *args: Any) -> Any:
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            WORKFLOW_TYPE,
            StartReturn(tenant=tenant, return_id=return_id),
            id=workflow_id(tenant, return_id),
            task_queue=self.queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        return await self.client.execute_update_with_start_workflow(
            update, *args, start_workflow_operation=start
        )


@asynccontextmanager
async def listening(client: Client) -> AsyncIterator[Listener]:
    """Run the worker on a queue of its own."""
    queue = f"collecting-{uuid4().hex}"
    async with Worker(
        client, task_queue=queue, workflows=[Collects], workflow_runner=UnsandboxedWorkflowRunner()
    ):
        yield Listener(client, queue)
