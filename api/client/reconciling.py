"""Reconciliation, for whoever settles it: findings, what is said of them, a comparison now."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RawValue, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ActivityError, ApplicationError

from api.client.answers import Unavailable
from api.client.books import Books
from api.client.schedules import Applied, apply_schedule, details_of
from api.client.surroundings import Surroundings
from api.client.temporal import Returns
from domain.reconciliation.messages import (
    Compared,
    FindingAnswer,
    SettleFinding,
    StartReconciliation,
)
from domain.returns.commands import Who
from projections.findings import ComparisonRow, FindingList, FindingRow
from workflows.names import FINDING_TYPE, RECONCILIATION_TYPE, reconciliation_id

COMPARING_S = 300.0
"""Seconds that somebody waits for a comparison; it goes on without them."""


class Reconciliation:
    """`ReturnsClient.reconciliation`. Every method may raise `Unavailable`."""

    def __init__(self, where: Surroundings, actor: Who, books: Books, running: Returns) -> None:
        self._where = where
        self._actor = actor
        self._books = books
        self._running = running

    async def findings(
        self,
        tenant: str,
        *,
        provider: str | None = None,
        only_open: bool | None = None,
        overdue_at: datetime | None = None,
    ) -> tuple[FindingRow, ...]:
        """List findings, the most pressing first; the list may be a moment behind."""
        async with self._books.pool("list findings") as pool:
            return await FindingList(pool).findings(
                tenant, provider=provider, only_open=only_open, overdue_at=overdue_at
            )

    async def comparisons(
        self, tenant: str, *, provider: str | None = None
    ) -> tuple[ComparisonRow, ...]:
        """Say when the books were last compared with each provider."""
        async with self._books.pool("look at comparisons") as pool:
            return await FindingList(pool).comparisons(tenant, provider=provider)

    async def settle(
        self,
        tenant: str,
        finding_id: str,
        verb: Literal["acknowledge", "resolve"],
        because: str,
        *,
        actor: Who | None = None,
        request_id: str | None = None,
        at: datetime | None = None,
    ) -> FindingAnswer:
        """Say that somebody looks after a finding, or why it is over.

        Args:
            tenant: Whose finding it is.
            finding_id: Which one.
            verb: What is said.
            because: Why, in a sentence.
            actor: Who says it; without it, this client.
            request_id: The same one counts once.
            at: When, if not now.
        """
        async with self._books.pool(f"look for {finding_id}") as pool:
            found = await FindingList(pool).findings(tenant, finding_id=finding_id)
        if not found:
            return FindingAnswer(
                accepted=False,
                code="unknown_finding",
                because=f"there is no finding {finding_id} of {tenant}",
                finding_id=finding_id,
            )
        said = SettleFinding(
            tenant=tenant,
            provider=found[0].provider,
            finding_id=finding_id,
            verb=verb,
            because=because,
            actor=str(actor or self._actor),
            request_id=request_id or uuid4().hex,
            now=at or datetime.now(UTC),
        )
        workflow = f"finding:{tenant}:{said.provider}:{said.request_id}"[:200]
        shown = (f"{verb} {finding_id}", "")
        raw = await self._result(FINDING_TYPE, said, workflow, shown)
        return FindingAnswer.model_validate_json(raw)

    async def compare(
        self, tenant: str, provider: str, *, until: datetime | None = None
    ) -> Compared:
        """Compare the books now, and wait for what comes of it."""
        start = StartReconciliation(
            tenant=tenant, provider=provider, days=self._where.reconcile_days, until=until
        )
        workflow = reconciliation_id(tenant, provider)
        shown = (f"Books of {tenant} and {provider}", details_of(start))
        raw = await self._result(RECONCILIATION_TYPE, start, workflow, shown, COMPARING_S)
        return Compared.model_validate_json(raw)

    async def schedule(
        self, tenant: str, providers: tuple[str, ...] | None = None
    ) -> list[Applied]:
        """Have the books compared regularly, as the settings say. Applied twice, it is one."""

        async def attempt(client: Client, _left: timedelta) -> list[Applied]:
            starts = [
                StartReconciliation(
                    tenant=tenant, provider=provider, days=self._where.reconcile_days
                )
                for provider in providers or self._where.reconcile_providers
            ]
            every = timedelta(hours=self._where.reconcile_hours)
            queue = self._where.task_queue
            return [await apply_schedule(client, start, every, queue) for start in starts]

        return await self._running.within("apply schedules", attempt)

    async def _result(
        self,
        kind: str,
        arg: Any,
        workflow: str,
        shown: tuple[str, str],
        wait_s: float | None = None,
    ) -> bytes:
        """Start a workflow, or find the one that runs, and give its result."""

        async def attempt(client: Client, left: timedelta) -> bytes:
            handle = await client.start_workflow(
                kind,
                arg,
                id=workflow,
                task_queue=self._where.task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=shown[0],
                static_details=shown[1] or None,
                result_type=RawValue,
                rpc_timeout=min(left, timedelta(seconds=10)),
            )
            try:
                async with asyncio.timeout(left.total_seconds()):
                    result: RawValue = await handle.result()
            except WorkflowFailureError as failed:
                raise Unavailable(self._where.temporal_name, workflow, _why(failed)) from failed
            return result.payload.data

        return await self._running.within(workflow, attempt, wait_s)


def _why(failed: WorkflowFailureError) -> str:
    cause: BaseException | None = failed.cause
    if isinstance(cause, ActivityError):
        cause = cause.cause
    if isinstance(cause, ApplicationError):
        return f"it failed ({cause.type}): {cause.message[:500]}"
    return f"it ended without a result ({type(cause).__name__})"
