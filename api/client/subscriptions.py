"""Webhooks out, for who looks after them: made, paused, resumed, rotated, replayed, tried."""

import hashlib
import secrets as dice
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from adapters.postgres.deliveries import Deliveries
from adapters.postgres.subscription_news import news_since
from adapters.postgres.webhook_subscriptions import WebhookSubscriptions
from adapters.settings import SettingsError
from adapters.subscriptions.reach import Forbidden, Reach
from adapters.subscriptions.sending import Sender
from api.client.answers import Unavailable
from api.client.books import Books
from api.client.reviving import Opened
from api.client.surroundings import Surroundings
from api.client.temporal import Returns
from domain.refusal import Refused
from domain.returns.commands import Who
from domain.subscriptions.cloud_event import as_test_event
from domain.subscriptions.messages import FollowSubscription
from domain.subscriptions.signing import Secret, asked_by, live
from domain.subscriptions.standing import Subscription, SubscriptionKey
from domain.subscriptions.wishes import (
    ReplayWish,
    RotationWish,
    SubscriptionMade,
    SubscriptionShown,
    SubscriptionWish,
    shown,
)
from domain.subscriptions.words import NEWS, SUBSCRIPTION_TYPE, Attempt, Endpoint

SECRET_BYTES = 32
"""Of a secret, as the standard asks for: 24 to 64."""


