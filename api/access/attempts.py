"""Attempts that were not allowed, by callers who had proven who they are."""

from datetime import datetime
from typing import NamedTuple

from psycopg.rows import class_row

from adapters.postgres.pool import Pool, borrowed

_LONGEST = 100

_INSERT = """
INSERT INTO backhaul.access_denied (tenant, caller, role, operation, return_id)
VALUES (%b, %b, %b, %b, %b)"""
_NEWEST = """
SELECT at, caller, role, operation, return_id FROM backhaul.access_denied
WHERE tenant = %b ORDER BY id DESC LIMIT %b::int"""


class Denied(NamedTuple):
    """Who wanted what, and was not let."""

    at: datetime
    caller: str
    role: str
    operation: str
    return_id: str


class Attempts:
    """Written to the end, never changed."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def note(
        self, tenant: str, caller: str, role: str, operation: str, return_id: str
    ) -> None:
        """Write down what was not allowed."""
        row = (tenant, caller, role, operation, return_id[:_LONGEST].replace("\0", ""))
        async with borrowed(self._pool) as connection:
            await connection.execute(_INSERT, row)

    async def newest(self, tenant: str, limit: int = 50) -> list[Denied]:
        """Give the newest attempts first."""
        async with (
            borrowed(self._pool) as connection,
            connection.cursor(binary=True, row_factory=class_row(Denied)) as cursor,
        ):
            await cursor.execute(_NEWEST, (tenant, limit))
            return await cursor.fetchall()
