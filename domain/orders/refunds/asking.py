"""Refunds that staff make without a return: asked for, let go by people, and declined.

What the provider says of them is followed in `domain.orders.refunds.answers`.
"""

from datetime import datetime

from domain.orders.caps import check_reservation, no_longer_covered
from domain.orders.events import FundsPaid, FundsReleased, FundsReserved, LedgerEvent
from domain.orders.ledger import Ledger, Payment, evolve
from domain.orders.letting_go import PEOPLE, bank_disputes, no_to, takes_two
from domain.orders.order import BY_HAND
from domain.orders.refunds import commands as c
from domain.orders.refunds.agenda import TIME_TO_DECIDE
from domain.orders.refunds.events import (
    HeldFor,
    StaffRefundApproved,
    StaffRefundDeclined,
    StaffRefundHeld,
    StaffRefundPlanned,
    StaffRefundReleased,
)
from domain.orders.refunds.standing import StaffRefund
from domain.orders.refunds.worries import settled, worry
from domain.refusal import Refused
from domain.words import MoneyState

Decided = tuple[LedgerEvent, ...] | Refused


def refund(ledger: Ledger, ask: c.RefundByStaff, now: datetime, limit: int | None) -> Decided:
    """Set an amount aside under the caps that returns have, too. The same ask is one refund."""
    refused = _only_staff(ask)
    if refused is not None:
        return refused
    known = ledger.reservations.get(ask.instruction_id)
    if known is not None:
        same = known.refund is not None and known.parts == ask.parts
        same = same and ask.tender_id in {None, known.tender_id}
        because = f"instruction_id: {ask.instruction_id} is another payout's"
        return () if same else Refused(code="instruction_taken", because=because)
    payment = _payment(ledger, ask)
    if isinstance(payment, Refused):
        return payment
    amount = sum(part.amount_minor for part in ask.parts)
    refused = check_reservation(ledger, payment.tender_id, amount, ask.parts)
    if refused is not None:
        return refused
    reserved = FundsReserved(
        order_id=ledger.order.order_id,
        occurred_at=now,
        instruction_id=ask.instruction_id,
        tender_id=payment.tender_id,
        amount_minor=amount,
        parts=ask.parts,
        because=ask.because,
    )
    planned = StaffRefundPlanned(
        order_id=ledger.order.order_id,
        occurred_at=now,
        instruction_id=ask.instruction_id,
        by=str(ask.actor),
        destination="manual" if payment.provider in BY_HAND else "tender",
        provider=payment.provider,
        payment_ref=payment.payment_ref,
    )
    after = evolve(evolve(ledger, reserved), planned)
    return (reserved, planned, *_held_back(after, ask.instruction_id, now, limit))


def _held_back(
    ledger: Ledger, instruction_id: str, now: datetime, limit: int | None
) -> tuple[LedgerEvent, ...]:
    """A new one waits for the bank that disputes its payment, or for two people."""
    reserved = ledger.reservations[instruction_id]
    tender_id = reserved.tender_id or ""
    if bank_disputes(ledger, tender_id):
        because = "the customer's bank took money back from this payment"
        return held(ledger, instruction_id, "disputed", because, now)
    if takes_two(ledger, tender_id, reserved.amount_minor, limit):
        because = "an amount like this takes two people to let it go"
        return held(ledger, instruction_id, "needs_approval", because, now)
    return ()


def held(
    ledger: Ledger, instruction_id: str, reason: HeldFor, because: str, now: datetime
) -> tuple[LedgerEvent, ...]:
    """Keep it where it is, with its reason, and put it before people."""
    hold = StaffRefundHeld(
        order_id=ledger.order.order_id,
        occurred_at=now,
        instruction_id=instruction_id,
        reason=reason,
        because=because,
        due_at=now + TIME_TO_DECIDE,
    )
    told = f"refund {instruction_id} is held: {because}"
    return (hold, *worry(ledger, instruction_id, "refund_held", told, now))


