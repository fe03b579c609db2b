"""Who wants to be told, and that nobody reads by what it is signed."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Connection, Pool
from adapters.postgres.webhook_subscriptions import WebhookSubscriptions
from adapters.sealing.cipher import Tampered
from adapters.sealing.wrapping import MasterKeys
from domain.subscriptions.signing import Secret, live
from domain.subscriptions.standing import SubscriptionKey
from domain.subscriptions.wishes import SubscriptionWish
from tests.contracts.event_samples import first_of

NOW = datetime(2030, 3, 4, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
KEY, OTHER = SubscriptionKey("acme", "s-1"), SubscriptionKey("acme", "s-2")
URL = "https://hooks.example.com/"
WISH = SubscriptionWish(url=URL, types=("return.*",), owner="shop-it@example.com")
A, B, C, D = (Secret(secret=f"whsec_{letter}", asked=letter) for letter in "abcd")


@pytest.fixture
def subscriptions(pool: Pool) -> WebhookSubscriptions:
    return WebhookSubscriptions(pool, MasterKeys(bytes(range(32))))


async def test_a_subscription_begins_at_the_head_of_the_feed(
    store: PostgresEventStore, subscriptions: WebhookSubscriptions
) -> None:
    await store.append(first_of("return:acme:R-1"))
    assert await subscriptions.make(KEY, WISH, A, NOW)
    made = await subscriptions.look(KEY)
    assert made is not None
    assert (made.position, made.state, made.since) == (await store.head(), "active", NOW)
    assert (made.url, made.types, made.owner) == (URL, ("return.*",), "shop-it@example.com")
    assert live(made.secrets, NOW) == ("whsec_a",)


async def test_one_that_is_there_stays_as_it_is(subscriptions: WebhookSubscriptions) -> None:
    assert await subscriptions.make(KEY, WISH, A, NOW)
    before = await subscriptions.all_of("acme")
    elsewhere = SubscriptionWish(url="https://elsewhere.example.com/")
    assert not await subscriptions.make(KEY, elsewhere, B, NOW)
    assert await subscriptions.all_of("acme") == before
    assert await subscriptions.all_of("other") == []


async def test_a_new_secret_signs_beside_the_one_before_and_no_older_one(
    subscriptions: WebhookSubscriptions,
) -> None:
    await subscriptions.make(KEY, WISH, A, NOW)
    for secret in (B, C, C):  # asked for twice it is the same one
        assert await subscriptions.rotate(KEY, secret, NOW + DAY)
    made = await subscriptions.look(KEY)
    assert made is not None
    assert live(made.secrets, NOW) == ("whsec_c", "whsec_b")
    assert live(made.secrets, NOW + DAY) == ("whsec_c",)
    assert not await subscriptions.rotate(OTHER, D, NOW)


async def test_the_database_does_not_hold_a_secret_and_does_not_open_anothers(
    subscriptions: WebhookSubscriptions, owner: Connection
) -> None:
    await subscriptions.make(KEY, WISH, A, NOW)
    await subscriptions.make(OTHER, WISH, B, NOW)
    rows = await (await owner.execute("SELECT * FROM backhaul.subscription")).fetchall()
    for form in ("whsec", b"whsec".hex(), "shop-it"):
        assert form not in repr(rows)
    await owner.execute("""
        UPDATE backhaul.subscription AS s SET wrapped_key = o.wrapped_key, sealed = o.sealed
        FROM backhaul.subscription AS o
        WHERE s.subscription_id = 's-1' AND o.subscription_id = 's-2'""")
    with pytest.raises(Tampered):
        await subscriptions.look(KEY)


async def test_a_state_is_entered_once_and_a_deleted_one_is_gone(
    subscriptions: WebhookSubscriptions,
) -> None:
    await subscriptions.make(KEY, WISH, A, NOW)
    assert await subscriptions.set_state(KEY, "paused", "by user:eva", NOW + DAY)
    assert not await subscriptions.set_state(KEY, "paused", "again", NOW + 2 * DAY)
    paused = await subscriptions.look(KEY)
    assert paused is not None
    assert (paused.state, paused.because, paused.since) == ("paused", "by user:eva", NOW + DAY)
    assert await subscriptions.delete(KEY)
    assert not await subscriptions.delete(KEY)
    assert await subscriptions.look(KEY) is None
