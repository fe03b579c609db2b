"""A person decides where money goes that could not be placed or came back."""

from domain.orders.caps import check_reservation
from domain.orders.tenders import spread
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.paying import Way, as_funds, funds_released, plan, plan_credit, to_tender
from domain.returns.state import Payout
from domain.returns.unfolding import Unfolding
from domain.words import MoneyState


def choose_payout(u: Unfolding, ask: c.ChoosePayout) -> Refused | None:
    """Another way for money that could not be placed or came back; the same parts, once."""
    payout = u.state.payouts.get(ask.instruction_id)
    if payout is None:
        return Refused(
            code="unknown_payout", because=f"instruction_id: no {ask.instruction_id} here"
        )
    stuck = {MoneyState.FAILED, MoneyState.REVERSED, MoneyState.HELD}
    if payout.replaced or payout.state not in stuck:
        return Refused(
            code="payout_not_stuck", because=f"instruction_id: that payout is {payout.state}"
        )
    if payout.state is MoneyState.HELD and payout.destination:
        funds_released(u, payout.instruction_id, "it goes another way")
    if ask.destination == "store_credit":
        return plan_credit(u, payout.parts, replaces=payout.instruction_id)
    return _pay_otherwise(u, payout, ask.destination)


def _pay_otherwise(u: Unfolding, payout: Payout, destination: str) -> Refused | None:
    funds = tuple(part for part in as_funds(u, payout.parts) if part.amount_minor)
    tender_id = payout.tender_id if destination == "tender" else ""
    if destination == "tender" and not tender_id:
        tenders = spread(u.books, funds, u.state.agreed.tender_order)
        if tenders.shortfall or len(tenders.placements) != 1:
            return Refused(
                code="still_short", because="destination: no tender can take the whole amount"
            )
        tender_id = tenders.placements[0].tender_id
    # Money paid by hand counts against the tender it should have gone to.
    refused = check_reservation(
        u.books, tender_id or payout.tender_id or None, payout.amount_minor, funds
    )
    if refused is not None:
        return refused
    if destination == "manual":
        by_hand = Way("manual", payout.tender_id, "manual", payout.payment_ref)
        plan(u, by_hand, payout.parts, payout.instruction_id)
        return None
    tender = next(t for t in u.books.order.tenders if t.tender_id == tender_id)
    plan(u, to_tender(tender), payout.parts, payout.instruction_id)
    return None
