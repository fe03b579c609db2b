"""The schema, as numbered SQL files that are run once each, in order, at start.

What was run is never edited: its checksum is kept. A database that is ahead of the code
belongs to a newer release, and older code refuses to start on it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

FOLDER = Path(__file__).parent / "migrations"
MONTHS_AHEAD = 3
"""Partitions made at each start. Whoever runs for longer without one writes to the default."""

# In the two-number space of advisory locks, where no position is (see 0001_event_store.sql).
_LOCK = "SELECT pg_advisory_lock(x'4248'::int, 1)"
_PATIENCE = "-c lock_timeout=60s -c search_path=backhaul"


class SchemaMismatch(Exception):
    """Code and database do not belong together; the text says which of them is to change."""


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def known(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """Read the migrations this code comes with, in order.

    Raises:
        SchemaMismatch: The files are not numbered 1, 2, 3 …
    """
    found = tuple(
        Migration(number=int(path.name[:4]), name=path.stem, sql=path.read_text("utf-8"))
        for path in sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    )
    numbers = [migration.number for migration in found]
    if numbers != list(range(1, len(found) + 1)):
        raise SchemaMismatch(f"{folder}: expected files numbered 1, 2, 3 …, not {numbers}")
    return found


def pending(migrations: Sequence[Migration], applied: Mapping[int, str]) -> tuple[Migration, ...]:
    """Say which migrations the database lacks, given number and checksum of those it has had.

    Raises:
        SchemaMismatch: The database is ahead, or a file has changed since it was run.
    """
    ahead = sorted(set(applied) - {migration.number for migration in migrations})
    if ahead:
        raise SchemaMismatch(f"the database has had migrations this code does not know: {ahead}")
    for migration in migrations:
        if applied.get(migration.number, migration.checksum) != migration.checksum:
            raise SchemaMismatch(
                f"{migration.name} has changed since the database had it: add another instead"
            )
    return tuple(migration for migration in migrations if migration.number not in applied)


async def migrate(database_url: str, folder: Path = FOLDER) -> None:
    """Bring the schema up to date, as its owner. Starts at the same time wait for each other.

    Raises:
        SchemaMismatch: Code and database do not belong together.
        psycopg.Error: The database does not answer, or the user may not do this.
    """
    migrations = known(folder)
    conninfo = make_conninfo(database_url, options=_PATIENCE, application_name="backhaul migrate")
    async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
        await connection.execute(_LOCK)  # let go with the connection
        await _begin(connection)
        for migration in pending(migrations, await applied_to(connection)):
            async with connection.transaction():
                await connection.execute(migration.sql.encode())
                await connection.execute(
                    "INSERT INTO backhaul.migration (number, name, checksum) VALUES (%s, %s, %s)",
                    (migration.number, migration.name, migration.checksum),
                )
        await connection.execute("SELECT backhaul.open_months(%s)", (MONTHS_AHEAD,))


async def assert_up_to_date(
    connection: AsyncConnection[TupleRow], migrations: Sequence[Migration]
) -> None:
    """Refuse to work on a schema that is not exactly the one of this code.

    Raises:
        SchemaMismatch: It is behind, ahead or another.
    """
    missing = pending(migrations, await applied_to(connection))
    if missing:
        names = ", ".join(migration.name for migration in missing)
        raise SchemaMismatch(f"the database lacks {names}: start once as its owner")


async def applied_to(connection: AsyncConnection[TupleRow]) -> dict[int, str]:
    """Give number and checksum of every migration the database has had."""
    cursor = await connection.execute("SELECT to_regclass('backhaul.migration') IS NOT NULL")
    if await cursor.fetchone() == (False,):
        return {}
    cursor = await connection.execute("SELECT number, checksum FROM backhaul.migration")
    return dict(await cursor.fetchall())


async def _begin(connection: AsyncConnection[TupleRow]) -> None:
    cursor = await connection.execute("SELECT to_regclass('backhaul.migration') IS NULL")
    if await cursor.fetchone() == (True,):
        async with connection.transaction():
            await connection.execute("CREATE SCHEMA IF NOT EXISTS backhaul")
            await connection.execute("""
                CREATE TABLE backhaul.migration (
                    number     integer PRIMARY KEY,
                    name       text NOT NULL,
                    checksum   text NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
                )""")
