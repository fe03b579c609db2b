"""The bare worker's activities: the partner calls of a plain return, and a row for each."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import structlog
from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool
from temporalio import activity

from activities import ports
from bench.bare_words import Done, Order, Said
from bench.sizes import Sizes
from domain.money import Money

log = structlog.get_logger()

Pool = AsyncConnectionPool[AsyncConnection[TupleRow]]

TABLE = """
CREATE TABLE IF NOT EXISTS bench_recorded (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    return_id text NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now(), data text NOT NULL
)"""
_INSERT = "INSERT INTO bench_recorded (return_id, data) VALUES (%b, %b)"

HUB = ports.Address(
    name="Hub", line1="Lagerstrasse 1", city="Leipzig", postcode="04109", country="DE"
)
_FILLED = 64  # bytes of an answer that are not filling


@dataclass
class _Case:
    """What an activity of one return needs to know of the others."""

    request: dict[str, Any] = field(default_factory=dict)
    tracking_number: str = ""
    answers: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    recordings: int = 0


@dataclass(frozen=True)
class Outside:
    """The partners, behind the engine's own adapters."""

    carrier: ports.Carrier
    gateway: ports.PaymentGateway
    warehouse: ports.Warehouse
    notifier: ports.Notifier


class Bare:
    """Every activity: call, write a row, answer."""

    def __init__(self, pool: Pool, outside: Outside, sizes: Sizes) -> None:
        self._pool = pool
        self._outside = outside
        self._sizes = sizes
        self._cases: dict[str, _Case] = defaultdict(_Case)

    @activity.defn
    async def record(self, said: Said) -> Done:
        if said.name == "open":
            self._cases[said.return_id].request = json.loads(said.body)["request"]
        return await self._done(said.return_id, "record")

    @activity.defn
    async def buy_label(self, order: Order) -> Done:
        case = self._cases[order.return_id]
        customer = case.request["order"]["customer"]
        label = ports.LabelOrder(
            step_id=_key(order),
            carrier="swiftpost",
            service="return_label",
            sender=ports.Address(
                name=customer["name"],
                email=customer["email"],
                phone=customer["phone"],
                **customer["address"],
            ),
            recipient=HUB,
            weight_grams=800,
        )
        carrier = self._outside.carrier
        prepared = await carrier.prepare_label(label)
        if isinstance(prepared, ports.LabelRefused):
            raise TypeError(prepared.theirs)
        answer = await carrier.buy_label(label.model_copy(update={"offer_ref": prepared.offer_ref}))
        if isinstance(answer, ports.LabelRefused):
            raise TypeError(answer.theirs)
        case.tracking_number = answer.tracking_number
        return await self._done(order.return_id, "buy_label")

    @activity.defn
    async def announce(self, order: Order) -> Done:
        case = self._cases[order.return_id]
        announcement = ports.Announcement(
            step_id=_key(order),
            return_id=order.return_id,
            order_id=case.request["order_id"],
            warehouse="w",
            units=(ports.ExpectedUnit(line_id="1", unit=1, sku="SHOE-42", name="Shoe"),),
            tracking_numbers=(case.tracking_number,),
        )
        warehouse = self._outside.warehouse
        if await warehouse.find_announcement(announcement) is None:
            await warehouse.announce(announcement)
        return await self._done(order.return_id, "announce")

    @activity.defn
    async def move_stock(self, order: Order) -> Done:
        move = ports.StockMove(
            step_id=_key(order),
            return_id=order.return_id,
            warehouse="w",
            sku="SHOE-42",
            quantity=1,
            disposition="restock",
            grade="like_new",
        )
        warehouse = self._outside.warehouse
        if await warehouse.find_move(move) is None:
            await warehouse.move_stock(move)
        return await self._done(order.return_id, "move_stock")

    @activity.defn
    async def pay_out(self, order: Order) -> Done:
        payout, gateway = self._payout(order), self._outside.gateway
        if await gateway.find_payout(payout) is None:
            await gateway.pay_out(payout)
        return await self._done(order.return_id, "pay_out")

    @activity.defn
    async def look_up_payout(self, order: Order) -> Done:
        await self._outside.gateway.find_payout(self._payout(order))
        return await self._done(order.return_id, "look_up_payout")

    @activity.defn
    async def notify(self, order: Order) -> Done:
        case = self._cases[order.return_id]
        customer = case.request["order"]["customer"]
        template = order.step_id.partition(":")[0]
        message = ports.Message(
            step_id=_key(order),
            to=customer["email"],
            name=customer["name"],
            locale=customer["locale"],
            template=template,
            facts={
                **self._sizes.facts.get(template, {}),
                "return_id": order.return_id,
                "order_id": case.request["order_id"],
            },
        )
        await self._outside.notifier.deliver(message)
        return await self._done(order.return_id, "notify")

    def _payout(self, order: Order) -> ports.PayoutOrder:
        payment_ref = self._cases[order.return_id].request["order"]["tenders"][0]["payment_ref"]
        return ports.PayoutOrder(
            instruction_id=f"{order.tenant}:{order.return_id}:payout",
            payment_ref=payment_ref,
            amount=Money(amount_minor=5_510, currency="EUR"),
            reference=order.return_id,
        )

    async def _done(self, return_id: str, name: str) -> Done:
        """Write as many bytes, and answer with as many, as the engine did here."""
        case, sizes = self._cases[return_id], self._sizes
        written = sizes.recordings[case.recordings % len(sizes.recordings)]
        case.recordings += 1
        async with self._pool.connection() as connection:
            await connection.execute(_INSERT, (return_id, "x" * written))
        answers = sizes.answers[name]
        answered = answers[case.answers[name] % len(answers)]
        case.answers[name] += 1
        log.info("bare.done", activity=name)
        return Done(filling="x" * max(0, answered - _FILLED))


def _key(order: Order) -> str:
    return f"{order.tenant}:{order.return_id}:{order.step_id}"
