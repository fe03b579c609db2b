"""Updates, signals and queries of a return, each with one deadline for all its attempts."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

from temporalio.api.common.v1 import Payload
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import RawValue, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode

from adapters.telemetry.doors import connecting
from api.client.answers import Answer, Unavailable
from api.client.books import Books
from api.client.losses import LOST, why_lost
from api.client.sealing import converter_for
from api.client.surroundings import Surroundings, not_set
from domain.refusal import Refused
from workflows.names import WORKFLOW_TYPE, StartReturn, workflow_id

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 1.0

_ASK_AGAIN = frozenset({"draining", "AcceptedUpdateCompletedWorkflow"})
"""A run that ends while it is asked: the next one answers."""

_TRY_AGAIN = frozenset({RPCStatusCode.ABORTED, RPCStatusCode.NOT_FOUND, RPCStatusCode.UNAVAILABLE})

LOOK_S = 3.0
"""Seconds for a look: the streams know as much, so nobody waits for a worker for long."""

T = TypeVar("T")


@dataclass(frozen=True)
class Which:
    """One return, and what the UI says of it beside its id. No personal data."""

    tenant: str
    return_id: str
    summary: str = ""
    details: str = ""

    @property
    def workflow(self) -> str:
        """The id of its workflow."""
        return workflow_id(self.tenant, self.return_id)

    def start(self, task_queue: str) -> dict[str, Any]:
        """What every start of its workflow says."""
        return {
            "arg": StartReturn(tenant=self.tenant, return_id=self.return_id),
            "id": self.workflow,
            "task_queue": task_queue,
            "id_reuse_policy": WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            "static_summary": self.summary or f"Return {self.return_id}",
            "static_details": self.details or None,
        }


class Updating(NamedTuple):
    """An update that a workflow is asked by: the same `update_id` acts once in a run."""

    update: str
    update_id: str
    raw: bytes


class _Again(Exception):
    """Not now; the next attempt may be answered."""


class Returns:
    """The returns that run on a Temporal server. Connects when first asked."""

    def __init__(
        self,
        where: Surroundings,
        books: Books,
        *,
        deadline_s: float,
        runtime: Runtime | None = None,
    ) -> None:
        self._where = where
        self._books = books
        self._deadline_s = deadline_s
        self._runtime = runtime
        self._client: Client | None = None

    async def aclose(self) -> None:
        """Let go of the server, if it was asked."""
        if self._client is not None:
            await asyncio.sleep(0.1)  # the SDK's threads end a moment after its last call
        self._client = None

    async def update(self, which: Which, update: str, update_id: str, raw: bytes) -> Answer:
        """Ask a return, which is started again if it had ended.

        Raises:
            Unavailable: No server, no worker, or no answer in time.
        """
        start = which.start(self._where.task_queue)
        tried = f"{update} {which.return_id}"
        told = await self.asked(WORKFLOW_TYPE, start, Updating(update, update_id, raw), tried)
        if isinstance(told, Refused):
            return Answer.no(told, which.return_id)
        return Answer.read(told, which.return_id)

    async def asked(
        self,
        kind: str,
        begin: Mapping[str, Any],
        ask: Updating,
        tried: str,
    ) -> bytes | Refused:
        """Ask a workflow of any type, which is started for it where it does not run.

        Raises:
            Unavailable: No server, no worker, or no answer in time; `tried` says to what.
        """

        async def attempt(client: Client, left: timedelta) -> bytes | Refused:
            start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
                kind, **begin, id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING
            )
            try:
                answered: RawValue = await client.execute_update_with_start_workflow(
                    ask.update,
                    _json(ask.raw),
                    start_workflow_operation=start,
                    id=ask.update_id,
                    result_type=RawValue,
                    rpc_timeout=left,
                )
            except WorkflowUpdateFailedError as failed:
                return _understand(failed)
            finally:
                await _settled(start)
            return answered.payload.data

        return await self.within(tried, attempt)

    async def signal(self, which: Which, signal: str, raw: bytes) -> None:
        """Tell a return something; it comes back when the server has it.

        Raises:
            Unavailable: No server, or no answer in time.
        """

        async def attempt(client: Client, left: timedelta) -> None:
            await client.start_workflow(
                WORKFLOW_TYPE,
                **which.start(self._where.task_queue),
                start_signal=signal,
                start_signal_args=[_json(raw)],
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                rpc_timeout=left,
            )

        await self.within(f"{signal} {which.return_id}", attempt)

    async def begin(self, kind: str, begin: Mapping[str, Any], named: str) -> bool:
        """Start a workflow of any type; False where it runs already.

        Raises:
            Unavailable: No server, or no answer in time.
        """

        async def attempt(client: Client, left: timedelta) -> bool:
            try:
                await client.start_workflow(kind, **begin, rpc_timeout=left)
            except WorkflowAlreadyStartedError:
                return False
            return True

        return await self.within(f"start {named}", attempt)

    async def query(self, which: Which, query: str) -> bytes | None:
        """Look at a return; none where its workflow or every worker is gone.

        Raises:
            Unavailable: No server, or no answer in time.
        """

        async def attempt(client: Client, left: timedelta) -> bytes | None:
            handle = client.get_workflow_handle(which.workflow)
            try:
                told = await handle.query(query, result_type=RawValue, rpc_timeout=left)
            except (WorkflowQueryFailedError, WorkflowQueryRejectedError):
                return None
            except RPCError as error:
                if error.status in {RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION}:
                    return None
                raise
            value: RawValue = told
            return value.payload.data

        within_s = min(LOOK_S, self._deadline_s)
        return await self.within(f"{query} {which.return_id}", attempt, within_s)

    async def within(
        self,
        tried: str,
        attempt: Callable[[Client, timedelta], Awaitable[T]],
        deadline_s: float | None = None,
    ) -> T:
        """Try until the deadline. What the server did not take may be asked again under its id.

        Raises:
            Unavailable: No server, or no answer in time; `tried` says to what.
        """
        loop, pause_s = asyncio.get_running_loop(), FIRST_PAUSE_S
        until = loop.time() + (deadline_s or self._deadline_s)
        while True:
            left_s = max(until - loop.time(), 0.001)
            try:
                async with asyncio.timeout(left_s):
                    return await attempt(await self._connected(tried), timedelta(seconds=left_s))
            except _Again as not_yet:
                because: Exception = not_yet
            except LOST as lost:
                task = asyncio.current_task()
                if task is not None and task.cancelling():  # the SDK turns it into an error
                    raise asyncio.CancelledError from lost
                if not (isinstance(lost, RPCError) and lost.status in _TRY_AGAIN):
                    raise self._unavailable(tried, lost) from lost
                because = lost
            if loop.time() + pause_s >= until:
                raise self._unavailable(tried, because) from because
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _connected(self, tried: str) -> Client:
        if not self._where.temporal.address:
            raise Unavailable("Temporal", tried, not_set("TEMPORAL_ADDRESS"))
        if self._client is None:
            self._client = await Client.connect(
                **self._where.temporal.to_client_connect_config(),
                data_converter=await converter_for(self._where, self._books, tried),
                **{"runtime": self._runtime, **connecting()},
                lazy=True,
            )
        return self._client

    def _unavailable(self, tried: str, lost: Exception) -> Unavailable:
        busy = "it is busy; ask again" if isinstance(lost, _Again) else ""
        because = busy or why_lost(lost, self._deadline_s)
        return Unavailable(self._where.temporal_name, tried, because)


def _json(raw: bytes) -> RawValue:
    """Exactly these bytes, as the JSON they are."""
    return RawValue(Payload(metadata={"encoding": b"json/plain"}, data=raw))


def _understand(failed: WorkflowUpdateFailedError) -> Refused:
    """A no before the door is an answer; a run that is ending is asked again."""
    cause = failed.cause
    if isinstance(cause, ApplicationError) and cause.type in _ASK_AGAIN:
        raise _Again from failed
    if isinstance(cause, ApplicationError) and cause.type == "too_large":
        return Refused(code="too_large", because=cause.message)
    raise failed


async def _settled(start: WithStartWorkflowOperation[Any, Any]) -> None:
    """Take the operation's own copy of an error, or asyncio complains that nobody did."""
    with suppress(Exception):
        async with asyncio.timeout(0):
            await start.workflow_handle()
