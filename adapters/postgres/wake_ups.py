"""Tells subscribers in every process that something was appended, so that they need not wait.

A NOTIFY inside an append would queue up the commits of all appends, so it is sent
afterwards, on a connection of its own, one for many. It may be late or lost: a subscriber
also polls, and only what it finds there counts.
"""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import psycopg
import structlog
from psycopg import AsyncConnection

from adapters.postgres.pool import Connection, as_engine

COALESCE_S = 0.005
"""Seconds between two announcements; what is appended meanwhile shares the next. The first of
a burst is announced at once. How often a subscriber then looks is its own affair."""

RECONNECT_S = 1.0
"""Seconds between two attempts to connect; until then subscribers live by polling."""

log = structlog.get_logger()


class WakeUps:
    """`async with WakeUps(url) as wake_ups`: `ring` after an append, wait on `next_ring()`."""

    def __init__(self, database_url: str) -> None:
        self._conninfo = as_engine(database_url)
        self._rung = asyncio.Event()
        self._heard = asyncio.Event()
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    async def __aenter__(self) -> Self:
        self._tasks = (
            asyncio.create_task(self._keep(self._announce), name="announce appends"),
            asyncio.create_task(self._keep(self._listen), name="listen for appends"),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def ring(self) -> None:
        """Say that something was appended; comes back at once."""
        self._rung.set()

    def next_ring(self) -> asyncio.Event:
        """Give what will be set at the next announcement; take it before you look."""
        return self._heard

    async def _announce(self, connection: Connection) -> None:
        while True:
            await self._rung.wait()
            self._rung.clear()
            try:
                await connection.execute("NOTIFY backhaul_appended")
            except psycopg.OperationalError:
                self._rung.set()  # said on the next connection
                raise
            await asyncio.sleep(COALESCE_S)

    async def _listen(self, connection: Connection) -> None:
        await connection.execute("LISTEN backhaul_appended")
        self._wake_everyone()  # who knows what was said before
        async for _ in connection.notifies():
            self._wake_everyone()

    def _wake_everyone(self) -> None:
        self._heard.set()
        self._heard = asyncio.Event()

    async def _keep(self, work: Callable[[Connection], Awaitable[None]]) -> None:
        """Do the work on a connection, and on another when that one breaks."""
        while True:
            try:
                async with await AsyncConnection.connect(
                    self._conninfo, autocommit=True
                ) as connection:
                    await work(connection)
            except psycopg.OperationalError as lost:
                log.warning("wake_ups.interrupted", error=type(lost).__name__)
            await asyncio.sleep(RECONNECT_S)
