"""The engine as it runs, for tests: the real worker on a real server, database and sandbox."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.client import WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.testing import WorkflowEnvironment

from adapters.settings import Settings
from sandbox.control_client import SandboxControl
from tests.sandbox_process import running_sandbox
from worker import partners, workers
from workflows.names import WORKFLOW_TYPE, StartReturn, workflow_id


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
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            WORKFLOW_TYPE,
            StartReturn(tenant=self.tenant, return_id=return_id),
            id=workflow_id(self.tenant, return_id),
            task_queue=self.queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        answer: dict[str, Any] = await self.env.client.execute_update_with_start_workflow(
            update, asked, start_workflow_operation=start, id=asked["request_id"]
        )
        return answer

    async def tell(self, return_id: str, signal: str, body: Any) -> None:
        """Tell a return something."""
        await self.env.client.start_workflow(
            WORKFLOW_TYPE,
            StartReturn(tenant=self.tenant, return_id=return_id),
            id=workflow_id(self.tenant, return_id),
            task_queue=self.queue,
            start_signal=signal,
            start_signal_args=[body],
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )

    def handle(self, return_id: str) -> WorkflowHandle[Any, Any]:
        """The workflow of a return."""
        return self.env.client.get_workflow_handle(workflow_id(self.tenant, return_id))

    async def status(self, return_id: str) -> dict[str, Any]:
        """How a return stands."""
        status: dict[str, Any] = await self.handle(return_id).query("status")
        return status

    async def later(self, return_id: str, by: timedelta) -> None:
        """Let time pass for a return, and for the world."""
        await self.env.fast_forward(self.handle(return_id), by)


def settings_for(database_url: str, temporal: str, sandbox_url: str, smtp_port: int) -> Settings:
    """The settings of a test's engine."""
    return Settings.from_env(
        {
            "DATABASE_URL": database_url,
            "TEMPORAL_ADDRESS": temporal,
            "BACKHAUL_SANDBOX_URL": sandbox_url,
            "BACKHAUL_SMTP_PORT": str(smtp_port),
            "BACKHAUL_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
        }
    )


@asynccontextmanager
async def running_engine(
    env: WorkflowEnvironment, database_url: str, folder: Path
) -> AsyncIterator[Engine]:
    """Run workers in this process against a sandbox of their own."""
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(running_sandbox(folder))
        address = env.client.service_client.config.target_host
        settings = settings_for(database_url, address, sandbox.url, sandbox.smtp_port)
        able = await stack.enter_async_context(partners(settings))
        queue = f"returns-{uuid4().hex[:8]}"
        for worker in workers(env.client, queue, able):
            await stack.enter_async_context(worker)
        yield Engine(env, sandbox.client, settings, queue)


def order(**changed: Any) -> dict[str, Any]:
    """An order of three shoes, as a shop hands it over."""
    told: dict[str, Any] = {
        "order_id": "W-1042", "tenant": "acme", "placed_at": "2026-11-01T10:00:00Z",
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
                "captured_at": "2026-11-01T10:00:00Z",
            }
        ],
        "deliveries": [
            {
                "delivered_at": "2026-11-20T10:00:00Z",
                "lines": [{"line_id": "1", "quantity": 3}],
            }
        ],
    }  # fmt: skip
    return {**told, **changed}


def request(return_id: str = "R-1", **changed: Any) -> dict[str, Any]:
    """A request to return one of the shoes by drop-off."""
    told = {
        "return_id": return_id,
        "order_id": "W-1042",
        "order": order(),
        "requested_at": "2026-11-24T10:00:00Z",
        "lines": [{"line_id": "1", "quantity": 1, "reason": "too_small"}],
        "method": "drop_off_label",
    }
    return json.loads(json.dumps({**told, **changed}))  # type: ignore[no-any-return]
