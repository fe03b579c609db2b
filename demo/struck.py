"""An outside in which programs of ours are killed at work."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from demo.deeds import Hands
from demo.outside import Outside
from demo.stories import Stories
from deploy.local.killing import kill


class Blow(NamedTuple):
    """Programs that are killed at once, at the first occasion from that day of the play on."""

    day: float
    programs: tuple[str, ...]  # as a part of their command line names them


class Struck(Outside):
    """Kills while what the outside told is on its way to the returns."""

    def __init__(
        self, hands: Hands, state: Path, blows: Sequence[Blow], began: datetime, stories: Stories
    ) -> None:
        super().__init__(hands, state)
        self._state = state
        self._blows = sorted(blows, key=lambda blow: blow.day)
        self._began = began
        self._stories = stories
        self.killed: list[int] = []  # processes, blow by blow

    async def live_until(self, moment: datetime) -> None:
        """Let the world go on, and strike as soon as anybody has heard of it."""
        day = (moment - self._began) / timedelta(days=1)
        idle = not any(plan.due_at <= moment for plan in self.plans()[:1])
        if idle or not self._blows or self._blows[0].day > day:
            await super().live_until(moment)
            return
        before = len(self._stories.rows)
        living = asyncio.create_task(super().live_until(moment))
        while len(self._stories.rows) == before and not living.done():
            await self._stories.read_on()
        self.killed.append(kill(self._state, *self._blows.pop(0).programs))
        await living
