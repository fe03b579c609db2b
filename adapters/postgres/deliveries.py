"""What waits for each subscription, in PostgreSQL: taken in from the feed, and noted when sent.

The feed is read up to its safe head (ADR-0013), from the subscription's own position on; the
position moves in the transaction that writes down what was found. So nothing is left out, and
after any crash a subscription goes on where it stands.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from psycopg.rows import class_row

from adapters.postgres.pool import Connection, Pool, borrowed
from adapters.postgres.webhook_subscriptions import named
from domain.subscriptions.public import PUBLIC
from domain.subscriptions.standing import Backlog, SubscriptionKey, Waiting
from domain.subscriptions.words import Attempt, wanted

PAGE = 500
"""Events taken in by one transaction."""

UNEVEN = timedelta(seconds=10)
"""Between the times of two events, so long at most is the later one in front: an append's deadline."""

_LOCK = """
SELECT position, types FROM backhaul.subscription
WHERE tenant = %(tenant)s AND subscription_id = %(id)s FOR UPDATE"""
_READ = """
SELECT position, stream_id, version FROM backhaul.event
WHERE position > %(after)s AND position <= %(head)s
  AND tenant = %(tenant)s AND type = ANY (%(types)s) AND stream_id LIKE 'return:%%'
ORDER BY position LIMIT %(page)s"""
_TAKE_IN = """
INSERT INTO backhaul.subscription_delivery
    (tenant, subscription_id, position, stream_id, version, next_at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING"""
_MOVE = """
UPDATE backhaul.subscription SET position = %(to)s
WHERE tenant = %(tenant)s AND subscription_id = %(id)s"""
_DUE = """
SELECT position, stream_id, version, attempts, first_at FROM (
    SELECT DISTINCT ON (stream_id) * FROM backhaul.subscription_delivery
    WHERE tenant = %(tenant)s AND subscription_id = %(id)s
    ORDER BY stream_id, position
) AS turn
WHERE next_at <= %(now)s ORDER BY position LIMIT %(limit)s"""
_BACKLOG = """
SELECT count(*) AS waiting, min(next_at) FILTER (WHERE is_first) AS next_at,
       coalesce((array_agg(last_problem ORDER BY position) FILTER (WHERE last_problem <> ''))[1], '')
           AS problem
FROM (
    SELECT *, position = min(position) OVER (PARTITION BY stream_id) AS is_first
    FROM backhaul.subscription_delivery
    WHERE tenant = %(tenant)s AND subscription_id = %(id)s
) AS turn"""
_RECORDED_AFTER = """
SELECT recorded_at FROM backhaul.event WHERE position > %s ORDER BY position LIMIT 1"""
_TAKEN = """
UPDATE backhaul.subscription SET delivered_at = %(at)s
WHERE tenant = %(tenant)s AND subscription_id = %(id)s AND delivered_at IS DISTINCT FROM %(at)s"""
_END = """
DELETE FROM backhaul.subscription_delivery
WHERE tenant = %(tenant)s AND subscription_id = %(id)s AND position = %(position)s"""
_TRY_LATER = """
UPDATE backhaul.subscription_delivery
SET attempts = attempts + 1, first_at = coalesce(first_at, %(at)s),
    last_problem = %(problem)s, next_at = %(next_at)s
WHERE tenant = %(tenant)s AND subscription_id = %(id)s AND position = %(position)s"""
_BEGIN_BEHIND = """
DELETE FROM backhaul.subscription_delivery
WHERE tenant = %(tenant)s AND subscription_id = %(id)s AND position > %(to)s"""


class Deliveries:
    """Every method may raise `StoreUnavailable`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def take_in(self, key: SubscriptionKey, now: datetime) -> bool:
        """Write down what happened since; True where there may be more."""
        async with borrowed(self._pool) as connection, connection.transaction():
            row = await (await connection.execute(_LOCK, named(key))).fetchone()
            if row is None:
                return False
            after, types = row
            head = await _head(connection)
            inner = [kind for kind, public in PUBLIC.items() if wanted(types, public.name)]
            asked = {**named(key), "after": after, "head": head, "types": inner, "page": PAGE}
            found = await (await connection.execute(_READ, asked)).fetchall()
            await connection.cursor().executemany(
                _TAKE_IN, [(*key, *event, now) for event in found]
            )
            is_full = len(found) == PAGE
            to = found[-1][0] if is_full else max(head, after)
            await connection.execute(_MOVE, {**named(key), "to": to})
            return is_full

    async def due(self, key: SubscriptionKey, now: datetime, limit: int) -> Sequence[Waiting]:
        """Give messages whose time has come, of each return the first that waits."""
        async with (
            borrowed(self._pool) as connection,
            connection.cursor(row_factory=class_row(Waiting)) as cursor,
        ):
            await cursor.execute(_DUE, {**named(key), "now": now, "limit": limit})
            return await cursor.fetchall()

    async def backlog(self, key: SubscriptionKey) -> Backlog:
        """Say how much waits, when the next of it is to be tried, and what came of it so far."""
        async with (
            borrowed(self._pool) as connection,
            connection.cursor(row_factory=class_row(Backlog)) as cursor,
        ):
            await cursor.execute(_BACKLOG, named(key))
            return await cursor.fetchone() or Backlog()

    async def note(
        self,
        key: SubscriptionKey,
        position: int,
        attempt: Attempt,
        at: datetime,
        next_at: datetime,
    ) -> None:
        """Write down what came of an attempt: it is taken, or waits until `next_at`."""
        said = {**named(key), "position": position, "at": at}
        async with borrowed(self._pool) as connection, connection.transaction():
            if attempt.taken:
                await connection.execute(_TAKEN, said)
                await connection.execute(_END, said)
            else:
                problem = attempt.problem[:200]
                await connection.execute(
                    _TRY_LATER, {**said, "problem": problem, "next_at": next_at}
                )

    async def replay(self, key: SubscriptionKey, after: int) -> None:
        """Go back behind a position of the feed: all that follows is delivered (again).

        What waits from before goes on waiting; forward nothing is ever skipped.
        """
        async with borrowed(self._pool) as connection, connection.transaction():
            row = await (await connection.execute(_LOCK, named(key))).fetchone()
            if row is None:
                return
            asked = {**named(key), "to": max(0, min(after, row[0]))}
            await connection.execute(_BEGIN_BEHIND, asked)
            await connection.execute(_MOVE, asked)

    async def before(self, moment: datetime) -> int:
        """Find a position behind which is all that was recorded from a moment on.

        Positions follow the time of recording but for moments: some of what was recorded just
        before may be behind it, too.
        """
        since = moment - UNEVEN
        async with borrowed(self._pool) as connection:
            low, high = 0, await _head(connection)
            while low < high:
                middle = (low + high) // 2
                row = await (await connection.execute(_RECORDED_AFTER, (middle,))).fetchone()
                if row is not None and row[0] < since:
                    low = middle + 1
                else:
                    high = middle
        return low


async def _head(connection: Connection) -> int:
    row = await (await connection.execute("SELECT backhaul.safe_head()")).fetchone()
    return int(row[0]) if row else 0
