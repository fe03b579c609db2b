"""What an order's ledger does when it is asked or told something: events, or a refusal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.orders import commands as c
from domain.orders.banking import hear_of_chargeback
from domain.orders.caps import check_reservation
from domain.orders.concerns import escalations
from domain.orders.events import (
    FundsPaid,
    FundsReleased,
    FundsReserved,
    LedgerEvent,
    OrderConcernSettled,
    OrderRecorded,
)
from domain.orders.ledger import Ledger, fold
from domain.orders.outside import outside_refund_came_back, record_outside_refund
from domain.orders.telling_anew import contradiction
from domain.refusal import Refused

Decided = tuple[LedgerEvent, ...] | Refused


@dataclass(frozen=True, slots=True)
class OrderDecision:
    """What happens on the ledger; nothing, if it is old news."""

    events: tuple[LedgerEvent, ...]
    ledger: Ledger


def decide(
    ledger: Ledger | None, command: c.OrderCommand, now: datetime
) -> OrderDecision | Refused:
    """Say what the ledger of an order does: events, or a refusal that says what is left."""
    if isinstance(command, c.RecordOrder):
        decided: Decided = _record(ledger, command, now)
    elif ledger is None:
        return Refused(code="unknown_order", because="the order is not known here: import it first")
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


def _refund(ledger: Ledger, ask: c.RefundByStaff, now: datetime) -> Decided:
    """Set an amount aside under the caps that returns have, too. The same ask is one refund."""
    known = ledger.reservations.get(ask.instruction_id)
    tenders = ledger.order.tenders
    if known is not None:
        same = known.return_id is None and known.parts == ask.parts
        same = same and ask.tender_id in {None, known.tender_id}
        because = f"instruction_id: {ask.instruction_id} is another payout's"
        return () if same else Refused(code="instruction_taken", because=because)
    if ask.tender_id is None and len(tenders) > 1:
        names = ", ".join(tender.tender_id for tender in tenders)
        return Refused(code="tender_missing", because=f"tender_id: choose one of {names}")
    tender_id = ask.tender_id or tenders[0].tender_id
    amount = sum(part.amount_minor for part in ask.parts)
    refused = check_reservation(ledger, tender_id, amount, ask.parts)
    if refused is not None:
        return refused
    return (
        FundsReserved(
            order_id=ledger.order.order_id,
            occurred_at=now,
            instruction_id=ask.instruction_id,
            tender_id=tender_id,
            amount_minor=amount,
            parts=ask.parts,
            because=ask.because,
        ),
    )


def _refund_paid(ledger: Ledger, told: c.StaffRefundPaid, now: datetime) -> Decided:
    """Also after it was dropped: what has been paid counts, and is named if it is too much."""
    known = ledger.reservations.get(told.instruction_id)
    if known is None or known.return_id is not None:
        return _no_staff_refund(told.instruction_id)
    if known.state == "paid":
        return ()
    return (
        FundsPaid(
            order_id=ledger.order.order_id,
            occurred_at=now,
            instruction_id=told.instruction_id,
            payout_ref=told.payout_ref,
        ),
    )


def _refund_dropped(ledger: Ledger, told: c.StaffRefundDropped, now: datetime) -> Decided:
    known = ledger.reservations.get(told.instruction_id)
    if known is None or known.return_id is not None:
        return _no_staff_refund(told.instruction_id)
    if not known.live:
        return ()
    return (
        FundsReleased(
            order_id=ledger.order.order_id,
            occurred_at=now,
            instruction_id=told.instruction_id,
            because=told.because,
        ),
    )


def _no_staff_refund(instruction_id: str) -> Refused:
    because = f"instruction_id: staff made no refund {instruction_id} on this order"
    return Refused(code="unknown_refund", because=because)


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
    c.RefundByStaff: _refund,
    c.StaffRefundPaid: _refund_paid,
    c.StaffRefundDropped: _refund_dropped,
    c.RecordOutsideRefund: record_outside_refund,
    c.OutsideRefundCameBack: outside_refund_came_back,
    c.ChargebackNews: _chargeback,
    c.SettleConcern: _settle,
}
