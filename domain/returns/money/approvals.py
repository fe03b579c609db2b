"""Who may let money go: from a limit on, two different people who had no other hand in it.

The limit counts for one instruction, and for everything that leaves one payment of the order,
over all its returns. It is asked wherever an instruction is made or let go, by these lines.
"""

from domain.orders.ledger import Ledger
from domain.refusal import Refused
from domain.returns.events import PayoutApproved, PayoutHeld
from domain.returns.state import Payout, ReturnState
from domain.returns.unfolding import Unfolding

PEOPLE = 2
"""How many different people it takes."""


def left_by(books: Ledger, tender_id: str) -> int:
    """What was given through one payment of the order so far, or is set aside to be, by anybody.

    What goes elsewhere (store credit, goods) counts together, as one payment of its own.
    """
    ours = sum(
        reserved.amount_minor
        for reserved in books.reservations.values()
        if reserved.live and (reserved.tender_id or "") == tender_id
    )
    past_us = sum(
        taken.amount_minor
        for refund in books.outside.values()
        for taken in refund.told.tenders
        if refund.live and (taken.tender_id or "") == tender_id
    )
    return ours + past_us


def needs_two(u: Unfolding, payout: Payout) -> bool:
    """Whether this instruction, or its payment with it, reaches the limit."""
    limit = u.state.agreed.approval_from_minor
    if limit is None:
        return False
    return payout.amount_minor >= limit or left_by(u.books, payout.tender_id) >= limit


def hold_back(u: Unfolding, instruction_id: str) -> None:
    """A new instruction waits: for the bank that disputes its payment, or for two people."""
    payout = u.state.payouts[instruction_id]
    if payout.destination == "tender" and bank_disputes(u, payout.tender_id):
        hold(u, payout, "chargeback", "the customer's bank took money back from this payment")
    elif needs_two(u, payout):
        hold(u, payout, "needs_approval", "an amount like this takes two people to let it go")


def bank_disputes(u: Unfolding, tender_id: str) -> bool:
    """Whether a bank has taken money back from this payment, for the time being or for good."""
    return any(
        known.live and known.tender_id == tender_id for known in u.books.chargebacks.values()
    )


def hold(u: Unfolding, payout: Payout, reason: str, because: str) -> None:
    """Keep the money where it is, with its reason."""
    u.happened(
        PayoutHeld.model_validate(
            {
                "occurred_at": u.now,
                "instruction_id": payout.instruction_id,
                "reason": reason,
                "because": because,
                "amount_minor": payout.amount_minor,
                "currency": u.state.currency,
                "parts": payout.parts,
            }
        )
    )


def still_to_approve(payout: Payout) -> int:
    """How many people are still to say yes, where it takes two."""
    return max(0, PEOPLE - len(payout.approved_by))


def no_to(state: ReturnState, payout: Payout, by: str, before: tuple[str, ...]) -> Refused | None:
    """Why this person's yes does not count, if so."""
    if not by.startswith("staff:"):
        return Refused(code="staff_only", because="actor: a person of the merchant's has to say so")
    if by in before:
        return Refused(
            code="same_person_twice",
            because=f"actor: {by} has said yes already: another person has to, too",
        )
    if by in state.hands or by == payout.chosen_by:
        return Refused(
            code="not_independent",
            because=f"actor: {by} asked for, approved or directed this money: "
            "two others have to let it go",
        )
    return None


def approve(u: Unfolding, payout: Payout, what: str, because: str) -> None:
    """Write one person's yes down."""
    u.happened(
        PayoutApproved.model_validate(
            {
                "occurred_at": u.now,
                "instruction_id": payout.instruction_id,
                "what": what,
                "by": u.by,
                "because": because,
            }
        )
    )
