"""What went over a cap of an order though nobody could refuse it, until a person has settled it."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict

from activities.event_store import StoredEvent
from adapters.postgres.pool import Connection, Pool, borrowed
from domain.orders.events import OrderConcernSettled, OrderEscalated
from domain.orders.upcasting import read_ledger_event

_CREATE = """
CREATE TABLE order_concern (
    tenant     text COLLATE "C" NOT NULL,
    order_id   text COLLATE "C" NOT NULL,
    concern_id text COLLATE "C" NOT NULL,
    what       text NOT NULL,
    because    text NOT NULL,
    raised_at  timestamptz NOT NULL,
    due_at     timestamptz NOT NULL,
    settled_at timestamptz,
    PRIMARY KEY (tenant, order_id, concern_id)
);
CREATE INDEX order_concern_due ON order_concern (due_at) WHERE settled_at IS NULL;
"""
_RAISE: LiteralString = """
INSERT INTO order_concern (tenant, order_id, concern_id, what, because, raised_at, due_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""
_SETTLE: LiteralString = """
UPDATE order_concern SET settled_at = %s
WHERE tenant = %s AND order_id = %s AND concern_id = %s"""
_OPEN: LiteralString = """
SELECT tenant, order_id, concern_id, what, because, raised_at, due_at
FROM projections.order_concern
WHERE settled_at IS NULL AND (%s::text IS NULL OR tenant = %s)
ORDER BY due_at, tenant, order_id, concern_id
LIMIT %s"""

LONGEST_LIST = 500


class OpenConcern(BaseModel):
    """Something about an order that waits for a person."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    order_id: str
    concern_id: str
    what: str
    because: str
    raised_at: datetime
    due_at: datetime


class OrderConcerns:
    """Keeps `adapters.postgres.subscription.Projection`. Ask it with `open_concerns`."""

    name = "order_concerns"
    version = 1

    async def create(self, connection: Connection) -> None:
        await connection.execute(_CREATE)

    async def apply(self, connection: Connection, events: Sequence[StoredEvent]) -> None:
        for stored in events:
            if stored.type not in {OrderEscalated.__name__, OrderConcernSettled.__name__}:
                continue
            event = read_ledger_event(stored.type, stored.schema_version, stored.data)
            if isinstance(event, OrderEscalated):
                raised = (event.what, event.because, event.occurred_at, event.due_at)
                key = (stored.tenant, event.order_id, event.concern_id)
                await connection.execute(_RAISE, (*key, *raised))
            elif isinstance(event, OrderConcernSettled):
                key = (stored.tenant, event.order_id, event.concern_id)
                await connection.execute(_SETTLE, (event.occurred_at, *key))


async def open_concerns(pool: Pool, *, tenant: str | None = None) -> list[OpenConcern]:
    """List what waits for a person, of one merchant or of all; the one due first at the front."""
    async with (
        borrowed(pool) as connection,
        connection.cursor(row_factory=class_row(OpenConcern)) as cursor,
    ):
        await cursor.execute(_OPEN, (tenant, tenant, LONGEST_LIST))
        return await cursor.fetchall()
