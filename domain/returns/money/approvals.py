"""What of a return's money waits for two people, or for the customer's bank.

Who counts, and from which limit on, is the order's to say: `domain.orders.letting_go`.
"""

from domain.orders import letting_go
from domain.orders.letting_go import PEOPLE, takes_two
from domain.refusal import Refused
from domain.returns.events import PayoutApproved, PayoutHeld
from domain.returns.state import Payout, ReturnState
from domain.returns.unfolding import Unfolding


def needs_two(u: Unfolding, payout: Payout) -> bool:
    """Whether this instruction, or its payment with it, reaches the limit."""
    limit = u.state.agreed.approval_from_minor
    return takes_two(u.books, payout.tender_id, payout.amount_minor, limit)


def hold_back(u: Unfolding, instruction_id: str) -> None:
    """A new instruction waits: for the bank that disputes its payment, or for two people."""
    payout = u.state.payouts[instruction_id]
    if payout.destination == "tender" and bank_disputes(u, payout.tender_id):
        withhold(u, payout, "chargeback", "the customer's bank took money back from this payment")
    elif needs_two(u, payout):
        withhold(u, payout, "needs_approval", "an amount like this takes two people to let it go")


def bank_disputes(u: Unfolding, tender_id: str) -> bool:
    """Whether a bank has taken money back from this payment, for the time being or for good."""
    return letting_go.bank_disputes(u.books, tender_id)


def withhold(u: Unfolding, payout: Payout, reason: str, because: str) -> None:
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
    return letting_go.no_to(by, before, {*state.hands, payout.chosen_by})


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
