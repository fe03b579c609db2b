"""Delivering what merchants want to be told: at least once, each return's events in their order.

A message is sent first and noted afterwards: killed in between, it is sent again, under the
same id. Of each return only the first message that waits is sent; what waits for one return
holds up no other.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

import structlog
from temporalio import activity

from activities.event_store import EventStore
from activities.steps import alive
from domain.returns.evolve import fold
from domain.returns.upcasting import read_event
from domain.subscriptions.cloud_event import CloudEvent, as_cloud_event
from domain.subscriptions.messages import Deliver, Delivered
from domain.subscriptions.patience import GIVE_UP_AFTER, pause_after
from domain.subscriptions.signing import live
from domain.subscriptions.standing import Backlog, State, Subscription, SubscriptionKey, Waiting
from domain.subscriptions.words import Attempt, Endpoint

AT_ONCE = 8
"""Messages on their way to one endpoint."""

TURN_S = 30.0
"""Seconds after which a turn begins nothing more though more is due; another follows at once."""

log = structlog.get_logger()


class Subscriptions(Protocol):
    """Who wants to be told."""

    async def look(self, key: SubscriptionKey) -> Subscription | None: ...

    async def set_state(
        self, key: SubscriptionKey, state: State, because: str, at: datetime
    ) -> bool: ...


class Deliveries(Protocol):
    """What waits for each; nothing in it is lost."""

    async def take_in(self, key: SubscriptionKey, now: datetime) -> bool: ...

    async def due(self, key: SubscriptionKey, now: datetime, limit: int) -> Sequence[Waiting]: ...

    async def backlog(self, key: SubscriptionKey) -> Backlog: ...

    async def note(
        self,
        key: SubscriptionKey,
        position: int,
        attempt: Attempt,
        at: datetime,
        next_at: datetime,
    ) -> None: ...


class Line(Protocol):
    """Open to one endpoint."""

    async def send(self, message_id: str, body: bytes) -> Attempt: ...


class Sender(Protocol):
    """Opens lines; a line that cannot be used says so with each message."""

    def line(self, endpoint: Endpoint) -> AbstractAsyncContextManager[Line]: ...


class Delivering:
    """One turn of a subscription: what happened is taken in, what is due is sent."""

    def __init__(
        self,
        store: EventStore,
        subscriptions: Subscriptions,
        deliveries: Deliveries,
        sender: Sender,
    ) -> None:
        self._store = store
        self._subscriptions = subscriptions
        self._deliveries = deliveries
        self._sender = sender

    @activity.defn
    async def deliver_events(self, asked: Deliver) -> Delivered:
        """Take one turn. At least once: what was sent and not noted is sent again.

        Raises:
            StoreUnavailable: The database does not answer.
        """
        return await alive(self.deliver(asked.key, asked.now))

    async def deliver(self, key: SubscriptionKey, now: datetime) -> Delivered:
        """Send what is due by now; retries are counted by `now`, too.

        Raises:
            StoreUnavailable: The database does not answer.
        """
        end = time.monotonic() + TURN_S
        while await self._deliveries.take_in(key, now) and time.monotonic() < end:
            pass
        found = await self._subscriptions.look(key)
        if found is None:
            return Delivered(state=None)
        if found.state != "active":
            return await self._standing(found)
        endpoint = Endpoint(url=found.url, secrets=live(found.secrets, now))
        async with self._sender.line(endpoint) as line:
            while await self._send_due(key, line, now) and time.monotonic() < end:
                pass
        after = await self._subscriptions.look(key)
        if after is None:
            return Delivered(state=None)
        return await self._standing(after)

    async def _standing(self, one: Subscription) -> Delivered:
        backlog = await self._deliveries.backlog(one.key)
        said = one.model_dump(include={"state", "because", "delivered_at"})
        return Delivered(**said, **backlog.model_dump())

    async def _send_due(self, key: SubscriptionKey, line: Line, now: datetime) -> bool:
        """Send what is due; True where there may be more, and it makes sense to go on."""
        due = await self._deliveries.due(key, now, AT_ONCE)
        ended = await asyncio.gather(*(self._send(key, line, each, now) for each in due))
        return bool(due) and not any(ended)

    async def _send(
        self, key: SubscriptionKey, line: Line, waiting: Waiting, now: datetime
    ) -> bool:
        """Send one message and note what came of it; True where the subscription ends by it."""
        event = await self._event(waiting)
        attempt = await line.send(event.id, event.body)
        dice = random.randint(0, 1_000)  # noqa: S311 spreads attempts, and keeps no secret
        pause = pause_after(waiting.attempts + 1, dice, attempt.retry_after_s)
        await self._deliveries.note(key, waiting.position, attempt, now, now + pause)
        because = "" if attempt.taken else _why_stop(attempt, waiting.first_at or now, now)
        if because and await self._subscriptions.set_state(key, "stopped", because, now):
            about = {"tenant": key.tenant, "subscription_id": key.subscription_id}
            log.error("subscription.stopped", **about, because=because)
        return bool(because)

    async def _event(self, waiting: Waiting) -> CloudEvent:
        stored = (await self._store.read((waiting.stream_id, 0)))[waiting.stream_id]
        told = [
            read_event(each.type, each.schema_version, each.data)
            for each in stored[: waiting.version]
        ]
        source = stored[waiting.version - 1]
        return as_cloud_event(source.event_id, source.tenant, told[-1], fold(told))


def _why_stop(attempt: Attempt, first_at: datetime, now: datetime) -> str:
    """Say why it makes no sense to go on; empty where it does."""
    if attempt.gone:
        return "the endpoint says that it is gone (410)"
    if now - first_at >= GIVE_UP_AFTER:
        return f"nothing was taken for {GIVE_UP_AFTER.days} days: {attempt.problem}"
    return ""
