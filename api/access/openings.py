"""Sealed payloads that were opened for somebody: who, when, of which return."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg.rows import class_row

from adapters.postgres.pool import Pool, borrowed
from api.access.caller import Caller

_FILES = """
SELECT key_id, file FROM backhaul.data_key
WHERE key_id = ANY (%b) AND split_part(file, ':', 2) = %b"""
_NOTE = """
INSERT INTO backhaul.payload_opening (tenant, caller, role, file, payloads)
VALUES (%b, %b, %b, %b, %b::int)"""
_NEWEST = """
SELECT at, caller, role, file, payloads FROM backhaul.payload_opening
WHERE tenant = %b ORDER BY id DESC LIMIT %b::int"""


class Opening(NamedTuple):
    """Who read how much of what."""

    at: datetime
    caller: str
    role: str
    file: str
    payloads: int


class Openings:
    """Written to the end, never changed."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def files(self, key_ids: Iterable[UUID], tenant: str) -> dict[UUID | None, str]:
        """Say whose keys these are, as far as they are the merchant's."""
        async with borrowed(self._pool) as connection, connection.cursor(binary=True) as cursor:
            await cursor.execute(_FILES, (list(key_ids), tenant))
            return dict(await cursor.fetchall())

    async def note(self, caller: Caller, opened: Iterable[tuple[object, str]]) -> None:
        """Write down what is about to be shown, one row for each file."""
        counted = Counter(file for _, file in opened if file)
        who = (caller.tenant, str(caller.who), caller.role.value)
        rows = [(*who, file, payloads) for file, payloads in sorted(counted.items())]
        if rows:
            async with borrowed(self._pool) as connection, connection.cursor() as cursor:
                await cursor.executemany(_NOTE, rows)

    async def newest(self, tenant: str, limit: int = 50) -> Sequence[Opening]:
        """Give the newest first."""
        async with (
            borrowed(self._pool) as connection,
            connection.cursor(binary=True, row_factory=class_row(Opening)) as cursor,
        ):
            await cursor.execute(_NEWEST, (tenant, limit))
            return await cursor.fetchall()
