"""Workers as they run, less Temporal: what they can do is asked for by hand, one attempt at a time."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import ActivityEnvironment

from activities.event_store import StoredEvent
from activities.recorded import Recorded
from adapters.postgres.data_keys import DataKeys
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Connection, connect
from adapters.postgres.subjects import PostgresSubjects
from adapters.sealing.words import Words
from adapters.sealing.wrapping import MasterKeys
from adapters.settings import Settings
from sandbox.control_client import SandboxControl
from tests.activities.network import Network
from tests.engine import eventually, settings_for
from tests.sandbox_process import running_sandbox
from wiring import Partners, partners

PATIENT = timedelta(seconds=20)
HASTY = timedelta(seconds=1)
"""How long a call of a partner's may take: so long is waited for an answer that never comes."""


class OneWorker:
    """One worker process's activities, with connections and a memory of their own."""

    def __init__(self, able: Partners) -> None:
        everything = [*able.here, *(each for queue in able.by_queue.values() for each in queue)]
        self.activities: Mapping[str, Any] = {each.__name__: each for each in everything}

    async def attempt(self, activity: str, *arguments: Any, nth: int = 1) -> Recorded:
        """Let it be tried for the nth time, in the surroundings that Temporal would give it."""
        env = ActivityEnvironment()
        env.info = replace(env.info, attempt=nth)
        env.payload_converter = pydantic_data_converter.payload_converter
        answer: Recorded = await env.run(self.activities[activity], *arguments)
        return answer


@dataclass(frozen=True)
class Waiting:
    """A writer who waits for its turn: its process over there, and its port."""

    pid: int
    port: int


@dataclass(frozen=True)
class Stage:
    """Three workers on one database and one sandbox. What `first` hears may get lost."""

    first: OneWorker
    second: OneWorker
    hasty: OneWorker
    network: Network
    store: PostgresEventStore
    subjects: PostgresSubjects
    sandbox: SandboxControl
    database_url: str
    owner: Connection
    settings: Settings

    async def events(self, stream: str) -> tuple[StoredEvent, ...]:
        return (await self.store.read((stream, 0)))[stream]

    @asynccontextmanager
    async def held(self, stream: str) -> AsyncIterator[None]:
        """Nobody can write to the stream meanwhile, nor begin it; all can read it."""
        async with (
            await psycopg.AsyncConnection.connect(self.database_url) as owner,
            owner.transaction(force_rollback=True),
        ):
            await owner.execute(
                "INSERT INTO backhaul.stream AS s (stream_id, version, born)"
                " VALUES (%s, 1, current_date)"
                " ON CONFLICT (stream_id) DO UPDATE SET version = s.version",
                (stream,),
            )
            yield

    async def waiting(self, count: int = 1) -> list[Waiting]:
        """Wait until so many want to write to what is held."""

        async def found() -> list[Waiting]:
            cursor = await self.owner.execute(
                "SELECT pid, client_port FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                " AND query LIKE '%append_events%'"
            )
            rows = [Waiting(*row) for row in await cursor.fetchall()]
            return rows if len(rows) >= count else []

        return await eventually(found, f"seen {count} waiting to write")

    async def kill(self, writer: Waiting) -> None:
        """End a writer; what it had begun to write was never written."""
        await self.owner.execute("SELECT pg_terminate_backend(%s, 5000)", (writer.pid,))


@asynccontextmanager
async def set_up(database_url: str, temporal: str, folder: Path) -> AsyncIterator[Stage]:
    """Start a sandbox, and workers that know it, the database and the Temporal server."""
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(running_sandbox(folder))
        settings = settings_for(database_url, temporal, sandbox.url, sandbox.smtp_port)
        keys = MasterKeys(*settings.master_keys)
        pool = await stack.enter_async_context(await connect(database_url))
        network = Network(database_url)
        there = await stack.enter_async_context(network.laid())
        through_network = settings.model_copy(update={"database_url": there})
        owner = await psycopg.AsyncConnection.connect(database_url, autocommit=True)
        await stack.enter_async_context(owner)
        yield Stage(
            first=await stack.enter_async_context(_worker(through_network, PATIENT)),
            second=await stack.enter_async_context(_worker(settings, PATIENT)),
            hasty=await stack.enter_async_context(_worker(settings, HASTY)),
            network=network,
            store=PostgresEventStore(pool, words=Words(DataKeys(pool, keys))),
            subjects=PostgresSubjects(pool, keys),
            sandbox=sandbox.client,
            database_url=database_url,
            owner=owner,
            settings=settings,
        )


@asynccontextmanager
async def _worker(settings: Settings, deadline: timedelta) -> AsyncIterator[OneWorker]:
    async with partners(settings, deadline=deadline) as able:
        yield OneWorker(able)
