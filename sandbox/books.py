"""The books: objects, ledgers and settings in one SQLite file.

Everything that belongs together is written in one transaction, so a kill -9 leaves either
all of it or nothing. Writing is fast because only the death of the process has to be
survived, not that of the machine (WAL, `synchronous=NORMAL`).
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox.wire import Json, iso

SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS objects (
    made INTEGER PRIMARY KEY,
    kind TEXT NOT NULL, id TEXT NOT NULL,
    reference TEXT NOT NULL, family TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS objects_reference ON objects (kind, reference);
CREATE INDEX IF NOT EXISTS objects_family ON objects (kind, family);
CREATE TABLE IF NOT EXISTS ledgers (
    ledger TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (ledger, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS due (
    id INTEGER PRIMARY KEY, due_at TEXT NOT NULL,
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS due_at ON due (due_at, id);
CREATE INDEX IF NOT EXISTS due_key ON due (key);
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY,
    provider TEXT NOT NULL, event_id TEXT NOT NULL, type TEXT NOT NULL,
    booked_at TEXT NOT NULL, body TEXT NOT NULL, about TEXT NOT NULL,
    copies INTEGER NOT NULL, hold INTEGER NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    UNIQUE (provider, event_id)
);
CREATE INDEX IF NOT EXISTS outbox_state ON outbox (state);
CREATE TABLE IF NOT EXISTS fault_rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL  -- no id is ever used again
);
CREATE TABLE IF NOT EXISTS arrivals (
    face TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (face, operation, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fired (
    id INTEGER PRIMARY KEY, rule INTEGER NOT NULL, fault TEXT NOT NULL,
    face TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL, arrival INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS fired_rule ON fired (rule);
"""


class Books:
    """One connection, used by one thread only."""

    def __init__(self, path: Path) -> None:
        """Open the file, or begin it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all or nothing; inside there is no waiting, so nobody comes in between."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def run(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """Run one statement; the tables that are not objects belong to their own modules."""
        return self._db.execute(statement, values)

    def put(
        self, kind: str, key: str, body: Json, *, reference: str = "", family: str = ""
    ) -> None:
        """Keep an object; its place in the order of making stays the first one."""
        self.run(
            "INSERT INTO objects (kind, id, reference, family, body) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (kind, id) DO UPDATE SET reference = excluded.reference,"
            " family = excluded.family, body = excluded.body",
            kind,
            key,
            reference,
            family,
            json.dumps(body),
        )

    def change(self, kind: str, key: str, body: Json) -> None:
        """Write an object anew under the reference and family that it has."""
        statement = "UPDATE objects SET body = ? WHERE kind = ? AND id = ?"
        self.run(statement, json.dumps(body), kind, key)

    def get(self, kind: str, key: str) -> Json | None:
        """Find an object by its id."""
        found = self._objects("kind = ? AND id = ?", kind, key)
        return found[0] if found else None

    def by_reference(self, kind: str, reference: str) -> list[Json]:
        """Find the objects of one reference, in the order of their making."""
        return self._objects("kind = ? AND reference = ?", kind, reference)

    def by_family(self, kind: str, family: str) -> list[Json]:
        """Find the objects that belong to one return or payment, in the order of making."""
        return self._objects("kind = ? AND family = ?", kind, family)

    def every(self, kind: str) -> list[Json]:
        """Give all objects of a kind, in the order of their making."""
        return self._objects("kind = ?", kind)

    def book(self, ledger: str, at: datetime, **row: Any) -> None:
        """Add a row to a ledger; its `seq` is its place in it."""
        query = "SELECT coalesce(max(seq), 0) + 1 FROM ledgers WHERE ledger = ?"
        seq = self.run(query, ledger).fetchone()[0]
        body = json.dumps({"seq": seq, "at": iso(at), **row})
        self.run("INSERT INTO ledgers (ledger, seq, body) VALUES (?, ?, ?)", ledger, seq, body)

    def ledger_lines(self, ledger: str) -> list[str]:
        """Give a ledger's rows as JSON, in booking order."""
        query = "SELECT body FROM ledgers WHERE ledger = ? ORDER BY seq"
        return [body for (body,) in self.run(query, ledger)]

    def ledger(self, name: str) -> list[Json]:
        """Give a ledger's rows, in booking order."""
        return [json.loads(line) for line in self.ledger_lines(name)]

    def note(self, name: str, value: str) -> None:
        """Keep a setting."""
        self.run(
            "INSERT INTO settings (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            name,
            value,
        )

    def noted(self, name: str, default: str) -> str:
        """Read a setting."""
        found = self.run("SELECT value FROM settings WHERE name = ?", name).fetchone()
        return found[0] if found else default

    def _objects(self, where: str, *values: str) -> list[Json]:
        query = f"SELECT body FROM objects WHERE {where} ORDER BY made"  # noqa: S608 - ours alone
        return [json.loads(body) for (body,) in self.run(query, *values)]
