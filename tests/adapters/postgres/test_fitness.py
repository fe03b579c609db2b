"""The engine does not start on a database that could lose what it acknowledged."""

import psycopg
import pytest
from psycopg import sql

from adapters.postgres.fitness import UnfitDatabase, faults_of
from adapters.postgres.pool import connect

GOOD = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "transaction_timeout": "5000",
    "idle_in_transaction_session_timeout": "5000",
    "role": "backhaul_engine",
    "recovery": "false",
    "version": "18",
}


@pytest.mark.parametrize("level", ["on", "local", "remote_write", "remote_apply"])
def test_a_database_that_flushes_before_it_answers_is_fit(level: str) -> None:
    assert faults_of({**GOOD, "synchronous_commit": level}) == ()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "off"),
        ("full_page_writes", "off"),
        ("synchronous_commit", "off"),
        ("transaction_timeout", "0"),
        ("idle_in_transaction_session_timeout", "0"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(setting: str, value: str) -> None:
    (fault,) = faults_of({**GOOD, setting: value})
    assert fault.startswith(f"{setting} = {value}: set it to ")


@pytest.mark.parametrize(
    ("fact", "value", "said"),
    [
        ("role", "postgres", "the role is postgres"),
        ("recovery", "true", "standby"),
        ("version", "16", "PostgreSQL 16: expected 17 or newer"),
    ],
)
def test_a_database_of_the_wrong_kind_is_named(fact: str, value: str, said: str) -> None:
    (fault,) = faults_of({**GOOD, fact: value})
    assert said in fault


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert len(faults_of({**GOOD, "fsync": "off", "synchronous_commit": "off"})) == 2


async def test_a_server_that_acknowledges_before_it_flushes_is_refused(fresh_database: str) -> None:
    async with await psycopg.AsyncConnection.connect(fresh_database, autocommit=True) as owner:
        name = sql.Identifier(owner.info.dbname)
        await owner.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(name))
    with pytest.raises(UnfitDatabase, match="synchronous_commit = off"):
        await connect(fresh_database)
