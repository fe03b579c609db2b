"""What a provider says of a refund by staff: followed as it is, whenever it is said."""

from datetime import datetime

from domain.orders.events import FundsPaid, FundsReleased, LedgerEvent
from domain.orders.ledger import Ledger
from domain.orders.refunds import commands as c
from domain.orders.refunds.agenda import amount_of, next_step
from domain.orders.refunds.asking import Decided, held, no_refund, still_payable
from domain.orders.refunds.events import HeldFor, StaffRefundAnswered
from domain.orders.refunds.worries import settled, worry
from domain.words import MoneyState

_DEAD = frozenset({MoneyState.FAILED, MoneyState.REVERSED, MoneyState.CANCELLED})
_NO = frozenset({"failed", "cancelled"})


def note_answer(ledger: Ledger, note: c.NoteStaffRefund, now: datetime) -> Decided:
    """An echo of another amount is never believed; paid money that comes back is free again."""
    known = ledger.refund(note.instruction_id)
    if known is None:
        return no_refund(note.instruction_id)
    expected = amount_of(ledger, ledger.reservations[note.instruction_id])
    if note.amount is not None and note.amount != expected:
        because = f"the provider says {note.amount} of refund {note.instruction_id}, not {expected}"
        return worry(ledger, note.instruction_id, "refund_stuck", because, now)
    if note.state == known.state:
        return ()
    if note.state == "succeeded":
        return _paid(ledger, note, now)
    if known.state in _DEAD:
        return ()  # failed stays failed
    if note.state in _NO:
        return _failed(ledger, note, now, was_paid=known.state is MoneyState.SUCCEEDED)
    if known.state is MoneyState.SUCCEEDED:
        return ()  # money that is there is not in doubt again
    moved = _answered(ledger, note, now)
    return (moved, *settled(ledger, note.instruction_id, f"it is {note.state}", now))


def _answered(ledger: Ledger, note: c.NoteStaffRefund, now: datetime) -> LedgerEvent:
    state = "failed" if note.state in _NO else note.state
    return StaffRefundAnswered.model_validate(
        {
            "order_id": ledger.order.order_id,
            "occurred_at": now,
            "instruction_id": note.instruction_id,
            "state": state,
            "payout_ref": note.payout_ref,
            "reason": note.reason or (note.state if state == "failed" else ""),
        }
    )


def _paid(ledger: Ledger, note: c.NoteStaffRefund, now: datetime) -> Decided:
    gone = FundsPaid(
        order_id=ledger.order.order_id,
        occurred_at=now,
        instruction_id=note.instruction_id,
        payout_ref=note.payout_ref,
    )
    over = settled(ledger, note.instruction_id, "it is paid", now)
    return (_answered(ledger, note, now), gone, *over)


def _failed(ledger: Ledger, note: c.NoteStaffRefund, now: datetime, *, was_paid: bool) -> Decided:
    """It is free again, and somebody has to say what becomes of what the customer was promised."""
    why = note.reason or note.state
    free = FundsReleased(
        order_id=ledger.order.order_id,
        occurred_at=now,
        instruction_id=note.instruction_id,
        because=why,
    )
    how = "came back after it was paid" if was_paid else "was not paid"
    told = f"refund {note.instruction_id} {how} ({why}): give it back otherwise, or tell them no"
    over = settled(ledger, note.instruction_id, f"it {how}", now)
    worried = worry(ledger, note.instruction_id, "refund_failed", told, now)
    if was_paid:
        return (free, *over, *worried)
    return (_answered(ledger, note, now), free, *over, *worried)


def note_short(ledger: Ledger, note: c.NoteStaffRefundShort, now: datetime) -> Decided:
    """Hold what would be paid beyond a cap or past a bank, unless it may be paid by now."""
    known = ledger.refund(note.instruction_id)
    if known is None:
        return no_refund(note.instruction_id)
    refused = still_payable(ledger, note.instruction_id)
    if known.state is not MoneyState.PLANNED or refused is None:
        return ()
    reason: HeldFor = "disputed" if refused.code == "payment_disputed" else "shortfall"
    return held(ledger, note.instruction_id, reason, refused.because, now)


def note_stuck(ledger: Ledger, note: c.NoteStaffRefundStuck, now: datetime) -> Decided:
    """What no further attempt will mend by itself."""
    return worry(ledger, note.instruction_id, "refund_stuck", note.because, now)


def note_late(ledger: Ledger, note: c.NoteStaffRefundLate, now: datetime) -> Decided:
    """At or after its time, never before; a person is told once."""
    step = next_step(ledger, note.instruction_id)
    if step is None or now < step.due_at:
        return ()
    because = f"refund {note.instruction_id} is late: {step.summary} ({step.actor})"
    return worry(ledger, note.instruction_id, "refund_late", because, now)
