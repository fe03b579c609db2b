"""What partners told us, kept in PostgreSQL until it was told to the returns it is about.

A row is unique by provider, account and their event's id, so an event that is delivered
again is known. Relaying takes turns: one process at a time holds the turn, which keeps the
order per return and tells nothing twice at once. The turn ends with its transaction, also
when the process is killed.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, LiteralString

from psycopg.rows import args_row

from adapters.postgres.pool import Connection, Pool, borrowed
from adapters.telemetry.doors import traceparent

TURN_LIMIT_S = 30.0
"""Seconds for a turn. It takes no part in the order of the feed, so it may exceed an append's."""

Settled = Literal["relayed", "quarantined", "ignored"]

_KEEP: LiteralString = """
INSERT INTO backhaul.inbox
    (provider, account, event_id, kind, occurred_at, body_sha256, facts, told_instruction_id,
     told_payout_ref, told, awaits, traceparent, state, reason, settled_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, CASE WHEN %s THEN clock_timestamp() END)
ON CONFLICT (provider, account, event_id) DO NOTHING RETURNING id"""
_SAME: LiteralString = """
SELECT body_sha256 = %s FROM backhaul.inbox
WHERE provider = %s AND account = %s AND event_id = %s"""
# Under way, the transaction's limit can be ended and begun but not moved: first 0, then ours.
_TAKE_TURN: LiteralString = """
SELECT pg_try_advisory_xact_lock(x'4250'::int, 1),
       set_config('transaction_timeout', '0', true),
       set_config('transaction_timeout', %s, true),
       set_config('idle_in_transaction_session_timeout', %s, true)"""
_TO_RESOLVE: LiteralString = """
SELECT id, provider, account, event_id, kind, received_at, attempts, facts::text
FROM backhaul.inbox
WHERE state = 'received' OR (state = 'waiting' AND next_try_at <= %s)
UNION ALL
SELECT id, provider, account, event_id, kind, received_at, attempts, facts::text
FROM backhaul.inbox AS unplaced
WHERE awaits IS NOT NULL AND state = 'quarantined' AND attempts = 0
  AND EXISTS (SELECT FROM backhaul.stream AS begun WHERE begun.stream_id = unplaced.awaits)
ORDER BY id LIMIT %s"""
_DELIVER: LiteralString = """
INSERT INTO backhaul.inbox_delivery (inbox_id, number, tenant, return_id, signal, body)
VALUES (%s, %s, %s, %s, %s, %s)"""
# What a person placed or dropped during the turn is theirs.
_RESOLVED: LiteralString = """
UPDATE backhaul.inbox
SET state = 'resolved', reason = '', attempts = attempts + 1, next_try_at = NULL
WHERE id = %s AND state <> 'ignored'"""
_WAIT: LiteralString = """
UPDATE backhaul.inbox
SET state = 'waiting', reason = %s, attempts = attempts + 1, next_try_at = %s
WHERE id = %s AND state <> 'ignored'"""
_SETTLE: LiteralString = """
UPDATE backhaul.inbox
SET state = %s, reason = %s, attempts = attempts + 1, next_try_at = NULL,
    settled_at = clock_timestamp()
WHERE id = %s AND state <> 'ignored'"""
_TO_TELL: LiteralString = """
SELECT d.inbox_id, d.number, d.tenant, d.return_id, d.signal, d.body::text, i.traceparent
FROM backhaul.inbox_delivery AS d JOIN backhaul.inbox AS i ON i.id = d.inbox_id
WHERE d.relayed_at IS NULL AND i.state = 'resolved'
  AND d.tenant || ':' || d.return_id <> ALL (%s)
ORDER BY d.inbox_id, d.number LIMIT %s"""
_TOLD: LiteralString = """
UPDATE backhaul.inbox_delivery SET relayed_at = clock_timestamp()
WHERE inbox_id = %s AND number = %s"""
_ALL_TOLD: LiteralString = """
UPDATE backhaul.inbox AS i
SET state = 'relayed', settled_at = clock_timestamp()
WHERE i.id = ANY (%s) AND i.state = 'resolved' AND NOT EXISTS (
    SELECT FROM backhaul.inbox_delivery AS d WHERE d.inbox_id = i.id AND d.relayed_at IS NULL
)"""
_BODIES: LiteralString = """
SELECT body::text FROM backhaul.inbox_delivery
WHERE tenant = %s AND return_id = %s AND signal = %s AND body::text <> '{}'
ORDER BY inbox_id, number"""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A proven event as it comes in, with what it means in our words."""

    provider: str
    account: str
    event_id: str
    kind: str
    occurred_at: datetime
    body_sha256: bytes
    facts: Sequence[Mapping[str, Any]]
    awaits: str | None = None  # the stream with which its quarantine ends


@dataclass(frozen=True, slots=True)
class Open:
    """An event whose returns are still to be found."""

    id: int
    provider: str
    account: str
    event_id: str
    kind: str
    received_at: datetime
    attempts: int
    facts_json: str

    @property
    def facts(self) -> list[dict[str, Any]]:
        """What it means, each fact with `signal`, `reference_kind`, `reference` and `body`."""
        read: list[dict[str, Any]] = json.loads(self.facts_json)
        return read


@dataclass(frozen=True, slots=True)
class Delivery:
    """One signal to one return, as it was written down to be sent."""

    inbox_id: int
    number: int
    tenant: str
    return_id: str
    signal: str
    body_json: str
    traceparent: str = ""  # of the request that brought the news

    @property
    def body(self) -> Any:
        """What the signal takes."""
        return json.loads(self.body_json)


@dataclass(frozen=True, slots=True)
class Tidings:
    """One signal to one return, as it is decided."""

    tenant: str
    return_id: str
    signal: str
    body: Mapping[str, Any]


class Turn:
    """The relay's turn: everything in it becomes true together when it ends."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def to_resolve(self, now: datetime, limit: int) -> list[Open]:
        """Give events whose returns are to be found now, the first received first."""
        async with self.connection.cursor(row_factory=args_row(Open)) as cursor:
            await cursor.execute(_TO_RESOLVE, (now, limit))
            return await cursor.fetchall()

    async def resolve(self, event: Open, tidings: Sequence[Tidings]) -> None:
        """Write down whom to tell what. Sent in a later turn, after this one is committed.

        Nobody is told where a person took it out of the relay's hands in this turn.
        """
        rows = [
            (event.id, number, each.tenant, each.return_id, each.signal, json.dumps(each.body))
            for number, each in enumerate(tidings)
        ]
        async with self.connection.cursor() as cursor:
            await cursor.execute(_RESOLVED, (event.id,))
            if cursor.rowcount == 1:
                await cursor.executemany(_DELIVER, rows)

    async def wait(self, event: Open, reason: str, next_try_at: datetime) -> None:
        """Its return is not known yet: look again, not before then."""
        await self.connection.execute(_WAIT, (reason, next_try_at, event.id))

    async def settle(self, inbox_id: int, state: Settled, reason: str) -> None:
        """Nothing more is done with it by itself; the reason is for a person."""
        await self.connection.execute(_SETTLE, (state, reason, inbox_id))

    async def to_tell(self, limit: int, *, except_for: Sequence[str] = ()) -> list[Delivery]:
        """Give signals to send, in order; none for the returns (`tenant:return_id`) left out."""
        async with self.connection.cursor(row_factory=args_row(Delivery)) as cursor:
            await cursor.execute(_TO_TELL, (list(except_for), limit))
            return await cursor.fetchall()

    async def told(self, deliveries: Sequence[Delivery]) -> None:
        """Note what was sent; an event of which all was sent is relayed."""
        async with self.connection.cursor() as cursor:
            await cursor.executemany(_TOLD, [(each.inbox_id, each.number) for each in deliveries])
            await cursor.execute(_ALL_TOLD, ([each.inbox_id for each in deliveries],))

    async def bodies_for(self, tenant: str, return_id: str, signal: str) -> list[dict[str, Any]]:
        """Give what a return was told, or is about to be told, by signals of this name.

        What was emptied, because its person was forgotten, is left out.
        """
        cursor = await self.connection.execute(_BODIES, (tenant, return_id, signal))
        return [json.loads(text) for (text,) in await cursor.fetchall()]