def approve(ledger: Ledger, ask: c.ApproveStaffRefund, now: datetime, limit: int | None) -> Decided:
    """One person's yes. From the limit on the second lets it go, below it the first.

    What no cap covers any more, or a bank disputes, no yes lets go: it is declined, or waits.
    """
    known = ledger.refund(ask.instruction_id)
    if known is None:
        return no_refund(ask.instruction_id)
    if ask.request_id in known.requests:
        return ()
    if known.state is not MoneyState.HELD:
        return Refused(code="not_held", because=f"instruction_id: it is {known.state}, not held")
    reserved = ledger.reservations[ask.instruction_id]
    tender_id = reserved.tender_id or ""
    two = takes_two(ledger, tender_id, reserved.amount_minor, limit)
    two = two or known.reason == "needs_approval"
    refused = no_to(str(ask.actor), known.approved_by, {known.by} if two else ())
    refused = refused or still_payable(ledger, ask.instruction_id)
    if refused is not None:
        return refused
    yes = StaffRefundApproved(
        order_id=ledger.order.order_id,
        occurred_at=now,
        instruction_id=ask.instruction_id,
        by=str(ask.actor),
        request_id=ask.request_id,
        because=ask.because,
    )
    if two and len(known.approved_by) + 1 < PEOPLE:
        return (yes,)
    free = StaffRefundReleased(
        order_id=ledger.order.order_id, occurred_at=now, instruction_id=ask.instruction_id
    )
    return (yes, free, *settled(ledger, ask.instruction_id, "it may be paid", now))


def still_payable(ledger: Ledger, instruction_id: str) -> Refused | None:
    """Why it must not be sent now: a bank disputes its payment, or no cap covers it any more."""
    reserved = ledger.reservations[instruction_id]
    if bank_disputes(ledger, reserved.tender_id or ""):
        because = "the customer's bank took money back from this payment: decline it, or wait"
        return Refused(code="payment_disputed", because=because)
    return no_longer_covered(ledger, instruction_id)


def decline(ledger: Ledger, ask: c.DeclineStaffRefund, now: datetime) -> Decided:
    """No to what was not sent yet; or the word that what was paid by hand came back."""
    known = ledger.refund(ask.instruction_id)
    if known is None:
        return no_refund(ask.instruction_id)
    refused = _only_staff(ask)
    if refused is not None:
        return refused
    if not ledger.reservations[ask.instruction_id].live:
        return ()
    free = FundsReleased(
        order_id=ledger.order.order_id,
        occurred_at=now,
        instruction_id=ask.instruction_id,
        because=ask.because,
    )
    if known.state is MoneyState.SUCCEEDED and known.destination == "manual":
        return (free,)
    if known.state is not MoneyState.HELD and known.destination != "manual":
        because = f"instruction_id: it is {known.state} with {known.provider}, who is asked"
        return Refused(code="under_way", because=because)
    no = StaffRefundDeclined(
        order_id=ledger.order.order_id,
        occurred_at=now,
        instruction_id=ask.instruction_id,
        by=str(ask.actor),
        because=ask.because,
    )
    return (no, free, *settled(ledger, ask.instruction_id, "it was declined", now))


def paid_by_hand(ledger: Ledger, told: c.StaffRefundPaid, now: datetime) -> Decided:
    """Also after it was declined: what has been paid counts, and is named if it is too much."""
    known = ledger.refund(told.instruction_id)
    if known is None:
        return no_refund(told.instruction_id)
    if known.state is MoneyState.SUCCEEDED:
        return ()
    refused = _only_staff(told) or _not_by_hand(ledger, known)
    if refused is not None:
        return refused
    gone = FundsPaid(
        order_id=ledger.order.order_id,
        occurred_at=now,
        instruction_id=told.instruction_id,
        payout_ref=told.payout_ref,
    )
    return (gone, *settled(ledger, told.instruction_id, "it is paid", now))


def _not_by_hand(ledger: Ledger, known: StaffRefund) -> Refused | None:
    if known.state is MoneyState.HELD:
        because = "instruction_id: nobody may pay it before it is let go: refund-approve"
        return Refused(code="still_held", because=because)
    if known.destination == "tender" and ledger.reservations[known.instruction_id].live:
        because = f"instruction_id: {known.provider} pays it, and says so itself"
        return Refused(code="paid_by_provider", because=because)
    return None


def no_refund(instruction_id: str) -> Refused:
    """Nobody asked for it."""
    because = f"instruction_id: staff made no refund {instruction_id} on this order"
    return Refused(code="unknown_refund", because=because)


def _only_staff(ask: c.StaffAsk) -> Refused | None:
    if ask.actor.kind == "staff":
        return None
    return Refused(code="staff_only", because="actor: a person of the merchant's has to say so")


def _payment(ledger: Ledger, ask: c.RefundByStaff) -> Payment | Refused:
    """Through which payment; it has to be said where there are several."""
    names = [tender.tender_id for tender in ledger.order.tenders] + list(ledger.collected)
    if ask.tender_id is None and len(names) > 1:
        because = f"tender_id: choose one of {', '.join(names)}"
        return Refused(code="tender_missing", because=because)
    payment = ledger.payment(ask.tender_id or names[0])
    if payment is None:
        return Refused(code="unknown_part", because=f"the order has no tender {ask.tender_id}")
    return payment
