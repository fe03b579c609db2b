"""Where the demo plays: a stack on a folder of its own, and the connections to it."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import LiteralString

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool, borrowed, connect
from adapters.settings import Settings
from api.client import ReturnsClient
from demo.asking import Asking
from demo.clockwork import Clockwork
from demo.deeds import Hands
from demo.journeys import Journey
from demo.outside import Outside
from demo.play import Play, Watcher
from demo.settling import Settling
from demo.stories import Stories, Story
from demo.struck import Blow, Struck
from deploy.local import LocalStack, start_programs
from deploy.local.children import stop_survivors
from deploy.local.lock import only_stack_on
from sandbox.control_client import SandboxControl

_HEARD: LiteralString = """
SELECT DISTINCT ON (i.event_id) i.event_id, d.return_id
FROM backhaul.inbox AS i JOIN backhaul.inbox_delivery AS d ON d.inbox_id = i.id
ORDER BY i.event_id, d.return_id"""


@dataclass(frozen=True)
class Stage:
    """Everything that a play needs."""

    tenant: str
    stack: LocalStack
    hands: Hands
    pool: Pool
    returns: ReturnsClient
    outside: Outside
    asking: Asking
    clocks: Clockwork

    def stories_of(self, journeys: Sequence[Journey]) -> Stories:
        """The returns to be followed, of which nothing is known yet."""
        known = {}
        for journey in journeys:
            order = journey.request.order
            refs = tuple(tender.payment_ref for tender in order.tenders) if order else ()
            known[journey.return_id] = Story(self.tenant, journey.return_id, refs)
        return Stories(PostgresEventStore(self.pool), known)

    def struck(self, blows: Sequence[Blow], began: datetime, stories: Stories) -> "Stage":
        """The same, with programs that are killed at work."""
        return replace(self, outside=Struck(self.hands, self.stack, blows, began, stories))

    async def settled(self, stories: Stories) -> bool:
        """Wait until nothing moves by itself any more, whatever a partner holds up."""
        return await Settling(self.pool, self.outside, stories, self.clocks).settle()

    async def heard(self) -> dict[str, str]:
        """Which return each webhook told something, by the webhook's id."""
        async with borrowed(self.pool) as connection:
            cursor = await connection.execute(_HEARD)
            return dict(await cursor.fetchall())

    def play(
        self,
        journeys: Sequence[Journey],
        stories: Stories,
        watch: Watcher,
        tick: timedelta | None = None,
        *,
        hurried: bool = False,
    ) -> Play:
        """Put a play on; see `Play` for its arguments."""
        return Play(
            journeys,
            stories,
            outside=self.outside,
            asking=self.asking,
            clocks=self.clocks,
            settling=Settling(self.pool, self.outside, stories, self.clocks),
            watch=watch,
            tick=tick,
            hurried=hurried,
        )


@asynccontextmanager
async def new_stack(state: Path, env: Mapping[str, str] = os.environ) -> AsyncIterator[LocalStack]:
    """Start the whole stack on an empty folder; one that still runs there is left alone.

    Raises:
        StackAlreadyRuns: One does.
        ChildFailed: A program of it did not start.
    """
    await asyncio.to_thread(_clear, state)
    async with LocalStack.at(state, env=env) as stack:
        await start_programs(stack)
        yield stack


def _clear(state: Path) -> None:
    state.mkdir(parents=True, exist_ok=True)
    with only_stack_on(state):
        stop_survivors(state)
        for path in state.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != "stack.lock":
                path.unlink()


@asynccontextmanager
async def stage_on(stack: LocalStack, tenant: str) -> AsyncIterator[Stage]:
    """Connect to a running stack."""
    settings = Settings.from_env(stack.environment)
    async with AsyncExitStack() as opened:
        pool = await connect(settings.database_url, migrate=False)
        opened.push_async_callback(pool.close)
        client = await Client.connect(
            **settings.temporal_connect(), data_converter=pydantic_data_converter
        )
        control = await opened.enter_async_context(SandboxControl(settings.sandbox_url or ""))
        returns = await ReturnsClient.connect(stack.environment)
        await opened.enter_async_context(returns)
        hands = Hands(control, returns.orders, returns.recoveries, returns.lots)
        yield Stage(
            tenant=tenant,
            stack=stack,
            hands=hands,
            pool=pool,
            returns=returns,
            outside=Outside(hands, stack.state),
            asking=Asking(returns, tenant),
            clocks=Clockwork(client, tenant, settings.task_queue),
        )
