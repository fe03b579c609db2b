"""The feed never skips a transaction that commits late, and this check can tell.

Positions are handed out before their transactions commit. Each check below is also run on a
store without the lock that cures it, and must then find events missing.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import psycopg
import pytest
from psycopg import IsolationLevel

from activities.event_store import Append, StoredEvent
from adapters.postgres.event_store import APPEND, PostgresEventStore, append_parameters, read_feed
from adapters.postgres.pool import Connection, Pool
from tests.contracts.event_samples import event, first_of

LOCK = "PERFORM pg_advisory_xact_lock_shared(backhaul.position_lock(backhaul.last_position()));"


class Tail:
    """A subscriber: it goes on from the last event it saw, and counts its looks."""

    def __init__(self, store: PostgresEventStore) -> None:
        self._store = store
        self._looked = asyncio.Condition()
        self.looks = 0
        self.seen: list[StoredEvent] = []

    async def look(self) -> int:
        page = await self._store.feed(self.seen[-1].position if self.seen else 0, limit=50)
        self.seen += page
        async with self._looked:
            self.looks += 1
            self._looked.notify_all()
        return len(page)

    async def look_until_all_is_seen(self) -> None:
        while await self.look():
            pass

    async def has_looked(self, times: int) -> None:
        """Wait until it has looked so many times from now."""
        until = self.looks + times
        async with self._looked:
            await self._looked.wait_for(lambda: self.looks >= until)


def assert_each_once_in_order(seen: Sequence[StoredEvent], written: Sequence[UUID]) -> None:
    positions = [each.position for each in seen]
    assert positions == sorted(set(positions)), "an event was seen twice or out of order"
    missing = set(written) - {each.event_id for each in seen}
    assert not missing, f"{len(missing)} events were lost to the subscriber"
    assert len(seen) == len(written), "events were seen that were never committed"
    versions: dict[str, int] = {}
    for each in seen:
        assert each.version == versions.get(each.stream_id, 0) + 1
        versions[each.stream_id] = each.version


async def without_the_lock(owner: Connection) -> None:
    """Put the bug back that the lock cures."""
    cursor = await owner.execute("SELECT pg_get_functiondef('backhaul.append_events'::regproc)")
    definition = str((await cursor.fetchall())[0][0])
    assert LOCK in definition
    await owner.execute(definition.replace(LOCK, "").encode())


def ids(append: Append) -> list[UUID]:
    return [each.event_id for each in append.events]


# ── One slow transaction, step by step ────────────────────────────────────────────────────


async def a_slow_commit(pool: Pool) -> None:
    """One append draws its position and stays open while another commits and is looked for."""
    store = PostgresEventStore(pool)
    tail = Tail(store)
    slow, fast = first_of("return:acme:slow"), first_of("return:acme:fast")
    async with pool.connection() as connection:
        async with connection.transaction():
            await connection.execute(APPEND, append_parameters([slow]))
            await store.append(fast)
            await tail.look()
        await tail.look_until_all_is_seen()
    assert_each_once_in_order(tail.seen, [*ids(slow), *ids(fast)])


async def test_an_append_that_commits_late_is_not_skipped(pool: Pool) -> None:
    await a_slow_commit(pool)


async def test_without_the_lock_the_same_check_finds_it_missing(
    pool: Pool, owner: Connection
) -> None:
    await without_the_lock(owner)
    with pytest.raises(AssertionError, match="1 events were lost"):
        await a_slow_commit(pool)


async def test_the_head_waits_for_an_open_append_and_not_for_one_rolled_back(
    pool: Pool, store: PostgresEventStore
) -> None:
    await store.append(first_of("return:acme:before"))
    async with pool.connection() as connection, connection.transaction(force_rollback=True):
        await connection.execute(APPEND, append_parameters([first_of("return:acme:open")]))
        await store.append(first_of("return:acme:after"))
        assert await store.head() == 1
    assert await store.head() == 3
    assert [each.position for each in await store.feed(0)] == [1, 3]


async def test_an_append_that_is_left_open_is_ended_and_the_feed_goes_on(
    hasty: Pool, store: PostgresEventStore
) -> None:
    async with hasty.connection() as connection:
        await connection.execute("BEGIN")
        await connection.execute(APPEND, append_parameters([first_of("return:acme:left")]))
        await store.append(first_of("return:acme:after"))
        assert await store.head() == 0
        while await store.head() < 2:
            pass
        await connection.close()
    assert [each.stream_id for each in await store.feed(0)] == ["return:acme:after"]


async def test_an_append_that_waits_for_a_row_does_not_hold_the_feed(
    pool: Pool, store: PostgresEventStore, owner: Connection
) -> None:
    await store.append(first_of("return:acme:a"))
    async with pool.connection() as holder, holder.transaction():
        await holder.execute(
            "SELECT 1 FROM backhaul.stream WHERE stream_id = 'return:acme:a' FOR UPDATE"
        )
        waiting = asyncio.create_task(store.append(Append("return:acme:a", 1, (event(),))))
        while not await _somebody_waits(owner):
            pass
        await store.append(first_of("return:acme:b"))
        assert [each.stream_id for each in await store.feed(1)] == ["return:acme:b"]
    await waiting


async def test_other_locks_and_other_write_transactions_do_not_hold_the_feed(
    store: PostgresEventStore, owner: Connection
) -> None:
    async with owner.transaction():
        await owner.execute("CREATE TABLE public.unrelated ()")
        await owner.execute("SELECT pg_advisory_xact_lock(0), pg_advisory_xact_lock_shared(1, 1)")
        await store.append(first_of("return:acme:a"))
        assert len(await store.feed(0)) == 1


async def test_a_sequence_without_a_last_value_stops_appends_and_feed(
    store: PostgresEventStore, owner: Connection
) -> None:
    await owner.execute("SELECT setval('backhaul.event_position', 0, false)")
    for call in (store.append(first_of("return:acme:a")), store.feed(0), store.head()):
        with pytest.raises(psycopg.errors.RaiseException, match="no last value"):
            await call


async def test_the_feed_is_not_read_on_an_old_snapshot(pool: Pool) -> None:
    async with pool.connection() as connection:
        await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        async with connection.transaction():
            with pytest.raises(psycopg.errors.RaiseException, match="READ COMMITTED"):
                await read_feed(connection, 0, 10)
        await connection.set_isolation_level(None)


# ── Storms ────────────────────────────────────────────────────────────────────────────────


class Storm:
    """Writers that append, hold an append open while the subscriber looks, or roll it back."""

    def __init__(self, pool: Pool, seed: int) -> None:
        self._pool = pool
        self._random = random.Random(seed)
        self._store = PostgresEventStore(pool)
        self.tail = Tail(self._store)
        self.written: list[UUID] = []

    async def run(self, writers: Sequence[Awaitable[None]]) -> None:
        storm = asyncio.gather(*writers)
        while not storm.done():
            await self.tail.look()
        await storm
        await self.tail.look_until_all_is_seen()
        assert_each_once_in_order(self.tail.seen, self.written)

    async def busy_writer(self, name: str, appends: int) -> None:
        """Hold every tenth append open for a while, roll back every tenth."""
        await self._write(name, appends, self._random.choice, [*[0] * 8, 1, None], looks=4)

    async def pausing_writer(self, name: str, appends: int) -> None:
        """Mostly commit at once; now and then pause for very long."""
        await self._write(name, appends, self._random.choice, [*[0] * 24, 1], looks=60)

    async def _write(
        self,
        name: str,
        appends: int,
        choose: Callable[[list[int | None]], int | None],
        moods: list[int | None],
        looks: int,
    ) -> None:
        version = 0
        for _ in range(appends):
            count = self._random.randint(1, 3)
            append = Append(f"return:{name}", version, tuple(event() for _ in range(count)))
            mood = choose(moods)
            if mood == 0:
                await self._store.append(append)
            else:
                await self._hold_open(append, rollback=mood is None, looks=looks)
            if mood is not None:
                version += count
                self.written += ids(append)

    async def _hold_open(self, append: Append, *, rollback: bool, looks: int) -> None:
        async with (
            self._pool.connection() as connection,
            connection.transaction(force_rollback=rollback),
        ):
            await connection.execute(APPEND, append_parameters([append]))
            await self.tail.has_looked(self._random.randint(1, looks))


async def crowd(pool: Pool, seed: int) -> None:
    storm = Storm(pool, seed)
    await storm.run([storm.busy_writer(f"busy:{n}", 40) for n in range(14)])


async def few(pool: Pool, seed: int) -> None:
    storm = Storm(pool, seed)
    await storm.run([storm.pausing_writer(f"pausing:{n}", 150) for n in range(3)])


@pytest.mark.parametrize("weather", [crowd, few])
async def test_a_subscriber_sees_every_event_once_and_in_order_through_a_storm(
    pool: Pool, weather: Callable[[Pool, int], Awaitable[None]]
) -> None:
    await weather(pool, 2030)


@pytest.mark.parametrize("weather", [crowd, few])
async def test_without_the_lock_the_same_storm_loses_events(
    pool: Pool, owner: Connection, weather: Callable[[Pool, int], Awaitable[None]]
) -> None:
    await without_the_lock(owner)
    with pytest.raises(AssertionError, match="events were lost"):
        await weather(pool, 2030)


async def _somebody_waits(owner: Connection) -> bool:
    cursor = await owner.execute(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    return bool((await cursor.fetchall())[0][0])
