"""Forgetting a person: every key of theirs is destroyed, and it is written down that it was.

What was sealed stays where it is, in tables, copies and histories, and is read by nobody any more.
Amounts and reasons were never sealed, so that all sums still hold.

The person's own key goes at once. Keys of files are held by other processes for a while, which
would seal with a key that is gone: so they are retired first, and destroyed when nobody can hold
them any more. That stands in the rows, and whoever is alive does it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict

from adapters.postgres.data_keys import FRESH_S
from adapters.postgres.pool import Connection, Pool, borrowed

UNTIL_DESTROYED = 2 * timedelta(seconds=FRESH_S)
"""From retiring a key on: until nobody seals with it, and what was sealed last was acted on."""

# By the events that begin them.
_RETURNS = """
SELECT data ->> 'return_id', data ->> 'order_id' FROM backhaul.event
WHERE type = 'ReturnRequested' AND tenant = %b AND data ->> 'customer_id' = %b ORDER BY position"""
_ORDERS = """
SELECT DISTINCT data -> 'order' ->> 'order_id' FROM backhaul.event
WHERE type = 'OrderRecorded' AND tenant = %b AND data -> 'order' ->> 'customer_id' = %b"""
_CLAIMS = """
SELECT stream_id FROM backhaul.event
WHERE type = 'RecoveryOpened' AND tenant = %b
  AND data -> 'facts' ->> 'return_id' = ANY(%b::text[]) ORDER BY position"""
_REFUNDS = "SELECT file FROM backhaul.data_key WHERE starts_with(file, %b)"

# One wish at a time is written down for a person.
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%b, 0))"
# In the order in which a person is written: the key first.
_FORGET = "DELETE FROM backhaul.subject_key WHERE tenant = %b AND subject_id = %b"
_RETIRE = """
UPDATE backhaul.data_key
SET retired_at = coalesce(retired_at, clock_timestamp()),
    destroy_at = coalesce(destroy_at, clock_timestamp() + %b)
WHERE file = ANY(%b::text[]) AND wrapped_key IS NOT NULL"""
_DUE = "SELECT file FROM backhaul.data_key WHERE destroy_at <= %b AND wrapped_key IS NOT NULL"
_DESTROY = """
UPDATE backhaul.data_key SET wrapped_key = NULL, destroyed_at = clock_timestamp()
WHERE destroy_at <= %b AND wrapped_key IS NOT NULL AND file <> ALL (%b::text[])"""
# Of everybody who was ever forgotten: news goes on coming after the wish. Of a file to what its news
# is told: a return by its id, a refund without one as `refund:order:instruction`.
_OF_FORGOTTEN = """
WITH forgotten AS (SELECT DISTINCT tenant, unnest(files) AS file FROM backhaul.erasure),
told AS (
    SELECT d.inbox_id, d.number
    FROM forgotten AS f JOIN backhaul.inbox_delivery AS d
    ON d.tenant = f.tenant AND d.return_id = CASE split_part(f.file, ':', 1)
        WHEN 'return' THEN substr(f.file, length('return:' || f.tenant || ':') + 1)
        WHEN 'refund' THEN 'refund:' || substr(f.file, length('refund:' || f.tenant || ':') + 1) END
)"""
_SILENCE = """
UPDATE backhaul.inbox_delivery AS said SET body = '{}'
WHERE body::text <> '{}' AND (inbox_id, number) IN (TABLE told)
  AND (relayed_at IS NOT NULL OR EXISTS (
    SELECT FROM backhaul.inbox WHERE id = said.inbox_id AND settled_at IS NOT NULL))"""
_SILENCE_NEWS = """
UPDATE backhaul.inbox SET facts = '[]'
WHERE settled_at IS NOT NULL AND facts::text <> '[]' AND id IN (
    SELECT inbox_id FROM told
    UNION SELECT id FROM backhaul.inbox JOIN forgotten ON awaits = file)"""
_NOTE = """
INSERT INTO backhaul.erasure (tenant, subject_id, reference, by, files)
SELECT %(tenant)s, %(subject_id)s, %(reference)s, %(by)s, %(files)s::text[]
WHERE NOT EXISTS (
    SELECT FROM backhaul.erasure
    WHERE tenant = %(tenant)s AND subject_id = %(subject_id)s AND reference = %(reference)s
      AND files @> %(files)s::text[])"""
_NOTED = """
SELECT tenant, subject_id, reference, by, files, erased_at, EXISTS (
    SELECT FROM backhaul.data_key
    WHERE file = ANY(wish.files) AND destroy_at IS NOT NULL AND wrapped_key IS NOT NULL
) AS under_way
FROM backhaul.erasure AS wish"""
_DONE = f"{_NOTED} WHERE %(tenant)s::text IS NULL OR tenant = %(tenant)s ORDER BY id"
_THIS = f"""{_NOTED}
WHERE tenant = %(tenant)s AND subject_id = %(subject_id)s AND reference = %(reference)s
  AND files @> %(files)s::text[] ORDER BY id LIMIT 1"""


class Erasure(BaseModel):
    """That a person was forgotten."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    subject_id: str
    reference: str
    by: str
    files: tuple[str, ...]
    erased_at: datetime
    under_way: bool = False  # keys of files are still to be destroyed


