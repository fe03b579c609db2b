"""Money that could not be placed or came back goes another way, if whoever owns it agrees.

Back to what it was paid with needs nobody's consent. Anything else is the customer's to say:
they choose it, or accept it as an offer, unless the policy they bought under says otherwise.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from domain.money import Money
from domain.orders.caps import check_reservation
from domain.orders.events import FundsPart
from domain.orders.tenders import spread
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import OfferMade
from domain.returns.money.approvals import bank_disputes, needs_two, withhold
from domain.returns.money.paying import (
    Chosen,
    Way,
    as_funds,
    funds_released,
    plan,
    plan_value,
)
from domain.returns.state import Offer, Payout
from domain.returns.telling import plan_notice
from domain.returns.unfolding import Unfolding
from domain.words import MoneyState
from domain.words_of_money import MAY_HAVE_BEEN_SENT

STUCK = frozenset({MoneyState.FAILED, MoneyState.REVERSED, MoneyState.HELD})

FOR_PEOPLE = frozenset({"chargeback", "needs_approval", MAY_HAVE_BEEN_SENT, "unknown"})
"""Why money waits for people of the merchant's: no customer takes it elsewhere past them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Another way for one payout: where to, who says so, and whose consent it has."""

    destination: str
    tender_id: str
    by: str
    consent: Literal["", "customer", "policy"]


def choose_payout(u: Unfolding, ask: c.ChoosePayout) -> Refused | None:
    """Another way for the same parts, once; where it needs the customer's yes, an offer."""
    payout = _stuck(u, ask.instruction_id)
    if isinstance(payout, Refused):
        return payout
    by_customer = ask.actor.kind == "customer"
    if by_customer and payout.reason in FOR_PEOPLE:
        return Refused(
            code="staff_only",
            because=f"instruction_id: it waits for people of the merchant's ({payout.reason})",
        )
    consent: Literal["", "customer", "policy"] = ""
    if _is_another(payout, ask):
        consent = "customer" if by_customer else "policy"
        if not by_customer and u.state.agreed.other_destination == "with_consent":
            return _offer(u, payout, ask)
    return redirect(u, payout, Wanted(ask.destination, ask.tender_id, u.by, consent))


def take_way(u: Unfolding, offer: Offer) -> Refused | None:
    """The customer says yes to another way; whoever offered it has chosen it."""
    payout = _stuck(u, offer.instruction_id)
    if isinstance(payout, Refused):
        return payout
    return redirect(u, payout, Wanted(offer.destination, offer.tender_id, offer.by, "customer"))


def _stuck(u: Unfolding, instruction_id: str) -> Payout | Refused:
    payout = u.state.payouts.get(instruction_id)
    if payout is None:
        return Refused(code="unknown_payout", because=f"instruction_id: no {instruction_id} here")
    if payout.replaced or payout.state not in STUCK:
        return Refused(
            code="payout_not_stuck", because=f"instruction_id: that payout is {payout.state}"
        )
    return payout


def _is_another(payout: Payout, ask: c.ChoosePayout) -> bool:
    """Whether it is not the very payment that the money should have gone back to."""
    if ask.destination != "tender":
        return True
    return bool(ask.tender_id and payout.tender_id and ask.tender_id != payout.tender_id)


