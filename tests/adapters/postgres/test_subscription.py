"""A read model is the fold of the feed: each event once, in order, whatever breaks in between."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import psycopg
import pytest
from psycopg.errors import DuplicateTable

from activities.event_store import Append, StoredEvent
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Connection, Pool
from adapters.postgres.subscription import PAGE, Subscription, Superseded
from adapters.postgres.wake_ups import WakeUps
from tests.contracts.event_samples import event, first_of


@dataclass
class Board:
    """How many events each stream holds, in the order they were counted."""

    version: int = 1
    name: str = "board"
    shape: str = "stream_id text PRIMARY KEY, held integer NOT NULL"
    pages: list[int] = field(default_factory=list)
    breaks_on_page: int | None = None
    applied: asyncio.Event = field(default_factory=asyncio.Event)

    async def create(self, connection: Connection) -> None:
        await connection.execute(f"CREATE TABLE board ({self.shape})".encode())
        await connection.execute("CREATE VIEW board_total AS SELECT sum(held) AS held FROM board")

    async def apply(self, connection: Connection, events: Sequence[StoredEvent]) -> None:
        self.pages.append(len(events))
        for each in events:
            await connection.execute(
                "INSERT INTO board AS b (stream_id, held) VALUES (%s, 1)"
                " ON CONFLICT (stream_id) DO UPDATE SET held = b.held + 1",
                (each.stream_id,),
            )
        if len(self.pages) == self.breaks_on_page:
            raise RuntimeError("the process dies here")
        self.applied.set()


@pytest.fixture
def subscription(pool: Pool) -> Subscription:
    return Subscription(pool)


async def read(
    pool: Pool, question: str = "SELECT stream_id, held FROM board ORDER BY 1"
) -> object:
    async with pool.connection() as connection:
        return await (await connection.execute(question.encode())).fetchall()


async def test_a_projection_is_built_and_then_kept_up(
    pool: Pool, store: PostgresEventStore, subscription: Subscription
) -> None:
    await store.append(first_of("a", event(), event()), first_of("b"))
    assert await subscription.catch_up(Board()) == await store.head()
    assert await read(pool) == [("a", 2), ("b", 1)]
    await store.append(Append("b", 1, (event(),)))
    assert await subscription.catch_up(Board()) == await store.head()
    assert await read(pool) == [("a", 2), ("b", 2)]
    assert await read(pool, "SELECT held FROM board_total") == [(4,)]


async def test_a_projection_of_nothing_has_its_tables(
    pool: Pool, subscription: Subscription
) -> None:
    assert await subscription.catch_up(Board()) == 0
    assert await read(pool) == []


async def test_more_than_a_page_is_applied_page_by_page(
    store: PostgresEventStore, subscription: Subscription
) -> None:
    board = Board()
    await subscription.catch_up(board)
    for stream in range(3):
        await store.append(first_of(f"s{stream}", *(event() for _ in range(PAGE // 2))))
    await subscription.catch_up(board)
    assert board.pages == [PAGE, PAGE // 2]


async def test_a_page_that_breaks_is_not_half_applied_and_not_applied_twice(
    pool: Pool, store: PostgresEventStore, subscription: Subscription
) -> None:
    await subscription.catch_up(Board())
    await store.append(first_of("a", event(), event()))
    with pytest.raises(RuntimeError):
        await subscription.catch_up(Board(breaks_on_page=1))
    assert await read(pool) == []
    await subscription.catch_up(Board())
    assert await read(pool) == [("a", 2)]


async def test_processes_that_keep_the_same_projection_apply_each_event_once(
    pool: Pool, store: PostgresEventStore
) -> None:
    await Subscription(pool).catch_up(Board())
    for stream in range(4):
        await store.append(first_of(f"s{stream}", *(event() for _ in range(PAGE // 2))))
    await asyncio.gather(*(Subscription(pool).catch_up(Board()) for _ in range(4)))
    assert await read(pool) == [(f"s{stream}", PAGE // 2) for stream in range(4)]


async def test_processes_that_meet_a_new_projection_build_it_once(
    pool: Pool, store: PostgresEventStore
) -> None:
    await store.append(first_of("a", event(), event()))
    boards = [Board() for _ in range(4)]
    await asyncio.gather(*(Subscription(pool).catch_up(board) for board in boards))
    assert await read(pool) == [("a", 2)]
    assert sorted(board.pages for board in boards) == [[], [], [], [2]]


# ── Built anew ────────────────────────────────────────────────────────────────────────────


async def test_what_was_thrown_away_is_built_again_the_same(
    pool: Pool, store: PostgresEventStore, subscription: Subscription
) -> None:
    await store.append(first_of("a", event(), event()), first_of("b"))
    await subscription.catch_up(Board())
    before = await read(pool)
    async with pool.connection() as connection:
        await connection.execute("UPDATE board SET held = 99")
    assert await subscription.rebuild(Board()) == await store.head()
    assert await read(pool) == before
    await store.append(Append("b", 1, (event(),)))
    await subscription.catch_up(Board())
    assert await read(pool) == [("a", 2), ("b", 2)]


async def test_a_rebuild_that_breaks_leaves_what_was_there(
    pool: Pool, store: PostgresEventStore, subscription: Subscription
) -> None:
    await store.append(first_of("a"))
    await subscription.catch_up(Board())
    with pytest.raises(RuntimeError):
        await subscription.rebuild(Board(breaks_on_page=1))
    assert await read(pool) == [("a", 1)]
    await subscription.rebuild(Board())
    assert await read(pool) == [("a", 1)]


async def test_while_it_is_built_anew_the_old_one_is_read_and_kept_up(
    pool: Pool, store: PostgresEventStore, subscription: Subscription
) -> None:
    class Slow(Board):
        async def apply(self, connection: Connection, events: Sequence[StoredEvent]) -> None:
            await super().apply(connection, events)
            if len(self.pages) == 1:
                await store.append(Append("a", 1, (event(),)))
                await subscription.catch_up(Board())
                seen_meanwhile.append(await read(pool))

    seen_meanwhile: list[object] = []
    await store.append(first_of("a"))
    await subscription.catch_up(Board())
    await subscription.rebuild(Slow())
    assert seen_meanwhile == [[("a", 2)]]
    assert await read(pool) == [("a", 2)]


async def test_a_new_version_with_another_shape_takes_the_place_of_the_old(
    pool: Pool, store: PostgresEventStore, subscription: Subscription
) -> None:
    await store.append(first_of("a", event(), event()))
    await subscription.catch_up(Board(version=1))
    shape = "stream_id text PRIMARY KEY, held integer NOT NULL, note text DEFAULT 'new'"
    await subscription.catch_up(Board(version=2, shape=shape))
    assert await read(pool, "SELECT * FROM board") == [("a", 2, "new")]


async def test_an_older_release_does_not_write_to_what_a_newer_one_built(
    pool: Pool, store: PostgresEventStore, subscription: Subscription
) -> None:
    await store.append(first_of("a"))
    await subscription.catch_up(Board(version=2))
    for call in (subscription.catch_up, subscription.rebuild):
        with pytest.raises(Superseded, match="board@2 is in place"):
            await call(Board(version=1))
    await subscription.run(Board(version=1), asyncio.Event())  # ends by itself
    assert await read(pool) == [("a", 1)]


async def test_a_table_that_belongs_to_another_projection_is_not_replaced(
    pool: Pool, store: PostgresEventStore, subscription: Subscription
) -> None:
    await store.append(first_of("a"))
    await subscription.catch_up(Board())
    with pytest.raises(DuplicateTable):
        await subscription.catch_up(Board(name="another"))
    assert await read(pool) == [("a", 1)]


async def test_pages_and_builds_may_take_longer_than_an_append(
    hasty: Pool, store: PostgresEventStore
) -> None:
    class Slow(Board):
        async def apply(self, connection: Connection, events: Sequence[StoredEvent]) -> None:
            await super().apply(connection, events)
            await connection.execute("SELECT pg_sleep(0.3)")

    await store.append(first_of("a"))
    await Subscription(hasty).catch_up(Slow())
    await store.append(first_of("b"))
    await Subscription(hasty).catch_up(Slow())
    assert await read(hasty) == [("a", 1), ("b", 1)]


# ── Kept running ──────────────────────────────────────────────────────────────────────────


async def test_it_runs_until_it_is_stopped_and_notices_what_is_appended(
    pool: Pool, store: PostgresEventStore, subscription: Subscription
) -> None:
    board, stop = Board(), asyncio.Event()
    running = asyncio.create_task(subscription.run(board, stop))
    await store.append(first_of("a"))
    await board.applied.wait()
    stop.set()
    await running
    assert await read(pool) == [("a", 1)]


async def test_a_ring_is_heard_in_every_process_and_wakes_a_subscription_that_polls_rarely(
    fresh_database: str, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.postgres.subscription.POLL_S", 3_600.0)
    board, stop = Board(), asyncio.Event()
    async with WakeUps(fresh_database) as here, WakeUps(fresh_database) as there:
        await asyncio.gather(here.next_ring().wait(), there.next_ring().wait())  # both listen
        running = asyncio.create_task(Subscription(pool, there).run(board, stop))
        store = PostgresEventStore(pool, appended=here.ring)
        await store.append(first_of("a"))
        await board.applied.wait()
        stop.set()
        await running
    assert await read(pool) == [("a", 1)]


async def test_many_rings_are_told_as_one_and_the_next_not_before_its_time(
    fresh_database: str, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.postgres.wake_ups.COALESCE_S", 3_600.0)
    async with (
        WakeUps(fresh_database) as wake_ups,
        await psycopg.AsyncConnection.connect(fresh_database, autocommit=True) as listener,
    ):
        await listener.execute("LISTEN backhaul_appended")
        for _ in range(1_000):
            wake_ups.ring()
        told = [notice async for notice in listener.notifies(stop_after=1)]
        wake_ups.ring()
        told += [notice async for notice in listener.notifies(timeout=0.1)]
    assert len(told) == 1


async def test_a_listener_whose_connection_broke_listens_again(
    fresh_database: str, pool: Pool, owner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.postgres.wake_ups.RECONNECT_S", 0.0)
    async with WakeUps(fresh_database) as wake_ups:
        await wake_ups.next_ring().wait()
        again = wake_ups.next_ring()
        await owner.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
        await again.wait()
