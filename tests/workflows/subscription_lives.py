"""A subscription as tests lead it, and one life of it for the replay."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from temporalio.client import WorkflowHandle, WorkflowHistory

from activities.event_store import Append
from activities.stored import as_stored
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool, connect
from adapters.postgres.webhook_subscriptions import WebhookSubscriptions
from adapters.sealing.wrapping import MasterKeys
from domain.subscriptions.messages import FollowSubscription
from domain.subscriptions.signing import Secret
from domain.subscriptions.standing import SubscriptionKey
from domain.subscriptions.wishes import SubscriptionWish
from domain.subscriptions.words import NEWS, SUBSCRIPTION_TYPE
from tests.domain.returns.stored import sample
from tests.engine import Engine
from tests.receiver import receiving

SUBSCRIPTIONS = ("subscription_stopped",)
"""The histories that `subscriptions` gives."""

SECRET = Secret(secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", asked="made")
TOLD = ["return.requested.v1", "return.in_review.v1"]
"""What is told of a return that `happens`."""


def rows(engine: Engine, pool: Pool) -> WebhookSubscriptions:
    return WebhookSubscriptions(pool, MasterKeys(*engine.settings.master_keys))


async def happens(store: PostgresEventStore, tenant: str, return_id: str) -> None:
    """Let a return be asked for, and looked at."""
    told = [sample("ReturnRequested"), sample("ReviewRequested")]
    events = as_stored(told, tenant, return_id, "user:ada", "asked")
    await store.append(Append(f"return:{tenant}:{return_id}", 0, events))


async def subscribed(engine: Engine, pool: Pool, url: str) -> SubscriptionKey:
    """Have a merchant's server told, to one of whose returns something happened."""
    key = SubscriptionKey(f"shop-{uuid4().hex[:8]}", "s-1")
    wish = SubscriptionWish(url=url, owner=f"it@{key.tenant}.example.com")
    await rows(engine, pool).make(key, wish, SECRET, datetime.now(UTC))
    await happens(PostgresEventStore(pool), key.tenant, "R-1")
    return key


async def follow(engine: Engine, key: SubscriptionKey) -> WorkflowHandle[Any, Any]:
    return await engine.env.client.start_workflow(
        SUBSCRIPTION_TYPE,
        FollowSubscription(tenant=key.tenant, subscription_id=key.subscription_id),
        id=key.name,
        task_queue=engine.queue,
    )


async def subscriptions(engine: Engine) -> Mapping[str, WorkflowHistory]:
    """Let a server be down for a while, take what waited, and be gone when more comes."""
    async with await connect(engine.settings.database_url) as pool, receiving() as receiver:
        receiver.answer = lambda _sent: "503 Service Unavailable"
        key = await subscribed(engine, pool, receiver.url)
        run = await follow(engine, key)
        await receiver.until(1)
        receiver.answer = lambda _sent: "204 No Content"
        await engine.env.fast_forward(run, timedelta(minutes=1))
        await receiver.until(1 + len(TOLD))
        receiver.answer = lambda _sent: "410 Gone"
        await happens(PostgresEventStore(pool), key.tenant, "R-2")
        await run.signal(NEWS)
        assert await run.result() == "stopped"
        return dict(zip(SUBSCRIPTIONS, (await run.fetch_history(),), strict=True))
