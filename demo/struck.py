"""An outside in which programs of ours are killed at work."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from demo.deeds import Hands
from demo.outside import Outside
from demo.stories import Stories
from deploy.local import LocalStack

Program = Literal["worker", "server", "database", "sandbox", "api", "everything"]

CALLED: Mapping[str, Program] = {
    "worker": "worker",
    "temporal": "server",
    "postgres": "database",
    "sandbox": "sandbox",
    "api": "api",
}
"""How the programs of a stack are called by whoever wants them killed."""


class Blow(NamedTuple):
    """A program, or everything at once, killed at the first occasion from a day of the play on."""

    day: float
    program: Program

    @property
    def names(self) -> tuple[str, ...]:
        """What the stack calls that."""
        return tuple(
            name for name, called in CALLED.items() if self.program in {called, "everything"}
        )


class Struck(Outside):
    """Kills while what the outside told is on its way to the returns."""

    def __init__(
        self,
        hands: Hands,
        stack: LocalStack,
        blows: Sequence[Blow],
        began: datetime,
        stories: Stories,
    ) -> None:
        super().__init__(hands, stack.state)
        self._stack = stack
        self._blows = sorted(blows, key=lambda blow: blow.day)
        self._began = began
        self._stories = stories
        self.killed: Counter[str] = Counter()  # of a blow to everything each is counted

    async def live_until(self, moment: datetime) -> None:
        """Let the world go on, and strike as soon as anybody has heard of it."""
        day = (moment - self._began) / timedelta(days=1)
        idle = not any(plan.due_at <= moment for plan in self.plans()[:1])
        due = [] if idle else [blow for blow in self._blows if blow.day <= day]
        living = asyncio.create_task(super().live_until(moment))
        for blow in due:
            await self._somebody_heard(living)
            if self._strike(blow):
                self._blows.remove(blow)
        await living

    async def _somebody_heard(self, living: asyncio.Task[None]) -> None:
        before = len(self._stories.rows)
        while len(self._stories.rows) == before and not living.done():
            await self._stories.read_on()

    def _strike(self, blow: Blow) -> bool:
        """Kill, unless an earlier blow has felled one of them that is not back yet."""
        if not self._stack.runs(*blow.names):
            return False
        self._stack.kill(*blow.names)
        self.killed.update(CALLED[name] for name in blow.names)
        return True
