"""What will happen and when: a durable queue, in the order of time."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.books import Books
from sandbox.wire import Json


@dataclass(frozen=True)
class Happening:
    """Something that is due; `kind` says who hears of it."""

    id: int
    due_at: datetime
    kind: str
    body: Json


class Schedule:
    """Happenings of one `key` (a parcel, a visit, a refund) can be called off together."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def add(self, due_at: datetime, kind: str, key: str, body: Json) -> None:
        """Let something happen at `due_at`, or at once when that is over."""
        statement = "INSERT INTO due (due_at, kind, key, body) VALUES (?, ?, ?, ?)"
        self._books.run(statement, _sortable(due_at), kind, key, json.dumps(body))

    def call_off(self, key: str) -> None:
        """Let nothing of this key happen any more."""
        self._books.run("DELETE FROM due WHERE key = ?", key)

    def next_until(self, moment: datetime) -> Happening | None:
        """Give what is due first, not later than `moment`."""
        query = (
            "SELECT id, due_at, kind, body FROM due WHERE due_at <= ? ORDER BY due_at, id LIMIT 1"
        )
        found = self._books.run(query, _sortable(moment)).fetchone()
        if found is None:
            return None
        key, due_at, kind, body = found
        return Happening(key, datetime.fromisoformat(due_at), kind, json.loads(body))

    def next_due(self) -> datetime | None:
        """Say when something happens next."""
        (found,) = self._books.run("SELECT min(due_at) FROM due").fetchone()
        return datetime.fromisoformat(found) if found else None

    def strike(self, happening: Happening) -> None:
        """Take it off the list: it happens now, in this transaction."""
        self._books.run("DELETE FROM due WHERE id = ?", happening.id)

    def pending(self) -> int:
        """Count what is still to come."""
        return int(self._books.run("SELECT count(*) FROM due").fetchone()[0])


def _sortable(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
