"""Forgetting a person: every key of theirs is destroyed, and it is written down that it was.

What was sealed stays where it is, in tables, copies and histories, and is read by nobody any more.
Amounts and reasons were never sealed, so that all sums still hold.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict

from adapters.postgres.pool import Pool, borrowed

# By the events that begin them.
_RETURNS = """
SELECT data ->> 'return_id', data ->> 'order_id' FROM backhaul.event
WHERE type = 'ReturnRequested' AND tenant = %b AND data ->> 'customer_id' = %b ORDER BY position"""
_CLAIMS = """
SELECT stream_id FROM backhaul.event
WHERE type = 'RecoveryOpened' AND tenant = %b
  AND data -> 'facts' ->> 'return_id' = ANY(%b::text[]) ORDER BY position"""
_REFUNDS = "SELECT file FROM backhaul.data_key WHERE starts_with(file, %b)"

# In the order in which a person is written: the key first.
_FORGET = "DELETE FROM backhaul.subject_key WHERE tenant = %b AND subject_id = %b"
_DESTROY = """
UPDATE backhaul.data_key
SET wrapped_key = NULL, destroyed_at = clock_timestamp(),
    retired_at = coalesce(retired_at, clock_timestamp())
WHERE file = ANY(%b::text[]) AND wrapped_key IS NOT NULL"""
_SILENCE = """
UPDATE backhaul.inbox_delivery SET body = '{}'
WHERE tenant = %b AND return_id = ANY(%b::text[]) AND relayed_at IS NOT NULL"""
_SILENCE_NEWS = """
UPDATE backhaul.inbox AS news SET facts = '[]'
WHERE settled_at IS NOT NULL AND (awaits = ANY(%b::text[]) OR EXISTS (
    SELECT FROM backhaul.inbox_delivery
    WHERE inbox_id = news.id AND tenant = %b AND return_id = ANY(%b::text[])))"""
_NOTE = """
INSERT INTO backhaul.erasure (tenant, subject_id, reference, by, files)
VALUES (%b, %b, %b, %b, %b::text[])"""
_DONE = """
SELECT tenant, subject_id, reference, by, files, erased_at
FROM backhaul.erasure WHERE %(tenant)s::text IS NULL OR tenant = %(tenant)s ORDER BY id"""


class Erasure(BaseModel):
    """That a person was forgotten."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    subject_id: str
    reference: str
    by: str
    files: tuple[str, ...]
    erased_at: datetime


class Erasures:
    """Every method may raise `StoreUnavailable`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def returns_of(self, tenant: str, subject_id: str) -> Sequence[tuple[str, str]]:
        """Each return of a person, with its order; the oldest first."""
        async with borrowed(self._pool) as connection:
            found = await connection.execute(_RETURNS, (tenant, subject_id))
            return [(return_id, order_id) for return_id, order_id in await found.fetchall()]

    async def files_of(self, tenant: str, returns: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        """Every file in which something is said of these returns, or of their orders."""
        listed = list(returns)
        orders = sorted({order_id for _, order_id in listed})
        files = [f"return:{tenant}:{return_id}" for return_id, _ in listed]
        files += [f"order:{tenant}:{order_id}" for order_id in orders]
        async with borrowed(self._pool) as connection:
            claims = await connection.execute(_CLAIMS, (tenant, [one for one, _ in listed]))
            files += [stream for (stream,) in await claims.fetchall()]
            for order_id in orders:
                refunds = await connection.execute(_REFUNDS, (f"refund:{tenant}:{order_id}:",))
                files += [file for (file,) in await refunds.fetchall()]
        return tuple(dict.fromkeys(files))

    async def erase(
        self, tenant: str, subject_id: str, *, files: Sequence[str], reference: str, by: str
    ) -> None:
        """Destroy the keys of a person and of these files, all or none. Again, it does no harm."""
        of_return = f"return:{tenant}:"
        returns = [file.removeprefix(of_return) for file in files if file.startswith(of_return)]
        async with borrowed(self._pool) as connection, connection.transaction():
            await connection.execute(_FORGET, (tenant, subject_id))
            await connection.execute(_DESTROY, (list(files),))
            await connection.execute(_SILENCE_NEWS, (list(files), tenant, returns))
            await connection.execute(_SILENCE, (tenant, returns))
            await connection.execute(_NOTE, (tenant, subject_id, reference, by, list(files)))

    async def done(self, tenant: str | None) -> Sequence[Erasure]:
        """Who was forgotten, of one merchant or of all; the first first."""
        async with (
            borrowed(self._pool) as connection,
            connection.cursor(row_factory=class_row(Erasure)) as cursor,
        ):
            await cursor.execute(_DONE, {"tenant": tenant})
            return await cursor.fetchall()
