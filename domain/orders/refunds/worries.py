"""What about a refund by staff waits for a person, and is over as soon as it moves on."""

from datetime import datetime, timedelta
from typing import Literal

from domain.orders.events import OrderConcernSettled, OrderEscalated
from domain.orders.ledger import Ledger

TIME_TO_LOOK = timedelta(days=2)

Worry = Literal["refund_held", "refund_late", "refund_stuck", "refund_failed"]


def worry(
    ledger: Ledger, instruction_id: str, what: Worry, because: str, now: datetime
) -> tuple[OrderEscalated, ...]:
    """Put it before a person, once while they have not settled it."""
    if any(
        raised.instruction_id == instruction_id and raised.what == what
        for raised in ledger.open_concerns
    ):
        return ()
    return (
        OrderEscalated(
            order_id=ledger.order.order_id,
            occurred_at=now,
            concern_id=f"refund.{len(ledger.concerns) + 1}",
            what=what,
            instruction_id=instruction_id,
            because=because,
            due_at=now + TIME_TO_LOOK,
        ),
    )


def settled(
    ledger: Ledger, instruction_id: str, because: str, now: datetime
) -> tuple[OrderConcernSettled, ...]:
    """Nobody has to look any more at what held it up; at what failed, somebody still has to."""
    return tuple(
        OrderConcernSettled(
            order_id=ledger.order.order_id,
            occurred_at=now,
            concern_id=raised.concern_id,
            because=because,
        )
        for raised in ledger.open_concerns
        if raised.instruction_id == instruction_id and raised.what != "refund_failed"
    )
