"""What most tests of the relay need, in one hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx2

from adapters.postgres.inbox import Inbox
from adapters.postgres.pool import Pool, borrowed
from api.doors import Doors
from api.relay import Relay
from api.resolving import Resolver
from projections.runner import catch_up
from tests.api.collecting import Heard, Listener
from tests.api.signed import Sent
from tests.projections.story import Story


@dataclass
class Scene:
    """Partners who send, returns that hear, and a relay in between that a test sets going."""

    http: httpx2.AsyncClient
    make_doors: Callable[[], Doors]
    pool: Pool
    story: Story
    listener: Listener
    tenant: str

    async def post(self, *webhooks: Sent) -> None:
        """Send webhooks, one after the other; each is acknowledged."""
        for sent in webhooks:
            answer = await self.http.post(sent.path, content=sent.raw, headers=dict(sent.headers))
            assert answer.status_code == 202, answer.text

    async def relay(self, ahead: timedelta = timedelta(0)) -> int:
        """Relay what there is, by a clock that is so far ahead; give how much was told."""
        doors = self.make_doors()
        resolver = Resolver(doors.store, doors.settings.webhook_tenants)
        relay = Relay(
            Inbox(self.pool),
            resolver,
            doors.temporal,
            task_queue=doors.task_queue,
            now=lambda: datetime.now(UTC) + ahead,
        )
        return await relay.drain()

    async def label(self, return_id: str = "R-1", number: str = "T1") -> None:
        """Open a return of an order of its own, and buy its label."""
        await self.story.open(return_id, order_id=f"W-{return_id}")
        await self.story.label(return_id, number)
        await catch_up(self.pool)

    async def caught_up(self) -> None:
        """Let the read models know what was recorded."""
        await catch_up(self.pool)

    async def heard(self, count: int, return_id: str = "R-1") -> Heard:
        """Wait until a return has heard so much, and give all it heard in this run."""
        return await self.listener.heard(return_id, count, self.tenant)

    async def states(self) -> list[tuple[str, str, str]]:
        """Event id, state and reason of every row of the inbox, in the order they came in."""
        return await states(self.pool)

    async def state_of(self, event_id: str) -> str:
        """What became of an event."""
        [found] = [state for known, state, _ in await self.states() if known == event_id]
        return found


async def states(pool: Pool) -> list[tuple[str, str, str]]:
    async with borrowed(pool) as connection:
        cursor = await connection.execute(
            "SELECT event_id, state, reason FROM backhaul.inbox ORDER BY id"
        )
        return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]
