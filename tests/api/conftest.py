from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from temporalio.testing import WorkflowEnvironment

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool, connect
from api.access.rights import Role
from api.client import ReturnsClient, Surroundings
from api.doors import Doors
from api.settings import ApiSettings
from projections.runner import catch_up
from tests.api.collecting import Listener, listening
from tests.api.scene import Scene
from tests.api.serving import NOW, StandingClock, serving
from tests.api.signed import SECRETS
from tests.projections.story import Story


@pytest.fixture
async def pool(fresh_database: str) -> AsyncIterator[Pool]:
    async with await connect(fresh_database) as opened:
        await catch_up(opened)  # the read models exist, and hold nothing yet
        yield opened


@pytest.fixture
async def listener(temporal_env: WorkflowEnvironment) -> AsyncIterator[Listener]:
    async with listening(temporal_env.client) as found:
        yield found


@pytest.fixture
def tenant() -> str:
    """A merchant that only this test has: the Temporal server is shared by all tests."""
    return f"t{uuid4().hex[:8]}"


@pytest.fixture
def story(pool: Pool, tenant: str) -> Story:
    return Story(PostgresEventStore(pool), tenant=tenant)


@pytest.fixture
async def outward() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(trust_env=False) as opened:
        yield opened


@pytest.fixture
async def client(
    fresh_database: str, listener: Listener, tmp_path: Path
) -> AsyncIterator[ReturnsClient]:
    where = Surroundings.from_env(
        {
            "TEMPORAL_ADDRESS": listener.client.service_client.config.target_host,
            "DATABASE_URL": fresh_database,
            "BACKHAUL_TASK_QUEUE": listener.queue,
            "BACKHAUL_STATE": str(tmp_path / "no-stack"),
            "BACKHAUL_PAYLOADS": "readable",
        }
    )
    async with ReturnsClient(where) as opened:
        yield opened


@pytest.fixture
def make_doors(
    pool: Pool,
    listener: Listener,
    client: ReturnsClient,
    outward: httpx2.AsyncClient,
    tenant: str,
) -> Callable[[], Doors]:
    """Doors as each process has them; a second call is a second process."""

    def make() -> Doors:
        return Doors(
            pool=pool,
            temporal=listener.client,
            returns=client,
            http=outward,
            webhook_secrets=SECRETS,
            settings=ApiSettings(tenant=tenant),
            clock=StandingClock(NOW),
            task_queue=listener.queue,
        )

    return make


@pytest.fixture
def doors(make_doors: Callable[[], Doors]) -> Doors:
    return make_doors()


@pytest.fixture
async def http(doors: Doors, tenant: str) -> AsyncIterator[httpx2.AsyncClient]:
    """The merchant's own staff at the API, while nothing is relayed but by `drain()`."""
    async with serving(doors, relaying=False) as caller:
        key = await doors.keys.make(tenant, "tests", Role.ADMIN, NOW, None)
        caller.headers["Authorization"] = f"Bearer {key}"
        yield caller


@pytest.fixture
def scene(
    http: httpx2.AsyncClient,
    make_doors: Callable[[], Doors],
    story: Story,
    listener: Listener,
) -> Scene:
    doors = make_doors()
    return Scene(http, make_doors, doors.pool, story, listener, story.tenant)
