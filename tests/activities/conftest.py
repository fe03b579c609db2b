"""One stage for all tests of activities; each test has a return, order and payment of its own."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from temporalio.testing import WorkflowEnvironment

from tests.activities.journey import Journey
from tests.activities.stage import Stage, set_up


@pytest.fixture(scope="session")
async def own_database(database_url: str) -> str:
    """The address of a database that only these tests have."""
    name = f"activities_{uuid4().hex}"
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as owner:
        await owner.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    return database_url.rsplit("/", 1)[0] + f"/{name}"


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
