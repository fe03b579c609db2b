"""What tests share: one real PostgreSQL and one real Temporal server for the whole run."""

import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from deploy.local import postgres
from deploy.local.children import start_process
from deploy.local.ports import free_port
from deploy.local.temporal import PROMPT_TIMERS, TIME_SKIPPING, temporal_cli
from deploy.search_attributes import SEARCH_ATTRIBUTES
from tests.databases import drop_database, new_database

LONGEST_FIRST = (
    "end_to_end", "workflows", "domain", "projections", "contracts", "activities", "api", "sandbox",
)  # fmt: skip
"""Folders by how long their tests take; the others take next to nothing."""

_status: list[int] = []


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Any:
    """Where several work (`-n 2`), each folder is one worker's: its servers are started once.

    By hand, because `--dist loadgroup` of xdist 3.8 does not see its marks under pytest 9.2.
    """
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = _folder
    return scheduler


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first, where several work: so none of them ends long after the others."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _rank(_folder(item.nodeid)))


def _folder(nodeid: str) -> str:
    return nodeid.split("/", 2)[1]


def _rank(folder: str) -> int:
    return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)


def pytest_sessionfinish(exitstatus: int) -> None:
    """Remember how the tests ended."""
    _status.append(int(exitstatus))


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure() -> None:
    """Leave with the tests' own status, once everything is said and stopped.

    Threads of the Temporal SDK may still hold coroutines of workflows that were thrown away in
    the middle of a wait, and an interpreter that tears them down can abort.
    """
    if _status:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_status[-1])


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A folder for servers; not pytest's, whose parent only root could enter."""
    folder = Path(tempfile.mkdtemp(prefix="backhaul-tests-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def database_url(scratch: Path) -> AsyncIterator[str]:
    """The address of a PostgreSQL server's own database; tests take `fresh_database`."""
    data, port = scratch / "postgres", free_port()
    await postgres.make_data_directory(data, os.environ, sync=False)
    server = await start_process(
        postgres.postgres_server(data, port=port, env=os.environ),
        state=scratch,
        ready=postgres.postgres_is_ready(data, port=port),
    )
    yield postgres.database_url(data, port=port)
    await server.stop()


@pytest.fixture
async def fresh_database(database_url: str) -> AsyncIterator[str]:
    """The address of an empty database that only this test has."""
    address = await new_database(database_url, "test")
    yield address
    await drop_database(database_url, address)


@pytest.fixture(scope="session")
async def temporal_env() -> AsyncIterator[WorkflowEnvironment]:
    """A Temporal server on which a test may `fast_forward` a workflow; time stands otherwise."""
    async with await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=TimeSkippingConfig(enabled=False),
        data_converter=pydantic_data_converter,
        search_attributes=tuple(SEARCH_ATTRIBUTES.values()),
        dev_server_existing_path=str(temporal_cli()),
        dev_server_extra_args=[
            *("--dynamic-config-value", TIME_SKIPPING),
            *("--dynamic-config-value", PROMPT_TIMERS),
        ],
    ) as env:
        yield env
