"""What an order's ledger does when it is asked or told something: events, or a refusal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.orders import commands as c
from domain.orders.banking import hear_of_chargeback
from domain.orders.concerns import escalations
from domain.orders.events import LedgerEvent, OrderConcernSettled, OrderRecorded
from domain.orders.ledger import Ledger, fold
from domain.orders.outside import outside_refund_came_back, record_outside_refund
from domain.orders.refunds.answers import note_answer, note_late, note_short, note_stuck
from domain.orders.refunds.asking import approve, decline, paid_by_hand, refund
from domain.orders.telling_anew import contradiction
from domain.refusal import Refused

Decided = tuple[LedgerEvent, ...] | Refused


@dataclass(frozen=True, slots=True)
class OrderDecision:
    """What happens on the ledger; nothing, if it is old news."""

    events: tuple[LedgerEvent, ...]
    ledger: Ledger


def decide(
    ledger: Ledger | None,
    command: c.OrderCommand,
    now: datetime,
    approval_from_minor: int | None = 0,
) -> OrderDecision | Refused:
    """Say what the ledger of an order does: events, or a refusal that says what is left.

    Args:
        ledger: The order as it stands; none while it was never recorded.
        command: What it is asked or told.
        now: When.
        approval_from_minor: From which amount on a refund by staff takes two other people, by
            the policy that the order was placed under; none: never. Where nobody knows: always.
    """
    if isinstance(command, c.RecordOrder):
        decided: Decided = _record(ledger, command, now)
    elif ledger is None:
        return Refused(code="unknown_order", because="the order is not known here: import it first")
    elif isinstance(command, c.RefundByStaff):
        decided = refund(ledger, command, now, approval_from_minor)
    elif isinstance(command, c.ApproveStaffRefund):
        decided = approve(ledger, command, now, approval_from_minor)
    else:
        decided = _HANDLERS[type(command)](ledger, command, now)
    if isinstance(decided, Refused):
        return decided
    return _unfolded(ledger, decided, now)


def _unfolded(
    ledger: Ledger | None, decided: tuple[LedgerEvent, ...], now: datetime
) -> OrderDecision | Refused:
    after = fold(decided, ledger)
    if after is None:
        raise ValueError("nothing was decided on nothing")
    concerns = escalations(ledger, after, decided, now)
    told = fold(concerns, after)
    return OrderDecision((*decided, *concerns), told if told is not None else after)


def _record(ledger: Ledger | None, told: c.RecordOrder, now: datetime) -> Decided:
    """The same order again is the same order; a changed one is its next version."""
    order = told.order
    if ledger is not None:
        if ledger.order == order:
            return ()
        refused = contradiction(ledger, order)
        if refused is not None:
            return refused
    return (OrderRecorded(order_id=order.order_id, occurred_at=now, order=order),)


def _chargeback(ledger: Ledger, news: c.ChargebackNews, _now: datetime) -> Decided:
    if ledger.payment(news.tender_id) is None:
        return Refused(
            code="unknown_payment", because=f"tender_id: the order has no tender {news.tender_id}"
        )
    return hear_of_chargeback(ledger, news)


def _settle(ledger: Ledger, ask: c.SettleConcern, now: datetime) -> Decided:
    known = ledger.concerns.get(ask.concern_id)
    if known is None:
        return Refused(code="unknown_concern", because=f"concern_id: there is no {ask.concern_id}")
    if known.settled:
        return ()
    return (
        OrderConcernSettled(
            order_id=ledger.order.order_id,
            occurred_at=now,
            concern_id=ask.concern_id,
            because=ask.because,
        ),
    )


_HANDLERS: Mapping[type[c.OrderCommand], Callable[[Ledger, Any, datetime], Decided]] = {
    c.DeclineStaffRefund: decline,
    c.StaffRefundPaid: paid_by_hand,
    c.NoteStaffRefund: note_answer,
    c.NoteStaffRefundShort: note_short,
    c.NoteStaffRefundStuck: note_stuck,
    c.NoteStaffRefundLate: note_late,
    c.RecordOutsideRefund: record_outside_refund,
    c.OutsideRefundCameBack: outside_refund_came_back,
    c.ChargebackNews: _chargeback,
    c.SettleConcern: _settle,
}
