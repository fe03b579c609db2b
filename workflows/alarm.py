"""The next deadline of anybody, as one durable timer with a summary for whoever looks."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow

LONGEST_SUMMARY = 200
"""Signs of a summary in the UI; the server takes 400 bytes."""


class Alarm:
    """A timer for the next deadline; one that rings too early is set anew.

    An earlier deadline gets a timer of its own, and the later one stays: a timer that is
    cancelled in the task that started it was never there in a replay, and a replay takes for
    one task what were several.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._set: dict[datetime, asyncio.Task[None]] = {}

    def set(self, at: datetime, now: datetime, summary: str) -> None:
        """Ring at that time, or before; `summary` says whose turn it is until then."""
        if any(earlier <= at for earlier in self._set):
            return
        wait = max(at - now, timedelta(0))
        self._set[at] = asyncio.create_task(self._wait(at, wait, summary))

    async def _wait(self, at: datetime, wait: timedelta, summary: str) -> None:
        await workflow.sleep(wait, summary=summary[:LONGEST_SUMMARY])
        del self._set[at]
        self._ring()
