"""What happened though no cap allowed it: named, and given to a person with a deadline."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.orders.events import (
    ChargebackClosed,
    ChargebackOpened,
    FundsPaid,
    LedgerEvent,
    OrderEscalated,
    OrderRecorded,
    OutsideRefundRecorded,
    OverCap,
)
from domain.orders.ledger import Ledger
from domain.orders.room import overdrawn

TIME_TO_LOOK = timedelta(days=2)

_NAMED = 20
"""Caps that the sentence names; the event has them all."""

_ASKS_NOBODY = (
    OrderRecorded,
    OutsideRefundRecorded,
    ChargebackOpened,
    ChargebackClosed,  # lost after it was won
)


def escalations(
    before: Ledger | None, after: Ledger, events: Sequence[LedgerEvent], now: datetime
) -> tuple[OrderEscalated, ...]:
    """Name what some events took beyond a cap, if they did; what was beyond before is known.

    They are looked at together: a dispute that is heard of when it is won takes nothing.
    """
    asked_nobody = [event for event in events if before and _may_overdraw(before, event)]
    if before is None or not asked_nobody:
        return ()
    known = {over.cap: over.by_minor for over in overdrawn(before)}
    news = tuple(over for over in overdrawn(after) if over.by_minor > known.get(over.cap, 0))
    if not news:
        return ()
    return (
        OrderEscalated(
            order_id=after.order.order_id,
            occurred_at=now,
            concern_id=f"over_cap.{len(after.concerns) + 1}",
            because=_sentence(asked_nobody[-1], news, after.order.currency),
            over=news,
            due_at=now + TIME_TO_LOOK,
        ),
    )


def _may_overdraw(before: Ledger, event: LedgerEvent) -> bool:
    """What is paid as it was reserved takes nothing more."""
    if isinstance(event, FundsPaid):
        reserved = before.reservations.get(event.instruction_id)
        return reserved is not None and not reserved.live
    return isinstance(event, _ASKS_NOBODY)


def _sentence(event: LedgerEvent, over: tuple[OverCap, ...], currency: str) -> str:
    match event:
        case OutsideRefundRecorded():
            what = f"refund {event.refund_ref} made in {event.made_in}"
        case FundsPaid():
            what = f"payout {event.instruction_id}, paid after it was given up,"
        case OrderRecorded():
            what = "the order as the shop tells it now"
        case ChargebackOpened() | ChargebackClosed():
            what = f"chargeback {event.chargeback_id}"
        case _:
            what = event.type
    caps = ", ".join(f"{each.cap} by {each.by_minor}" for each in over[:_NAMED])
    more = f" and {len(over) - _NAMED} more" if len(over) > _NAMED else ""
    return f"{what} is over a cap: {caps}{more} {currency} minor units"
