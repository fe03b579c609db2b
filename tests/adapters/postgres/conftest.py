from collections.abc import AsyncIterator

import psycopg
import pytest

from adapters.postgres import pool as pool_module
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Connection, Pool, connect


@pytest.fixture
async def pool(fresh_database: str) -> AsyncIterator[Pool]:
    """Connections of the engine to a database that only this test has."""
    async with await connect(fresh_database, connections=20) as opened:
        yield opened


@pytest.fixture
async def hasty(
    fresh_database: str, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Pool]:
    """Connections like those of `pool`, whose transactions may take 0.2 s instead of 5."""
    options = pool_module._OPTIONS.replace("transaction_timeout=5s", "transaction_timeout=200ms")
    monkeypatch.setattr(pool_module, "_OPTIONS", options)
    async with await connect(fresh_database, migrate=False) as opened:
        yield opened


@pytest.fixture
def store(pool: Pool) -> PostgresEventStore:
    return PostgresEventStore(pool)


@pytest.fixture
async def owner(fresh_database: str, pool: Pool) -> AsyncIterator[Connection]:
    """A connection of the schema's owner, who may do what the engine may not."""
    async with await psycopg.AsyncConnection.connect(fresh_database, autocommit=True) as connection:
        yield connection
