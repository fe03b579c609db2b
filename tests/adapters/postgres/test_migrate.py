"""The schema is made once, by whoever comes first, and never edited behind the code's back."""

import asyncio
import shutil
from pathlib import Path

import psycopg
import pytest

from adapters.postgres.fitness import UnfitDatabase
from adapters.postgres.migrate import FOLDER, SchemaMismatch, applied_to, known, migrate
from adapters.postgres.pool import connect


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """The migrations of a release that the test may change."""
    return Path(shutil.copytree(FOLDER, tmp_path / "migrations"))


async def applied(url: str) -> dict[int, str]:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        return await applied_to(connection)


async def test_starts_at_the_same_time_make_the_schema_once(fresh_database: str) -> None:
    await asyncio.gather(*(migrate(fresh_database) for _ in range(4)))
    assert await applied(fresh_database) == {each.number: each.checksum for each in known()}


async def test_an_edited_migration_is_refused(fresh_database: str, release: Path) -> None:
    await migrate(fresh_database, release)
    edited = release / "0002_subjects.sql"
    edited.write_text(edited.read_text() + "-- a harmless remark")
    with pytest.raises(SchemaMismatch, match="0002_subjects has changed"):
        await migrate(fresh_database, release)


async def test_a_database_that_is_ahead_is_refused(fresh_database: str, release: Path) -> None:
    await migrate(fresh_database, release)
    newest = known(release)[-1]
    (release / f"{newest.name}.sql").unlink()
    with pytest.raises(SchemaMismatch, match=rf"does not know: \[{newest.number}\]"):
        await migrate(fresh_database, release)


async def test_a_migration_that_fails_leaves_nothing_of_itself(
    fresh_database: str, release: Path
) -> None:
    number = len(known(release)) + 1
    (release / f"{number:04}_broken.sql").write_text("CREATE TABLE backhaul.half (); SELECT 1 / 0;")
    with pytest.raises(psycopg.errors.DivisionByZero):
        await migrate(fresh_database, release)
    assert sorted(await applied(fresh_database)) == list(range(1, number))
    (release / f"{number:04}_broken.sql").write_text("CREATE TABLE backhaul.half ();")
    await migrate(fresh_database, release)


def test_migrations_with_a_gap_in_their_numbers_are_refused(release: Path) -> None:
    (release / "0002_subjects.sql").unlink()
    with pytest.raises(SchemaMismatch, match="numbered 1, 2, 3"):
        known(release)


async def test_a_schema_that_is_behind_is_refused_by_those_who_may_not_change_it(
    fresh_database: str, release: Path
) -> None:
    newest = known(release)[-1]
    (release / f"{newest.name}.sql").unlink()
    await migrate(fresh_database, release)
    with pytest.raises(SchemaMismatch, match=f"lacks {newest.name}"):
        await connect(fresh_database, migrate=False)


async def test_a_database_without_the_schema_is_refused_by_those_who_may_not_make_it(
    fresh_database: str, database_url: str
) -> None:
    with pytest.raises((SchemaMismatch, UnfitDatabase)):
        await connect(fresh_database, migrate=False)


async def test_a_login_that_is_only_a_member_of_the_role_can_run_the_engine(
    fresh_database: str,
) -> None:
    await migrate(fresh_database)
    async with await psycopg.AsyncConnection.connect(fresh_database, autocommit=True) as owner:
        await owner.execute("DROP ROLE IF EXISTS backhaul_test_login")
        await owner.execute("CREATE ROLE backhaul_test_login LOGIN PASSWORD 'x'")
        await owner.execute("GRANT backhaul_engine TO backhaul_test_login")
        login = psycopg.conninfo.make_conninfo(
            fresh_database, user="backhaul_test_login", password="x"
        )
        async with await connect(login, migrate=False) as pool, pool.connection() as connection:
            row = await (await connection.execute("SELECT session_user, current_user")).fetchone()
            assert row == ("backhaul_test_login", "backhaul_engine")
        await owner.execute("DROP ROLE backhaul_test_login")
