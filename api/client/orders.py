"""What is done about an order outside of any return: taking it in, refunds, what is left."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import TextIO

from activities.ledgers import LedgerOutcome, OrderLedgers
from activities.rivals import Crowded
from adapters.postgres.subjects import PostgresSubjects
from api.client.answers import Unavailable
from api.client.books import Books
from api.client.importing import Format, OrderTaken, checked, orders_in, take_in
from api.client.refunding import StaffRefunds
from api.client.surroundings import Surroundings
from api.client.temporal import Returns
from domain.orders.commands import OrderCommand
from domain.orders.importing.shopify_money import Shop
from domain.orders.ledger import Ledger
from domain.returns.commands import Who
from projections.order_concerns import OpenConcern, open_concerns


class Orders:
    """Orders and their ledgers. Every method may raise `Unavailable`.

    An order has no workflow: what is told is decided and written at once, under the same caps
    and the same versions as what its returns write. A refund by staff has one (`refunds`).
    """

    def __init__(self, where: Surroundings, books: Books, actor: Who, running: Returns) -> None:
        self._where = where
        self._books = books
        self._actor = actor
        self.refunds = StaffRefunds(where, actor, books, running)

    def check(
        self, stream: TextIO, form: Format, shop: Shop, *, only: str | None = None
    ) -> Iterator[OrderTaken]:
        """Read a file of orders and say what would be refused. Nothing is asked or recorded.

        Args:
            stream: Its text, without universal newlines.
            form: In whose shape the orders are.
            shop: What they do not say themselves; its tenant counts where they name none.
            only: Refuse every order that is not this merchant's.
        """
        for found in orders_in(stream, form, shop, only):
            yield checked(found)

    async def take_in(
        self, stream: TextIO, form: Format, shop: Shop, *, only: str | None = None
    ) -> AsyncGenerator[OrderTaken, None]:
        """Take in the orders of a file, each once; persons apart, under keys of their own.

        Stopped anywhere, the same file again goes on where it was: what is known is unchanged.
        The arguments are those of `check`.

        Raises:
            SettingsError: The master key is missing.
        """
        key = self._where.master_keys()
        async with self._books.pool("take orders in") as pool:
            ledgers = OrderLedgers(self._books.store(pool), PostgresSubjects(pool, key))
            found = orders_in(stream, form, shop, only)
            with _patience():
                async for taken in take_in(ledgers, found, actor=str(self._actor), now=_now):
                    yield taken

    async def tell(
        self, tenant: str, order_id: str, command: OrderCommand, request_id: str
    ) -> LedgerOutcome:
        """Ask an order for something, or tell it; a no says what is still available.

        Args:
            tenant: Whose order it is.
            order_id: Which order.
            command: What it is asked or told; repeated, it acts once.
            request_id: The id of what caused it.

        Raises:
            SettingsError: The master key is missing.
        """
        self._where.master_keys()  # what is told may be in somebody's own words
        async with self._ledgers(f"tell order {order_id}") as ledgers:
            with _patience():
                return await ledgers.tell(
                    tenant,
                    order_id,
                    command,
                    actor=str(self._actor),
                    cause=f"order:{request_id}"[:200],
                    now=_now(),
                )

    async def look(self, tenant: str, order_id: str) -> Ledger | None:
        """How an order stands; none where it was never taken in."""
        async with self._ledgers(f"look at order {order_id}") as ledgers:
            return await ledgers.look(tenant, order_id)

    async def open_concerns(self, tenant: str | None = None) -> list[OpenConcern]:
        """What went over a cap and waits for a person, the one due first at the front."""
        async with self._books.pool("list what orders wait for") as pool:
            return await open_concerns(pool, tenant=tenant)

    @asynccontextmanager
    async def _ledgers(self, tried: str) -> AsyncIterator[OrderLedgers]:
        async with self._books.pool(tried) as pool:
            yield OrderLedgers(self._books.store(pool))


@contextmanager
def _patience() -> Iterator[None]:
    """Others who write to the same order all the time are somebody who is not to be had now."""
    try:
        yield
    except Crowded as crowded:
        raise Unavailable("the order's ledger", "write to it", str(crowded)) from crowded


def _now() -> datetime:
    return datetime.now(UTC)
