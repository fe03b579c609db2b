"""Keeps read models up to date: pages of the feed, applied once each.

A page is applied and the place in the feed moved in one transaction, so after any crash a
projection goes on exactly where it stands.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import LiteralString, Protocol

import structlog

from activities.event_store import StoredEvent, StoreUnavailable
from adapters.postgres.event_store import read_feed
from adapters.postgres.pool import Connection, Pool, borrowed
from adapters.postgres.wake_ups import WakeUps

PAGE = 200
"""Events per transaction; few enough that it ends well within its limit."""

POLL_S = 0.5
"""Seconds after which is looked though nobody said that something was appended."""

PAGE_LIMIT_S = 30.0
"""Seconds for one page. It takes no part in the order of the feed, so it may exceed an append's."""

REBUILD_LIMIT_S = 3_600.0

# Under way, a limit can be ended and begun but not moved: hence first 0, then ours.
_LIMIT = "SELECT set_config('transaction_timeout', each, true) FROM unnest(ARRAY['0', %s]) AS each"
_LOCK = "SELECT version, position FROM backhaul.projection WHERE name = %s FOR UPDATE"
_MOVE = """
UPDATE backhaul.projection SET position = %s, updated_at = clock_timestamp() WHERE name = %s"""
_SEE = "SELECT version, position FROM backhaul.projection WHERE name = %s"
# No limit but ours, and room of its own.
_PREPARE_BUILD = """
SELECT set_config('transaction_timeout', '0', true), set_config('statement_timeout', '0', true),
       set_config('search_path', 'projections_next,backhaul', true)"""
_ONE_BUILD_AT_A_TIME = "SELECT pg_advisory_xact_lock(x'4249'::int, hashtext(%s))"

log = structlog.get_logger()


class Projection(Protocol):
    """A read model: tables and views of its own, named without a schema, filled by events alone.

    A change of what it says about old events is a new `version`, which is built from the
    first event beside what is read, and then takes its place.
    """

    name: str
    version: int

    async def create(self, connection: Connection) -> None:
        """Make the tables and views, in the schema that the connection is set to."""

    async def apply(self, connection: Connection, events: Sequence[StoredEvent]) -> None:
        """Change the rows by events that follow those applied before; no other effect."""


class Superseded(Exception):
    """A newer release has built this projection: an older one no longer writes to it."""

    def __init__(self, name: str, *, ours: int, theirs: int) -> None:
        super().__init__(f"{name}@{theirs} is in place, and this process knows {name}@{ours}")


@dataclass(frozen=True, slots=True)
class _Place:
    """Which version of a projection is read, and how far it has come."""

    version: int
    position: int


@dataclass(frozen=True, slots=True)
class _Page:
    """Events that were applied at once."""

    count: int
    ends_at: int


class Subscription:
    def __init__(self, pool: Pool, wake_ups: WakeUps | None = None, *, rest_s: float = 0.0) -> None:
        """Follow the feed.

        Args:
            pool: Where it is.
            wake_ups: Says that there is something new; without it, the feed is polled.
            rest_s: Seconds from one look to the next at least: what comes meanwhile shares it.
        """
        self._pool = pool
        self._wake_ups = wake_ups
        self._rest_s = rest_s

    async def catch_up(self, projection: Projection) -> int:
        """Apply what there is, build the projection first if it is new; give its position.

        Raises:
            Superseded: A newer version is in place.
            StoreUnavailable: The database does not answer; call again.
        """
        while True:
            page = await self._apply_page(projection)
            if page is None:
                await self._build(projection, anew=False)
            elif page.count < PAGE:  # what is appended from now on is announced anew
                return page.ends_at

    async def rebuild(self, projection: Projection) -> int:
        """Throw away what is read and build it from the first event; give its position.

        One transaction: readers see the old until all of the new is there, and a crash
        leaves nothing behind.

        Raises:
            Superseded: A newer version is in place.
            StoreUnavailable: The database does not answer; call again.
        """
        return await self._build(projection, anew=True)

    async def run(self, projection: Projection, stop: asyncio.Event) -> None:
        """Keep it up to date until `stop` is set, or until a newer release takes it over."""
        while not stop.is_set():
            rung = asyncio.Event() if self._wake_ups is None else self._wake_ups.next_ring()
            try:
                await self.catch_up(projection)
            except StoreUnavailable as lost:
                log.warning("projection.interrupted", projection=projection.name, error=str(lost))
            except Superseded as newer:
                log.warning("projection.superseded", projection=projection.name, because=str(newer))
                return
            await _first_of(stop, timeout_s=self._rest_s)
            await _first_of(stop, rung, timeout_s=POLL_S)

    async def _apply_page(self, projection: Projection) -> _Page | None:
        """Apply one page; none, where the projection is to be built first."""
        async with (
            borrowed(self._pool, deadline_s=PAGE_LIMIT_S) as connection,
            connection.transaction(),
        ):
            await connection.execute(_LIMIT, (f"{PAGE_LIMIT_S:.0f}s",))
            place = await _place(connection, projection, _LOCK)
            if place is None or place.version < projection.version:
                return None
            events = await read_feed(connection, place.position, PAGE)
            if not events:
                return _Page(0, place.position)
            await projection.apply(connection, events)
            ends_at = events[-1].position
            await connection.execute(_MOVE, (ends_at, projection.name))
            return _Page(len(events), ends_at)

    async def _build(self, projection: Projection, *, anew: bool) -> int:
        async with (
            borrowed(self._pool, deadline_s=REBUILD_LIMIT_S) as connection,
            connection.transaction(),
        ):
            await connection.execute(_PREPARE_BUILD)
            await connection.execute(_ONE_BUILD_AT_A_TIME, (projection.name,))
            place = await _place(connection, projection, _SEE)
            if place is not None and place.version == projection.version and not anew:
                return place.position  # another process has just built it
            await projection.create(connection)
            position = 0
            while events := await read_feed(connection, position, PAGE):
                await projection.apply(connection, events)
                position = events[-1].position
            await connection.execute(
                "SELECT backhaul.swap_projection(%s, %s, %s)",
                (projection.name, projection.version, position),
            )
        log.info("projection.built", projection=f"{projection.name}@{projection.version}")
        return position


async def _place(
    connection: Connection, projection: Projection, statement: LiteralString
) -> _Place | None:
    """Ask which version is read and how far it has come; refuse to go below a newer one."""
    cursor = await connection.execute(statement, (projection.name,))
    row = await cursor.fetchone()
    if row is None:
        return None
    place = _Place(version=row[0], position=row[1])
    if place.version > projection.version:
        raise Superseded(projection.name, ours=projection.version, theirs=place.version)
    return place


async def _first_of(*events: asyncio.Event, timeout_s: float) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        for wait in waits:
            with suppress(asyncio.CancelledError):
                await wait
