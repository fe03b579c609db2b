"""The real engine, a merchant of these tests' own, and a shell to type commands into."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import structlog
from temporalio.testing import WorkflowEnvironment

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool, connect
from adapters.postgres.wake_ups import WakeUps
from api.cli import main
from api.client import ReturnsClient, Surroundings
from tests.databases import new_database
from tests.engine import Engine, order, request, running_engine
from tests.projections.story import Story

ROOT = Path(__file__).parents[2]
Sell = Callable[..., dict[str, Any]]
"""Makes an order of a test's own, as a shop hands it over."""

NOBODY = "127.0.0.1:1"
"""An address where nobody listens."""


@pytest.fixture(scope="session")
async def engine(
    temporal_env: WorkflowEnvironment, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Engine]:
    url = await new_database(database_url, "client")
    async with running_engine(temporal_env, url, tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="session")
async def pool(engine: Engine) -> AsyncIterator[Pool]:
    async with await connect(engine.settings.database_url) as opened:
        yield opened


@pytest.fixture
def story(pool: Pool, tenant: str) -> Story:
    """Returns that stand in the store, and that no workflow knows of."""
    return Story(PostgresEventStore(pool), tenant=tenant)


@pytest.fixture
def tenant() -> str:
    """A merchant that only this test has: the servers are shared by all tests."""
    return f"t{uuid4().hex[:8]}"


@pytest.fixture
def surroundings(engine: Engine, tenant: str, tmp_path: Path) -> dict[str, str]:
    """The environment of a client, without the local stack that may run on this machine."""
    return {
        "TEMPORAL_ADDRESS": engine.env.client.service_client.config.target_host,
        "DATABASE_URL": engine.settings.database_url,
        "BACKHAUL_TASK_QUEUE": engine.queue,
        "BACKHAUL_TENANT": tenant,
        "BACKHAUL_STATE": str(tmp_path / "no-stack"),
        "BACKHAUL_PAYLOADS": "readable",
    }


@pytest.fixture
async def returns(surroundings: dict[str, str]) -> AsyncIterator[ReturnsClient]:
    async with await ReturnsClient.connect(surroundings) as client:
        yield client


@pytest.fixture
async def away(surroundings: dict[str, str]) -> AsyncIterator[ReturnsClient]:
    """A client whose Temporal server is gone, while its database is there."""
    async with await ReturnsClient.connect(surroundings | {"TEMPORAL_ADDRESS": NOBODY}) as client:
        yield client


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[ReturnsClient]:
    """A client that can reach nothing at all."""
    where = Surroundings.from_env(
        {"BACKHAUL_STATE": str(tmp_path), "BACKHAUL_PAYLOADS": "readable"}
    )
    async with ReturnsClient(where) as client:
        yield client


@pytest.fixture
def sell(tenant: str) -> Sell:
    def make(**changed: Any) -> dict[str, Any]:
        key = uuid4().hex[:8]
        sold = order(order_id=f"W-{key}", tenant=tenant)
        sold["customer"]["customer_id"] = f"c-{key}"
        sold["tenders"][0]["payment_ref"] = f"pi_{key}"
        return {**sold, **changed}

    return make


@pytest.fixture
def wish(tenant: str) -> Callable[..., dict[str, Any]]:
    """Requests of this test's merchant, each of an order of its own unless it says otherwise."""

    def make(**changed: Any) -> dict[str, Any]:
        order_id = changed.pop("order_id", f"W-{uuid4().hex[:8]}")
        sold = order(
            order_id=order_id, tenant=changed.pop("tenant", tenant), **changed.pop("sold", {})
        )
        return request(f"R-{uuid4().hex[:12]}", order_id=order_id, order=sold, **changed)

    return make


@dataclass(frozen=True)
class Typed:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What it printed for programs."""
        return json.loads(self.out)


@dataclass
class Shell:
    """Runs commands in this process, as `python starter.py` does in its own."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    tenant: str = ""

    async def __call__(self, *arguments: str) -> Typed:
        self.capture.readouterr()
        code = await asyncio.to_thread(main, arguments)
        printed = self.capture.readouterr()
        return Typed(code, printed.out, printed.err)

    def file(self, content: Any, name: str = "body.json") -> str:
        """Write a file for a command: text as it is, anything else as JSON."""
        path = self.folder / name
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, "utf-8")
        return str(path)


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """A command sets up logging for its process, which here goes on with other tests."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def shell(
    surroundings: dict[str, str],
    tenant: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    _surround(monkeypatch, surroundings)
    return Shell(tmp_path, capsys, tenant)


@pytest.fixture
def bare_shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """A shell where nothing is known of any engine."""
    _surround(monkeypatch, {"BACKHAUL_STATE": str(tmp_path), "BACKHAUL_PAYLOADS": "readable"})
    return Shell(tmp_path, capsys)


def _surround(monkeypatch: pytest.MonkeyPatch, surroundings: Mapping[str, str]) -> None:
    for name in list(os.environ):
        if name.startswith(("TEMPORAL_", "BACKHAUL_")) or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)


@dataclass
class Processes:
    """Runs commands as processes of their own."""

    env: dict[str, str]

    async def __call__(self, *arguments: str, stdin: bytes = b"") -> Typed:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "starter.py",
            *arguments,
            cwd=ROOT,
            env=self.env,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate(stdin)
        assert process.returncode is not None
        return Typed(process.returncode, out.decode(), err.decode())


@pytest.fixture
def processes(surroundings: dict[str, str]) -> Processes:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return Processes({**kept, **surroundings})


@pytest.fixture(scope="session")
async def wake_ups(engine: Engine) -> AsyncIterator[WakeUps]:
    async with WakeUps(engine.settings.database_url) as rung:
        yield rung


@pytest.fixture
def until(
    returns: ReturnsClient, wake_ups: WakeUps, tenant: str
) -> Callable[[str, str], Awaitable[None]]:
    """Wait until a return has had an event of some type."""

    async def happened(return_id: str, event: str) -> None:
        async with asyncio.timeout(20):
            while True:
                rung = wake_ups.next_ring()
                if event in await _types(returns, tenant, return_id):
                    return
                await rung.wait()

    return happened


async def _types(returns: ReturnsClient, tenant: str, return_id: str) -> list[str]:
    return [event.type for event in await returns.events(tenant, return_id)]
