"""A stream that was changed afterwards says where: each event's hash is over all before it."""

from typing import LiteralString
from uuid import uuid4

from psycopg import sql

from activities.event_store import Append
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Connection
from tests.contracts.event_samples import event, first_of

CHANGES: tuple[LiteralString, ...] = (
    """data = '{"place":"Lyom"}'""",
    'data = \'{ "place":"Lyon"}\'',
    "type = 'ParcelLost'",
    "schema_version = 2",
    "occurred_at = occurred_at + interval '1 microsecond'",
    "recorded_at = recorded_at - interval '1 microsecond'",
    "actor = 'staff:x'",
    "causation_id = 'another'",
    "correlation_id = 'another'",
    "tenant = 'zenith'",
    "event_id = gen_random_uuid()",
    "position = position + 1000",
    "hash = sha256(hash)",
)
REMOVALS: dict[LiteralString, int] = {
    "DELETE FROM backhaul.event WHERE stream_id = %s AND version = 2": 2,
    "DELETE FROM backhaul.event WHERE stream_id = %s AND version = 4": 4,
    "UPDATE backhaul.event SET version = version + 1 WHERE stream_id = %s AND version > 3": 4,
    "UPDATE backhaul.event SET born = born - 400 WHERE stream_id = %s AND version = 1": 1,
}


async def four_events(store: PostgresEventStore) -> str:
    """Write a stream in two appends; give its name."""
    stream_id = f"return:acme:{uuid4()}"
    await store.append(first_of(stream_id, event(), event()))
    await store.append(Append(stream_id, 2, (event(), event())))
    return stream_id


async def test_what_nobody_touched_is_whole(store: PostgresEventStore) -> None:
    for stream_id in (await four_events(store), await four_events(store), "return:acme:unknown"):
        assert await store.first_broken_link(stream_id) is None


async def test_a_change_to_any_field_is_found_where_it_was_made(
    store: PostgresEventStore, owner: Connection
) -> None:
    found = {}
    for change in CHANGES:
        stream_id = await four_events(store)
        update = sql.SQL("UPDATE backhaul.event SET {} WHERE stream_id = %s AND version = 3")
        await owner.execute(update.format(sql.SQL(change)), (stream_id,))
        found[change] = await store.first_broken_link(stream_id)
    assert found == dict.fromkeys(CHANGES, 3)


async def test_an_event_that_was_removed_or_moved_is_missed(
    store: PostgresEventStore, owner: Connection
) -> None:
    found = {}
    for removal in REMOVALS:
        stream_id = await four_events(store)
        await owner.execute(removal, (stream_id,))
        found[removal] = await store.first_broken_link(stream_id)
    assert found == REMOVALS