class Found(NamedTuple):
    """What there is of a person, by which it is known whether they are still needed."""

    returns: tuple[tuple[str, str], ...]  # each with its order; the oldest first
    orders: tuple[str, ...]  # also those of which nothing came back
    files: tuple[str, ...]  # every one in which something is said of these


class Erasures:
    """Every method may raise `StoreUnavailable`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def found(self, tenant: str, subject_id: str) -> Found:
        """Give what there is of a person."""
        async with borrowed(self._pool) as connection:
            return await _found(connection, tenant, subject_id)

    async def erase(
        self,
        tenant: str,
        subject_id: str,
        *,
        files: Sequence[str],
        reference: str,
        by: str,
        seen: Found | None = None,
    ) -> Erasure | None:
        """Forget a person, and retire the keys of these files: all or nothing.

        Again it does no harm, and the same wish for the same files is written down once. Nobody is
        forgotten, and nothing given, where there is something else of them than what was `seen`.
        """
        wish = {"tenant": tenant, "subject_id": subject_id, "reference": reference}
        noted = wish | {"by": by, "files": list(files)}
        async with (
            borrowed(self._pool) as connection,
            connection.transaction(),
            connection.cursor(row_factory=class_row(Erasure)) as cursor,
        ):
            await connection.execute(_TURN, (f"erasure:{tenant}:{subject_id}",))
            if seen is not None and seen != await _found(connection, tenant, subject_id):
                return None
            await connection.execute(_FORGET, (tenant, subject_id))
            await connection.execute(_RETIRE, (UNTIL_DESTROYED, list(files)))
            await connection.execute(_NOTE, noted)
            await _silence(connection)
            await cursor.execute(_THIS, noted)
            return (await cursor.fetchall())[0]

    async def due(self, now: datetime) -> Sequence[str]:
        """Name the files of keys whose time has come."""
        async with borrowed(self._pool) as connection:
            found = await connection.execute(_DUE, (now,))
            return [file for (file,) in await found.fetchall()]

    async def destroy_due(self, now: datetime, *, except_for: Sequence[str] = ()) -> int:
        """Destroy the keys whose time has come, but of these files; give how many there were.

        Then news of everybody who was ever forgotten is emptied, where it came or was settled since.
        News that still waits is told to its return first; what cannot be told the relay ends, at
        the latest after a day, and then it is emptied too.
        """
        async with borrowed(self._pool) as connection, connection.transaction():
            destroyed = await connection.execute(_DESTROY, (now, list(except_for)))
            await _silence(connection)
            return destroyed.rowcount

    async def done(self, tenant: str | None) -> Sequence[Erasure]:
        """Who was forgotten, of one merchant or of all; the first first."""
        async with (
            borrowed(self._pool) as connection,
            connection.cursor(row_factory=class_row(Erasure)) as cursor,
        ):
            await cursor.execute(_DONE, {"tenant": tenant})
            return await cursor.fetchall()


async def _found(connection: Connection, tenant: str, subject_id: str) -> Found:
    rows = await (await connection.execute(_RETURNS, (tenant, subject_id))).fetchall()
    returns = tuple((return_id, order_id) for return_id, order_id in rows)
    rows = await (await connection.execute(_ORDERS, (tenant, subject_id))).fetchall()
    orders = tuple(sorted({order_id for (order_id,) in rows}))
    theirs = sorted({*orders, *(order_id for _, order_id in returns)})
    files = [f"return:{tenant}:{return_id}" for return_id, _ in returns]
    files += [f"order:{tenant}:{order_id}" for order_id in theirs]
    claims = await connection.execute(_CLAIMS, (tenant, [one for one, _ in returns]))
    files += [stream for (stream,) in await claims.fetchall()]
    for order_id in theirs:
        refunds = await connection.execute(_REFUNDS, (f"refund:{tenant}:{order_id}:",))
        files += sorted(file for (file,) in await refunds.fetchall())
    return Found(returns, orders, tuple(dict.fromkeys(files)))


async def _silence(connection: Connection) -> None:
    """Empty what was told, or will never be, of everybody who was forgotten; one at a time."""
    await connection.execute(_TURN, ("erasure:news",))
    await connection.execute(_OF_FORGOTTEN + _SILENCE_NEWS)
    await connection.execute(_OF_FORGOTTEN + _SILENCE)
