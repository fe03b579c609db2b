"""Who is rung for: those that want what happened, and nobody where nobody does."""

from datetime import UTC, datetime

import pytest

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool
from adapters.postgres.subscription_news import News, news_since
from adapters.postgres.webhook_subscriptions import WebhookSubscriptions
from adapters.sealing.wrapping import MasterKeys
from domain.subscriptions.signing import Secret
from domain.subscriptions.standing import SubscriptionKey
from domain.subscriptions.wishes import SubscriptionWish
from tests.contracts.event_samples import event, first_of

NOW = datetime(2030, 3, 4, 10, 0, tzinfo=UTC)
PARCELS, ALL, ANOTHERS = (
    SubscriptionKey("acme", "s-1"), SubscriptionKey("acme", "s-2"), SubscriptionKey("other", "s-3"),
)  # fmt: skip


@pytest.fixture
async def subscriptions(pool: Pool) -> WebhookSubscriptions:
    made = WebhookSubscriptions(pool, MasterKeys(bytes(range(32))))
    for key, types in ((PARCELS, ("parcel.*",)), (ALL, ()), (ANOTHERS, ())):
        wish = SubscriptionWish(url="https://hooks.example.com/", types=types)
        await made.make(key, wish, Secret(secret="whsec_a", asked="made"), NOW)
    return made


async def test_at_first_it_is_news_to_all_that_are_active(
    pool: Pool, subscriptions: WebhookSubscriptions, store: PostgresEventStore
) -> None:
    await subscriptions.set_state(ALL, "paused", "asked for", NOW)
    news = await news_since(pool, None)
    assert news.head == await store.head()
    assert set(news.wanted_by) == {PARCELS, ANOTHERS}


@pytest.mark.usefixtures("subscriptions")
@pytest.mark.parametrize(
    ("kind", "stream", "wanted_by"),
    [
        ("ParcelLost", "return:acme:R-1", {PARCELS, ALL}),
        ("ReturnExpired", "return:acme:R-1", {ALL}),
        ("ParcelExpected", "return:acme:R-1", set()),  # not public
        ("ParcelLost", "recovery:acme:R-1", set()),
    ],
)
async def test_it_is_news_to_those_of_the_merchant_that_want_the_type(
    pool: Pool, store: PostgresEventStore, kind: str, stream: str, wanted_by: set[SubscriptionKey]
) -> None:
    heard = await store.head()
    await store.append(first_of(stream, event(type=kind)))
    news = await news_since(pool, heard)
    assert set(news.wanted_by) == wanted_by
    assert await news_since(pool, news.head) == News(await store.head(), [])


async def test_where_nobody_wants_anything_the_next_one_is_news_to_all(pool: Pool) -> None:
    assert await news_since(pool, 0) == News(None, ())
