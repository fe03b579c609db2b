"""The next deadline of anybody, as one durable timer with a summary for whoever looks."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.returns.agenda import Step
    from workflows.clock import Clock

LONGEST_SUMMARY = 200
"""Signs of a summary in the UI; the server takes 400 bytes."""


class Alarm:
    """One timer, moved only to be earlier: one that rings too early is set anew."""

    def __init__(self, clock: Clock, ring: Callable[[], None]) -> None:
        self._clock = clock
        self._ring = ring
        self._at: datetime | None = None
        self._waiting: asyncio.Task[None] | None = None

    def set(self, at: datetime, step: Step) -> None:
        """Ring at that time, or before."""
        if self._at is not None and self._at <= at:
            return
        if self._waiting is not None:
            self._waiting.cancel()
        self._at = at
        self._waiting = asyncio.create_task(self._wait(at, f"{step.actor}: {step.summary}"))

    async def _wait(self, at: datetime, summary: str) -> None:
        wait = max(at - self._clock.now, timedelta(0))
        await workflow.sleep(wait, summary=summary[:LONGEST_SUMMARY])
        self._clock.move()
        self._at = self._waiting = None
        self._ring()
