"""One engine for all tests of workflows; each test has a return, order and payment of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import connect
from tests.databases import new_database
from tests.engine import Engine, running_engine
from tests.workflows.case import Case
from tests.workflows.replaying import differences


@pytest.fixture(scope="session")
async def own_database(database_url: str) -> str:
    """The address of a database that only these tests have."""
    return await new_database(database_url, "workflows")


@pytest.fixture(scope="session")
async def engine(
    temporal_env: WorkflowEnvironment, own_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("sandbox")
    async with running_engine(temporal_env, own_database, folder) as running:
        yield running


@pytest.fixture(scope="module")
async def engine_apart(
    temporal_env: WorkflowEnvironment, own_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Engine]:
    """One for a file that moves the partners' clock, which never goes back for the others."""
    async with running_engine(
        temporal_env, own_database, tmp_path_factory.mktemp("sandbox")
    ) as running:
        yield running


@pytest.fixture(scope="session")
async def store(engine: Engine) -> AsyncIterator[PostgresEventStore]:
    """What was recorded."""
    async with await connect(engine.settings.database_url) as pool:
        yield PostgresEventStore(pool)


@pytest.fixture
async def case(engine: Engine) -> AsyncIterator[Case]:
    """A return that nobody has opened yet, of an order that is paid.

    Whatever a test does to it, the runs that have come to their end must replay.
    """
    case = await Case.of(engine)
    yield case
    for history in await case.finished_runs():
        assert await differences(history) == []
