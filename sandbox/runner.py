"""Makes happen what is due: as its time comes, or when somebody moves the clock."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

from sandbox.wire import Json
from sandbox.world import World

SLICE = timedelta(seconds=60)  # what is this close together is told at once
LOOK_S = 0.5  # real time; the machine's clock may jump


class Runner:
    """Runs happenings one after the other, in order of their time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()

    async def advance_to(self, moment: datetime) -> Json:
        """Move the clock to `moment`, living through everything on the way.

        Returns once each webhook was answered, or waits for its next attempt.
        """
        async with self._turn:
            await self._world.outbox.settle()
            ran = await self._live_until(moment)
            self._world.clock.move_to(moment)
            await self._world.outbox.flush()
        return {
            "ran": ran,
            "undelivered": self._world.outbox.undelivered(),
            "now": self._world.clock.now().isoformat(),
        }

    def look(self) -> None:
        """Something was added that may be due soon."""
        self._changed.set()

    async def keep_time(self) -> None:
        """Run what is due as its time comes, for ever."""
        while True:
            self._changed.clear()
            async with self._turn:
                await self._live_until(self._world.clock.now())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), self._pause())

    def _pause(self) -> float:
        due_at = self._world.schedule.next_due()
        if due_at is None:
            return LOOK_S
        gap = (due_at - self._world.clock.now()).total_seconds()
        return min(max(gap, 0.0), LOOK_S)

    async def _live_until(self, moment: datetime) -> int:
        ran = 0
        while (first := self._world.schedule.next_until(moment)) is not None:
            ran += await self._live_slice(min(first.due_at + SLICE, moment))
        return ran

    async def _live_slice(self, end: datetime) -> int:
        """Run what is due until `end`, and have it told before time goes on."""
        world = self._world
        ran, told = 0, list[int]()
        while (happening := world.schedule.next_until(end)) is not None:
            world.clock.move_to(happening.due_at)
            with world.books.transaction():
                world.schedule.strike(happening)
                world.tell(happening.kind, happening.due_at, happening.body)
            told += world.outbox.take_fresh().all
            ran += 1
        world.outbox.release(told)
        await world.outbox.first_attempts(told)
        return ran
