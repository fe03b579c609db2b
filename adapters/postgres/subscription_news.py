"""Who wants to be told of what was just recorded: asked often, so cheap where nobody does."""

from collections.abc import Sequence
from typing import NamedTuple

from adapters.postgres.pool import Pool, borrowed
from domain.subscriptions.public import PUBLIC
from domain.subscriptions.standing import SubscriptionKey
from domain.subscriptions.words import wanted

_ACTIVE = "SELECT tenant, subscription_id, types FROM backhaul.subscription WHERE state = 'active'"
_HAPPENED = """
SELECT DISTINCT tenant, type FROM backhaul.event
WHERE position > %s AND position <= %s AND tenant = ANY (%s) AND stream_id LIKE 'return:%%'"""


class News(NamedTuple):
    """Who is to be rung for, and up to where the feed was looked at; none: nobody is there."""

    head: int | None
    wanted_by: Sequence[SubscriptionKey]


async def news_since(pool: Pool, heard: int | None) -> News:
    """Look what happened behind a position; without one, it is news to everybody.

    Raises:
        StoreUnavailable: The database does not answer.
    """
    async with borrowed(pool) as connection:
        rows = await (await connection.execute(_ACTIVE)).fetchall()
        if not rows:
            return News(None, ())
        active = {SubscriptionKey(row[0], row[1]): row[2] for row in rows}
        row = await (await connection.execute("SELECT backhaul.safe_head()")).fetchone()
        head = int(row[0]) if row else 0
        if heard is None:
            return News(head, tuple(active))
        merchants = list({key.tenant for key in active})
        happened = await (await connection.execute(_HAPPENED, (heard, head, merchants))).fetchall()
    told = [(tenant, PUBLIC[kind].name) for tenant, kind in happened if kind in PUBLIC]
    return News(
        head,
        [
            key
            for key, types in active.items()
            if any(tenant == key.tenant and wanted(types, name) for tenant, name in told)
        ],
    )