class Inbox:
    """Every method may raise `StoreUnavailable`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def keep(
        self, event: Incoming, state: Literal["received"] | Settled = "received", reason: str = ""
    ) -> Literal["new", "known", "differs"]:
        """Write an event down, once. When this returns it is durable and may be acknowledged.

        Args:
            event: What came in.
            state: `received`, or how it is settled where nothing is to be relayed.
            reason: Why it is settled, in words without a person.

        Returns:
            `differs` for an event that is known with another body; the first one counts.
        """
        key = (event.provider, event.account, event.event_id)
        facts = json.dumps(list(event.facts))
        about = (event.kind, event.occurred_at, event.body_sha256, facts)
        async with borrowed(self._pool) as connection:
            cursor = await connection.execute(
                _KEEP,
                (
                    *key,
                    *about,
                    *_told(event),
                    event.awaits,
                    traceparent(),
                    state,
                    reason,
                    state != "received",
                ),
            )
            if await cursor.fetchone() is not None:
                return "new"
            cursor = await connection.execute(_SAME, (event.body_sha256, *key))
            return "known" if await cursor.fetchone() == (True,) else "differs"

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn | None]:
        """Take the relay's turn; none where another process has it."""
        limit = f"{TURN_LIMIT_S:.0f}s"
        async with (
            borrowed(self._pool, deadline_s=TURN_LIMIT_S) as connection,
            connection.transaction(),
        ):
            cursor = await connection.execute(_TAKE_TURN, (limit, limit))
            row = await cursor.fetchone()
            yield Turn(connection) if row is not None and row[0] else None


def _told(event: Incoming) -> tuple[str | None, str | None, str | None]:
    """What was signed, and by what it is found: an event about a payout has one fact alone."""
    proven = event.facts[0].get("proven") if event.facts else None
    if not proven:
        return None, None, None
    ours, theirs = proven.get("instruction_id"), proven.get("payout_ref")
    return _findable(ours), _findable(theirs), json.dumps(proven)


def _findable(reference: object) -> str | None:
    """A reference that a column can hold; no payout of ours has another."""
    holds = isinstance(reference, str) and reference and "\x00" not in reference
    return str(reference) if holds else None
