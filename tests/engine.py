"""The engine as it runs, for tests: the real worker on a real server, database and sandbox."""

import asyncio
import base64
import gc
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from adapters.settings import Settings
from sandbox.control_client import SandboxControl
from tests.sandbox_process import running_sandbox
from wiring import partners
from worker import workers
from workflows.names import WORKFLOW_TYPE, StartReturn, workflow_id

LOOK_AGAIN_S = 0.02
PATIENCE_S = 20.0
"""Seconds after which what is waited for will not come."""

CALL_DEADLINE = timedelta(seconds=2)
"""What a partner keeps silent about is waited for so long."""

TODAY = datetime.now(UTC).replace(microsecond=0)
"""The engine judges by its server's clock, so orders are placed by it too."""

Found = TypeVar("Found")
Condition = Callable[[dict[str, Any]], bool]


@dataclass
class Engine:
    """A running engine, and the ways in that the outside has."""

    env: WorkflowEnvironment
    sandbox: SandboxControl
    settings: Settings
    queue: str
    tenant: str = "acme"

    async def open(self, request: dict[str, Any], request_id: str = "open-1") -> dict[str, Any]:
        """Open a return by one call, as a backend service does."""
        body = {"request_id": request_id, "actor": {"kind": "service", "id": "shop"}}
        return await self.ask(request["return_id"], "open", {**body, "request": request})

    async def ask(self, return_id: str, update: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask a return something; a workflow that ended is started again for it."""
        asked = {
            "request_id": uuid4().hex,
            "actor": {"kind": "staff", "id": "s-1"},
            **body,
        }
        while True:
            try:
                return await self._ask(return_id, update, asked)
            except WorkflowUpdateFailedError as failed:
                if not _is_draining(failed):
                    raise

    async def _ask(self, return_id: str, update: str, asked: dict[str, Any]) -> dict[str, Any]:
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            WORKFLOW_TYPE,
            StartReturn(tenant=self.tenant, return_id=return_id),
            id=workflow_id(self.tenant, return_id),
            task_queue=self.queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=f"Return {return_id}",
        )
        answer: dict[str, Any] = await self.env.client.execute_update_with_start_workflow(
            update,
            asked,
            start_workflow_operation=start,
            id=f"{update}-{asked['request_id']}"[:200],
        )
        return answer

    async def tell(self, return_id: str, signal: str, *bodies: Any) -> None:
        """Tell a return something."""
        await self.env.client.start_workflow(
            WORKFLOW_TYPE,
            StartReturn(tenant=self.tenant, return_id=return_id),
            id=workflow_id(self.tenant, return_id),
            task_queue=self.queue,
            start_signal=signal,
            start_signal_args=bodies,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )

    def handle(self, return_id: str) -> WorkflowHandle[Any, Any]:
        """The workflow of a return, whatever its run."""
        return self.env.client.get_workflow_handle(workflow_id(self.tenant, return_id))

    async def status(self, return_id: str) -> dict[str, Any]:
        """How a return stands."""

        async def told() -> dict[str, Any]:
            try:
                status: dict[str, Any] = await self.handle(return_id).query("status")
            except WorkflowQueryFailedError:  # a run that has just begun is still reading
                return {}
            return status

        return await eventually(told, "told how it stands")

    async def until(self, return_id: str, condition: Condition, what: str) -> dict[str, Any]:
        """Look until it stands as wished, and give how it stands; say so where it never does."""
        status: dict[str, Any] = {}

        async def as_wished() -> bool:
            status.update(await self.status(return_id))
            return condition(status)

        try:
            await eventually(as_wished, what)
        except AssertionError as never:
            told = json.dumps(status, indent=1)
            raise AssertionError(f"{return_id}: {never}:\n{told}") from None
        return status

    async def ended(self, return_id: str) -> str:
        """Wait until its workflow has ended; gives the headline it ended with."""
        async with asyncio.timeout(PATIENCE_S):
            return str(await self.handle(return_id).result())

    async def history(self, return_id: str) -> list[HistoryEvent]:
        """The events of the present run."""
        return list((await self.handle(return_id).fetch_history()).events)

    async def later(self, return_id: str, by: timedelta) -> None:
        """Let time pass for a return. What was due meanwhile has begun by then."""
        await self.env.fast_forward(self.handle(return_id), by)


async def eventually(
    check: Callable[[], Awaitable[Found]], what: str, within_s: float = PATIENCE_S
) -> Found:
    """Look until there is something to be found; say what it was, where there never is."""
    try:
        async with asyncio.timeout(within_s):
            while True:
                if found := await check():
                    return found
                await asyncio.sleep(LOOK_AGAIN_S)
    except TimeoutError:
        raise AssertionError(f"never {what}") from None


def _is_draining(failed: WorkflowUpdateFailedError) -> bool:
    """Whether a run was about to end: the one after it answers."""
    cause = failed.cause
    again = {"draining", "AcceptedUpdateCompletedWorkflow"}
    return isinstance(cause, ApplicationError) and cause.type in again


def settings_for(database_url: str, temporal: str, sandbox_url: str, smtp_port: int) -> Settings:
    """The settings of a test's engine."""
    return Settings.from_env(environment_of(database_url, temporal, sandbox_url, smtp_port))


def environment_of(
    database_url: str, temporal: str, sandbox_url: str, smtp_port: int
) -> dict[str, str]:
    """The same, as a process of its own is told them."""
    return {
        "DATABASE_URL": database_url,
        "TEMPORAL_ADDRESS": temporal,
        "BACKHAUL_SANDBOX_URL": sandbox_url,
        "BACKHAUL_SMTP_PORT": str(smtp_port),
        "BACKHAUL_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
        "BACKHAUL_PAYLOADS": "readable",  # by clients and histories that have no keys
    }


@asynccontextmanager
async def running_engine(
    env: WorkflowEnvironment, database_url: str, folder: Path, *, client: Client | None = None
) -> AsyncIterator[Engine]:
    """Run workers in this process against a sandbox of their own; `client` is theirs alone."""
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(running_sandbox(folder))
        address = env.client.service_client.config.target_host
        settings = settings_for(database_url, address, sandbox.url, sandbox.smtp_port)
        able = await stack.enter_async_context(partners(settings, deadline=CALL_DEADLINE))
        queue = f"returns-{uuid4().hex[:8]}"
        for worker in workers(client or env.client, queue, able):
            await stack.enter_async_context(worker)
        yield Engine(env, sandbox.client, settings, queue)
    gc.collect()  # workflows thrown away in the middle of a wait end here, not in a later test


def where_it_is(hour: int, now: datetime) -> str:
    """A time zone in which it is that hour now; by the IANA's signs, Etc/GMT-2 is ahead of UTC."""
    ahead = (hour - now.hour + 9) % 24 - 9  # from 9 hours behind to 14 ahead
    return f"Etc/GMT{-ahead:+}"


def days_ago(days: int) -> str:
    """A time in the past, as it travels."""
    return (TODAY - timedelta(days=days)).isoformat()


LONG_AGO = {
    "placed_at": days_ago(200),
    "deliveries": [{"delivered_at": days_ago(190), "lines": [{"line_id": "1", "quantity": 3}]}],
}
"""What makes an order too old for anything to be sent back."""


def order(**changed: Any) -> dict[str, Any]:
    """An order of three shoes, as a shop hands it over."""
    told: dict[str, Any] = {
        "order_id": "W-1042", "tenant": "acme", "placed_at": days_ago(20),
        "currency": "EUR", "ship_from": "DE", "ship_to": "FR",
        "customer": {
            "customer_id": "c-7", "name": "Camille Martin", "email": "camille@example.org",
            "phone": "+33 1 23 45 67 89", "locale": "fr",
            "address": {
                "line1": "1 rue de la Paix", "city": "Paris", "postcode": "75002", "country": "FR",
            },
        },
        "lines": [
            {
                "line_id": "1", "sku": "SHOE-42", "name": "Shoe", "category": "shoes",
                "quantity": 3, "unit_price_minor": 5000, "tax_minor": 3000, "weight_grams": 800,
                "hs_code": "6403", "origin_country": "VN",
            }
        ],
        "shipping": {"net_minor": 500, "tax_minor": 100, "standard_net_minor": 500},
        "tenders": [
            {
                "tender_id": "t1", "kind": "card", "provider": "stripe",
                "payment_ref": "pi_test_1", "captured_minor": 18600,
                "captured_at": days_ago(20),
            }
        ],
        "deliveries": [
            {
                "delivered_at": days_ago(4),
                "lines": [{"line_id": "1", "quantity": 3}],
            }
        ],
    }  # fmt: skip
    return {**told, **changed}


def request(return_id: str = "R-1", **changed: Any) -> dict[str, Any]:
    """A request to return one of the shoes by drop-off."""
    told: dict[str, Any] = {
        "return_id": return_id,
        "order_id": "W-1042",
        "order": order(),
        "requested_at": TODAY.isoformat(),
        "lines": [{"line_id": "1", "quantity": 1, "reason": "too_small"}],
        "method": "drop_off_label",
    }
    return {**told, **changed}
