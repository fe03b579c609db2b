"""The units a request is about, each by name, and when the customer got them."""

from datetime import datetime

from domain.model import Id, Quantity, Short, Value
from domain.orders.caps import claimable
from domain.orders.ledger import Ledger
from domain.orders.order import Order
from domain.refusal import Refused
from domain.returns.asking.request import ReturnRequest
from domain.words import Reason, Resolution

MONEY = frozenset(
    {
        Resolution.REFUND_ORIGINAL,
        Resolution.PARTIAL_REFUND,
        Resolution.STORE_CREDIT,
        Resolution.KEEP_ITEM,
    }
)
"""What is answered in money (or store credit); everything else is goods or work."""


GOODS = frozenset({Resolution.EXCHANGE, Resolution.ADVANCE_EXCHANGE, Resolution.REPLACEMENT})
"""What is answered with another article."""


class RequestedUnit(Value):
    """One unit of a return: its name there, and which of the order's units it is."""

    unit: Short  # "<line_id>/<n>", n = 1, 2 … within this return
    line_id: Id
    ordinal: Quantity  # which unit of the order's line, 1 … quantity
    reason: Reason
    resolution: Resolution


def units_of(ledger: Ledger, request: ReturnRequest) -> tuple[RequestedUnit, ...] | Refused:
    """Name the units a request asks for: of each line the lowest that no return holds."""
    units: list[RequestedUnit] = []
    for wanted in request.lines:
        if ledger.order.line(wanted.line_id) is None:
            return Refused(code="unknown_line", because=f"the order has no line {wanted.line_id}")
        free = claimable(ledger, wanted.line_id, wanted.quantity)
        if len(free) < wanted.quantity:
            return Refused(
                code="already_claimed",
                because=f"{wanted.quantity} of line {wanted.line_id} asked for, "
                f"{len(free)} not yet in a return",
            )
        units += [
            RequestedUnit(
                unit=f"{wanted.line_id}/{number}",
                line_id=wanted.line_id,
                ordinal=ordinal,
                reason=wanted.reason,
                resolution=wanted.resolution,
            )
            for number, ordinal in enumerate(free, start=1)
        ]
    return tuple(units)


def delivered_at(order: Order, line_id: str, ordinal: int) -> datetime | None:
    """Say when the customer got a unit: deliveries in order of time hold units in order."""
    before = 0
    for delivery in sorted(order.deliveries, key=lambda known: known.delivered_at):
        before += sum(held.quantity for held in delivery.lines if held.line_id == line_id)
        if ordinal <= before:
            return delivery.delivered_at
    return None


def completed_at(order: Order) -> datetime | None:
    """Say when the customer had the last unit of the order; none while some are missing."""
    arrivals = [delivered_at(order, line.line_id, line.quantity) for line in order.lines]
    known = [arrival for arrival in arrivals if arrival is not None]
    return max(known) if len(known) == len(arrivals) else None
