import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from demo.conclusion import conclude
from demo.journeys import Journey
from demo.outside import Outside
from demo.run import load
from demo.stage import Stage, new_stack, stage_on
from demo.stories import Stories
from deploy.local.children import OWNER
from sandbox.control_client import SandboxControl

JOURNEYS = {"plain", "gift-card-and-card", "two-parcels", "store-credit", "one-too-many"}


def some_journeys() -> tuple[Journey, ...]:
    everything = load(None, None, datetime.now(UTC))
    return tuple(journey for journey in everything if journey.journey in JOURNEYS)


def kill(state: Path, *names: str) -> int:
    """Kill -9 every process of these programs of the stack; says how many there were."""
    killed = 0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error, ProcessLookupError):  # PostgreSQL's own come and go
            is_ours = process.environ().get(OWNER) == str(state)
            line = " ".join(process.cmdline())
            if is_ours and any(name in line for name in names):
                process.kill()
                killed += 1
    return killed


class Struck(Outside):
    """An outside in which, at each of its first moments, some programs are killed at work."""

    def __init__(
        self, control: SandboxControl, state: Path, blows: Sequence[Sequence[str]]
    ) -> None:
        super().__init__(control, state)
        self._state = state
        self._blows = list(blows)
        self.stories: Stories | None = None
        self.killed: list[int] = []

    async def live_until(self, moment: datetime) -> None:
        """Let the world go on; strike while what it told is on its way to the returns."""
        if not self._blows or self.stories is None:
            await super().live_until(moment)
            return
        before = len(self.stories.rows)
        living = asyncio.create_task(super().live_until(moment))
        while len(self.stories.rows) == before and not living.done():
            await self.stories.read_on()
        self.killed.append(kill(self._state, *self._blows.pop(0)))
        await living


@pytest.mark.parametrize(
    "blows",
    [
        [["worker.py"], ["start-dev"], ["postgres"], ["-m sandbox"], ["-m api"]],
        [["worker.py", "start-dev", "postgres", "-m sandbox", "-m api"]],
    ],
    ids=["one after the other", "all at once"],
)
async def test_after_kill_9_in_the_middle_of_it_everything_goes_on_and_all_books_agree(
    state: Path, surroundings: dict[str, str], blows: Sequence[Sequence[str]]
) -> None:
    journeys = some_journeys()
    async with new_stack(state, surroundings) as stack, stage_on(stack, "acme") as quiet:
        control = SandboxControl(stack.environment["BACKHAUL_SANDBOX_URL"])
        outside = Struck(control, state, blows)
        stage = Stage(**{**vars(quiet), "outside": outside})
        stories = outside.stories = stage.stories_of(journeys)
        await outside.prepare(journeys)
        play = stage.play(journeys, stories, lambda _now, _doing: None)
        acting = await play.to_the_end(await outside.now())
        concluded = await conclude(journeys, stories, acting, stage)
        await control.aclose()
    assert len(outside.killed) == len(blows)
    assert all(outside.killed)
    assert concluded.agrees, concluded
