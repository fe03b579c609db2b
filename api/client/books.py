"""What is recorded, read straight from the store; connected when first asked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeVar

import psycopg
from psycopg.errors import UndefinedTable

from activities.event_store import StoredEvent, StoreUnavailable
from activities.known import Known, KnownReturns, return_stream
from activities.ledgers import OrderLedgers
from adapters.postgres.data_keys import DataKeys
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.fitness import UnfitDatabase
from adapters.postgres.migrate import SchemaMismatch
from adapters.postgres.pool import Pool, connect
from adapters.sealing.settings import MASTER_KEY
from adapters.sealing.words import Words
from api.client.answers import Unavailable
from api.client.surroundings import Surroundings, not_set
from domain.orders.refunds.agenda import next_step
from domain.orders.refunds.events import StaffRefundPlanned
from domain.orders.refunds.messages import RefundKey
from domain.orders.upcasting import read_ledger_event
from domain.returns.events import ReturnEvent
from domain.returns.upcasting import read_event
from projections.streams import ReturnKey, return_of

PAGE = 500
AT_ONCE = 50
"""Streams per question."""

CONNECTIONS = 4

KeyT = TypeVar("KeyT")

Life = tuple[ReturnEvent, ...]
"""All that happened to one return."""

_AWAY = (StoreUnavailable, SchemaMismatch, UnfitDatabase, psycopg.Error)


class Books:
    """Every method raises `Unavailable` where the database does not answer."""

    def __init__(self, where: Surroundings) -> None:
        self._where = where
        self._pool: Pool | None = None
        self._words: Words | None = None
        self._opening = asyncio.Lock()
        self._open = AsyncExitStack()

    async def aclose(self) -> None:
        """Let go of the connections, if there are any."""
        await self._open.aclose()
        self._pool = self._words = None

    @asynccontextmanager
    async def pool(self, tried: str) -> AsyncIterator[Pool]:
        """Lend the connections; `tried` says what for."""
        if not self._where.database_url:
            raise Unavailable("PostgreSQL", tried, not_set("DATABASE_URL"))
        try:
            yield await self._connected()
        except UndefinedTable as unbuilt:
            because = "the read models were not built yet; the worker builds them"
            raise Unavailable(self._where.database_name, tried, because) from unbuilt
        except _AWAY as away:
            because = str(away).strip().splitlines()[0]
            raise Unavailable(self._where.database_name, tried, because) from away

    def store(self, pool: Pool) -> PostgresEventStore:
        """The store of events, with people's words as far as there are keys to open them."""
        if MASTER_KEY not in self._where.keys:
            return PostgresEventStore(pool)
        if self._words is None:
            self._words = Words(DataKeys(pool, self._where.master_keys()))
        return PostgresEventStore(pool, words=self._words)

    async def events(self, tenant: str, return_id: str) -> tuple[StoredEvent, ...]:
        """Give the events of a return in order; none where there is no such return."""
        return await self.stream(return_stream(tenant, return_id))

    async def known(self, tenant: str, return_id: str, order_id: str = "") -> Known:
        """Give a return as it stands, with its order's ledger."""
        async with self.pool(f"look at {return_id}") as pool:
            return await KnownReturns(self.store(pool)).load(tenant, return_id, order_id)

    async def stream(self, name: str) -> tuple[StoredEvent, ...]:
        """Give the events of one stream in order; none where there is no such stream."""
        async with self.pool(f"read {name}") as pool:
            return (await self.store(pool).read((name, 0)))[name]

    async def feed(self) -> AsyncIterator[StoredEvent]:
        """Give every event there is now, in the order in which they were recorded."""
        async with self.pool("read every event") as pool:
            store = self.store(pool)
            head, position = await store.head(), 0
            while page := await store.feed(position, PAGE):
                for event in page:
                    if event.position > head:
                        return
                    yield event
                position = page[-1].position

    async def streams(
        self, of_name: Callable[[str], KeyT | None], tenant: str | None
    ) -> AsyncIterator[tuple[KeyT, tuple[StoredEvent, ...]]]:
        """Give every stream of one kind, of one merchant or of all; the oldest first.

        Args:
            of_name: Reads a stream's name; none where it is of another kind.
            tenant: Whose, if not everybody's.
        """
        names = [
            event.stream_id
            async for event in self.feed()
            if event.version == 1 and tenant in {None, event.tenant}
            if of_name(event.stream_id) is not None
        ]
        for start in range(0, len(names), AT_ONCE):
            some = names[start : start + AT_ONCE]
            async with self.pool("read streams") as pool:
                found = await self.store(pool).read(*((name, 0) for name in some))
            for name in some:
                key = of_name(name)
                if key is not None:
                    yield key, found[name]

    async def returns(self, tenant: str | None) -> AsyncIterator[tuple[ReturnKey, Life]]:
        """Give every return that was ever opened, of one merchant or of all; the oldest first."""
        async for key, told in self.streams(return_of, tenant):
            yield key, tuple(read_event(e.type, e.schema_version, e.data) for e in told)

    async def open_refunds(self, tenant: str | None) -> AsyncIterator[RefundKey]:
        """Give every refund by staff that waits for anybody, of one merchant or of all."""
        keys = [
            RefundKey(
                tenant=event.tenant, order_id=told.order_id, instruction_id=told.instruction_id
            )
            async for event in self.feed()
            if event.type == StaffRefundPlanned.__name__
            and tenant in {None, event.tenant}
            and isinstance(
                told := read_ledger_event(event.type, event.schema_version, event.data),
                StaffRefundPlanned,
            )
        ]
        async with self.pool("read refunds") as pool:
            ledgers = OrderLedgers(self.store(pool))
            for key in keys:
                ledger = await ledgers.look(key.tenant, key.order_id)
                if ledger is not None and next_step(ledger, key.instruction_id) is not None:
                    yield key

    async def _connected(self) -> Pool:
        async with self._opening:
            if self._pool is None:
                pool = await connect(
                    self._where.database_url, migrate=False, connections=CONNECTIONS
                )
                self._pool = await self._open.enter_async_context(pool)
            return self._pool
