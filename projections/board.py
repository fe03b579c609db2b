"""Questions to the board of returns: a filtered list, what is overdue, one return."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, NamedTuple, Self

from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict

from adapters.postgres.pool import Pool, borrowed

PAGE_MAX = 200


class BoardRow(BaseModel):
    """One return on the board."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    return_id: str
    order_id: str
    headline: str
    authorisation: str
    next_actor: str
    next_action: str
    due_at: datetime | None
    method: str
    carrier: str
    country: str
    currency: str
    promised_minor: int
    paid_minor: int
    held_minor: int
    reasons: tuple[str, ...]
    flags: tuple[str, ...]
    tracking_numbers: tuple[str, ...]
    opened_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    closed: bool
    version: int


class BoardFilter(BaseModel):
    """What is asked for; what is left out does not matter. `overdue_at`: was due before then."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tenant: str | None = None
    headline: str | None = None
    authorisation: str | None = None
    next_actor: str | None = None
    next_action: str | None = None
    order_id: str | None = None
    country: str | None = None
    currency: str | None = None
    method: str | None = None
    carrier: str | None = None
    reason: str | None = None
    flag: str | None = None
    tracking_number: str | None = None
    closed: bool | None = None
    overdue_at: datetime | None = None


class InvalidCursor(ValueError):
    """A cursor is what an earlier page gave, and nothing else."""


class Cursor(NamedTuple):
    """The last row of a page; the next page begins after it."""

    opened_at: datetime
    tenant: str
    return_id: str

    def __str__(self) -> str:
        said = json.dumps([self.opened_at.isoformat(), self.tenant, self.return_id])
        return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `str` gave.

        Raises:
            InvalidCursor: It is no cursor of ours.
        """
        try:
            padded = text + "=" * (-len(text) % 4)
            opened_at, tenant, return_id = json.loads(base64.urlsafe_b64decode(padded))
            read = cls(datetime.fromisoformat(opened_at), str(tenant), str(return_id))
        except (ValueError, TypeError, binascii.Error) as unreadable:
            raise InvalidCursor(
                "cursor: expected the next_cursor of an earlier page"
            ) from unreadable
        if read.opened_at.tzinfo is None or "\0" in read.tenant + read.return_id:
            raise InvalidCursor("cursor: expected the next_cursor of an earlier page")
        return read


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Some rows, the newest first, and where the next ones begin, if there are any."""

    rows: tuple[BoardRow, ...]
    next_cursor: str | None


# Every parameter has its type said, so that one that is missing can be planned away.
_LIST: LiteralString = """
SELECT * FROM projections.return_board
WHERE (%(tenant)s::text IS NULL OR tenant = %(tenant)s)
AND (%(headline)s::text IS NULL OR headline = %(headline)s)
AND (%(authorisation)s::text IS NULL OR authorisation = %(authorisation)s)
AND (%(next_actor)s::text IS NULL OR next_actor = %(next_actor)s)
AND (%(next_action)s::text IS NULL OR next_action = %(next_action)s)
AND (%(order_id)s::text IS NULL OR order_id = %(order_id)s)
AND (%(country)s::text IS NULL OR country = %(country)s)
AND (%(currency)s::text IS NULL OR currency = %(currency)s)
AND (%(method)s::text IS NULL OR method = %(method)s)
AND (%(carrier)s::text IS NULL OR carrier = %(carrier)s)
AND (%(reason)s::text IS NULL OR reasons @> ARRAY[%(reason)s::text])
AND (%(flag)s::text IS NULL OR flags @> ARRAY[%(flag)s::text])
AND (%(tracking_number)s::text IS NULL OR tracking_numbers @> ARRAY[%(tracking_number)s::text])
AND (%(closed)s::boolean IS NULL OR closed = %(closed)s)
AND (%(overdue_at)s::timestamptz IS NULL OR (NOT closed AND due_at < %(overdue_at)s))
AND (%(after_opened_at)s::timestamptz IS NULL
     OR (opened_at, tenant, return_id)
        < (%(after_opened_at)s, %(after_tenant)s::text, %(after_return_id)s::text))
ORDER BY opened_at DESC, tenant DESC, return_id DESC
LIMIT %(limit)s"""
_OVERDUE: LiteralString = """
SELECT * FROM projections.return_board
WHERE NOT closed AND due_at < %(now)s AND (%(tenant)s::text IS NULL OR tenant = %(tenant)s)
ORDER BY due_at, tenant, return_id LIMIT %(limit)s"""
_GET: LiteralString = """
SELECT * FROM projections.return_board WHERE tenant = %(tenant)s AND return_id = %(return_id)s"""


class Board:
    """Reads `return_board`, which may be a moment behind the streams.

    Every method raises `StoreUnavailable` where the database does not answer, and
    `psycopg.errors.UndefinedTable` where the board was never built.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def list_returns(
        self, wanted: BoardFilter | None = None, *, cursor: str = "", limit: int = 50
    ) -> BoardPage:
        """Give a page of returns, the newest request first.

        Args:
            wanted: What they have in common; all returns without it.
            cursor: The `next_cursor` of the page before; empty for the first.
            limit: Rows, 1 to `PAGE_MAX`.

        Raises:
            InvalidCursor: The cursor was made by somebody else.
        """
        limit = min(max(limit, 1), PAGE_MAX)
        after = Cursor.read(cursor) if cursor else None
        parameters = {
            **(wanted or BoardFilter()).model_dump(),
            "after_opened_at": after.opened_at if after else None,
            "after_tenant": after.tenant if after else "",
            "after_return_id": after.return_id if after else "",
            "limit": limit + 1,
        }
        rows = await self._ask(_LIST, parameters)
        if len(rows) <= limit:
            return BoardPage(tuple(rows), None)
        last = rows[limit - 1]
        return BoardPage(
            tuple(rows[:limit]), str(Cursor(last.opened_at, last.tenant, last.return_id))
        )

    async def overdue(
        self, now: datetime, *, tenant: str | None = None, limit: int = PAGE_MAX
    ) -> tuple[BoardRow, ...]:
        """Give the open returns whose next step was due before `now`, the longest overdue first."""
        parameters = {"now": now, "tenant": tenant, "limit": limit}
        return tuple(await self._ask(_OVERDUE, parameters))

    async def get(self, tenant: str, return_id: str) -> BoardRow | None:
        """Give one return's row, or none where the board does not know it (yet)."""
        rows = await self._ask(_GET, {"tenant": tenant, "return_id": return_id})
        return rows[0] if rows else None

    async def _ask(
        self, question: LiteralString, parameters: Mapping[str, object]
    ) -> list[BoardRow]:
        async with (
            borrowed(self._pool) as connection,
            connection.cursor(row_factory=class_row(BoardRow)) as cursor,
        ):
            await cursor.execute(question, parameters)
            return await cursor.fetchall()
