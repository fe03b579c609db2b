"""How far behind a subscriber is, while events come at a steady pace.

100 events a second are appended one by one, at their times and not when the last is through; a
subscriber in no hurry to rest applies each page to a table of its own. Its lag is from the moment
at which the writer knows that its event is kept to the one at which the subscriber's own
transaction, its place in the feed included, is kept too. Read models rest between two pages
(`projections.runner.REST_S`): theirs is measured beside it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles
from time import perf_counter
from uuid import UUID, uuid4

from activities.event_store import Append, StoredEvent
from activities.stored import as_stored
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Connection, Pool, connect
from adapters.postgres.subscription import Projection, Subscription
from adapters.postgres.wake_ups import WakeUps
from bench.database import database
from bench.plain import plain_return
from bench.promises import Promise, broken
from bench.shown import Report, table
from bench.words import TENANT
from projections.runner import REST_S

PER_SECOND = 100
MOST_P50_MS = 5.0
WARM_UP = 50
"""Events before the first that counts."""


class _Seen:
    """A read model of its own: each event's id, in a table."""

    name, version = "bench_seen", 1

    def __init__(self) -> None:
        self.page: list[UUID] = []

    async def create(self, connection: Connection) -> None:
        await connection.execute("CREATE TABLE bench_seen (event_id uuid PRIMARY KEY)")

    async def apply(self, connection: Connection, events: Sequence[StoredEvent]) -> None:
        self.page += [event.event_id for event in events]
        await connection.execute(
            "INSERT INTO bench_seen SELECT unnest(%b::uuid[])", ([one.event_id for one in events],)
        )


class _Timed(Subscription):
    """Notes when each event's page was kept."""

    def __init__(self, pool: Pool, wake_ups: WakeUps, *, rest_s: float) -> None:
        super().__init__(pool, wake_ups, rest_s=rest_s)
        self.kept: dict[UUID, float] = {}

    async def catch_up(self, projection: Projection) -> int:
        position = await super().catch_up(projection)
        assert isinstance(projection, _Seen)
        now = perf_counter()
        self.kept |= dict.fromkeys(projection.page, now)
        projection.page.clear()
        return position


@dataclass(frozen=True)
class Lag:
    """Milliseconds."""

    lags: list[float]

    def at(self, percent: int) -> float:
        return quantiles(self.lags, n=100)[percent - 1]


async def measure(*, seconds: int) -> Report:
    """A subscriber in a hurry, and then one that rests as read models do; each on its own."""
    hurried, rested = [await _lag(seconds, rest_s) for rest_s in (0.0, REST_S)]
    rows = [
        [name, *(f"{lag.at(percent):.1f}" for percent in (50, 90, 99)), f"{max(lag.lags):.1f}"]
        for name, lag in (("looks at once", hurried), (f"rests {REST_S} s", rested))
    ]
    columns = ("lag, ms", "p50", "p90", "p99", "most")
    title = f"a subscriber of {PER_SECOND} events a second"
    promised = Promise("lag, ms, p50", hurried.at(50), most=MOST_P50_MS)
    return Report([table(title, columns, rows)], broken([promised]))


async def _lag(seconds: int, rest_s: float) -> Lag:
    stop, seen = asyncio.Event(), _Seen()
    async with database() as url, await connect(url) as pool, WakeUps(url) as wake_ups:
        subscription = _Timed(pool, wake_ups, rest_s=rest_s)
        running = asyncio.create_task(subscription.run(seen, stop))
        store = PostgresEventStore(pool, wake_ups.ring)
        appended = await _append_steadily(store, WARM_UP + seconds * PER_SECOND)
        stop.set()
        await running
        await subscription.catch_up(seen)  # with what came while it ended
    counted = list(appended.items())[WARM_UP:]
    return Lag([(subscription.kept[event_id] - kept) * 1_000 for event_id, kept in counted])


async def _append_steadily(store: PostgresEventStore, count: int) -> dict[UUID, float]:
    """Append each event at its time, beside those under way; gives when each was kept."""
    life, kept, began = plain_return(), dict[UUID, float](), perf_counter()

    async def append(number: int) -> None:
        await asyncio.sleep(began + number / PER_SECOND - perf_counter())
        stream = f"return:{TENANT}:{uuid4().hex}"
        event = life[number % len(life)]
        stored = as_stored((event,), TENANT, stream, "service:bench", "one")
        await store.append(Append(stream, 0, stored))
        kept[stored[0].event_id] = perf_counter()

    async with asyncio.TaskGroup() as appends:
        for number in range(count):
            appends.create_task(append(number))
    return kept
