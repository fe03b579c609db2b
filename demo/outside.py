"""The world outside: what it was told to do by script, what it does on a day, what it plans."""

import asyncio
import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from demo.audit import Books
from demo.deeds import DEEDS, Hands
from demo.journeys import Journey
from demo.patience import patiently
from demo.stories import Stories, Story

TOGETHER = timedelta(minutes=10)
"""What the outside does within so short a time is waited for at once."""

NAMES = re.compile(r'"([^"]*)"')

STOCK = 1_000
"""Of articles that are asked for instead, unless a journey says otherwise."""

AT_ONCE = 8

DISPUTING = frozenset({"stripe", "adyen"})
"""Providers that tell by themselves what banks do to a payment."""


@dataclass(frozen=True)
class Plan:
    """Something the outside will do by itself; `about` is its note of it, as text."""

    due_at: datetime
    about: str


class Outside:
    """The sandbox, as somebody sees it who pulls its strings."""

    def __init__(self, hands: Hands, state: Path) -> None:
        self._hands = hands
        self._control = hands.control
        self._books = state / "sandbox.db"

    async def prepare(self, journeys: Iterable[Journey]) -> None:
        """Load what was paid, and tell everybody what they will do."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def prepared(journey: Journey) -> None:
            async with gate:
                await self._prepare(journey)

        await asyncio.gather(*map(prepared, journeys))

    async def _prepare(self, journey: Journey) -> None:
        order = journey.request.order
        for tender in order.tenders if order else ():
            await self._control.capture(
                tender.payment_ref,
                tender.captured_minor,
                order.currency if order else "",
                provider=tender.provider if tender.provider in DISPUTING else "stripe",
            )
        for line in journey.request.lines:
            if line.exchange_for:
                await self._control.stock(line.exchange_for.sku, STOCK)
        for shelf in journey.stock:
            await self._control.stock(**shelf)
        for script in journey.scripts:
            await self._control.script(**{"key": journey.return_id, **script})
        for fault in journey.faults:
            await self._control.fault(**fault)

    async def now(self) -> datetime:
        """Tell the time outside."""
        return await patiently(self._control.now)

    async def wait_for_me(self) -> None:
        """Let no time go by outside but what `live_until` lets go by."""
        await self._control.stop_the_clock()

    async def live_until(self, moment: datetime) -> None:
        """Let everything happen that is planned until then."""
        await patiently(lambda: self._control.advance_to(moment))

    async def unheard(self) -> int:
        """Count the webhooks that nobody has taken yet."""
        advanced = await patiently(lambda: self._control.advance(timedelta(0)))
        return int(advanced["undelivered"])

    def plans(self) -> list[Plan]:
        """List what is planned, the soonest first."""
        with sqlite3.connect(f"file:{self._books}?mode=ro", uri=True, timeout=5) as books:
            rows = books.execute("SELECT due_at, body FROM due ORDER BY due_at").fetchall()
        return [Plan(datetime.fromisoformat(due_at), body) for due_at, body in rows]

    async def books(self) -> Books:
        """Read every partner's ledger."""
        names = ("payments", "labels", "warehouse", "mail", "claims", "sms")
        return Books(*[await self._control.ledger(name) for name in names])

    async def objections(self) -> list[str]:
        """Ask the partners what does not add up on their side alone."""
        return [f"{each['violation']}: {each['subject']}" for each in await self._control.audit()]

    async def faults_fired(self) -> int:
        """Count what went wrong on purpose."""
        return len(await self._control.fired())

    async def do(self, deed: str, body: Mapping[str, Any], story: Story) -> None:
        """Let the outside do one of `demo.deeds.DEEDS` about a return."""
        await DEEDS[deed](self._hands, body, story)


def about(plans: Iterable[Plan], stories: Stories) -> set[str]:
    """Say which returns plans are about: those of which they name anything."""
    return stories.named({name for plan in plans for name in NAMES.findall(plan.about)})
