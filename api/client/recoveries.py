"""What is claimed back from carriers and customs: listed, shown, and told what came by post."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
)
from temporalio.common import RawValue, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

from api.client.answers import Unavailable
from api.client.books import Books
from api.client.surroundings import Surroundings
from api.client.temporal import Returns
from domain.recoveries.commands import RECOVERY_UPDATES
from domain.recoveries.messages import RecoveryAnswer, StartRecovery
from domain.recoveries.showing import RecoveryStatus
from domain.recoveries.words import RECOVERY_TYPE, RecoveryKey
from domain.returns.commands import Who
from projections.claims import ClaimList, ClaimRow


class Recoveries:
    """`ReturnsClient.recoveries`. Every method may raise `Unavailable`."""

    def __init__(self, where: Surroundings, actor: Who, books: Books, running: Returns) -> None:
        self._where = where
        self._actor = actor
        self._books = books
        self._running = running

    async def claims(
        self,
        tenant: str,
        *,
        only_open: bool | None = None,
        overdue_at: datetime | None = None,
        return_id: str | None = None,
    ) -> tuple[ClaimRow, ...]:
        """List claims, the most pressing first; the list may be a moment behind."""
        async with self._books.pool("list recoveries") as pool:
            return await ClaimList(pool).claims(
                tenant, only_open=only_open, overdue_at=overdue_at, return_id=return_id
            )

    async def status(self, tenant: str, recovery_id: str) -> RecoveryStatus:
        """How a claim stands, with what it has to be told of the law; version 0: there is none."""
        return await self._books.recovery(RecoveryKey(tenant, recovery_id))

    async def revive(self, *, tenant: str | None = None) -> AsyncIterator[tuple[RecoveryKey, bool]]:
        """Start every open claim from its stream; True for each that was not running."""
        async for status in self._books.recoveries(tenant):
            if not status.closed:
                key = RecoveryKey(status.tenant, status.recovery_id)
                yield key, await self._started(key)

    async def _started(self, key: RecoveryKey) -> bool:
        async def attempt(client: Client, left: timedelta) -> bool:
            try:
                await client.start_workflow(RECOVERY_TYPE, **self._start(key), rpc_timeout=left)
            except WorkflowAlreadyStartedError:
                return False
            return True

        return await self._running.within(f"start {key.name}", attempt)

    def _start(self, key: RecoveryKey) -> dict[str, Any]:
        """What every start of its workflow says."""
        return {
            "arg": StartRecovery(tenant=key.tenant, recovery_id=key.recovery_id),
            "id": key.name,
            "task_queue": self._where.task_queue,
            "id_reuse_policy": WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            "static_summary": f"Recovery {key.recovery_id} of {key.tenant}",
        }

    async def say(
        self,
        tenant: str,
        recovery_id: str,
        update: str,
        *,
        actor: Who | None = None,
        request_id: str | None = None,
        **said: Any,
    ) -> RecoveryAnswer:
        """Tell a claim something; one whose workflow has ended is started again for it.

        Args:
            tenant: Whose claim it is.
            recovery_id: Which one.
            update: A name of `domain.recoveries.commands.RECOVERY_UPDATES`.
            actor: Who says it; without it, this client.
            request_id: The same one counts once.
            said: The fields of that update.
        """
        whose = {"request_id": request_id or uuid4().hex, "actor": actor or self._actor}
        ask = RECOVERY_UPDATES[update].model_validate({**whose, **said})
        key = RecoveryKey(tenant, recovery_id)

        async def attempt(client: Client, left: timedelta) -> RecoveryAnswer:
            start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
                RECOVERY_TYPE,
                **self._start(key),
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )
            try:
                raw: RawValue = await client.execute_update_with_start_workflow(
                    update,
                    ask,
                    start_workflow_operation=start,
                    id=f"{update}-{ask.request_id}"[:200],
                    result_type=RawValue,
                    rpc_timeout=left,
                )
            except WorkflowUpdateFailedError as failed:
                raise Unavailable(self._where.temporal_name, key.name, _why(failed)) from failed
            return RecoveryAnswer.model_validate_json(raw.payload.data)

        return await self._running.within(key.name, attempt)


def _why(failed: WorkflowUpdateFailedError) -> str:
    cause = failed.cause
    said = cause.message if isinstance(cause, ApplicationError) else type(cause).__name__
    return f"it cannot answer: {said[:500]}"
