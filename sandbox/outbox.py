"""Webhooks: booked with the fact they tell, sent afterwards, again until somebody takes them.

A webhook that a request has caused leaves after the request's answer, unless a fault says
otherwise. Pauses between attempts are real time: the virtual clock may stand still.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx2

from sandbox.books import Books
from sandbox.clock import Clock
from sandbox.faults import Fault, Faults, Stage
from sandbox.schedule import Schedule
from sandbox.settings import Settings
from sandbox.signing import compact, signed_headers
from sandbox.wire import Json, iso

AT_ONCE = 32
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
TIMEOUT_S = 10.0
LATE_S = 5.0  # virtual
SHUFFLE_WINDOW = 5  # webhooks that may overtake
SHUFFLE_S = 2.0  # real; then it goes, overtaken or not
ACCOUNT = "main"
SIGNATURE: tuple[Stage, ...] = ("signature",)


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

    def __init__(
        self, books: Books, clock: Clock, schedule: Schedule, faults: Faults, settings: Settings
    ) -> None:
        self._books = books
        self._clock = clock
        self._schedule = schedule
        self._faults = faults
        self._settings = settings
        self._fresh = Fresh()
        self._held: dict[int, _Held] = {}
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._tried: dict[int, asyncio.Event] = {}
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._http = httpx2.AsyncClient(timeout=TIMEOUT_S, trust_env=False)

    def book(self, provider: str, kind: str, event_id: str, body: Json, *, at: datetime) -> None:
        """Write down what will be told, in the transaction of what it tells.

        The same `event_id` again is the same event, and not told anew.
        """
        found = self._faults.arrive("webhooks", kind, event_id, stages=("webhook", "order"))
        webhook = found.get("webhook")
        copies = 2 if webhook is not None and webhook.name == "webhook_twice" else 1
        late = webhook is not None and webhook.name == "webhook_late"
        made = self._books.run(
            "INSERT OR IGNORE INTO outbox"
            " (provider, event_id, type, booked_at, body, copies, hold, state)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            provider,
            event_id,
            kind,
            iso(at),
            json.dumps(body),
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

    async def flush(self) -> None:
        """Let go what waits to be overtaken, and wait until it was tried."""
        keys = list(self._held)
        for key in keys:
            self._overtaken(key)
        await self.first_attempts(keys)

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
        await self._http.aclose()

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
        query = "SELECT provider, event_id, type, body, copies FROM outbox WHERE id = ?"
        provider, event_id, kind, body, copies = self._books.run(query, key).fetchone()
        raw = compact(json.loads(body))
        for _ in range(copies):
            pause_s = FIRST_PAUSE_S
            while not await self._attempt(key, provider, event_id, kind, raw):
                if self._endpoint(provider) is None:
                    return
                self._tried[key].set()
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
        self._books.run("UPDATE outbox SET state = 'taken' WHERE id = ?", key)

    async def _attempt(self, key: int, provider: str, event_id: str, kind: str, raw: bytes) -> bool:
        """Send once; say whether it was taken."""
        async with self._gate:
            endpoint = self._endpoint(provider)
            if endpoint is None:
                return False
            url, secret = endpoint
            with self._books.transaction():
                found = self._faults.arrive("webhooks", kind, event_id, stages=SIGNATURE)
                self._books.run("UPDATE outbox SET attempts = attempts + 1 WHERE id = ?", key)
            headers = signed_headers(
                provider,
                raw,
                secret=secret,
                event_id=event_id,
                now=self._clock.now(),
                forged="signature" in found,
            )
            return await self._post(url, raw, headers)

    async def _post(self, url: str, raw: bytes, headers: Mapping[str, str]) -> bool:
        try:
            answer = await self._http.post(
                url, content=raw, headers={"Content-Type": "application/json", **headers}
            )
        except httpx2.HTTPError:
            return False
        return answer.is_success

    def _endpoint(self, provider: str) -> tuple[str, str] | None:
        """Say where a provider's webhooks go and what they are signed with."""
        set_by_hand = self._books.get("endpoint", provider)
        secret = self._settings.secrets[provider]
        if set_by_hand is not None:
            return set_by_hand["url"], set_by_hand["secret"] or secret
        if not self._settings.webhook_url:
            return None
        return f"{self._settings.webhook_url}/{provider}/{ACCOUNT}", secret


def _hold(webhook: Fault | None) -> int:
    if webhook is None or webhook.name != "webhook_shuffled":
        return 0
    return 1 + int(webhook.drawn * SHUFFLE_WINDOW)
