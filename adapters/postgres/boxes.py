"""Boxes whose returns are not known, or were taken for the wrong one: a person places them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg.abc import Params
from psycopg.rows import args_row

from adapters.postgres.inbox import Inbox
from adapters.postgres.pool import Pool, borrowed
from adapters.postgres.tidings import DOCK, Told

RECEIPT = "report_receipt"
LONGEST_LIST = 200

TELLS_OF_A_BOX = f"%{RECEIPT}%"
"""Facts like this are placed as a box is; other news is released or dropped."""

_WAITING: LiteralString = """
SELECT id, provider, account, event_id, state, reason, received_at, facts::text
FROM backhaul.inbox
WHERE state IN ('quarantined', 'waiting') AND facts::text LIKE %s
ORDER BY id LIMIT %s"""
# By its number, else by the id under which a return knows it.
_ONE: LiteralString = """
SELECT id, provider, account, event_id, state, reason, received_at, facts::text
FROM backhaul.inbox
WHERE id = coalesce(%(number)s, (
    SELECT max(inbox_id) FROM backhaul.inbox_delivery
    WHERE signal = 'report_receipt' AND body ->> 'message_id' = %(told)s
))"""
_PLACED: LiteralString = """
UPDATE backhaul.inbox
SET state = 'ignored', reason = %s, next_try_at = NULL, settled_at = clock_timestamp()
WHERE id = %s AND state IN ('quarantined', 'waiting')"""


@dataclass(frozen=True, slots=True)
class Box:
    """A receipt in the inbox; `id` is its number there."""

    id: int
    provider: str
    account: str
    event_id: str
    state: str
    reason: str
    received_at: datetime
    facts_json: str

    @property
    def facts(self) -> list[dict[str, Any]]:
        """What it tells."""
        read: list[dict[str, Any]] = json.loads(self.facts_json)
        return read

    @property
    def receipt(self) -> Mapping[str, Any]:
        """What was counted; nothing where it is no receipt."""
        bodies = (fact["body"] for fact in self.facts if fact["signal"] == RECEIPT)
        return next(bodies, {})

    @property
    def units(self) -> list[tuple[str, int]]:
        """Each article with how many of it."""
        listed = [unit for unit in self.receipt.get("units") or () if isinstance(unit, dict)]
        return [(str(unit.get("sku", "")), int(unit.get("quantity") or 0)) for unit in listed]


class Boxes:
    """Every method may raise `StoreUnavailable`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._inbox = Inbox(pool)

    async def waiting(self) -> list[Box]:
        """Give the receipts that no return was found for, the first received first."""
        return await self._read(_WAITING, (TELLS_OF_A_BOX, LONGEST_LIST))

    async def find(self, name: str) -> Box | None:
        """Give one receipt, by its number or by the id under which returns know it."""
        number = int(name) if name.isascii() and name.isdigit() and len(name) <= 18 else None
        return next(iter(await self._read(_ONE, {"number": number, "told": name})), None)

    async def place(self, box: Box, tenant: str, returns: Sequence[str], now: datetime) -> bool:
        """Say which returns a waiting box is for; False where it waits no longer.

        What came in is never rewritten: it is left once more, with the names.
        """
        facts = [_named(fact, returns) for fact in box.facts]
        told = Told(DOCK, tenant, f"{box.event_id}:placed"[:200], RECEIPT, now, facts)
        if await self._inbox.keep(told.incoming) == "differs":
            return False
        async with borrowed(self._pool) as connection:
            cursor = await connection.execute(
                _PLACED, (f"placed: {', '.join(returns)}"[:200], box.id)
            )
            return cursor.rowcount == 1

    async def move(self, box: Box, tenant: str, returns: Sequence[str], now: datetime) -> str:
        """Let a box that was told be other returns'; without any, let it be nobody's.

        It is a correction of what was told, to those who heard it and those who are to.
        Gives the correction's message id; asked again for the same, it is the same.
        """
        old = str(box.receipt["message_id"])
        message_id = f"{old}:{'+'.join(returns) or 'nobody'}"[:200]
        kept = ("occurred_at", "warehouse", "units")
        body = {name: box.receipt[name] for name in kept} | {"message_id": message_id}
        if returns:
            body |= {"corrects": old, "returns": list(returns)}
        else:
            body |= {"retracts": old, "units": []}
        fact = {"signal": RECEIPT, "reference_kind": "return", "reference": "", "body": body}
        await self._inbox.keep(Told(DOCK, tenant, message_id, RECEIPT, now, [fact]).incoming)
        return message_id

    async def _read(self, query: LiteralString, arguments: Params) -> list[Box]:
        async with (
            borrowed(self._pool) as connection,
            connection.cursor(row_factory=args_row(Box)) as cursor,
        ):
            await cursor.execute(query, arguments)
            return await cursor.fetchall()


def _named(fact: dict[str, Any], returns: Sequence[str]) -> dict[str, Any]:
    """A fact with its returns by name; what had led to no return leads nowhere any more."""
    body = {**fact["body"], "returns": list(returns), "orders": [], "parcel": {}}
    if fact["signal"] == RECEIPT and "parcel" in fact["body"]:
        body["parcel"] = fact["body"]["parcel"]
    return {**fact, "body": body, "only_if_known": False}
