"""Keys of who is forgotten: none seals once it is gone, whoever is killed meanwhile."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from adapters.postgres.data_keys import FRESH_S, DataKeys, DestroyedKey
from adapters.postgres.erasures import UNTIL_DESTROYED, Erasures
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.inbox import Inbox, Tidings
from adapters.postgres.pool import Connection, Pool
from adapters.postgres.tidings import Told
from adapters.sealing.wrapping import MasterKeys
from api.forgetting import destroy_due, keep_destroying
from tests.engine import eventually
from tests.projections.story import Story

MASTER = MasterKeys(bytes(32))
FILE = "return:acme:R-1"
FILES = (FILE, "order:acme:W-1")


class Process:
    """One that keeps keys at hand, by a clock of its own."""

    def __init__(self, pool: Pool) -> None:
        self.at = 0.0
        self.keys = DataKeys(pool, MASTER, clock=lambda: self.at)


async def forget(pool: Pool, reference: str = "T-1", files: tuple[str, ...] = FILES) -> None:
    await Erasures(pool).erase("acme", "c-1", files=files, reference=reference, by="staff:s-1")


def due(later: timedelta = UNTIL_DESTROYED) -> datetime:
    return datetime.now(UTC) + later


async def test_what_another_process_seals_with_a_key_at_hand_opens_until_nobody_has_it_at_hand(
    pool: Pool,
) -> None:
    one, another = Process(pool), Process(pool)
    held = await one.keys.newest(FILE)
    await forget(pool)
    assert await one.keys.newest(FILE) == held  # it cannot know yet
    assert (await another.keys.named(held.key_id)).secret == held.secret
    assert (await another.keys.newest(FILE)).key_id != held.key_id
    one.at += FRESH_S
    assert (await one.keys.newest(FILE)).key_id != held.key_id
    assert await Erasures(pool).destroy_due(due(timedelta(seconds=FRESH_S))) == 0
    assert await Erasures(pool).destroy_due(due()) == 1
    with pytest.raises(DestroyedKey):
        await Process(pool).keys.named(held.key_id)


async def test_keys_made_after_the_wish_are_kept(pool: Pool) -> None:
    await Process(pool).keys.newest(FILE)
    await forget(pool)
    newer = await Process(pool).keys.newest(FILE)
    await Erasures(pool).destroy_due(due())
    assert await Process(pool).keys.newest(FILE) == newer


async def test_whichever_process_is_alive_destroys_what_one_that_was_killed_had_retired(
    pool: Pool, owner: Connection
) -> None:
    held = await Process(pool).keys.newest(FILE)
    await forget(pool)
    await owner.execute("UPDATE backhaul.data_key SET destroy_at = clock_timestamp()")
    stop = asyncio.Event()
    alive = asyncio.create_task(keep_destroying(Erasures(pool), PostgresEventStore(pool), stop))

    async def is_gone() -> bool:
        return not await _opens(pool, held.key_id)

    await eventually(is_gone, "destroyed")
    stop.set()
    await alive


async def test_the_key_of_a_return_that_late_news_began_again_stays_and_one_that_ended_goes(
    pool: Pool,
) -> None:
    store, process = PostgresEventStore(pool), Process(pool)
    story = Story(store)
    await story.open("R-1")
    await story.whole("R-2", order_id="W-2")
    of_open, of_ended = [await process.keys.newest(f"return:acme:R-{n}") for n in (1, 2)]
    await forget(pool, files=(of_open.file, of_ended.file))
    assert await destroy_due(Erasures(pool), store, due()) == 1
    assert await _opens(pool, of_open.key_id)
    assert not await _opens(pool, of_ended.key_id)


async def _opens(pool: Pool, key_id: UUID) -> bool:
    try:
        await Process(pool).keys.named(key_id)
    except DestroyedKey:
        return False
    return True


async def test_a_wish_that_reaches_further_than_before_is_written_down_again(pool: Pool) -> None:
    await forget(pool)
    await forget(pool)
    await forget(pool, files=(*FILES, "return:acme:R-2"))
    assert [len(one.files) for one in await Erasures(pool).done("acme")] == [2, 3]


async def test_wishes_at_the_same_moment_are_one(pool: Pool) -> None:
    await asyncio.gather(*(forget(pool) for _ in range(5)))
    assert len(await Erasures(pool).done("acme")) == 1


CANARY = "Rotkehlchen"
FACT = {"signal": "report_inspection", "reference": "R-1", "body": {"note": CANARY}}


async def news_comes(pool: Pool, message_id: str) -> None:
    told = Told("dock", "acme", message_id, "report_inspection", due(), [FACT])
    assert await Inbox(pool).keep(told.incoming) == "new"


async def find_its_return(pool: Pool, told: str = "R-1") -> None:
    """As the relay does, in one turn; in the next it is told, or given up."""
    async with Inbox(pool).turn() as turn:
        assert turn is not None
        [event] = await turn.to_resolve(due(), 10)
        await turn.resolve(event, [Tidings("acme", told, "report_inspection", FACT)])


async def tell_it(pool: Pool) -> list[str]:
    async with Inbox(pool).turn() as turn:
        assert turn is not None
        deliveries = await turn.to_tell(10)
        await turn.told(deliveries)
        return [each.body_json for each in deliveries]


async def said(owner: Connection) -> list[tuple[str, str]]:
    asked = """SELECT i.facts::text, d.body::text
        FROM backhaul.inbox i LEFT JOIN backhaul.inbox_delivery d ON d.inbox_id = i.id"""
    return [(facts, body) for facts, body in await (await owner.execute(asked)).fetchall()]


async def test_news_that_could_not_be_told_says_nothing_any_more(
    pool: Pool, owner: Connection
) -> None:
    await news_comes(pool, "m-1")
    await find_its_return(pool)
    async with Inbox(pool).turn() as turn:
        assert turn is not None
        [delivery] = await turn.to_tell(10)
        await turn.settle(delivery.inbox_id, "quarantined", "the Temporal server refuses it")
    await forget(pool)
    assert await said(owner) == [("[]", "{}")]


async def test_news_that_waits_during_the_wish_is_told_first_and_then_says_nothing(
    pool: Pool, owner: Connection
) -> None:
    await news_comes(pool, "m-1")
    await find_its_return(pool)
    await forget(pool)
    await Erasures(pool).destroy_due(due())
    [told] = await tell_it(pool)
    assert CANARY in told
    await Erasures(pool).destroy_due(due())
    assert await said(owner) == [("[]", "{}")]


@pytest.mark.parametrize(("file", "told"), [(FILE, "R-1"), ("refund:acme:W-1:s1", "refund:W-1:s1")])
async def test_news_that_comes_after_the_keys_are_destroyed_says_nothing_once_it_is_told(
    pool: Pool, owner: Connection, file: str, told: str
) -> None:
    await forget(pool, files=(file,))
    await Erasures(pool).destroy_due(due())
    await news_comes(pool, "m-1")
    await find_its_return(pool, told)
    await tell_it(pool)
    assert CANARY in str(await said(owner))
    await Erasures(pool).destroy_due(due())
    assert await said(owner) == [("[]", "{}")]
    async with Inbox(pool).turn() as turn:
        assert turn is not None
        assert await turn.bodies_for("acme", told, "report_inspection") == []


async def test_news_of_others_goes_on_saying_what_it_says(pool: Pool, owner: Connection) -> None:
    await news_comes(pool, "m-1")
    await find_its_return(pool)
    await tell_it(pool)
    await forget(pool, files=("return:acme:R-10", "return:other:R-1"))
    await Erasures(pool).destroy_due(due())
    assert str(await said(owner)).count(CANARY) == 2


async def test_who_began_a_return_since_it_was_looked_at_is_not_forgotten(pool: Pool) -> None:
    story, erasures = Story(PostgresEventStore(pool)), Erasures(pool)
    await story.whole("R-1")
    seen = await erasures.found("acme", "c-1")
    assert FILE in seen.files
    wish = partial(erasures.erase, "acme", "c-1", reference="T-1", by="staff:s-1")
    await story.open("R-2", order_id="W-2")
    assert await wish(files=seen.files, seen=seen) is None
    assert await erasures.done("acme") == []
    now = await erasures.found("acme", "c-1")
    assert await wish(files=now.files, seen=now) is not None
