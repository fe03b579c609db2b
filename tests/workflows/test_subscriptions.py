"""A subscription's workflow: it delivers for as long as somebody wants to be told."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool, connect
from adapters.postgres.wake_ups import WakeUps
from adapters.postgres.webhook_subscriptions import WebhookSubscriptions
from adapters.runs import WorkflowRuns
from adapters.subscriptions.bell import Bell
from domain.subscriptions.standing import SubscriptionKey
from tests.engine import Engine, eventually
from tests.receiver import Receiver, receiving
from tests.workflows.replaying import differences
from tests.workflows.seen import details, shown
from tests.workflows.subscription_lives import TOLD, follow, happens, rows, subscribed
from workflows.names import partner_queue
from workflows.subscriptions import SubscriptionWorkflow


@pytest.fixture(scope="module")
def engine(engine_apart: Engine) -> Engine:
    return engine_apart


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks for news seldom, so that two days are a few turns."""
    monkeypatch.setattr(SubscriptionWorkflow, "look_anyway", timedelta(hours=12))


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as server:
        yield server


@pytest.fixture
async def pool(engine: Engine) -> AsyncIterator[Pool]:
    async with await connect(engine.settings.database_url) as opened:
        yield opened


@pytest.fixture
def subscriptions(pool: Pool, engine: Engine) -> WebhookSubscriptions:
    return rows(engine, pool)


@pytest.fixture
async def key(engine: Engine, pool: Pool, receiver: Receiver) -> SubscriptionKey:
    return await subscribed(engine, pool, receiver.url)


async def test_a_receiver_that_was_down_for_two_days_gets_all_in_order_and_the_run_replays(
    engine: Engine, key: SubscriptionKey, receiver: Receiver, subscriptions: WebhookSubscriptions
) -> None:
    receiver.answer = lambda _sent: "503 Service Unavailable"
    run = await follow(engine, key)
    await receiver.until(1)
    await engine.env.fast_forward(run, timedelta(days=2))
    assert {sent.body["type"] for sent in receiver.got} == set(TOLD[:1])
    before = len(receiver.got)
    receiver.answer = lambda _sent: "204 No Content"
    await engine.env.fast_forward(run, timedelta(hours=8))
    got = (await receiver.until(before + len(TOLD)))[before:]
    assert [sent.body["type"] for sent in got] == TOLD
    assert got[0].id == receiver.got[0].id
    await subscriptions.delete(key)
    await run.signal("news")
    assert await run.result() == "deleted"
    assert await differences(await run.fetch_history()) == []


async def test_its_page_says_that_nothing_is_taken_what_waits_and_whose_turn_it_is(
    engine: Engine, key: SubscriptionKey, receiver: Receiver
) -> None:
    receiver.answer = lambda _sent: "503 Service Unavailable"
    run = await follow(engine, key)

    async def failing() -> bool:
        return (await shown(run)).get("Flags") == ["webhooks_failing"]

    await eventually(failing, "shown as failing")
    told = await details(run)
    assert told.startswith("Webhooks are **active**.")
    for line in ("- waiting: 2", "- last taken: nothing yet", "- problem: answered 503"):
        assert line in told.splitlines()
    receiver.answer = lambda _sent: "410 Gone"
    await engine.env.fast_forward(run, timedelta(hours=1))
    assert await run.result() == "stopped"
    assert await shown(run) == {
        "Tenant": key.tenant,
        "Headline": "webhooks stopped",
        "Flags": ["webhooks_stopped"],
        "NextActor": "merchant",
        "NextAction": "mend_endpoint",
    }


async def test_its_owner_has_one_letter_that_it_is_stopped_however_often_it_is_looked_at(
    engine: Engine, key: SubscriptionKey, receiver: Receiver
) -> None:
    receiver.answer = lambda _sent: "410 Gone"
    for _ in range(2):
        assert await (await follow(engine, key)).result() == "stopped"
    (letter,) = await engine.sandbox.messages(f"it@{key.tenant}.example.com")
    assert letter["copies"] == 2  # by its id a mailbox shows it once
    assert letter["subject"] == "Webhooks to 127.0.0.1 are stopped"
    assert receiver.url not in letter["text"]  # a URL may hold a key of its own
    assert "the endpoint says that it is gone (410)" in letter["text"]
    assert f"subscriptions resume {key.subscription_id} --tenant {key.tenant}" in letter["text"]


async def test_who_resumes_it_waits_for_no_mail_server(
    engine: Engine, key: SubscriptionKey, receiver: Receiver, subscriptions: WebhookSubscriptions
) -> None:
    await engine.sandbox.fault("mail", "message", "refuse_before")
    receiver.answer = lambda _sent: "410 Gone"
    run = await follow(engine, key)

    async def refused() -> bool:
        return any(each["face"] == "mail" for each in await engine.sandbox.fired())

    try:
        await eventually(refused, "refused by the mail server")
        receiver.answer = lambda _sent: "204 No Content"
        before = len(receiver.got)
        await subscriptions.set_state(key, "active", "", datetime.now(UTC))
        await run.signal("news")
        await receiver.until(before + len(TOLD))
    finally:
        await engine.sandbox.clear_faults()


async def test_paused_it_ends_though_it_waited_for_news(
    engine: Engine, key: SubscriptionKey, receiver: Receiver, subscriptions: WebhookSubscriptions
) -> None:
    run = await follow(engine, key)
    await receiver.until(len(TOLD))
    await subscriptions.set_state(key, "paused", "asked for", datetime.now(UTC))
    await run.signal("news")
    assert await run.result() == "paused"


async def test_the_bell_rings_for_it_at_the_start_and_at_every_event(
    engine: Engine, key: SubscriptionKey, receiver: Receiver, pool: Pool
) -> None:
    runs = WorkflowRuns(engine.settings.temporal_connect(), pydantic_data_converter)
    stop = asyncio.Event()
    async with WakeUps(engine.settings.database_url) as wake_ups, asyncio.TaskGroup() as beside:
        bell = Bell(pool, wake_ups, runs)
        beside.create_task(bell.run(partner_queue(engine.queue, "webhooks"), stop))
        await receiver.until(len(TOLD))  # nobody else has started it
        await happens(PostgresEventStore(pool, wake_ups.ring), key.tenant, "R-2")
        await receiver.until(2 * len(TOLD))
        stop.set()
    assert [sent.body["type"] for sent in receiver.got] == [*TOLD, *TOLD]


async def test_a_long_run_is_followed_by_another_that_goes_on_delivering(
    engine: Engine, key: SubscriptionKey, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SubscriptionWorkflow, "longest_history", 1)
    receiver.answer = lambda _sent: "503 Service Unavailable"
    run = await follow(engine, key)
    await receiver.until(1)

    async def followed() -> bool:
        return (await run.describe()).run_id != run.first_execution_run_id

    await eventually(followed, "followed by another run")
    monkeypatch.undo()
    receiver.answer = lambda _sent: "410 Gone"
    await engine.env.fast_forward(run, timedelta(hours=1))
    assert await run.result() == "stopped"
