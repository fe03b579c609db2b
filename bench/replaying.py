"""Lives read back: from rows to events, and from the database to events."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from time import perf_counter, process_time
from typing import TypeVar
from uuid import uuid4

from activities.event_store import Append, StoredEvent
from activities.stored import as_stored
from adapters.postgres.event_store import PostgresEventStore
from bench import eventsourced as theirs
from bench.turns import Block
from bench.words import TENANT
from domain.returns.events import ReturnEvent
from domain.returns.upcasting import read_event

OURS, AS_IT_COMES, VALIDATED = "ours", "its, as it comes", "its, validated"
LIVES = 30
"""Read back in one block."""

AGAIN = 10
"""How often they are decoded in one block."""


async def sides(
    store: PostgresEventStore, recorder: theirs.Recorder, life: Sequence[ReturnEvent]
) -> tuple[dict[str, Block], dict[str, Block]]:
    """Write lives into either store; gives the blocks that decode them, and that read them too."""
    kept = [await _keep(store, life) for _ in range(LIVES)]
    plain, validated = theirs.plain_mapper(), theirs.validating_mapper()
    mapped = [theirs.store_plain(recorder, life) for _ in range(LIVES)]
    said = [theirs.store_validated(recorder, life) for _ in range(LIVES)]
    rows = [(await store.read((stream, 0)))[stream] for stream in kept]
    decoding: dict[str, Block] = {
        OURS: partial(_pace, _decode, rows),
        AS_IT_COMES: partial(_pace, partial(theirs.decode, plain), theirs.rows(recorder, mapped)),
        VALIDATED: partial(_pace, partial(theirs.decode, validated), theirs.rows(recorder, said)),
    }
    reading: dict[str, Block] = {
        OURS: partial(_replay, store, kept),
        AS_IT_COMES: partial(asyncio.to_thread, theirs.replay, recorder, plain, mapped),
        VALIDATED: partial(asyncio.to_thread, theirs.replay, recorder, validated, said),
    }
    return decoding, reading


Row = TypeVar("Row")


async def _pace(decode: Callable[[Sequence[Row]], int], lives: Sequence[Sequence[Row]]) -> float:
    """Events for each second of CPU, life by life: nothing is waited for."""
    began = process_time()
    count = sum(decode(rows) for _ in range(AGAIN) for rows in lives)
    return count / (process_time() - began)


def _decode(rows: Iterable[StoredEvent]) -> int:
    return len([read_event(row.type, row.schema_version, row.data) for row in rows])


async def _keep(store: PostgresEventStore, life: Sequence[ReturnEvent]) -> str:
    stream = f"return:{TENANT}:{uuid4().hex}"
    await store.append(Append(stream, 0, as_stored(life, TENANT, stream, "service:bench", "all")))
    return stream


async def _replay(store: PostgresEventStore, streams: Sequence[str]) -> float:
    """Read lives back into events, one by one; gives events a second."""
    began, count = perf_counter(), 0
    for stream in streams:
        count += _decode((await store.read((stream, 0)))[stream])
    return count / (perf_counter() - began)
