"""The world outside: what it was told to do by script, what it does on a day, what it plans."""

import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from demo.audit import Books
from demo.journeys import Journey
from demo.patience import patiently
from demo.stories import Story
from sandbox.control_client import SandboxControl

TOGETHER = timedelta(minutes=10)
"""What the outside does within so short a time is waited for at once."""

STOCK = 1_000
"""Of articles that are asked for instead, unless a journey says otherwise."""


@dataclass(frozen=True)
class Plan:
    """Something the outside will do by itself; `about` is its note of it, as text."""

    due_at: datetime
    about: str


class Outside:
    """The sandbox, as somebody sees it who pulls its strings."""

    def __init__(self, control: SandboxControl, state: Path) -> None:
        self._control = control
        self._books = state / "sandbox.db"

    async def prepare(self, journeys: Iterable[Journey]) -> None:
        """Load what was paid, and tell everybody what they will do."""
        for journey in journeys:
            order = journey.request.order
            for tender in order.tenders if order else ():
                await self._control.capture(
                    tender.payment_ref, tender.captured_minor, order.currency if order else ""
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
        names = ("payments", "labels", "warehouse", "mail")
        return Books(*[await self._control.ledger(name) for name in names])

    async def objections(self) -> list[str]:
        """Ask the partners what does not add up on their side alone."""
        return [f"{each['violation']}: {each['subject']}" for each in await self._control.audit()]

    async def faults_fired(self) -> int:
        """Count what went wrong on purpose."""
        return len(await self._control.fired())

    async def do(self, deed: str, body: Mapping[str, Any], story: Story) -> None:
        """Let the outside do one of `DEEDS` about a return."""
        await DEEDS[deed](self._control, body, story)


def about(plan: Plan, stories: Iterable[Story]) -> set[str]:
    """Say which returns a plan is about: those of which it names anything."""
    return {story.return_id for story in stories if any(name in plan.about for name in story.names)}


# ── What can be done on a day ─────────────────────────────────────────────────────────────

Deed = Callable[[SandboxControl, Mapping[str, Any], Story], Awaitable[None]]


async def _pickup_outcome(control: SandboxControl, body: Mapping[str, Any], story: Story) -> None:
    visit = story.last("PickupScheduled")["pickup_ref"]
    await control.pickup_outcome(visit, **body)


async def _scan(control: SandboxControl, body: Mapping[str, Any], story: Story) -> None:
    number = story.last("LabelPurchased")["tracking_number"]
    await control.scan(**{"tracking_number": number, **body})


async def _refund_outcome(control: SandboxControl, body: Mapping[str, Any], story: Story) -> None:
    await control.refund_outcome(story.last("PayoutPlanned")["instruction_id"], **body)


async def _receipt(control: SandboxControl, body: Mapping[str, Any], _story: Story) -> None:
    await control.receipt(dict(body))


async def _chargeback(control: SandboxControl, body: Mapping[str, Any], _story: Story) -> None:
    await control.chargeback(**body)


async def _close_chargeback(
    control: SandboxControl, body: Mapping[str, Any], _story: Story
) -> None:
    opened = [row for row in await control.ledger("payments") if row["kind"] == "chargeback"]
    dispute = next(row for row in opened if row["payment_ref"] == body["payment_ref"])
    await control.close_chargeback(dispute["dispute_id"], body["status"])


DEEDS: Mapping[str, Deed] = {
    "pickup_outcome": _pickup_outcome,
    "scan": _scan,
    "refund_outcome": _refund_outcome,
    "receipt": _receipt,
    "chargeback": _chargeback,
    "close_chargeback": _close_chargeback,
}
