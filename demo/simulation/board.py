"""What is seen while a simulation goes on: how far it is, and how its returns stand."""

import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from demo.stories import Stories
from demo.table import STYLES
from domain.words import Headline

EVERY_S = 0.25
QUIET_DAYS = 5
"""Without a terminal, a line for so many days."""


class Board:
    """Use it as a context."""

    def __init__(
        self,
        console: Console,
        stories: Stories,
        began: datetime,
        days: int,
        killed: Mapping[str, int],
    ) -> None:
        self._console = console
        self._stories = stories
        self._began = began
        self._days = days
        self._killed = killed
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._shown_at = 0.0
        self._told_day = -QUIET_DAYS

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def watch(self, now: datetime, doing: str) -> None:
        """Show how it stands, a few times a second at most."""
        day = (now - self._began) // timedelta(days=1)
        if not self._console.is_terminal:
            if day >= self._told_day + QUIET_DAYS:
                self._told_day = day
                self.say(self._line(day))
            return
        if time.monotonic() - self._shown_at > EVERY_S:
            self._shown_at = time.monotonic()
            self._live.update(self._shown(day, now, doing), refresh=True)

    def say(self, sentence: str) -> None:
        """Print a line of its own."""
        self._console.print(sentence, highlight=False, soft_wrap=True)

    def _line(self, day: int) -> str:
        counts = self._counts()
        stands = ", ".join(f"{count} {name}" for name, count in counts.items())
        return f"day {day:3}  {stands or 'nobody has asked yet'}{self._kills()}"

    def _shown(self, day: int, now: datetime, doing: str) -> Group:
        total = len(self._stories.by_id)
        asked = sum(bool(story.rows or story.answer) for story in self._stories)
        closed = sum(
            bool(story.answer) or (bool(story.rows) and story.status.closed)
            for story in self._stories
        )
        title = Text(f"day {day} of {self._days}, {now:%a %d %b %H:%M} UTC{self._kills()}", "bold")
        bars = Table.grid(padding=(0, 1))
        for name, done in (("asked for", asked), ("ended", closed)):
            bars.add_row(
                name, ProgressBar(total=total, completed=done, width=40), f"{done}/{total}"
            )
        stands = Table.grid(padding=(0, 2))
        for name, count in self._counts().items():
            stands.add_row(Text(name, STYLES.get(name, "")), str(count))
        return Group(title, bars, stands, Text(doing, "dim"))

    def _counts(self) -> dict[str, int]:
        counts = Counter(
            "refused" if story.answer else str(story.status.headline)
            for story in self._stories
            if story.rows or story.answer
        )
        order = [*map(str, Headline), "refused"]
        return {name: counts[name] for name in order if counts[name]}

    def _kills(self) -> str:
        if not self._killed:
            return ""
        return ", killed: " + ", ".join(f"{name} {times}" for name, times in self._killed.items())
