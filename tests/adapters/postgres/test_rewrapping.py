"""After a change of the master key every key is wrapped anew, and the old one may go."""

import asyncio
import base64
import os
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.postgres import rewrapping
from adapters.postgres.data_keys import DataKeys
from adapters.postgres.pool import Connection, Pool, connect
from adapters.postgres.rewrapping import KEYS, Rewrapping, assert_keys_open
from adapters.postgres.subjects import PostgresSubjects
from adapters.postgres.webhook_subscriptions import WebhookSubscriptions
from adapters.sealing.wrapping import MasterKeys
from adapters.settings import SettingsError
from domain.subscriptions.signing import Secret
from domain.subscriptions.standing import SubscriptionKey
from domain.subscriptions.wishes import SubscriptionWish
from tests.engine import environment_of

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
BEFORE, BOTH, AFTER = MasterKeys(OLD), MasterKeys(NEW, OLD), MasterKeys(NEW)
SHOP = SubscriptionKey("acme", "shop")
NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
WISH = SubscriptionWish(url="https://hooks.example.com/", types=(), owner="shop-it@example.com")


async def fill(pool: Pool, wrapper: MasterKeys = BEFORE, files: int = 3) -> None:
    """A person, a subscription and some files."""
    await PostgresSubjects(pool, wrapper).put("acme", "c-1", {"name": "Camille"})
    subscriptions = WebhookSubscriptions(pool, wrapper)
    await subscriptions.make(SHOP, WISH, Secret(secret="whsec_a", asked="a"), NOW)
    for number in range(files):
        await DataKeys(pool, wrapper).newest(f"return:acme:R-{number}")


async def rewrap(pool: Pool, wrapper: MasterKeys = BOTH) -> Counter[str]:
    done: Counter[str] = Counter()
    async for some in Rewrapping(pool, wrapper).run():
        done[some.table] += some.done
    return done


async def left(pool: Pool, wrapper: MasterKeys = BOTH) -> int:
    return sum((await Rewrapping(pool, wrapper).left()).values())


async def test_what_was_sealed_opens_by_the_new_master_key_alone(pool: Pool) -> None:
    await fill(pool)
    before = await DataKeys(pool, BEFORE).newest("return:acme:R-1")
    assert await left(pool) == 5
    assert await rewrap(pool) == {"subject_key": 1, "data_key": 3, "subscription": 1}
    assert await left(pool) == 0
    assert await DataKeys(pool, AFTER).newest("return:acme:R-1") == before
    assert await PostgresSubjects(pool, AFTER).get("acme", "c-1") == {"name": "Camille"}
    assert await WebhookSubscriptions(pool, AFTER).look(SHOP) is not None


async def test_a_second_run_finds_nothing_to_do(pool: Pool) -> None:
    await fill(pool)
    await rewrap(pool)
    assert await rewrap(pool) == {}


async def test_killed_between_two_batches_the_next_run_goes_on_with_what_is_left(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrapping, "BATCH", 2)
    await fill(pool, files=7)
    async for some in Rewrapping(pool, BOTH).run():
        if some.table == "data_key":
            break  # as far as a killed one came
    assert await left(pool) == 6
    await rewrap(pool)
    assert await left(pool) == 0


async def test_two_at_once_share_the_work_and_do_none_of_it_twice(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrapping, "BATCH", 2)
    await fill(pool, files=9)
    done = await asyncio.gather(rewrap(pool), rewrap(pool))
    assert sum(sum(each.values()) for each in done) == 11 - await left(pool)
    await rewrap(pool)
    assert await left(pool) == 0


async def test_a_key_that_was_changed_is_counted_and_holds_up_no_other(
    pool: Pool, owner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrapping, "BATCH", 2)
    await fill(pool)
    await owner.execute("UPDATE backhaul.data_key SET wrapped_key = '\\x00' WHERE file LIKE '%R-1'")
    unopened = sum([some.unopened async for some in Rewrapping(pool, BOTH).run()])
    assert (unopened, await left(pool)) == (1, 1)


async def test_destroyed_keys_need_no_master_key(pool: Pool, owner: Connection) -> None:
    await DataKeys(pool, BEFORE).newest("return:acme:R-1")
    await owner.execute("UPDATE backhaul.data_key SET wrapped_key = NULL, destroyed_at = now()")
    assert await left(pool) == 0
    await assert_keys_open(pool, AFTER)


async def test_a_process_without_a_master_key_that_is_needed_is_told_which_and_what_to_do(
    pool: Pool,
) -> None:
    await fill(pool)
    await assert_keys_open(pool, BOTH)
    with pytest.raises(SettingsError, match=rf"BACKHAUL_MASTER_KEY.*{BEFORE.newest}.*rewrap"):
        await assert_keys_open(pool, AFTER)
    await rewrap(pool)
    await assert_keys_open(pool, AFTER)


async def test_every_table_that_holds_wrapped_keys_is_known(pool: Pool, owner: Connection) -> None:
    asked = (
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'backhaul' AND column_name = 'wrapped_key'"
    )
    tables = {name for (name,) in await (await owner.execute(asked)).fetchall()}
    assert tables == {keys.table for keys in KEYS}


async def test_a_worker_does_not_start_where_it_could_not_open_what_is_there(
    fresh_database: str,
) -> None:
    async with await connect(fresh_database) as pool:
        await fill(pool)
    environment = environment_of(fresh_database, "127.0.0.1:1", "http://127.0.0.1:1", 1)
    environment["BACKHAUL_MASTER_KEY"] = base64.b64encode(NEW).decode()
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "worker.py"),
        cwd=Path(__file__).parents[3],
        env={**os.environ, **environment},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await worker.communicate()
    assert (worker.returncode, f"the master key {BEFORE.newest}" in said.decode()) == (2, True)
