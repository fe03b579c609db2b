"""A connection breaks at the worst moment: the same append again gives the same answer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from activities.event_store import Append, StoreUnavailable
from adapters.postgres.event_store import APPEND, PostgresEventStore, append_parameters
from adapters.postgres.pool import Connection, Pool, borrowed, connect
from tests.contracts.event_samples import event, first_of

R = "return:acme:R-1"


class Wire:
    """A piece of network between us and the database; `cut` says what it does with answers."""

    def __init__(self, host: str, port: int) -> None:
        self._there = (host, port)
        self.cut = False
        self.answers_lost = 0

    @asynccontextmanager
    async def laid(self) -> AsyncIterator[int]:
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        async with server:
            yield server.sockets[0].getsockname()[1]

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, to_them = await asyncio.open_connection(*self._there)
        there = asyncio.create_task(self._pass(reader, to_them, lambda: False))
        await self._pass(theirs, writer, lambda: self.cut)
        to_them.close()
        await there

    async def _pass(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        is_cut: Callable[[], bool],
    ) -> None:
        while chunk := await source.read(65_536):
            if is_cut():
                self.answers_lost += 1
                break
            sink.write(chunk)
        sink.close()


@pytest.fixture
async def wire(fresh_database: str) -> Wire:
    there = conninfo_to_dict(fresh_database)
    return Wire(str(there["host"]), int(there["port"] or 5432))


async def test_an_append_whose_answer_was_lost_is_there_and_may_be_repeated(
    fresh_database: str, wire: Wire, store: PostgresEventStore
) -> None:
    append = first_of(R, event(), event())
    async with wire.laid() as port:
        url = make_conninfo(fresh_database, host="127.0.0.1", port=port)
        async with await connect(url, migrate=False) as far:
            far_store = PostgresEventStore(far)
            await far_store.head()  # the way is open
            wire.cut = True
            with pytest.raises(StoreUnavailable):
                await far_store.append(append)
            assert wire.answers_lost >= 1
            assert len((await store.read((R, 0)))[R]) == 2
            wire.cut = False
            await far_store.append(append)
    assert len((await store.read((R, 0)))[R]) == 2


async def test_an_append_that_was_killed_before_its_commit_is_not_there_and_may_be_repeated(
    pool: Pool, store: PostgresEventStore, owner: Connection
) -> None:
    append = first_of(R)

    async def die_before_the_commit() -> None:
        async with borrowed(pool) as connection, connection.transaction():
            await connection.execute(APPEND, append_parameters([append]))
            await kill(owner, connection.info.backend_pid)

    with pytest.raises(StoreUnavailable):
        await die_before_the_commit()
    assert await store.read((R, 0)) == {R: ()}
    await store.append(append)
    assert len(await store.feed(0)) == 1


async def test_an_append_that_was_killed_while_it_waited_may_be_repeated(
    pool: Pool, store: PostgresEventStore, owner: Connection
) -> None:
    await store.append(first_of(R))
    second = Append(R, 1, (event(),))
    async with pool.connection() as holder, holder.transaction():
        await holder.execute("SELECT 1 FROM backhaul.stream FOR UPDATE")
        waiting = asyncio.create_task(store.append(second))
        while not (pid := await the_one_that_waits(owner)):
            pass
        await kill(owner, pid)
        with pytest.raises(StoreUnavailable):
            await waiting
    await store.append(second)
    assert len((await store.read((R, 0)))[R]) == 2


async def test_after_all_connections_broke_one_call_fails_and_the_next_succeeds(
    fresh_database: str, owner: Connection
) -> None:
    async with await connect(fresh_database, migrate=False, connections=6) as pool:
        store = PostgresEventStore(pool)
        await asyncio.gather(*(store.append(first_of(f"return:{n}")) for n in range(12)))
        await owner.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with pytest.raises(StoreUnavailable):
            await store.head()
        assert len(await asyncio.gather(*(store.feed(0) for _ in range(12)))) == 12


async def test_a_call_that_takes_too_long_ends_by_its_deadline_and_leaves_the_pool_whole(
    pool: Pool, store: PostgresEventStore
) -> None:
    with pytest.raises(StoreUnavailable, match="TimeoutError"):
        async with borrowed(pool, deadline_s=0.05) as connection:
            await connection.execute("SELECT pg_sleep(60)")
    assert await store.head() == 0


async def test_a_server_that_refuses_to_write_is_unavailable(
    pool: Pool, store: PostgresEventStore, owner: Connection
) -> None:
    name = psycopg.sql.Identifier(owner.info.dbname)
    await owner.execute(
        psycopg.sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(name)
    )
    await owner.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with pytest.raises(StoreUnavailable):
        await store.append(first_of(R))


async def kill(owner: Connection, pid: int) -> None:
    await owner.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


async def the_one_that_waits(owner: Connection) -> int | None:
    cursor = await owner.execute(
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    row = await cursor.fetchone()
    return None if row is None else int(row[0])
