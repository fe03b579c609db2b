"""Who may let money of an order go: from a limit on, two different people without another hand in it.

The limit counts for one instruction, and for everything that leaves one payment of the order:
over all its returns, and refunds by staff. It is asked wherever an instruction is made or let
go, by these lines.
"""

from collections.abc import Collection

from domain.orders.ledger import Ledger
from domain.refusal import Refused

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


def takes_two(books: Ledger, tender_id: str, amount_minor: int, limit_minor: int | None) -> bool:
    """Whether an amount that is set aside already, or its payment with it, reaches the limit."""
    if limit_minor is None:
        return False
    return amount_minor >= limit_minor or left_by(books, tender_id) >= limit_minor


def bank_disputes(books: Ledger, tender_id: str) -> bool:
    """Whether a bank has taken money back from this payment, for the time being or for good."""
    return any(known.live and known.tender_id == tender_id for known in books.chargebacks.values())


def no_to(by: str, before: Collection[str], hands: Collection[str]) -> Refused | None:
    """Why this person's yes does not count, if so.

    Args:
        by: Who says it, as kind:id.
        before: Who has said yes already.
        hands: Who asked for this money, approved or directed it.
    """
    if not by.startswith("staff:"):
        return Refused(code="staff_only", because="actor: a person of the merchant's has to say so")
    if by in before:
        return Refused(
            code="same_person_twice",
            because=f"actor: {by} has said yes already: another person has to, too",
        )
    if by in hands:
        return Refused(
            code="not_independent",
            because=f"actor: {by} asked for, approved or directed this money: "
            "two others have to let it go",
        )
    return None
