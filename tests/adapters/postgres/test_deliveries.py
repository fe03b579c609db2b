"""What waits for a subscription is the feed from its position on: nothing left out, in order."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.postgres import deliveries as module
from adapters.postgres.deliveries import Deliveries
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Connection, Pool
from adapters.postgres.webhook_subscriptions import WebhookSubscriptions
from adapters.sealing.wrapping import MasterKeys
from domain.subscriptions.signing import Secret
from domain.subscriptions.standing import Backlog, SubscriptionKey
from domain.subscriptions.wishes import SubscriptionWish
from domain.subscriptions.words import Attempt
from tests.contracts.event_samples import event, first_of

NOW = datetime(2030, 3, 4, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
KEY = SubscriptionKey("acme", "s-1")
TAKEN, LOST = Attempt(status=204), Attempt(status=0, problem="no connection")


@pytest.fixture
def subscriptions(pool: Pool) -> WebhookSubscriptions:
    return WebhookSubscriptions(pool, MasterKeys(bytes(range(32))))


@pytest.fixture
async def deliveries(pool: Pool, subscriptions: WebhookSubscriptions) -> Deliveries:
    wish = SubscriptionWish(url="https://hooks.example.com/", types=("parcel.*",))
    await subscriptions.make(KEY, wish, Secret(secret="whsec_a", asked="made"), NOW)
    return Deliveries(pool)


async def waiting(
    deliveries: Deliveries, now: datetime = NOW, *, key: SubscriptionKey = KEY
) -> list[tuple[str, int]]:
    while await deliveries.take_in(key, now):
        pass
    return [(each.stream_id, each.version) for each in await deliveries.due(key, now, 100)]


async def test_only_what_is_wanted_of_the_merchants_own_returns_waits(
    store: PostgresEventStore, deliveries: Deliveries
) -> None:
    await store.append(first_of("return:acme:R-1", event(type="ParcelLost")))
    await store.append(first_of("return:acme:R-2", event(type="ReturnExpired")))  # not wanted
    await store.append(first_of("return:acme:R-3", event(type="ParcelExpected")))  # not public
    await store.append(first_of("return:other:R-4", event(tenant="other")))
    await store.append(first_of("claim:acme:C-1"))
    assert await waiting(deliveries) == [("return:acme:R-1", 1)]


async def test_what_happened_before_the_subscription_is_delivered_by_replay_alone(
    store: PostgresEventStore, deliveries: Deliveries, subscriptions: WebhookSubscriptions
) -> None:
    later = SubscriptionKey("acme", "s-2")
    await store.append(first_of("return:acme:R-1"))
    wish = SubscriptionWish(url="https://hooks.example.com/")
    await subscriptions.make(later, wish, Secret(secret="whsec_a", asked="made"), NOW)
    assert await waiting(deliveries, key=later) == []
    await deliveries.replay(later, 0)
    assert await waiting(deliveries, key=later) == [("return:acme:R-1", 1)]


async def test_a_replay_loses_nothing_that_waits_from_before_and_skips_nothing(
    store: PostgresEventStore, deliveries: Deliveries
) -> None:
    await store.append(first_of("return:acme:R-1"))
    await waiting(deliveries)
    (old,) = await deliveries.due(KEY, NOW, 1)
    await deliveries.note(KEY, old.position, LOST, NOW, NOW)
    await store.append(first_of("return:acme:R-2"))
    await deliveries.replay(KEY, await store.head())
    assert await waiting(deliveries) == [("return:acme:R-1", 1), ("return:acme:R-2", 1)]
    await deliveries.replay(KEY, old.position)
    assert await waiting(deliveries) == [("return:acme:R-1", 1), ("return:acme:R-2", 1)]
    (again, _) = await deliveries.due(KEY, NOW, 2)
    assert again.attempts == 1


async def test_a_time_is_found_in_the_feed_with_all_that_was_recorded_since(
    store: PostgresEventStore, deliveries: Deliveries, owner: Connection
) -> None:
    for number in range(5):
        await store.append(first_of(f"return:acme:R-{number}"))
        at = NOW + number * timedelta(minutes=1)
        await owner.execute(
            "UPDATE backhaul.event SET recorded_at = %s WHERE stream_id = %s",
            (at, f"return:acme:R-{number}"),
        )
    first, *_, last = [each.position for each in await store.feed(0)]
    assert await deliveries.before(NOW - timedelta(days=1)) < first
    assert await deliveries.before(NOW + timedelta(days=1)) == await store.head()
    third = await deliveries.before(NOW + timedelta(minutes=2))
    assert [each.stream_id for each in await store.feed(third)] == [
        "return:acme:R-2", "return:acme:R-3", "return:acme:R-4",
    ]  # fmt: skip
    assert await deliveries.before(NOW + timedelta(minutes=4)) < last


async def test_of_one_return_the_second_waits_for_the_first_and_others_do_not(
    store: PostgresEventStore, deliveries: Deliveries
) -> None:
    await store.append(first_of("return:acme:R-1", event(), event()), first_of("return:acme:R-2"))
    assert await waiting(deliveries) == [("return:acme:R-1", 1), ("return:acme:R-2", 1)]
    first, second = await deliveries.due(KEY, NOW, 100)
    await deliveries.note(KEY, first.position, LOST, NOW, LATER)
    await deliveries.note(KEY, second.position, TAKEN, NOW, LATER)
    assert await waiting(deliveries) == []
    assert await waiting(deliveries, LATER) == [("return:acme:R-1", 1)]
    await deliveries.note(KEY, first.position, TAKEN, LATER, LATER)
    assert await waiting(deliveries, LATER) == [("return:acme:R-1", 2)]


async def test_what_failed_knows_how_often_and_since_when(
    store: PostgresEventStore, deliveries: Deliveries
) -> None:
    await store.append(first_of("return:acme:R-1"))
    await waiting(deliveries)
    (message,) = await deliveries.due(KEY, NOW, 1)
    for at in (NOW, LATER):
        await deliveries.note(KEY, message.position, LOST, at, at)
    (message,) = await deliveries.due(KEY, LATER, 1)
    assert (message.attempts, message.first_at) == (2, NOW)


async def test_pages_leave_nothing_out_and_a_replay_delivers_all_of_it_again(
    store: PostgresEventStore, deliveries: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 2)
    streams = [f"return:acme:R-{number}" for number in range(5)]
    for stream in streams:
        await store.append(first_of(stream))
    assert await waiting(deliveries) == [(stream, 1) for stream in streams]
    due = await deliveries.due(KEY, NOW, 100)
    for each in due:
        await deliveries.note(KEY, each.position, TAKEN, NOW, NOW)
    assert await waiting(deliveries) == []
    await deliveries.replay(KEY, due[2].position)
    assert await waiting(deliveries) == [(stream, 1) for stream in streams[3:]]


async def test_what_is_resumed_is_tried_at_once_and_as_if_for_the_first_time(
    store: PostgresEventStore, deliveries: Deliveries, subscriptions: WebhookSubscriptions
) -> None:
    await store.append(first_of("return:acme:R-1"))
    await waiting(deliveries)
    (message,) = await deliveries.due(KEY, NOW, 1)
    await deliveries.note(KEY, message.position, LOST, NOW, NOW + timedelta(days=1))
    assert await subscriptions.set_state(KEY, "stopped", "nobody took it for 3 days", NOW)
    assert await subscriptions.set_state(KEY, "active", "", LATER)
    (message,) = await deliveries.due(KEY, LATER, 1)
    assert (message.attempts, message.first_at) == (0, None)


async def test_the_backlog_says_what_waits_since_when_nothing_was_taken_and_why(
    store: PostgresEventStore, deliveries: Deliveries, subscriptions: WebhookSubscriptions
) -> None:
    assert await deliveries.backlog(KEY) == Backlog()
    await store.append(first_of("return:acme:R-1", event(), event()), first_of("return:acme:R-2"))
    await waiting(deliveries)
    first, other = await deliveries.due(KEY, NOW, 100)
    await deliveries.note(KEY, first.position, LOST, NOW, LATER)
    assert await deliveries.backlog(KEY) == Backlog(waiting=3, next_at=NOW, problem="no connection")
    await deliveries.note(KEY, other.position, TAKEN, NOW, NOW)
    assert await deliveries.backlog(KEY) == Backlog(
        waiting=2, next_at=LATER, problem="no connection"
    )
    stands = await subscriptions.look(KEY)
    assert stands is not None
    assert stands.delivered_at == NOW
