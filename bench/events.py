"""Events written and read back, beside the `eventsourcing` library, on the same PostgreSQL.

Written one by one, by 1, 4 and 16 writers, each on a stream of its own: the lives of plain
returns. Ours are tasks and theirs are threads, as each is made for. Both keep versions apart, number
all events and tell subscribers of them; ours also keeps who, when and why in columns of their own,
and a chain of hashes. The promise is held against the library as it comes, which locks its table so
that numbers become visible in their order. By its functions it does not: what commits late is
skipped by whoever follows, and so they are only shown.

Read back: whole lives, from rows to events, and from the database to events. Ours are validated;
theirs are as they come, and validated as their manual shows it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from uuid import uuid4

from activities.event_store import Append
from activities.stored import as_stored
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import connect
from adapters.postgres.wake_ups import WakeUps
from bench import eventsourced as theirs
from bench import replaying
from bench.database import database
from bench.plain import plain_return
from bench.promises import Promise, broken
from bench.replaying import AS_IT_COMES, OURS
from bench.shown import Report, beside
from bench.turns import Block, Turns, in_turn
from bench.words import TENANT
from domain.returns.events import ReturnEvent
from worker import collect_seldom

LEAST = {1: 2.0, 4: 3.0, 16: 4.0}
"""How many times their pace one-event appends have at least, by number of writers."""

LEAST_DECODE = 1.5
"""How many times their pace rows become events at least, theirs as they come."""

DECODED, REPLAYED = "from rows, of CPU", "from the database"
PIPELINE, FUNCTIONS = "its, pipelined", "its, by functions"
APPENDS = {1: 168, 4: 448, 16: 1_344}
"""In one block: whole lives, for each writer as many."""


@dataclass
class Events:
    """What was measured."""

    appended: dict[int, Turns] = field(default_factory=dict)  # by number of writers; events/s
    decoded: Turns = field(default_factory=Turns)  # events/s of CPU
    replayed: Turns = field(default_factory=Turns)  # events/s, read from the database

    def promises(self) -> list[Promise]:
        """What is promised of it, in times their pace."""
        kept = [
            Promise(f"appends by {_by(writers)}", turns.ratio(OURS, PIPELINE), LEAST[writers])
            for writers, turns in self.appended.items()
        ]
        decoding = self.decoded.ratio(OURS, AS_IT_COMES)
        return [*kept, Promise("events from rows", decoding, LEAST_DECODE)]

    def report(self) -> Report:
        """Show it."""
        appended = {_by(writers): turns for writers, turns in self.appended.items()}
        read = {DECODED: self.decoded, REPLAYED: self.replayed}
        least = {_by(writers): f"at least {ratio}" for writers, ratio in LEAST.items()}
        tables = [
            beside("appended one by one", "events/s", appended, least),
            beside("read back", "events/s", read, {DECODED: f"at least {LEAST_DECODE}"}),
        ]
        return Report(tables, broken(self.promises()))


def _by(writers: int) -> str:
    return f"{writers} writer{'s' if writers > 1 else ''}"


async def measure(*, rounds: int) -> Events:
    """Run it all on a server of its own."""
    collect_seldom()  # as in a worker, for whoever works in this process
    life, most = plain_return(), max(LEAST)
    async with (
        database() as url,
        await connect(url, connections=most) as pool,
        WakeUps(url) as wake_ups,
    ):
        store = PostgresEventStore(pool, wake_ups.ring)
        with (
            theirs.recorder(url, "pipeline", connections=most) as pipeline,
            theirs.recorder(url, "functions", connections=most, functions=True) as functions,
        ):
            recorders = {PIPELINE: pipeline, FUNCTIONS: functions}
            await in_turn(_appending(store, recorders, life, 4, 4 * len(life)), rounds=1)  # warm
            result = Events()
            for writers, appends in APPENDS.items():
                sides = _appending(store, recorders, life, writers, appends)
                result.appended[writers] = await in_turn(sides, rounds=rounds)
            decoding, reading = await replaying.sides(store, pipeline, life)
            result.decoded = await in_turn(decoding, rounds=rounds)
            result.replayed = await in_turn(reading, rounds=rounds)
    return result


def _appending(
    store: PostgresEventStore,
    recorders: Mapping[str, theirs.Recorder],
    life: Sequence[ReturnEvent],
    writers: int,
    appends: int,
) -> dict[str, Block]:
    """A block of each side: so many appends in all, of one event each."""
    lives = appends // writers // len(life)
    sides: dict[str, Block] = {OURS: partial(_append, store, life, writers, lives)}
    for name, recorder in recorders.items():
        sides[name] = partial(
            asyncio.to_thread, theirs.append, recorder, life, writers=writers, lives=lives
        )
    return sides


async def _append(
    store: PostgresEventStore, life: Sequence[ReturnEvent], writers: int, lives: int
) -> float:
    """Write lives event by event, each writer in a task; gives appends a second."""
    began = perf_counter()
    await asyncio.gather(*(_write(store, life, lives) for _ in range(writers)))
    return writers * lives * len(life) / (perf_counter() - began)


async def _write(store: PostgresEventStore, life: Sequence[ReturnEvent], lives: int) -> None:
    for _ in range(lives):
        stream = f"return:{TENANT}:{uuid4().hex}"
        for version, event in enumerate(life):
            stored = as_stored((event,), TENANT, stream, "service:bench", f"cause-{version}")
            await store.append(Append(stream, version, stored))
