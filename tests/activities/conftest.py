"""One stage for all tests of activities; each test has a return, order and payment of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.activities.journey import Journey
from tests.activities.stage import Stage, set_up
from tests.databases import new_database


@pytest.fixture(scope="session")
async def own_database(database_url: str) -> str:
    """The address of a database that only these tests have."""
    return await new_database(database_url, "activities")


@pytest.fixture(scope="session")
async def stage(
    own_database: str,
    temporal_env: WorkflowEnvironment,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("sandbox")
    temporal = temporal_env.client.service_client.config.target_host
    async with set_up(own_database, temporal, folder) as ready:
        yield ready


@pytest.fixture
async def journey(stage: Stage) -> Journey:
    """A return that nobody has opened yet, of an order that is paid."""
    return await Journey.of(stage)
