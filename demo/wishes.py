"""Requests for orders that come without any: one return each, the same ones every time."""

import json
from collections.abc import Iterable
from datetime import timedelta

from demo.journeys import USUAL, USUAL_ACTS, Journey
from domain.orders.order import OrderSnapshot
from domain.returns.asking.request import RequestedLine, ReturnRequest
from domain.words import Method, Reason

REASONS = (Reason.CHANGED_MIND, Reason.TOO_SMALL, Reason.DEFECTIVE, Reason.COLOR)
METHODS = (Method.DROP_OFF_LABEL, Method.DROP_OFF_CODE, Method.CARRIER_PICKUP)


def wishes_for(orders: Iterable[OrderSnapshot]) -> tuple[Journey, ...]:
    """Let each customer send back one unit of the first line, three days after it came."""
    return tuple(_wish(order, place) for place, order in enumerate(orders))


def _wish(order: OrderSnapshot, place: int) -> Journey:
    came = max((delivery.delivered_at for delivery in order.deliveries), default=order.placed_at)
    line = RequestedLine(
        line_id=order.lines[0].line_id, quantity=1, reason=REASONS[place % len(REASONS)]
    )
    request = ReturnRequest(
        return_id=f"R-{order.order_id}",
        order_id=order.order_id,
        requested_at=came + timedelta(days=3),
        lines=(line,),
        method=METHODS[place % len(METHODS)],
    )
    return Journey.model_validate_json(
        json.dumps(
            {
                **USUAL,
                "tenant": order.tenant,
                "acts": USUAL_ACTS,
                "request": request.model_dump(mode="json"),
            }
        )
    )
