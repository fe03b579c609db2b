"""What is found between our books and the providers': a row for each finding, one for each pair.

A row is the finding as its stream tells it. It names no person; who acknowledged is in the
stream.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict

from activities.event_store import StoredEvent
from adapters.postgres.pool import Connection, Pool, borrowed
from domain.money import Money
from domain.reconciliation import events as e
from domain.reconciliation.books import BooksKey
from domain.reconciliation.finding import Finding

_CREATE = """
CREATE TABLE finding (
    tenant         text COLLATE "C" NOT NULL,
    provider       text COLLATE "C" NOT NULL,
    finding_id     text COLLATE "C" NOT NULL,
    kind           text NOT NULL,
    severity       text NOT NULL,
    owner          text NOT NULL,
    life           text NOT NULL,
    because        text NOT NULL,
    said           text NOT NULL,   -- the last person's reason, or why it is over
    actor          text NOT NULL,   -- who said so
    due_at         timestamptz,     -- none: it is resolved
    opened_at      timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    instruction_id text NOT NULL,
    ref            text NOT NULL,
    payment_ref    text NOT NULL,
    order_id       text NOT NULL,
    return_id      text NOT NULL,
    ours           jsonb,
    theirs         jsonb,
    our_state      text NOT NULL,
    their_state    text NOT NULL,
    PRIMARY KEY (tenant, finding_id)
);
CREATE INDEX finding_due ON finding (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE comparison (
    tenant      text COLLATE "C" NOT NULL,
    provider    text COLLATE "C" NOT NULL,
    compared_at timestamptz NOT NULL,
    since       timestamptz NOT NULL,
    until       timestamptz NOT NULL,
    ours        integer NOT NULL,
    theirs      integer NOT NULL,
    findings    integer NOT NULL,
    PRIMARY KEY (tenant, provider)
);
"""
_PUT: LiteralString = """
INSERT INTO finding (
    tenant, provider, finding_id, kind, severity, owner, life, because, said, actor, due_at,
    opened_at, updated_at, instruction_id, ref, payment_ref, order_id, return_id, ours, theirs,
    our_state, their_state
) VALUES (
    %(tenant)s, %(provider)s, %(finding_id)s, %(kind)s, %(severity)s, %(owner)s, 'open',
    %(because)s, '', '', %(due_at)s, %(at)s, %(at)s, %(instruction_id)s, %(ref)s, %(payment_ref)s,
    %(order_id)s, %(return_id)s, %(ours)s, %(theirs)s, %(our_state)s, %(their_state)s
)
ON CONFLICT (tenant, finding_id) DO UPDATE SET
    severity = excluded.severity, owner = excluded.owner, life = 'open',
    because = excluded.because, said = '', actor = '', due_at = excluded.due_at,
    updated_at = excluded.updated_at, ref = excluded.ref, order_id = excluded.order_id,
    return_id = excluded.return_id, ours = excluded.ours, theirs = excluded.theirs,
    our_state = excluded.our_state, their_state = excluded.their_state"""
_MOVE: LiteralString = """
UPDATE finding SET life = %(life)s, said = %(said)s, actor = %(actor)s, due_at = %(due_at)s,
    updated_at = %(at)s
WHERE tenant = %(tenant)s AND finding_id = %(finding_id)s"""
_COMPARED: LiteralString = """
INSERT INTO comparison (tenant, provider, compared_at, since, until, ours, theirs, findings)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (tenant, provider) DO UPDATE SET
    compared_at = excluded.compared_at, since = excluded.since, until = excluded.until,
    ours = excluded.ours, theirs = excluded.theirs, findings = excluded.findings"""
_LIST: LiteralString = """
SELECT * FROM projections.finding
WHERE tenant = %(tenant)s AND (%(provider)s::text IS NULL OR provider = %(provider)s)
AND (%(open)s::boolean IS NULL OR (due_at IS NOT NULL) = %(open)s)
AND (%(overdue_at)s::timestamptz IS NULL OR due_at < %(overdue_at)s)
AND (%(finding_id)s::text IS NULL OR finding_id = %(finding_id)s)
ORDER BY due_at NULLS LAST, opened_at DESC, finding_id LIMIT %(limit)s"""
_COMPARISONS: LiteralString = """
SELECT * FROM projections.comparison
WHERE tenant = %(tenant)s AND (%(provider)s::text IS NULL OR provider = %(provider)s)
ORDER BY provider"""


class FindingRow(BaseModel):
    """One finding, as it stands."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    provider: str
    finding_id: str
    kind: str
    severity: str
    owner: str
    life: str
    because: str
    said: str
    actor: str
    due_at: datetime | None
    opened_at: datetime
    updated_at: datetime
    instruction_id: str
    ref: str
    payment_ref: str
    order_id: str
    return_id: str
    ours: Money | None
    theirs: Money | None
    our_state: str
    their_state: str


class ComparisonRow(BaseModel):
    """When the books of a merchant were last compared with a provider's."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    provider: str
    compared_at: datetime
    since: datetime
    until: datetime
    ours: int
    theirs: int
    findings: int


class Findings:
    """Keeps `adapters.postgres.subscription.Projection`. Read it with `FindingList`."""

    name = "findings"
    version = 1

    async def create(self, connection: Connection) -> None:
        await connection.execute(_CREATE)

    async def apply(self, connection: Connection, events: Sequence[StoredEvent]) -> None:
        for stored in events:
            books = BooksKey.of_stream(stored.stream_id)
            if books is not None:
                read = (stored.type, stored.schema_version, stored.data)
                event = e.read_reconciliation_event(*read)
                await _apply(connection, books, event, stored.actor)


async def _apply(
    connection: Connection, books: BooksKey, event: e.ReconciliationEvent, actor: str
) -> None:
    whose = {"tenant": books.tenant, "provider": books.provider, "at": event.occurred_at}
    match event:
        case e.BooksCompared():
            told = (event.occurred_at, event.since, event.until)
            counted = (event.ours, event.theirs, event.findings)
            await connection.execute(_COMPARED, (books.tenant, books.provider, *told, *counted))
        case e.FindingOpened() | e.FindingReopened():
            row = {**_row(event.finding), "due_at": event.due_at}
            await connection.execute(_PUT, {**whose, **row})
        case e.FindingAcknowledged() | e.FindingResolved():
            moved = {
                "finding_id": event.finding_id,
                "life": "acknowledged" if isinstance(event, e.FindingAcknowledged) else "resolved",
                "said": event.because,
                "actor": actor,
                "due_at": getattr(event, "due_at", None),
            }
            await connection.execute(_MOVE, {**whose, **moved})


def _row(finding: Finding) -> dict[str, Any]:
    row = finding.model_dump(exclude={"ours", "theirs"})
    return {**row, "ours": _sum(finding.ours), "theirs": _sum(finding.theirs)}


def _sum(money: Money | None) -> str | None:
    return money.model_dump_json() if money is not None else None


class FindingList:
    """Reads `findings`, which may be a moment behind the streams. Raises as `Board` does."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def findings(
        self,
        tenant: str,
        *,
        provider: str | None = None,
        only_open: bool | None = None,
        overdue_at: datetime | None = None,
        finding_id: str | None = None,
        limit: int = 200,
    ) -> tuple[FindingRow, ...]:
        """Give findings, the most pressing first; those that are resolved last."""
        asked = {
            "tenant": tenant,
            "provider": provider,
            "open": only_open,
            "overdue_at": overdue_at,
            "finding_id": finding_id,
            "limit": limit,
        }
        async with (
            borrowed(self._pool) as connection,
            connection.cursor(row_factory=class_row(FindingRow)) as cursor,
        ):
            await cursor.execute(_LIST, asked)
            return tuple(await cursor.fetchall())

    async def comparisons(
        self, tenant: str, *, provider: str | None = None
    ) -> tuple[ComparisonRow, ...]:
        """Give the last comparison with each provider."""
        async with (
            borrowed(self._pool) as connection,
            connection.cursor(row_factory=class_row(ComparisonRow)) as cursor,
        ):
            await cursor.execute(_COMPARISONS, {"tenant": tenant, "provider": provider})
            return tuple(await cursor.fetchall())