def _offer(u: Unfolding, payout: Payout, ask: c.ChoosePayout) -> Refused | None:
    """Ask the customer; unanswered, it is the merchant's turn again."""
    standing = [offer for offer in u.state.offers.values() if not offer.answer]
    if any(offer.instruction_id == payout.instruction_id for offer in standing):
        return Refused(
            code="offer_open", because="destination: the customer is being asked about it already"
        )
    # Nobody is offered what could not be done: their yes would be refused.
    tried = replace(u, events=[], ledger_events=[])
    refused = redirect(tried, payout, Wanted(ask.destination, ask.tender_id, u.by, "customer"))
    if refused is not None:
        return refused
    amount = Money(amount_minor=payout.amount_minor, currency=u.state.currency)
    because = ask.because or f"{amount.plain()} could not go back to what was paid with"
    answer_by = u.now + timedelta(days=u.state.agreed.customer_answer_days)
    u.happened(
        OfferMade(
            occurred_at=u.now,
            offer_id=u.made_id("offer", len(u.state.offers) + 1),
            because=because,
            answer_by=answer_by,
            kind="payout_way",
            if_silent="lapsed",
            instruction_id=payout.instruction_id,
            destination=ask.destination,
            tender_id=ask.tender_id,
            amount_minor=payout.amount_minor,
            by=u.by,
        )
    )
    facts = {"amount": amount.plain(), "because": because}
    plan_notice(u, "offer", {**facts, "answer_by": answer_by.date().isoformat()})
    return None


def redirect(u: Unfolding, payout: Payout, wanted: Wanted) -> Refused | None:
    """Plan the same parts anew; the first instruction is replaced, and its funds are free."""
    took_two = _took_two(u, payout)
    reserved = u.books.reservations.get(payout.instruction_id)
    if reserved is not None and reserved.live:
        funds_released(u, payout.instruction_id, "it goes another way")
    chosen = Chosen(wanted.by, wanted.consent, payout.instruction_id)
    if wanted.destination in {"store_credit", "gift_card"}:
        refused = plan_value(u, payout.parts, wanted.destination, chosen)
    else:
        refused = _pay_otherwise(u, payout, wanted, chosen)
    instead = list(u.state.payouts.values())[-1]
    if refused is None and took_two and instead.state is MoneyState.PLANNED:
        withhold(u, instead, "needs_approval", "what it replaces takes two people to let it go")
    return refused


def _took_two(u: Unfolding, payout: Payout) -> bool:
    """Whether it takes two people, as its sum or its payment's says: another way takes no fewer."""
    waits = payout.state is MoneyState.HELD and bool(payout.destination)
    return (
        bool(payout.approved_by)
        or payout.reason == "needs_approval"
        or (waits and needs_two(u, payout))
    )


def _pay_otherwise(u: Unfolding, payout: Payout, wanted: Wanted, chosen: Chosen) -> Refused | None:
    funds = tuple(part for part in as_funds(u, payout.parts) if part.amount_minor)
    tender_id = _tender(u, payout, wanted, funds) if wanted.destination == "tender" else ""
    if isinstance(tender_id, Refused):
        return tender_id
    if tender_id and bank_disputes(u, tender_id):
        return Refused(
            code="payment_disputed",
            because="destination: the customer's bank disputes that payment: "
            "choose another way, release_payout or write_off_payout",
        )
    # Money paid by hand counts against the tender it should have gone to.
    refused = check_reservation(
        u.books, tender_id or payout.tender_id or None, payout.amount_minor, funds
    )
    if refused is not None:
        return refused
    if wanted.destination == "manual":
        by_hand = Way("manual", payout.tender_id, "manual", payout.payment_ref)
        plan(u, by_hand, payout.parts, chosen)
        return None
    payment = u.books.payment(tender_id)
    if payment is None:
        return Refused(code="unknown_tender", because=f"tender_id: nobody knows {tender_id}")
    plan(u, Way("tender", *payment), payout.parts, chosen)
    return None


def _tender(
    u: Unfolding, payout: Payout, wanted: Wanted, funds: tuple[FundsPart, ...]
) -> str | Refused:
    known = [tender.tender_id for tender in u.books.order.tenders]
    if wanted.tender_id:
        if wanted.tender_id in known:
            return wanted.tender_id
        return Refused(
            code="unknown_tender",
            because=f"tender_id: the order was paid with {', '.join(known)}",
        )
    if payout.tender_id:
        return payout.tender_id
    tenders = spread(u.books, funds, u.state.agreed.tender_order)
    if tenders.shortfall or len(tenders.placements) != 1:
        return Refused(code="still_short", because="destination: no tender can take it whole")
    return tenders.placements[0].tender_id
