"""Held money is let go: by a person's word, by two, or because a bank gave up."""

from dataclasses import replace

from domain.orders.caps import check_reservation
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import PayoutReleased, PayoutSucceeded
from domain.returns.money import approvals
from domain.returns.money.paying import as_funds, funds_paid
from domain.returns.state import Payout
from domain.returns.unfolding import Unfolding
from domain.words import MoneyState


def release_payout(u: Unfolding, ask: c.ReleasePayout) -> Refused | None:
    """Held money may go; or a person says that they have paid by hand, under this reference.

    From the limit on, each call is one person's yes, and the second lets it go. What was held
    for want of a place needs a place first.
    """
    payout = u.state.payouts.get(ask.instruction_id)
    if payout is None:
        return Refused(code="unknown_payout", because="instruction_id: no such payout here")
    may_be_paid = {MoneyState.PLANNED, MoneyState.CANCELLED}  # while it was being cancelled
    if payout.state in may_be_paid and payout.destination == "manual" and not payout.replaced:
        return _paid_by_hand(u, payout, ask.because)
    if payout.state is not MoneyState.HELD or payout.replaced:
        return Refused(code="not_held", because=f"instruction_id: it is {payout.state}, not held")
    if not payout.destination:
        return Refused(
            code="no_destination", because="it is held for want of a tender: use choose_payout"
        )
    return over_a_cap(u, payout) or _let_go(u, payout, ask)


def _let_go(u: Unfolding, payout: Payout, ask: c.ReleasePayout) -> Refused | None:
    key = payout.instruction_id
    if approvals.needs_two(u, payout):
        refused = approvals.no_to(u.state, payout, u.by, payout.approved_by)
        if refused is not None:
            return refused
        approvals.approve(u, payout, "release", ask.because)
        payout = u.state.payouts[key]
        if approvals.still_to_approve(payout):
            return None
        if payout.reason == "needs_approval" and approvals.bank_disputes(u, payout.tender_id):
            because = "two people let it go, and the customer's bank disputes the payment"
            approvals.withhold(u, payout, "chargeback", because)
            return None
    released(u, payout, ask.because or f"released by {ask.actor.kind}")
    return None


def released(u: Unfolding, payout: Payout, because: str) -> None:
    """The hold is over."""
    u.happened(
        PayoutReleased(occurred_at=u.now, instruction_id=payout.instruction_id, because=because)
    )


def over_a_cap(u: Unfolding, payout: Payout) -> Refused | None:
    """Held money is still set aside; what a bank took meanwhile may have left too little."""
    others = {
        key: known for key, known in u.books.reservations.items() if key != payout.instruction_id
    }
    funds = tuple(part for part in as_funds(u, payout.parts) if part.amount_minor)
    return check_reservation(
        replace(u.books, reservations=others),
        payout.tender_id or None,
        payout.amount_minor,
        funds,
    )


def _paid_by_hand(u: Unfolding, payout: Payout, reference: str) -> Refused | None:
    if not reference:
        return Refused(
            code="reference_missing", because="because: give the reference it was paid under"
        )
    u.happened(
        PayoutSucceeded(
            occurred_at=u.now, instruction_id=payout.instruction_id, payout_ref=reference
        )
    )
    funds_paid(u, payout.instruction_id, reference)
    return None
