"""What every event store keeps: the one on PostgreSQL and its twin in memory."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest

from activities.event_store import (
    CAUSATION_ID_MAX,
    Append,
    ContentMismatch,
    EventStore,
    NewEvent,
    StoredEvent,
    VersionConflict,
)
from adapters.memory.event_store import MemoryEventStore
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import connect
from tests.contracts.event_samples import MONDAY, event, first_of

RETURN = "return:acme:R-1"
ORDER = "order:acme:W-1042"


@pytest.fixture
def memory() -> EventStore:
    return MemoryEventStore()


@pytest.fixture
async def postgres(fresh_database: str) -> AsyncIterator[EventStore]:
    async with await connect(fresh_database) as pool:
        yield PostgresEventStore(pool)


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> EventStore:
    kept: EventStore = request.getfixturevalue(request.param)
    return kept


def as_decided(stored: StoredEvent) -> NewEvent:
    return NewEvent(**{field.name: getattr(stored, field.name) for field in fields(NewEvent)})


async def stream(store: EventStore, stream_id: str = RETURN) -> tuple[StoredEvent, ...]:
    return (await store.read((stream_id, 0)))[stream_id]


# ── Reading ───────────────────────────────────────────────────────────────────────────────


async def test_a_stream_that_was_never_written_is_empty(store: EventStore) -> None:
    assert await store.read((RETURN, 0)) == {RETURN: ()}


async def test_what_was_appended_comes_back_in_its_place(store: EventStore) -> None:
    events = (event(type="ParcelScanned"), event(type="ParcelReceived", schema_version=2))
    before = datetime.now(UTC)
    await store.append(first_of(RETURN, *events))
    stored = await stream(store)
    assert tuple(map(as_decided, stored)) == events
    assert [(each.stream_id, each.version) for each in stored] == [(RETURN, 1), (RETURN, 2)]
    assert all(
        before - timedelta(minutes=1) < each.recorded_at < before + timedelta(minutes=1)
        for each in stored
    )


async def test_data_comes_back_to_the_byte(store: EventStore) -> None:
    texts = ['{"b":1,"a":2}', '{ "n": 1.00 }', '{"a":1,"a":2}', '"Łódź ☃ 𝄞"', '"\\u0000"', "[]"]
    await store.append(first_of(RETURN, *(event(data=text) for text in texts)))
    assert [each.data for each in await stream(store)] == texts


async def test_a_time_with_another_offset_is_the_same_instant(store: EventStore) -> None:
    in_lyon = MONDAY.astimezone(timezone(timedelta(hours=1)))
    await store.append(first_of(RETURN, event(occurred_at=in_lyon)))
    assert (await stream(store))[0].occurred_at == MONDAY


async def test_only_what_follows_a_version_is_read(store: EventStore) -> None:
    await store.append(first_of(RETURN, event(), event(), event()))
    after_two = (await store.read((RETURN, 2)))[RETURN]
    assert [each.version for each in after_two] == [3]


async def test_several_streams_are_read_at_once(store: EventStore) -> None:
    await store.append(first_of(RETURN, event(), event()), first_of(ORDER))
    found = await store.read((RETURN, 1), (ORDER, 0), ("return:acme:R-2", 0))
    assert {name: [each.version for each in events] for name, events in found.items()} == {
        RETURN: [2],
        ORDER: [1],
        "return:acme:R-2": [],
    }


# ── Two writers ───────────────────────────────────────────────────────────────────────────


async def test_another_version_than_the_one_expected_is_a_conflict(store: EventStore) -> None:
    await store.append(first_of(RETURN, event(), event()))
    for expected in (0, 1, 3, 7):
        with pytest.raises(VersionConflict) as conflict:
            await store.append(Append(RETURN, expected, (event(),)))
        said = (conflict.value.stream_id, conflict.value.expected, conflict.value.actual)
        assert said == (RETURN, expected, 2)
    assert len(await stream(store)) == 2


async def test_a_stream_that_does_not_exist_is_at_version_nought(store: EventStore) -> None:
    with pytest.raises(VersionConflict) as conflict:
        await store.append(Append(RETURN, 4, (event(),)))
    assert conflict.value.actual == 0


@pytest.mark.parametrize("held", [0, 2])
async def test_of_writers_that_race_exactly_one_wins(store: EventStore, held: int) -> None:
    if held:
        await store.append(first_of(RETURN, *(event() for _ in range(held))))
    ours = [event() for _ in range(8)]
    answers = await asyncio.gather(
        *(store.append(Append(RETURN, held, (each,))) for each in ours), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == [
        "NoneType",
        *["VersionConflict"] * 7,
    ]
    winner = ours[answers.index(None)]
    assert [each.event_id for each in (await stream(store))[held:]] == [winner.event_id]


async def test_several_streams_are_written_all_or_none(store: EventStore) -> None:
    await store.append(first_of(RETURN))
    with pytest.raises(VersionConflict) as conflict:
        await store.append(first_of(ORDER), first_of(RETURN), first_of("a:first"))
    assert conflict.value.stream_id == RETURN
    assert await store.read((ORDER, 0), ("a:first", 0)) == {ORDER: (), "a:first": ()}
    assert len(await store.feed(0)) == 1
    await store.append(first_of(ORDER))  # nothing of the attempt is in its way


async def test_writers_of_the_same_streams_in_another_order_never_block_each_other(
    store: EventStore,
) -> None:
    names = (RETURN, ORDER)
    for version in range(10):
        answers = await asyncio.gather(
            store.append(*(Append(name, version, (event(),)) for name in names)),
            store.append(*(Append(name, version, (event(),)) for name in reversed(names))),
            return_exceptions=True,
        )
        assert sorted(type(answer).__name__ for answer in answers) == [
            "NoneType",
            "VersionConflict",
        ]


# ── A lost answer ─────────────────────────────────────────────────────────────────────────


async def test_a_repeat_succeeds_and_writes_nothing(store: EventStore) -> None:
    opening = (first_of(RETURN, event(), event()), first_of(ORDER))
    await store.append(*opening)
    before = await store.feed(0)
    await store.append(*opening)
    assert await store.feed(0) == before


async def test_a_repeat_succeeds_however_far_the_stream_has_gone_on(store: EventStore) -> None:
    await store.append(first_of(RETURN))
    middle = Append(RETURN, 1, (event(), event()))
    await store.append(middle)
    await store.append(Append(RETURN, 3, (event(),)))
    await store.append(middle)
    assert len(await stream(store)) == 4


async def test_the_same_event_with_any_other_content_is_a_defect(store: EventStore) -> None:
    others: dict[str, Any] = {
        "type": "ParcelLost",
        "schema_version": 2,
        "occurred_at": MONDAY + timedelta(microseconds=1),
        "actor": "service:warehouse",
        "causation_id": "evt_2",
        "correlation_id": "R-2",
        "tenant": "zenith",
        "data": '{"place": "Lyon"}',
    }
    assert {*others, "event_id"} == {field.name for field in fields(NewEvent)}
    was, said = event(), event()
    await store.append(first_of(RETURN, was, said))
    for field, other in others.items():
        with pytest.raises(ContentMismatch) as mismatch:
            await store.append(first_of(RETURN, was, replace(said, **{field: other})))
        assert (mismatch.value.stream_id, mismatch.value.version) == (RETURN, 2)
    assert [as_decided(each) for each in await stream(store)] == [was, said]


async def test_a_repeat_with_an_event_more_is_a_conflict(store: EventStore) -> None:
    said = event()
    await store.append(first_of(RETURN, said))
    with pytest.raises(VersionConflict):
        await store.append(first_of(RETURN, said, event()))


async def test_a_repeat_of_its_beginning_alone_succeeds(store: EventStore) -> None:
    said = event()
    await store.append(first_of(RETURN, said, event()))
    await store.append(first_of(RETURN, said))
    assert len(await stream(store)) == 2


async def test_half_a_repeat_is_a_conflict_and_writes_nothing(store: EventStore) -> None:
    repeated = first_of(RETURN)
    await store.append(repeated)
    with pytest.raises(VersionConflict) as conflict:
        await store.append(first_of(ORDER), repeated)
    assert (conflict.value.stream_id, conflict.value.actual) == (RETURN, 1)
    assert await stream(store, ORDER) == ()


# ── What no store takes ───────────────────────────────────────────────────────────────────


async def test_what_is_no_json_is_refused(store: EventStore) -> None:
    for data in ("", "{", "NaN", '{"a":1} {}'):
        with pytest.raises(ValueError, match="data"):
            await store.append(first_of(RETURN, event(data=data)))
    assert await stream(store) == ()


async def test_a_stream_that_is_named_twice_is_refused(store: EventStore) -> None:
    with pytest.raises(ValueError, match="each stream once"):
        await store.append(first_of(RETURN), Append(RETURN, 1, (event(),)))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("stream_id", {"stream_id": ""}),
        ("expected_version", {"expected_version": -1}),
        ("events", {"events": ()}),
        ("event_id", {"events": (event(event_id=UUID(int=7)), event(event_id=UUID(int=7)))}),
        ("occurred_at", {"events": (event(occurred_at=MONDAY.replace(tzinfo=None)),)}),
        ("causation_id", {"events": (event(causation_id=""),)}),
        ("causation_id", {"events": (event(causation_id="x" * (CAUSATION_ID_MAX + 1)),)}),
    ],
)
def test_an_append_that_makes_no_sense_names_the_field(field: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=field):
        Append(**{"stream_id": RETURN, "expected_version": 0, "events": (event(),), **wrong})


# ── The feed ──────────────────────────────────────────────────────────────────────────────


async def test_a_store_with_nothing_in_it_has_an_empty_feed(store: EventStore) -> None:
    assert (await store.head(), await store.feed(0)) == (0, ())


async def test_the_feed_tells_all_streams_in_the_order_of_their_appends(store: EventStore) -> None:
    await store.append(first_of(RETURN, event(), event()))
    await store.append(first_of(ORDER), Append(RETURN, 2, (event(),)))
    await store.append(Append(ORDER, 1, (event(),)))
    told = await store.feed(0)
    positions = [each.position for each in told]
    assert positions == sorted(set(positions))
    of_return = [each.version for each in told if each.stream_id == RETURN]
    of_order = [each.version for each in told if each.stream_id == ORDER]
    assert (of_return, of_order) == ([1, 2, 3], [1, 2])
    assert told[-1].position == await store.head()


async def test_the_feed_goes_on_from_any_position_in_pages_of_any_size(store: EventStore) -> None:
    for _ in range(5):
        await store.append(first_of(f"return:acme:{uuid4()}", event(), event()))
    told = await store.feed(0)
    pages: list[StoredEvent] = []
    while page := await store.feed(pages[-1].position if pages else 0, limit=3):
        assert len(page) <= 3
        pages += page
    assert tuple(pages) == told
