"""Rings for who follows subscriptions when something they want was recorded.

A ring may be late, lost or doubled: what is to be delivered is read from the feed. What a
process missed while it was down it makes up for at its start, by ringing for all that are active.
"""

import asyncio
from collections.abc import Iterable

import structlog

from activities.event_store import StoreUnavailable
from activities.failures import Unavailable
from adapters.postgres.pool import Pool
from adapters.postgres.subscription_news import news_since
from adapters.postgres.wake_ups import WakeUps
from adapters.runs import WorkflowRuns
from domain.subscriptions.messages import FollowSubscription
from domain.subscriptions.words import SUBSCRIPTION_TYPE

LEAST_S = 1.0
"""Seconds between two looks: what is recorded meanwhile shares the next one."""

POLL_S = 5.0
"""Seconds after which is looked though nobody said that something was appended."""

log = structlog.get_logger()


class Bell:
    """One in each worker that delivers."""

    def __init__(self, pool: Pool, wake_ups: WakeUps, runs: WorkflowRuns) -> None:
        self._pool = pool
        self._wake_ups = wake_ups
        self._runs = runs
        self._heard: int | None = None  # up to this position of the feed

    async def run(self, queue: str, stop: asyncio.Event) -> None:
        """Ring until `stop` is set; `queue` is the one in which is delivered."""
        while not stop.is_set():
            rung = self._wake_ups.next_ring()
            try:
                await self.look(queue)
            except (StoreUnavailable, Unavailable) as away:
                log.warning("bell.interrupted", error=type(away).__name__)
            except Exception as defect:  # noqa: BLE001 steps go on being taken meanwhile
                log.error("bell.failed", error=type(defect).__name__)  # noqa: TRY400 no bodies in logs
            await _first_of((stop,), LEAST_S)
            await _first_of((stop, rung), POLL_S)

    async def look(self, queue: str) -> None:
        """Ring for those that want what happened since the last look; at first for all.

        Raises:
            StoreUnavailable: The database does not answer.
            Unavailable: The Temporal server does not; the next look rings again.
        """
        news = await news_since(self._pool, self._heard)
        for key in news.wanted_by:
            start = FollowSubscription(tenant=key.tenant, subscription_id=key.subscription_id)
            await self._runs.wake(SUBSCRIPTION_TYPE, key.name, start.model_dump(), queue)
        self._heard = news.head


async def _first_of(events: Iterable[asyncio.Event], within_s: float) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(waiting, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    for each in waiting:
        each.cancel()
