"""News that stands in quarantine: a person has it told after all, or lets it be.

It is the same row all the time. Released, it takes the way that it would have taken; whom to
tell is found once, so one that was found before is only told again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, LiteralString

from psycopg.rows import args_row, class_row
from pydantic import BaseModel, ConfigDict

from adapters.postgres.boxes import RECEIPT, TELLS_OF_A_BOX
from adapters.postgres.pool import Pool, borrowed

How = Literal["released", "dropped"]

_NEWS: LiteralString = """
SELECT id, provider, account, event_id, kind, state, occurred_at, received_at, reason, attempts,
       awaits, EXISTS (SELECT FROM backhaul.inbox_delivery WHERE inbox_id = news.id), facts::text
FROM backhaul.inbox AS news"""
_AMONG: LiteralString = """
(%(among)s::text[] IS NULL OR provider || '/' || account = ANY(%(among)s))"""
_ALL: LiteralString = f"""{_NEWS}
WHERE state = 'quarantined' AND facts::text NOT LIKE %(box)s AND {_AMONG}
ORDER BY id LIMIT %(limit)s"""
_ONE: LiteralString = f"{_NEWS} WHERE id = %(id)s AND {_AMONG}"
# One statement: nothing is ended without being written down. By its attempts it is seen whether
# it was taken up in between.
_END: LiteralString = """
WITH ended AS (
    UPDATE backhaul.inbox
    SET state = %(state)s, reason = %(reason)s, next_try_at = NULL,
        settled_at = CASE WHEN %(state)s = 'ignored' THEN clock_timestamp() END
    WHERE id = %(id)s AND state = 'quarantined' AND attempts = %(attempts)s
    RETURNING id
)
INSERT INTO backhaul.quarantine_ended (inbox_id, how, by, because)
SELECT id, %(how)s, %(by)s, %(because)s FROM ended"""
_ENDINGS: LiteralString = """
SELECT how, by, because, at FROM backhaul.quarantine_ended WHERE inbox_id = %s ORDER BY id"""


@dataclass(frozen=True, slots=True)
class News:
    """A row of the inbox, as somebody looks at it who has to decide."""

    id: int
    provider: str
    account: str
    event_id: str
    kind: str
    state: str
    occurred_at: datetime
    received_at: datetime
    reason: str
    attempts: int
    awaits: str | None
    was_placed: bool  # whom to tell is written down
    facts_json: str

    @property
    def facts(self) -> list[dict[str, Any]]:
        """What it tells; nothing where it could not be read, or is erased."""
        read: list[dict[str, Any]] = json.loads(self.facts_json)
        return read

    @property
    def is_of_a_box(self) -> bool:
        """Whether it is placed as boxes are."""
        return RECEIPT in self.facts_json


class Ending(BaseModel):
    """What somebody did with it."""

    model_config = ConfigDict(frozen=True)

    how: How
    by: str
    because: str
    at: datetime


class Quarantine:
    """Every method may raise `StoreUnavailable`."""

    def __init__(self, pool: Pool, among: Sequence[str] | None = None) -> None:
        """Look at the news of some accounts alone (`provider/account`), or of all."""
        self._pool = pool
        self._among = list(among) if among is not None else None

    async def all(self, limit: int) -> list[News]:
        """Give what waits for a person, the first received first; no receipts of boxes."""
        return await self._read(_ALL, {"box": TELLS_OF_A_BOX, "limit": limit})

    async def find(self, number: int) -> News | None:
        """Give one row of the inbox, whatever its state."""
        return next(iter(await self._read(_ONE, {"id": number})), None)

    async def end(self, news: News, how: How, by: str, because: str) -> bool:
        """Let it be told, or be told to nobody; False where it stands in quarantine no longer.

        Where whom to tell was found before, it is told and not looked for again: that would
        write the same deliveries twice, and stop the relay.
        """
        told_as = "resolved" if news.was_placed else "received"
        asked = {
            "id": news.id,
            "attempts": news.attempts,
            "state": told_as if how == "released" else "ignored",
            "reason": "" if how == "released" else f"dropped: {news.reason}",
            "how": how,
            "by": by,
            "because": because,
        }
        async with borrowed(self._pool) as connection:
            return (await connection.execute(_END, asked)).rowcount == 1

    async def endings(self, number: int) -> list[Ending]:
        """Say what was done with one, the first first."""
        async with (
            borrowed(self._pool) as connection,
            connection.cursor(row_factory=class_row(Ending)) as cursor,
        ):
            await cursor.execute(_ENDINGS, (number,))
            return await cursor.fetchall()

    async def _read(self, query: LiteralString, asked: Mapping[str, Any]) -> list[News]:
        async with (
            borrowed(self._pool) as connection,
            connection.cursor(row_factory=args_row(News)) as cursor,
        ):
            await cursor.execute(query, {**asked, "among": self._among})
            return await cursor.fetchall()
