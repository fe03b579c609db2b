"""The engine as it runs in earnest: what is said is sealed before it reaches the Temporal server."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from adapters.postgres.data_keys import DataKeys
from adapters.postgres.pool import Pool, connect
from adapters.sealing.codec import converter_of
from adapters.sealing.wrapping import MasterKeys
from api.access.keys import ApiKeys
from api.access.rights import Role
from api.client import ReturnsClient
from api.doors import Doors
from tests.api.serving import serving
from tests.databases import new_database
from tests.engine import Engine, order, request, running_engine


@dataclass(frozen=True)
class Sealed:
    """A running engine, its client, and what an operator sees."""

    engine: Engine
    pool: Pool
    env: dict[str, str]
    returns: ReturnsClient
    keys: DataKeys
    client: Client

    @asynccontextmanager
    async def api(self) -> AsyncIterator[httpx2.AsyncClient]:
        """The doors, served."""
        async with httpx2.AsyncClient(trust_env=False) as outward:
            doors = Doors(
                pool=self.pool,
                temporal=self.client,
                returns=self.returns,
                http=outward,
                webhook_secrets={},
                task_queue=self.engine.queue,
                keys_of_files=self.keys,
            )
            async with serving(doors, relaying=False) as http:
                yield http

    async def key(self, role: Role) -> str:
        """Give the header of a caller of that role."""
        made = await ApiKeys(self.pool).make("acme", "tests", role, datetime.now(UTC), None)
        return f"Bearer {made}"

    def wish(self, **changed: Any) -> dict[str, Any]:
        """A request, of an order and a customer of its own."""
        key = uuid4().hex[:8]
        sold = order(order_id=f"W-{key}", **changed.pop("sold", {}))
        sold["customer"]["customer_id"] = f"c-{key}"
        return request(f"R-{key}", order_id=f"W-{key}", order=sold, **changed)


@pytest.fixture(scope="session")
async def sealed(
    temporal_env: WorkflowEnvironment, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Sealed]:
    url = await new_database(database_url, "sealed")
    folder: Path = tmp_path_factory.mktemp("sealed")
    async with await connect(url) as pool:
        keys = DataKeys(pool, MasterKeys(bytes(32)), fresh_s=0)
        converter = converter_of(keys, "default", "sealed")
        address = temporal_env.client.service_client.config.target_host
        client = await Client.connect(address, data_converter=converter)
        async with running_engine(temporal_env, url, folder, client=client) as engine:
            env = {
                "TEMPORAL_ADDRESS": address,
                "DATABASE_URL": url,
                "BACKHAUL_TASK_QUEUE": engine.queue,
                "BACKHAUL_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
                "BACKHAUL_STATE": str(folder / "no-stack"),
            }
            async with await ReturnsClient.connect(env) as returns:
                yield Sealed(engine, pool, env, returns, keys, client)
