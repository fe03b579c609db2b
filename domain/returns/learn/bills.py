"""What the events about bills teach."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.returns.events import bills as e
from domain.returns.learn._with import with_unit
from domain.returns.state import Bill, ReturnState
from domain.words_of_money import BillState

LAST_DAY = timedelta(days=1)
"""Before a bill's end: a link of theirs lives a day, and the one of that day is the last."""

_OVER = frozenset({BillState.EXPIRED, BillState.CANCELLED})


def _with_bill(state: ReturnState, key: str, **learned: Any) -> ReturnState:
    if key not in state.bills:
        return state
    return replace(state, bills={**state.bills, key: replace(state.bills[key], **learned)})


def planned(state: ReturnState, event: e.BillPlanned) -> ReturnState:
    bill = Bill(
        event.instruction_id,
        BillState.PLANNED,
        event.provider,
        event.amount_minor,
        event.parts,
        event.pay_by,
        event.occurred_at,
    )
    return replace(state, bills={**state.bills, event.instruction_id: bill})


def sent(state: ReturnState, event: e.BillSent) -> ReturnState:
    """A link is told when it is the bill's first, and once more when it is one of its last day."""
    bill = state.bills.get(event.instruction_id)
    told_at = bill.told_at if bill is not None else None
    last_day = bill is not None and event.occurred_at >= bill.pay_by - LAST_DAY
    if bill is None or told_at is None or (last_day and told_at < bill.pay_by - LAST_DAY):
        told_at = event.occurred_at
    return _with_bill(
        state,
        event.instruction_id,
        told_at=told_at,
        bill_ref=event.bill_ref,
        url=event.url,
        since=event.occurred_at,
        news_open=False,
    )


def paid(state: ReturnState, event: e.BillPaid) -> ReturnState:
    """Paid before it was called off is paid in time; after it was over, it is too late."""
    bill = state.bills[event.instruction_id]
    return _with_bill(
        state,
        event.instruction_id,
        bill_ref=event.bill_ref or bill.bill_ref,
        payment_ref=event.payment_ref,
        since=event.occurred_at,
        late=bill.state in _OVER,
        withdrawn="" if bill.withdrawn == "unpaid" else bill.withdrawn,
        news_open=False,
    )


def withdrawn(state: ReturnState, event: e.BillWithdrawn) -> ReturnState:
    return _with_bill(state, event.instruction_id, withdrawn=event.code, since=event.occurred_at)


def followed(
    state: ReturnState, event: e.BillUnknown | e.BillCancelled | e.BillExpired | e.BillChecked
) -> ReturnState:
    return _with_bill(state, event.instruction_id, since=event.occurred_at, news_open=False)


def news_heard(state: ReturnState, event: e.BillNewsHeard) -> ReturnState:
    heard = state.bills[event.instruction_id].news + 1
    return _with_bill(state, event.instruction_id, news=heard, news_open=True)


def borne(state: ReturnState, event: e.DifferenceBorne) -> ReturnState:
    known = state.units[event.unit].borne_minor
    return with_unit(state, event.unit, borne_minor=known + event.amount_minor)
