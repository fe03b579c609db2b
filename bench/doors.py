"""How the outside reaches a return, whatever keeps it going."""

from typing import Any, Protocol

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy

from bench.words import TENANT, Json
from workflows.names import StartReturn, workflow_id


class Door(Protocol):
    """The way in to one side's returns."""

    async def open(self, return_id: str, asked: Json) -> Json:
        """Ask for it, and wait for the decision."""

    async def tell(self, return_id: str, signal: str, said: Json) -> None:
        """Leave a message; it is kept when this comes back."""

    async def ended(self, return_id: str) -> None:
        """Wait until nothing is open any more."""


class TemporalDoor:
    """A workflow's: an update that starts it, signals, its result."""

    def __init__(self, client: Client, *, workflow: str, queue: str) -> None:
        self._client = client
        self._workflow = workflow
        self._queue = queue

    async def open(self, return_id: str, asked: Json) -> Json:
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            self._workflow,
            StartReturn(tenant=TENANT, return_id=return_id),
            id=workflow_id(TENANT, return_id),
            task_queue=self._queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        answer: Json = await self._client.execute_update_with_start_workflow(
            "open", asked, start_workflow_operation=start, id="open"
        )
        return answer

    async def tell(self, return_id: str, signal: str, said: Json) -> None:
        await self.handle(return_id).signal(signal, said)

    async def ended(self, return_id: str) -> None:
        await self.handle(return_id).result()

    def handle(self, return_id: str) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(workflow_id(TENANT, return_id))
