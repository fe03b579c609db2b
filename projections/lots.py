"""Goods that leave a hub together: a row for each lot, as its stream tells it."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict

from activities.event_store import StoredEvent
from adapters.postgres.pool import Connection, Pool, borrowed
from domain.lots.events import read_lot_event
from domain.lots.evolve import fold
from domain.lots.showing import status_of
from domain.lots.words import LotKey
from projections.streams import States

KEPT = 100
"""States held in memory: there may be hundreds of units in each."""

_CREATE = """
CREATE TABLE lot (
    tenant          text COLLATE "C" NOT NULL,
    lot_id          text COLLATE "C" NOT NULL,
    version         integer NOT NULL,
    kind            text NOT NULL,
    life            text NOT NULL,
    hub             text NOT NULL,
    counterparty    text NOT NULL,
    currency        text NOT NULL,
    units           integer NOT NULL,
    grams           bigint NOT NULL,
    reference       text NOT NULL,
    tracking_number text NOT NULL,
    due_minor       bigint NOT NULL,
    paid_minor      bigint NOT NULL,
    charged_minor   bigint NOT NULL,
    proceeds_minor  bigint NOT NULL,
    overdue         boolean NOT NULL,  -- a deadline of what is still to be done was missed
    next_owner      text NOT NULL,
    next_action     text NOT NULL,
    due_at          timestamptz,       -- none: nothing is left to do
    opened_at       timestamptz NOT NULL,
    PRIMARY KEY (tenant, lot_id)
);
CREATE INDEX lot_due ON lot (due_at) WHERE due_at IS NOT NULL;
"""
_PUT: LiteralString = """
INSERT INTO lot VALUES (
    %(tenant)s, %(lot_id)s, %(version)s, %(kind)s, %(life)s, %(hub)s, %(counterparty)s,
    %(currency)s, %(units)s, %(grams)s, %(reference)s, %(tracking_number)s, %(due_minor)s,
    %(paid_minor)s, %(charged_minor)s, %(proceeds_minor)s, %(overdue)s, %(next_owner)s,
    %(next_action)s, %(due_at)s, %(opened_at)s
)
ON CONFLICT (tenant, lot_id) DO UPDATE SET
    version = excluded.version, life = excluded.life, units = excluded.units,
    grams = excluded.grams, reference = excluded.reference,
    tracking_number = excluded.tracking_number, due_minor = excluded.due_minor,
    paid_minor = excluded.paid_minor, charged_minor = excluded.charged_minor,
    proceeds_minor = excluded.proceeds_minor, overdue = excluded.overdue,
    next_owner = excluded.next_owner, next_action = excluded.next_action,
    due_at = excluded.due_at"""
_LIST: LiteralString = """
SELECT * FROM projections.lot
WHERE tenant = %(tenant)s AND (%(open)s::boolean IS NULL OR (due_at IS NOT NULL) = %(open)s)
AND (%(overdue_at)s::timestamptz IS NULL OR overdue OR due_at < %(overdue_at)s)
AND (%(kind)s::text IS NULL OR kind = %(kind)s)
ORDER BY due_at NULLS LAST, lot_id LIMIT 500"""


class LotRow(BaseModel):
    """One lot, as it stands."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    lot_id: str
    version: int
    kind: str
    life: str
    hub: str
    counterparty: str
    currency: str
    units: int
    grams: int
    reference: str
    tracking_number: str
    due_minor: int
    paid_minor: int
    charged_minor: int
    proceeds_minor: int
    overdue: bool
    next_owner: str
    next_action: str
    due_at: datetime | None
    opened_at: datetime


class LotBoard:
    """Keeps `adapters.postgres.subscription.Projection`. Read it with `LotList`."""

    name = "lots"
    version = 1

    def __init__(self) -> None:
        self._states = States(LotKey.of_name, read_lot_event, fold, KEPT)

    async def create(self, connection: Connection) -> None:
        await connection.execute(_CREATE)

    async def apply(self, connection: Connection, events: Sequence[StoredEvent]) -> None:
        moved = await self._states.after(connection, events)
        columns = set(LotRow.model_fields)
        rows = [status_of(one.key, one.state).model_dump(include=columns) for one in moved]
        async with connection.cursor() as cursor:
            await cursor.executemany(_PUT, rows)


class LotList:
    """Reads `lots`, which may be a moment behind the streams. Raises as `Board` does."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def lots(
        self,
        tenant: str,
        *,
        only_open: bool | None = None,
        overdue_at: datetime | None = None,
        kind: str | None = None,
    ) -> tuple[LotRow, ...]:
        """Give lots, the most pressing first; those that are over last."""
        asked = {"tenant": tenant, "open": only_open, "overdue_at": overdue_at, "kind": kind}
        async with (
            borrowed(self._pool) as connection,
            connection.cursor(row_factory=class_row(LotRow)) as cursor,
        ):
            await cursor.execute(_LIST, asked)
            return tuple(await cursor.fetchall())
