"""What is claimed back from carriers and customs: a row for each claim, as its stream tells it."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict

from activities.event_store import StoredEvent
from adapters.postgres.pool import Connection, Pool, borrowed
from domain.recoveries.events import read_recovery_event
from domain.recoveries.showing import status_of
from domain.recoveries.state import fold
from domain.recoveries.words import RecoveryKey
from projections.streams import States

_CREATE = """
CREATE TABLE claim (
    tenant         text COLLATE "C" NOT NULL,
    recovery_id    text COLLATE "C" NOT NULL,
    version        integer NOT NULL,
    kind           text NOT NULL,
    cause          text NOT NULL,
    life           text NOT NULL,
    return_id      text NOT NULL,
    order_id       text NOT NULL,
    counterparty   text NOT NULL,
    currency       text NOT NULL,
    claimed_minor  bigint NOT NULL,
    granted_minor  bigint NOT NULL,
    paid_minor     bigint NOT NULL,
    next_owner     text NOT NULL,
    next_action    text NOT NULL,
    due_at         timestamptz,     -- none: nothing is left to do
    file_by        timestamptz NOT NULL,
    PRIMARY KEY (tenant, recovery_id)
);
CREATE INDEX claim_due ON claim (due_at) WHERE due_at IS NOT NULL;
"""
_PUT: LiteralString = """
INSERT INTO claim VALUES (
    %(tenant)s, %(recovery_id)s, %(version)s, %(kind)s, %(cause)s, %(life)s, %(return_id)s,
    %(order_id)s, %(counterparty)s, %(currency)s, %(claimed_minor)s, %(granted_minor)s,
    %(paid_minor)s, %(next_owner)s, %(next_action)s, %(due_at)s, %(file_by)s
)
ON CONFLICT (tenant, recovery_id) DO UPDATE SET
    version = excluded.version, life = excluded.life, granted_minor = excluded.granted_minor,
    paid_minor = excluded.paid_minor, next_owner = excluded.next_owner,
    next_action = excluded.next_action, due_at = excluded.due_at, file_by = excluded.file_by,
    claimed_minor = excluded.claimed_minor"""
_LIST: LiteralString = """
SELECT tenant, recovery_id, kind, cause, life, return_id, order_id, counterparty, currency,
    claimed_minor, granted_minor, paid_minor, next_owner, next_action, due_at, file_by
FROM projections.claim
WHERE tenant = %(tenant)s AND (%(open)s::boolean IS NULL OR (due_at IS NOT NULL) = %(open)s)
AND (%(overdue_at)s::timestamptz IS NULL OR due_at < %(overdue_at)s)
AND (%(return_id)s::text IS NULL OR return_id = %(return_id)s)
ORDER BY due_at NULLS LAST, recovery_id LIMIT 500"""


class ClaimRow(BaseModel):
    """One claim, as it stands."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    recovery_id: str
    kind: str
    cause: str
    life: str
    return_id: str
    order_id: str
    counterparty: str
    currency: str
    claimed_minor: int
    granted_minor: int
    paid_minor: int
    next_owner: str
    next_action: str
    due_at: datetime | None
    file_by: datetime


class Claims:
    """Keeps `adapters.postgres.subscription.Projection`. Read it with `ClaimList`."""

    name = "claims"
    version = 2

    def __init__(self) -> None:
        self._states = States(RecoveryKey.of_name, read_recovery_event, fold)

    async def create(self, connection: Connection) -> None:
        await connection.execute(_CREATE)

    async def apply(self, connection: Connection, events: Sequence[StoredEvent]) -> None:
        moved = await self._states.after(connection, events)
        rows = [
            status_of(one.key, one.state).model_dump(
                include=set(ClaimRow.model_fields) | {"version"}
            )
            for one in moved
        ]
        async with connection.cursor() as cursor:
            await cursor.executemany(_PUT, rows)


class ClaimList:
    """Reads `claims`, which may be a moment behind the streams. Raises as `Board` does."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def claims(
        self,
        tenant: str,
        *,
        only_open: bool | None = None,
        overdue_at: datetime | None = None,
        return_id: str | None = None,
    ) -> tuple[ClaimRow, ...]:
        """Give claims, the most pressing first; those that are over last."""
        asked = {
            "tenant": tenant,
            "open": only_open,
            "overdue_at": overdue_at,
            "return_id": return_id,
        }
        async with (
            borrowed(self._pool) as connection,
            connection.cursor(row_factory=class_row(ClaimRow)) as cursor,
        ):
            await cursor.execute(_LIST, asked)
            return tuple(await cursor.fetchall())
