"""What it costs that many write to one order: appends a second on a hot order, beside orders apart.

`python -m bench ledger` lets 1, 4 and 16 writers tell news of disputes to one order, and the
same number of news to an order each, in turn on the same PostgreSQL. Each writer has a memory
of its own, as processes have. A conflict is an append that came too late and was decided again.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter
from uuid import uuid4

import structlog

from activities.ledgers import OrderLedgers
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool, connect
from bench.database import database
from domain.orders.commands import ChargebackNews, RecordOrder
from domain.orders.order import Order, OrderLine, Tender

TENANT = "bench"
WRITERS = (1, 4, 16)
PLACED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
_PRICE = 100_000_00


@dataclass(frozen=True)
class Run:
    """One block: so many writers, on one order or each on its own."""

    writers: int
    appends: int
    seconds: float
    conflicts: int

    @property
    def per_second(self) -> float:
        return self.appends / self.seconds


@dataclass(frozen=True)
class Rivalry:
    """The blocks of one number of writers, in pairs that ran one after the other."""

    writers: int
    hot: list[Run]
    apart: list[Run]

    @property
    def ratio(self) -> float:
        """What is left of the pace when all write to one order; 1.0 is all of it."""
        pairs = zip(self.hot, self.apart, strict=True)
        return median(hot.per_second / apart.per_second for hot, apart in pairs)

    @property
    def conflicts(self) -> float:
        """How many appends came too late, for each that was written."""
        return median(hot.conflicts / hot.appends for hot in self.hot)


async def rival(*, appends: int, pairs: int) -> list[Rivalry]:
    """Measure every number of writers, each block with so many appends in all."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    async with database() as url, await connect(url, connections=max(WRITERS)) as pool:
        await _block(pool, writers=4, appends=200, hot=True)  # warm: plans, caches, pages
        measured = []
        for writers in WRITERS:
            rivalry = Rivalry(writers, [], [])
            for _ in range(pairs):
                for hot, runs in ((False, rivalry.apart), (True, rivalry.hot)):
                    runs.append(await _block(pool, writers=writers, appends=appends, hot=hot))
            measured.append(rivalry)
        return measured


async def _block(pool: Pool, *, writers: int, appends: int, hot: bool) -> Run:
    store = PostgresEventStore(pool)
    ledgers = [OrderLedgers(store) for _ in range(writers)]
    count = 1 if hot else writers
    orders = [await _sold(ledgers[0]) for _ in range(count)]
    each = appends // writers
    began = perf_counter()
    await asyncio.gather(
        *(_write(one, orders[n % count], n, each) for n, one in enumerate(ledgers))
    )
    seconds = perf_counter() - began
    written = [len(await ledgers[0].events(TENANT, order_id)) - 1 for order_id in orders]
    if sum(written) != each * writers:
        raise RuntimeError(f"{sum(written)} of {each * writers} news are in the ledgers")
    return Run(writers, each * writers, seconds, sum(one.conflicts for one in ledgers))


async def _write(ledgers: OrderLedgers, order_id: str, writer: int, count: int) -> None:
    """Tell one dispute's amount again and again: every news is an event, and the ledger stays small."""
    for number in range(count):
        news = ChargebackNews(
            chargeback_id=f"d{writer}",
            tender_id="t1",
            amount_minor=100 + number % 2,
            status="opened",
            occurred_at=PLACED + timedelta(seconds=number),
        )
        outcome = await ledgers.tell(
            TENANT, order_id, news, actor="service:bench", cause=f"{writer}:{number}", now=PLACED
        )
        if not outcome.events:
            raise RuntimeError("news was taken for old")


async def _sold(ledgers: OrderLedgers) -> str:
    order_id = f"W-{uuid4().hex}"
    paid = Tender(
        tender_id="t1", kind="card", provider="stripe", payment_ref="pi_1",
        captured_minor=_PRICE, captured_at=PLACED,
    )  # fmt: skip
    line = OrderLine(line_id="1", sku="SKU", name="Thing", quantity=1, unit_price_minor=_PRICE)
    order = Order(
        order_id=order_id, tenant=TENANT, placed_at=PLACED, currency="EUR", ship_from="DE",
        ship_to="DE", customer_id="c-1", lines=(line,), tenders=(paid,),
    )  # fmt: skip
    command = RecordOrder(order=order)
    await ledgers.tell(TENANT, order_id, command, actor="service:bench", cause="sold", now=PLACED)
    return order_id
