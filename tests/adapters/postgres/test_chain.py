"""A stream that was changed afterwards says where: each event's hash is over all before it."""

from typing import LiteralString

import psycopg
import pytest

from activities.event_store import Append
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Connection
from tests.contracts.event_samples import event, first_of

R = "return:acme:R-1"


@pytest.fixture
async def written(store: PostgresEventStore) -> PostgresEventStore:
    await store.append(first_of(R, event(), event()), first_of("return:acme:R-2"))
    await store.append(Append(R, 2, (event(), event())))
    return store


async def test_what_nobody_touched_is_whole(written: PostgresEventStore) -> None:
    for stream_id in (R, "return:acme:R-2", "return:acme:unknown"):
        assert await written.first_broken_link(stream_id) is None


@pytest.mark.parametrize(
    "tampering",
    [
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
    ],
)
async def test_one_changed_field_is_found_where_it_was_changed(
    written: PostgresEventStore, owner: Connection, tampering: LiteralString
) -> None:
    change = psycopg.sql.SQL("UPDATE backhaul.event SET {} WHERE stream_id = %s AND version = 3")
    await owner.execute(change.format(psycopg.sql.SQL(tampering)), (R,))
    assert await written.first_broken_link(R) == 3


@pytest.mark.parametrize(
    ("tampering", "found_at"),
    [
        ("DELETE FROM backhaul.event WHERE stream_id = %s AND version = 2", 2),
        ("DELETE FROM backhaul.event WHERE stream_id = %s AND version = 4", 4),
        ("UPDATE backhaul.event SET version = version + 1 WHERE stream_id = %s AND version > 3", 4),
        ("UPDATE backhaul.event SET born = born - 400 WHERE stream_id = %s AND version = 1", 1),
    ],
)
async def test_an_event_that_was_removed_or_moved_is_missed(
    written: PostgresEventStore, owner: Connection, tampering: LiteralString, found_at: int
) -> None:
    await owner.execute(tampering, (R,))
    assert await written.first_broken_link(R) == found_at
