"""Webhooks: booked with the fact they tell, sent afterwards, again until somebody takes them.

A webhook that a request has caused leaves after the request's answer, unless a fault says
otherwise. Pauses between attempts are real time: the virtual clock may stand still.
"""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.books import Books
from sandbox.courier import PARTNERS, Courier
from sandbox.faults import Arrival, Fault, Faults, Stage
from sandbox.schedule import Schedule
from sandbox.wire import Json, iso

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
LATE_S = 5.0  # virtual
SHUFFLE_WINDOW = 5  # webhooks that may overtake
SHUFFLE_S = 2.0  # real; then it goes, overtaken or not
BOOKING: tuple[Stage, ...] = ("webhook", "order")


@dataclass(frozen=True)
class Fresh:
    """Webhooks just booked: those that may overtake the answer, and those that may not."""

    before: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)

    @property
    def all(self) -> list[int]:
        """Give both."""
        return [*self.before, *self.after]


@dataclass
class _Held:
    provider: str
    overtaken_by: int
    release: asyncio.TimerHandle


class Outbox:
    """Webhooks that wait, and those on their way."""

    def __init__(self, books: Books, schedule: Schedule, faults: Faults, courier: Courier) -> None:
        self._books = books
        self._schedule = schedule
        self._faults = faults
        self._courier = courier
        self._fresh = Fresh()
        self._held: dict[int, _Held] = {}
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._tried: dict[int, asyncio.Event] = {}

    def book(
        self,
        provider: str,
        kind: str,
        event_id: str,
        body: Json,
        *,
        at: datetime,
        about: tuple[str, ...] = (),
    ) -> None:
        """Write down what will be told, in the transaction of what it tells.

        The same `event_id` again is the same event, and not told anew. `about` names what
        a fault can single it out by: a return, a parcel, a payment.
        """
        partner = PARTNERS[provider]
        arrival = Arrival("webhooks", kind, event_id, BOOKING, partner=partner, about=about)
        found = self._faults.arrive(arrival)
        webhook = found.get("webhook")
        copies = 2 if webhook is not None and webhook.name == "webhook_twice" else 1
        late = webhook is not None and webhook.name == "webhook_late"
        made = self._books.run(
            "INSERT OR IGNORE INTO outbox"
            " (provider, event_id, type, booked_at, body, about, copies, hold, state)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            provider,
            event_id,
            kind,
            iso(at),
            json.dumps(body),
            json.dumps(about),
            copies,
            _hold(webhook),
            "late" if late else "pending",
        )
        if not made.rowcount:
            return
        key = made.lastrowid or 0
        if late and webhook is not None:
            seconds = LATE_S if webhook.seconds is None else webhook.seconds
            due_at = at + timedelta(seconds=seconds)
            self._schedule.add(due_at, "webhook", f"webhook:{key}", {"id": key})
        else:
            (self._fresh.before if "order" in found else self._fresh.after).append(key)

    def catch_up(self, _at: datetime, body: Json) -> None:
        """Let a late webhook go."""
        self._books.run("UPDATE outbox SET state = 'pending' WHERE id = ?", body["id"])
        self._fresh.after.append(body["id"])

    def tell_again(self, provider: str, event_id: str) -> None:
        """Send an event once more, as a partner does that is not sure."""
        query = (
            "UPDATE outbox SET state = 'pending' WHERE provider = ? AND event_id = ? RETURNING id"
        )
        self._fresh.after.extend(key for (key,) in self._books.run(query, provider, event_id))

    def take_fresh(self) -> Fresh:
        """Hand over what was booked since the last call; whoever takes it lets it go."""
        fresh, self._fresh = self._fresh, Fresh()
        return fresh

    def release(self, keys: Iterable[int]) -> None:
        """Let webhooks go; one that is to be overtaken waits for the others."""
        for key in keys:
            hold, provider = self._books.run(
                "SELECT hold, provider FROM outbox WHERE id = ?", key
            ).fetchone()
            if hold:
                timer = asyncio.get_running_loop().call_later(SHUFFLE_S, self._overtaken, key)
                self._held[key] = _Held(provider, hold, timer)
            else:
                self._send(key)
                self._overtake(provider)

    async def first_attempts(self, keys: Iterable[int]) -> None:
        """Wait until each of these that may go was tried once."""
        for key in keys:
            event = self._tried.get(key)
            if event is not None:
                await event.wait()

    async def settle(self) -> None:
        """Wait until all that may go was tried once."""
        await self.first_attempts(list(self._tried))

    async def flush(self) -> None:
        """Let go what waits to be overtaken, and wait until all was tried once."""
        for key in list(self._held):
            self._overtaken(key)
        await self.settle()

    def resume(self) -> None:
        """After a start: send what a former life of this process left behind."""
        query = "SELECT id FROM outbox WHERE state = 'pending' ORDER BY id"
        self.release([key for (key,) in self._books.run(query).fetchall()])

    def send_waiting(self) -> None:
        """Send what had nowhere to go, now that there is somewhere."""
        query = "SELECT id FROM outbox WHERE state = 'pending' ORDER BY id"
        idle = [key for (key,) in self._books.run(query).fetchall() if key not in self._under_way]
        self.release([key for key in idle if key not in self._held])

    def undelivered(self) -> int:
        """Count what nobody has taken yet."""
        query = "SELECT count(*) FROM outbox WHERE state = 'pending'"
        return int(self._books.run(query).fetchone()[0])

    def listed(self) -> list[Json]:
        """Give every webhook in booking order, with what became of it."""
        query = (
            "SELECT provider, event_id, type, booked_at, state, attempts FROM outbox ORDER BY id"
        )
        names = ("provider", "event_id", "type", "at", "state", "attempts")
        return [dict(zip(names, row, strict=True)) for row in self._books.run(query)]

    async def stop(self) -> None:
        """Give up for now; what was not taken stays in the books."""
        for held in self._held.values():
            held.release.cancel()
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._courier.aclose()

    def _overtake(self, provider: str) -> None:
        for key, held in list(self._held.items()):
            if held.provider == provider:
                held.overtaken_by -= 1
                if held.overtaken_by <= 0:
                    self._overtaken(key)

    def _overtaken(self, key: int) -> None:
        held = self._held.pop(key, None)
        if held is not None:
            held.release.cancel()
            self._send(key)

    def _send(self, key: int) -> None:
        if key in self._under_way:
            return
        self._tried[key] = asyncio.Event()
        task = asyncio.create_task(self._deliver(key))
        self._under_way[key] = task
        task.add_done_callback(lambda _: self._done(key))

    def _done(self, key: int) -> None:
        self._under_way.pop(key, None)
        tried = self._tried.pop(key, None)
        if tried is not None:
            tried.set()

    async def _deliver(self, key: int) -> None:
        letter = self._courier.letter(key)
        for _ in range(letter.copies):
            pause_s = FIRST_PAUSE_S
            while not await self._courier.attempt(letter):
                if self._courier.endpoint(letter.provider) is None:
                    return
                self._tried[key].set()
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
        self._books.run("UPDATE outbox SET state = 'taken' WHERE id = ?", key)


def _hold(webhook: Fault | None) -> int:
    if webhook is None or webhook.name != "webhook_shuffled":
        return 0
    return 1 + int(webhook.drawn * SHUFFLE_WINDOW)
