"""People's own words in events: read by whoever has keys, erasable, and the same to the byte."""

import json
from dataclasses import replace
from typing import Any

import pytest

from activities.event_ids import new_event_id
from activities.event_store import Append, NewEvent
from adapters.postgres.data_keys import DataKeys
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Connection, Pool
from adapters.sealing.words import Words
from adapters.sealing.wrapping import MasterKeys
from tests.contracts.event_samples import SAMPLE

STREAM = "return:acme:R-1"
SAID = 'said by "Zoë\\Kanarienvogel"\n, at her door'


def event(actor: str = "customer:c-7", **data: Any) -> NewEvent:
    said = json.dumps({"unit": "1/1", **data}, separators=(",", ":"), ensure_ascii=False)
    return replace(SAMPLE, event_id=new_event_id(), data=said, actor=actor, type="UnitSaid")


def with_keys(pool: Pool) -> PostgresEventStore:
    """A process of its own: nothing is remembered."""
    return PostgresEventStore(pool, words=Words(DataKeys(pool, MasterKeys(bytes(32)), fresh_s=0)))


async def written(owner: Connection) -> str:
    cursor = await owner.execute("SELECT event::text FROM backhaul.event AS event")
    return "\n".join(row[0] for row in await cursor.fetchall())


async def test_words_are_sealed_where_they_stand_and_read_by_whoever_has_keys(
    pool: Pool, store: PostgresEventStore, owner: Connection
) -> None:
    said = event(note=SAID, parts=[{"because": SAID}, {"because": ""}])
    await with_keys(pool).append(Append(STREAM, 0, (said,)))
    assert "Kanarienvogel" not in await written(owner)
    assert (await with_keys(pool).read((STREAM, 0)))[STREAM][0].data == said.data
    unread = json.loads((await store.read((STREAM, 0)))[STREAM][0].data)
    assert (unread["note"], unread["unit"]) == ("(sealed)", "1/1")
    [fed] = await store.feed(0)
    assert json.loads(fed.data)["parts"] == [{"because": "(sealed)"}, {"because": ""}]


async def test_the_same_append_again_is_the_same(pool: Pool) -> None:
    append = Append(STREAM, 0, (event(note=SAID),))
    for _ in range(2):
        await with_keys(pool).append(append)
    assert len((await with_keys(pool).read((STREAM, 0)))[STREAM]) == 1


async def test_a_destroyed_key_leaves_the_event_and_takes_the_words(
    pool: Pool, owner: Connection
) -> None:
    await with_keys(pool).append(Append(STREAM, 0, (event(note=SAID, amount_minor=500),)))
    await owner.execute(
        "UPDATE backhaul.data_key SET wrapped_key = NULL, retired_at = now(), destroyed_at = now()"
    )
    store = with_keys(pool)
    left = json.loads((await store.read((STREAM, 0)))[STREAM][0].data)
    assert left == {"unit": "1/1", "note": "(erased)", "amount_minor": 500}
    assert await store.first_broken_link(STREAM) is None
    await store.append(Append(STREAM, 1, (event(note="again"),)))
    assert json.loads((await store.read((STREAM, 1)))[STREAM][0].data)["note"] == "again"


@pytest.mark.parametrize(
    "said",
    [
        event(actor="system:backhaul", because="the carrier lost it"),
        replace(event(because="paid twice"), type="OrderEscalated"),
        event(note="", amount_minor=1),
    ],
)
async def test_sentences_of_rules_stay_readable_and_need_no_key(
    pool: Pool, owner: Connection, store: PostgresEventStore, said: NewEvent
) -> None:
    await with_keys(pool).append(Append(STREAM, 0, (said,)))
    assert (await store.read((STREAM, 0)))[STREAM][0].data == said.data
    assert await (await owner.execute("SELECT FROM backhaul.data_key")).fetchall() == []


async def test_words_that_look_sealed_are_words(pool: Pool) -> None:
    said = event(note=f"sealed:{'0' * 32}:{'A' * 40}")
    await with_keys(pool).append(Append(STREAM, 0, (said,)))
    assert (await with_keys(pool).read((STREAM, 0)))[STREAM][0].data == said.data


async def test_words_moved_to_another_event_do_not_open(pool: Pool, owner: Connection) -> None:
    await with_keys(pool).append(Append(STREAM, 0, (event(note="one"), event(note="two"))))
    await owner.execute(
        "UPDATE backhaul.event SET data = other.data FROM backhaul.event AS other"
        " WHERE event.version = 2 AND other.version = 1"
    )
    notes = [
        json.loads(one.data)["note"] for one in (await with_keys(pool).read((STREAM, 0)))[STREAM]
    ]
    assert notes == ["one", "(sealed)"]
