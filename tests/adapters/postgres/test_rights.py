"""The engine may add to what happened. It may not change it, remove it or redefine it."""

from typing import LiteralString

import psycopg

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Connection, Pool
from tests.contracts.event_samples import first_of

FORBIDDEN: tuple[LiteralString, ...] = (
    "UPDATE backhaul.event SET data = '{}'",
    "UPDATE backhaul.event SET hash = ''",
    "DELETE FROM backhaul.event",
    "TRUNCATE backhaul.event",
    "DROP TABLE backhaul.event",
    "ALTER TABLE backhaul.event ADD COLUMN note text",
    "ALTER TABLE backhaul.event DISABLE TRIGGER ALL",
    "CREATE RULE silence AS ON INSERT TO backhaul.event DO INSTEAD NOTHING",
    "UPDATE backhaul.event_of_no_month SET data = '{}'",
    "DELETE FROM backhaul.event_of_no_month",
    "UPDATE backhaul.stream SET born = '2020-01-01'",
    "UPDATE backhaul.stream SET stream_id = 'another'",
    "DELETE FROM backhaul.stream",
    "TRUNCATE backhaul.stream",
    "SELECT setval('backhaul.event_position', 1)",
    "ALTER SEQUENCE backhaul.event_position RESTART",
    "CREATE TABLE backhaul.mine ()",
    "CREATE OR REPLACE FUNCTION backhaul.last_position() RETURNS bigint LANGUAGE sql RETURN 1",
    "SELECT backhaul.open_months(1)",
    "DELETE FROM backhaul.migration",
    "DELETE FROM backhaul.projection",
    "CREATE SCHEMA mine",
    "CREATE TABLE public.mine ()",
    "CREATE ROLE mine",
    "ALTER SYSTEM SET fsync = off",
    "COPY backhaul.event TO PROGRAM 'cat'",
)


async def test_the_engine_cannot_change_what_happened(
    pool: Pool, store: PostgresEventStore
) -> None:
    await store.append(first_of("return:acme:R-1"))
    before = await store.feed(0)
    allowed = []
    async with pool.connection() as engine:
        for statement in FORBIDDEN:
            try:
                await engine.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                continue
            allowed.append(statement)
    assert allowed == []
    assert await store.feed(0) == before


async def test_the_engine_has_no_other_right_on_events_than_to_read_and_add(
    owner: Connection,
) -> None:
    cursor = await owner.execute(
        "SELECT DISTINCT privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = 'backhaul_engine' AND table_schema = 'backhaul'"
        " AND table_name LIKE 'event%' ORDER BY 1"
    )
    assert await cursor.fetchall() == [("INSERT",), ("SELECT",)]


async def test_every_connection_of_the_pool_is_the_engine_with_its_limits(pool: Pool) -> None:
    asked = (
        "SELECT current_user, current_setting('transaction_timeout'),"
        " current_setting('idle_in_transaction_session_timeout'),"
        " current_setting('statement_timeout')"
    )
    async with pool.connection() as one, pool.connection() as another:
        for connection in (one, another):
            row = await (await connection.execute(asked)).fetchone()
            assert row == ("backhaul_engine", "5s", "5s", "4s")


async def test_who_logs_in_as_the_engine_has_the_limits_too(owner: Connection) -> None:
    cursor = await owner.execute(
        "SELECT unnest(setconfig) FROM pg_db_role_setting JOIN pg_roles ON oid = setrole"
        " WHERE rolname = 'backhaul_engine' AND setdatabase = 0 ORDER BY 1"
    )
    assert await cursor.fetchall() == [
        ("idle_in_transaction_session_timeout=5s",),
        ("statement_timeout=5s",),
        ("transaction_timeout=5s",),
    ]


async def test_strangers_may_not_call_the_functions_of_the_store(owner: Connection) -> None:
    cursor = await owner.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'backhaul'::regnamespace"
        " AND EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner)))"
        "             WHERE grantee = 0)"
    )
    assert await cursor.fetchall() == []
