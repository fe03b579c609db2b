"""What can be done on a day by those outside of the return: carriers, the dock, banks, dashboards."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from api.client.lots import Lots
from api.client.orders import Orders
from api.client.recoveries import Recoveries
from demo.patience import patiently
from demo.stories import Story
from domain.money import Money
from domain.orders.events import FundsPart
from domain.orders.refunds.agenda import next_step
from domain.orders.refunds.commands import RefundByStaff
from domain.who import Who
from sandbox.control_client import SandboxControl

GLANCE_S, PATIENCE_S = 0.2, 120.0
"""Real seconds: between two looks, and for a provider that is tried again and again."""


@dataclass(frozen=True)
class Hands:
    """What they reach: the outside, and the desk where an order is looked after."""

    control: SandboxControl
    orders: Orders
    recoveries: Recoveries
    lots: Lots


Deed = Callable[[Hands, Mapping[str, Any], Story], Awaitable[None]]


async def _pickup_outcome(hands: Hands, body: Mapping[str, Any], story: Story) -> None:
    visit = story.last("PickupScheduled")["pickup_ref"]
    await hands.control.pickup_outcome(visit, **body)


async def _scan(hands: Hands, body: Mapping[str, Any], story: Story) -> None:
    number = story.last("LabelPurchased")["tracking_number"]
    await hands.control.scan(**{"tracking_number": number, **body})


async def _refund_outcome(hands: Hands, body: Mapping[str, Any], story: Story) -> None:
    await hands.control.refund_outcome(story.last("PayoutPlanned")["instruction_id"], **body)


async def _receipt(hands: Hands, body: Mapping[str, Any], _story: Story) -> None:
    await hands.control.receipt(dict(body))


async def _chargeback(hands: Hands, body: Mapping[str, Any], _story: Story) -> None:
    await hands.control.chargeback(**body)


async def _close_chargeback(hands: Hands, body: Mapping[str, Any], _story: Story) -> None:
    ledger = await hands.control.ledger("payments")
    opened = [row for row in ledger if row["kind"] == "chargeback"]
    dispute = next(row for row in opened if row["payment_ref"] == body["payment_ref"])
    await hands.control.close_chargeback(dispute["dispute_id"], body["status"])


async def _book_claim(hands: Hands, _body: Mapping[str, Any], story: Story) -> None:
    """Somebody sees on the carrier's account what it paid for a claim, and tells."""
    recovery_id = story.last("RecoveryBegun")["recovery_id"]
    rows = [row for row in await hands.control.ledger("claims") if row["kind"] == "paid"]
    (paid,) = [row for row in rows if row["return_id"] == story.return_id]
    told = await patiently(
        lambda: hands.recoveries.say(
            story.tenant,
            recovery_id,
            "book_payment",
            request_id=paid["payment_ref"],
            reference=paid["payment_ref"],
            amount=Money.parse(paid["amount"], paid["currency"]),
        )
    )
    if not told.accepted:
        raise RuntimeError(f"{recovery_id}: {told.because}")


async def _sell_lot(hands: Hands, body: Mapping[str, Any], story: Story) -> None:
    """A buyer takes all that its hub has gathered with it, and pays."""
    lot_id = story.last("LotJoined")["lot_id"]
    price = Money(amount_minor=body["price_minor"], currency=story.state.currency)
    sale: dict[str, dict[str, Any]] = {
        "close": {},
        "agree": {"reference": body["reference"], "price": price},
        "hand_over": {},
        "book_proceeds": {"reference": body["payment_ref"], "amount": price},
    }
    for update, said in sale.items():
        say = partial(hands.lots.say, story.tenant, lot_id, update, **said)
        told = await patiently(partial(say, request_id=f"{story.return_id}-{update}"))
        if not told.accepted:
            raise RuntimeError(f"{lot_id}: {told.because}")


async def _refund_by_staff(hands: Hands, body: Mapping[str, Any], story: Story) -> None:
    """Money back without a return; waits until it is with the customer, or will not go."""
    key, tenant, order_id = f"{story.return_id}-goodwill", story.tenant, story.state.order_id
    asked = RefundByStaff(
        instruction_id=key,
        request_id=key,
        actor=Who(kind="staff", id="demo-staff"),
        tender_id=body["tender_id"],
        parts=(FundsPart(key=body["part"], amount_minor=body["amount_minor"]),),
        because=body["because"],
    )
    await patiently(lambda: hands.orders.refunds.ask(tenant, order_id, "refund", asked))
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        ledger = await patiently(lambda: hands.orders.look(tenant, order_id))
        if ledger is None or next_step(ledger, key) is None:
            return
        await asyncio.sleep(GLANCE_S)


DEEDS: Mapping[str, Deed] = {
    "pickup_outcome": _pickup_outcome,
    "scan": _scan,
    "refund_outcome": _refund_outcome,
    "receipt": _receipt,
    "chargeback": _chargeback,
    "close_chargeback": _close_chargeback,
    "refund_by_staff": _refund_by_staff,
    "book_claim": _book_claim,
    "sell_lot": _sell_lot,
}
