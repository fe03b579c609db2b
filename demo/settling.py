"""Waits until everything that was set going has come to rest."""

import asyncio
import time
from collections.abc import Iterable
from typing import LiteralString

from adapters.postgres.pool import Pool, borrowed
from demo.clockwork import Clockwork
from demo.outside import Outside
from demo.patience import patiently
from demo.stories import Stories

PATIENCE_S = 45.0
"""Real seconds: longer than a partner's whole deadline, which a lost answer takes."""

GLANCE_S, LONGEST_GLANCE_S = 0.02, 0.15
"""Real seconds between two looks: the longer it takes, the more seldom."""

WAITS_S = 2.0
"""Real seconds for which an event of nobody's known return holds everything up."""

_INBOX: LiteralString = """
SELECT count(*) FILTER (WHERE state IN ('received', 'resolved')),
       count(*) FILTER (WHERE state = 'waiting'),
       coalesce(max(id), 0)
FROM backhaul.inbox"""
_TOLD: LiteralString = """
SELECT DISTINCT return_id FROM backhaul.inbox_delivery WHERE inbox_id > %s"""


class Settling:
    """Looks at the outside, the inbox, the streams and the workflows, in this order."""

    def __init__(self, pool: Pool, outside: Outside, stories: Stories, clocks: Clockwork) -> None:
        self._pool = pool
        self._outside = outside
        self._stories = stories
        self._clocks = clocks
        self._inbox_id = 0

    async def settle(self, touched: Iterable[str] = (), *, hurried: bool = False) -> bool:
        """Wait until nothing moves by itself any more; says whether it came to that.

        Args:
            touched: Returns that were asked something, or whose deadline has come.
            hurried: Do not wait for steps that a partner holds up; whoever comes next to such
                a return waits then.
        """
        began = time.monotonic()
        glance_s = GLANCE_S
        moving = set(touched)
        while time.monotonic() - began < PATIENCE_S:
            moving |= await self._told_since()
            if await self._is_quiet(patient=time.monotonic() - began < WAITS_S):
                busy = {story.return_id for story in self._stories if story.is_busy}
                if hurried or not busy:
                    moving = await self._clocks.unfinished(moving | busy, hurried=hurried)
                    if not moving and not await self._stories.read_on():
                        return True
            await asyncio.sleep(glance_s)
            glance_s = min(glance_s * 1.3, LONGEST_GLANCE_S)
        return False

    async def _is_quiet(self, *, patient: bool) -> bool:
        """Whether every webhook was taken and told."""
        if await self._outside.unheard():
            return False
        _, under_way, waiting, _ = await patiently(self._look)
        if under_way or (waiting and patient):
            return False
        await self._stories.read_on()
        return True

    async def _told_since(self) -> set[str]:
        """The returns that were told something since the last look."""
        told, under_way, waiting, newest = await patiently(self._look)
        if not under_way and not waiting:
            self._inbox_id = newest
        return told

    async def _look(self) -> tuple[set[str], int, int, int]:
        """Whom the inbox has told lately, what is under way in it, what waits, its last event."""
        async with borrowed(self._pool) as connection:
            cursor = await connection.execute(_TOLD, (self._inbox_id,))
            told = {return_id for (return_id,) in await cursor.fetchall()}
            cursor = await connection.execute(_INBOX)
            under_way, waiting, newest = (await cursor.fetchall())[0]
        return told, under_way, waiting, newest