class Subscriptions:
    """`ReturnsClient.subscriptions`. Every method may raise `Unavailable`."""

    def __init__(self, where: Surroundings, actor: Who, books: Books, running: Returns) -> None:
        self._where = where
        self._actor = actor
        self._books = books
        self._running = running
        self._reach = Reach(loopback=bool(where.sandbox_url))  # as the worker's, see wiring.py

    async def create(
        self, tenant: str, wish: SubscriptionWish, *, request_id: str
    ) -> SubscriptionMade | Refused:
        """Make a subscription: what happens from now on is delivered.

        Args:
            tenant: Whose returns.
            wish: Where, and what.
            request_id: The same one makes the same subscription.
        """
        try:
            await self._reach.check(wish.url)
        except Forbidden as forbidden:
            return Refused(code="invalid", because=str(forbidden))
        key = SubscriptionKey(tenant, _id_of(tenant, request_id))
        async with self._rows(f"make {key.subscription_id}") as (rows, _):
            await rows.make(key, wish, _new_secret(request_id), datetime.now(UTC))
        return await self._made(key, request_id)

    async def all_of(self, tenant: str) -> Sequence[SubscriptionShown]:
        """List a merchant's."""
        async with self._rows("list subscriptions") as (rows, deliveries):
            now = datetime.now(UTC)
            return [
                shown(each, await deliveries.backlog(each.key), now)
                for each in await rows.all_of(tenant)
            ]

    async def show(self, key: SubscriptionKey) -> SubscriptionShown | Refused:
        """Show one: whether it works, and what waits."""
        async with self._rows(f"look at {key.subscription_id}") as (rows, deliveries):
            found = await rows.look(key)
            if found is None:
                return _unknown(key)
            return shown(found, await deliveries.backlog(key), datetime.now(UTC))

    async def pause(
        self, key: SubscriptionKey, *, actor: Who | None = None
    ) -> SubscriptionShown | Refused:
        """Deliver nothing until it is resumed; what happens meanwhile waits."""
        async with self._rows(f"pause {key.subscription_id}") as (rows, _):
            because = f"by {actor or self._actor}"
            await rows.set_state(key, "paused", because, datetime.now(UTC))
        return await self._rung(key)

    async def resume(self, key: SubscriptionKey) -> SubscriptionShown | Refused:
        """Deliver what was paused or stopped: all that waits, at once."""
        async with self._rows(f"resume {key.subscription_id}") as (rows, _):
            await rows.set_state(key, "active", "", datetime.now(UTC))
        return await self._rung(key)

    async def rotate(
        self, key: SubscriptionKey, wish: RotationWish, *, request_id: str
    ) -> SubscriptionMade | Refused:
        """Make a new secret; both sign while the one before retires.

        Args:
            key: Which subscription.
            wish: For how long.
            request_id: The same one gives the same secret.
        """
        until = datetime.now(UTC) + timedelta(hours=wish.overlap_hours)
        async with self._rows(f"rotate {key.subscription_id}") as (rows, _):
            if not await rows.rotate(key, _new_secret(request_id), until):
                return _unknown(key)
        return await self._made(key, request_id)

    async def replay(self, key: SubscriptionKey, wish: ReplayWish) -> SubscriptionShown | Refused:
        """Deliver (again) all that was recorded since, under the same ids."""
        async with self._rows(f"replay {key.subscription_id}") as (_, deliveries):
            await deliveries.replay(key, await deliveries.before(wish.since))
        return await self._rung(key)

    async def delete(self, key: SubscriptionKey) -> Refused | None:
        """Forget it, and what waits."""
        async with self._rows(f"delete {key.subscription_id}") as (rows, _):
            if not await rows.delete(key):
                return _unknown(key)
        await self._ring(key)
        return None

    async def test(self, key: SubscriptionKey) -> Attempt | Refused:
        """Send a test event now, once, whatever its state, and say what came of it."""
        async with self._rows(f"try {key.subscription_id}") as (rows, _):
            found = await rows.look(key)
        if found is None:
            return _unknown(key)
        now = datetime.now(UTC)
        event = as_test_event(uuid4(), key.tenant, key.subscription_id, now)
        endpoint = Endpoint(url=found.url, secrets=live(found.secrets, now))
        async with Sender(self._reach).line(endpoint) as line:
            return await line.send(event.id, event.body)

    async def open_ones(self, tenant: str | None) -> AsyncIterator[Opened]:
        """Give those that are active, of one merchant or of all, for who starts them again."""
        async with self._books.pool("read subscriptions") as pool:
            active = (await news_since(pool, None)).wanted_by
        for key in active:
            if tenant in {None, key.tenant}:
                yield Opened(SUBSCRIPTION_TYPE, self._start(key))

    async def _made(self, key: SubscriptionKey, request_id: str) -> SubscriptionMade | Refused:
        """Show it with the secret that this request asked for."""
        found = await self._find(key)
        if isinstance(found, Refused):
            return found
        stands = await self._rung(key)
        if isinstance(stands, Refused):
            return stands
        return SubscriptionMade(**stands.model_dump(), secret=asked_by(found.secrets, request_id))

    async def _find(self, key: SubscriptionKey) -> Subscription | Refused:
        async with self._rows(f"look at {key.subscription_id}") as (rows, _):
            return await rows.look(key) or _unknown(key)

    async def _rung(self, key: SubscriptionKey) -> SubscriptionShown | Refused:
        """Tell who follows it, and show how it stands now."""
        stands = await self.show(key)
        if not isinstance(stands, Refused):
            await self._ring(key)
        return stands

    async def _ring(self, key: SubscriptionKey) -> None:
        """Start what follows it, or tell it that something changed."""
        conflict = WorkflowIDConflictPolicy.USE_EXISTING
        begin = {**self._start(key), "id_conflict_policy": conflict, "start_signal": NEWS}
        await self._running.begin(SUBSCRIPTION_TYPE, begin, key.name)

    def _start(self, key: SubscriptionKey) -> dict[str, Any]:
        """What every start of its workflow says."""
        return {
            "arg": FollowSubscription(tenant=key.tenant, subscription_id=key.subscription_id),
            "id": key.name,
            "task_queue": self._where.task_queue,
            "id_reuse_policy": WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            "static_summary": f"Subscription {key.subscription_id} of {key.tenant}",
        }

    @asynccontextmanager
    async def _rows(self, tried: str) -> AsyncIterator[tuple[WebhookSubscriptions, Deliveries]]:
        try:
            keys = self._where.master_keys()
        except SettingsError as missing:
            raise Unavailable(self._where.database_name, tried, str(missing)) from missing
        async with self._books.pool(tried) as pool:
            yield WebhookSubscriptions(pool, keys), Deliveries(pool)


def _id_of(tenant: str, request_id: str) -> str:
    return f"sub_{hashlib.sha256(f'{tenant} {request_id}'.encode()).hexdigest()[:24]}"


def _new_secret(request_id: str) -> Secret:
    made = b64encode(dice.token_bytes(SECRET_BYTES)).decode()
    return Secret(secret=f"whsec_{made}", asked=request_id)


def _unknown(key: SubscriptionKey) -> Refused:
    because = f"there is no subscription {key.subscription_id}"
    return Refused(code="unknown_subscription", because=because)
