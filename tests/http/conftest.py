"""The API before the real engine, and callers of every role."""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from temporalio.testing import WorkflowEnvironment

from adapters.postgres.data_keys import DataKeys
from adapters.postgres.pool import connect
from api.access.rights import Role
from api.client import ReturnsClient, Surroundings
from api.doors import Doors
from api.over_http import HttpClient
from api.settings import ApiSettings
from projections.runner import catch_up
from tests.api.serving import serving
from tests.databases import new_database
from tests.engine import order, request, running_engine

LINK_SECRET = "l" * 32
UI = "http://ui.example"


@dataclass(frozen=True)
class Shop:
    """One merchant, and the doors."""

    doors: Doors
    http: httpx2.AsyncClient
    tenant: str

    async def key(self, role: Role, tenant: str = "") -> dict[str, str]:
        """Give the header of a caller of that role."""
        shown = await self.doors.keys.make(
            tenant or self.tenant, "tests", role, datetime.now(UTC), None
        )
        return {"Authorization": f"Bearer {shown}"}

    def link(self, return_id: str, customer_id: str = "c-7", *, hours: int = 1) -> dict[str, str]:
        """Give the header of a customer who has the link of a return."""
        until = datetime.now(UTC) + timedelta(hours=hours)
        token = self.doors.links.make(self.tenant, return_id, customer_id, until)
        return {"Authorization": f"Bearer {token}"}

    async def client(self, url: str = "", *, deadline: float = 30) -> HttpClient:
        """Give the client of the shop's backend, by that way to the API."""
        token = (await self.key(Role.BACKEND))["Authorization"].removeprefix("Bearer ")
        wait = timedelta(seconds=deadline)
        return HttpClient(url or str(self.http.base_url), token, deadline=wait)

    def wish(self, **changed: Any) -> dict[str, Any]:
        """A request, of an order of its own."""
        order_id = f"W-{uuid4().hex[:8]}"
        sold = order(order_id=order_id, tenant=self.tenant)
        made = request(f"R-{uuid4().hex[:12]}", order_id=order_id, order=sold)
        return {**made, **changed}

    async def opened(self) -> str:
        """Open a return as the shop's backend does; give its id."""
        async with await self.client() as returns:
            return (await returns.open(self.wish())).return_id


@pytest.fixture(scope="session")
async def doors(
    temporal_env: WorkflowEnvironment, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Doors]:
    url = await new_database(database_url, "http")
    folder: Path = tmp_path_factory.mktemp("http")
    async with running_engine(temporal_env, url, folder) as engine:
        where = Surroundings.from_env(
            {
                "TEMPORAL_ADDRESS": temporal_env.client.service_client.config.target_host,
                "DATABASE_URL": url,
                "BACKHAUL_TASK_QUEUE": engine.queue,
                "BACKHAUL_MASTER_KEY": base64.b64encode(engine.settings.master_keys[0]).decode(),
                "BACKHAUL_PAYLOADS": "readable",
                "BACKHAUL_SANDBOX_URL": str(engine.settings.sandbox_url),
                "BACKHAUL_STATE": str(folder / "no-stack"),
            }
        )
        async with (
            await connect(url) as pool,
            ReturnsClient(where) as returns,
            httpx2.AsyncClient(trust_env=False) as outward,
        ):
            await catch_up(pool)
            yield Doors(
                pool=pool,
                temporal=temporal_env.client,
                returns=returns,
                http=outward,
                webhook_secrets={},
                settings=ApiSettings(
                    link_secrets=(LINK_SECRET,),
                    most_of_merchant=100_000,
                    most_of_return=100_000,
                    ui_origins=(UI,),
                ),
                task_queue=engine.queue,
                keys_of_files=DataKeys(pool, where.master_keys()),
            )


@pytest.fixture(scope="session")
async def http(doors: Doors) -> AsyncIterator[httpx2.AsyncClient]:
    async with serving(doors, relaying=False) as caller:
        yield caller


@pytest.fixture
def shop(doors: Doors, http: httpx2.AsyncClient) -> Shop:
    """A merchant that only this test has."""
    return Shop(doors, http, f"t{uuid4().hex[:8]}")


Ask = Callable[..., Awaitable[httpx2.Response]]


@pytest.fixture
def backend(shop: Shop) -> Ask:
    """The shop's backend: posts under a key of its own making unless one is given."""

    async def ask(path: str, body: Any, key: str = "", **headers: str) -> httpx2.Response:
        named = {"Idempotency-Key": key or uuid4().hex, **headers}
        return await shop.http.post(path, json=body, headers=await shop.key(Role.BACKEND) | named)

    return ask
