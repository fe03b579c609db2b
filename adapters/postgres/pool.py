"""Connections to the database: as the engine's role, with an end to every wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

import psycopg
from psycopg import AsyncConnection, errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from activities.event_store import StoreUnavailable
from adapters.postgres.fitness import ROLE, assert_fit
from adapters.postgres.migrate import assert_up_to_date, known
from adapters.postgres.migrate import migrate as bring_up_to_date

Connection: TypeAlias = AsyncConnection[TupleRow]
Pool: TypeAlias = AsyncConnectionPool[Connection]

DEADLINE_S = 5.0
"""Seconds for one call, the wait for a connection included; cancelling it may add 10 more."""

CONNECTIONS = 10
"""At most, per process: an append takes 1-2 ms, so ten serve thousands a second."""

# The server gives up before we do, so that an ordinary overload ends with a clear answer.
# The two transaction limits are what keeps an append left open from holding up the feed.
_OPTIONS = (
    f"-c role={ROLE} -c statement_timeout=4s -c transaction_timeout=5s"
    " -c idle_in_transaction_session_timeout=5s"
    " -c search_path=projections,backhaul -c TimeZone=UTC -c jit=off"
)
# Notice a peer that is gone without a word; a host that was named for this in the URL wins.
_NETWORK = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",  # ms
    "target_session_attrs": "read-write",
    "application_name": "backhaul",
}
_NO_ANSWER = (
    psycopg.OperationalError,
    TimeoutError,
    errors.TransactionTimeout,
    errors.IdleInTransactionSessionTimeout,
    errors.ReadOnlySqlTransaction,
)


async def connect(
    database_url: str, *, migrate: bool = True, connections: int = CONNECTIONS
) -> Pool:
    """Open the pool that every part of the engine shares, on a database that is fit for it.

    With `migrate`, the URL must be of the schema's owner, and the schema is brought up to
    date first. The connections of the pool are the engine's role in either case.
    Use it as `async with await connect(…) as pool`: left open, it may keep a process from
    ending, because its workers go on connecting when they are cancelled.

    Raises:
        SchemaMismatch: Code and database do not belong together.
        UnfitDatabase: Settings would break a promise; each is named.
        psycopg.Error: The database does not answer, or does not let us in.
    """
    if migrate:
        await bring_up_to_date(database_url)
    pool: Pool = AsyncConnectionPool(
        as_engine(database_url),
        kwargs={"autocommit": True},
        min_size=1,
        max_size=connections,
        timeout=DEADLINE_S,
        name="backhaul",
        open=False,
    )
    async with await AsyncConnection.connect(as_engine(database_url)) as first:
        await assert_fit(first)
        await assert_up_to_date(first, known())
    await pool.open(wait=True, timeout=DEADLINE_S)
    return pool


def as_engine(database_url: str) -> str:
    """Add to the address what makes its connections the engine's: role, limits, keep-alives."""
    asked = conninfo_to_dict(database_url)
    options = f"{asked.get('options') or ''} {_OPTIONS}".strip()
    missing = {key: value for key, value in _NETWORK.items() if key not in asked}
    return make_conninfo(database_url, options=options, **missing)


@asynccontextmanager
async def borrowed(pool: Pool, *, deadline_s: float = DEADLINE_S) -> AsyncIterator[Connection]:
    """Lend a connection for one call, which ends by the deadline.

    Raises:
        StoreUnavailable: No connection or no answer in time. What was asked may have happened.
    """
    connection: Connection | None = None
    try:
        async with asyncio.timeout(deadline_s), pool.connection() as connection:
            yield connection
    except _NO_ANSWER as lost:
        if connection is not None and connection.broken:
            await _sweep(pool)
        raise StoreUnavailable(f"no answer from the database: {type(lost).__name__}") from lost


async def _sweep(pool: Pool) -> None:
    """Where one connection broke others have: drop them now, not one failed call at a time."""
    try:
        async with asyncio.timeout(DEADLINE_S):
            await pool.check()
    except _NO_ANSWER:
        return  # the call that noticed is about to say so
