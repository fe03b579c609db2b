"""The customer's bank takes money back, and what that holds up, lets go, or ends.

Its news come in any order: the newest of them, by the time it happened, is how it stands.
"""

from dataclasses import replace

from domain.orders.banking import hear_of_chargeback
from domain.orders.commands import ChargebackNews
from domain.orders.room import room
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import PayoutCancelled
from domain.returns.money import approvals
from domain.returns.money.releasing import over_a_cap, released
from domain.returns.money.writing_off import give_up
from domain.returns.state import Payout
from domain.returns.unfolding import Unfolding
from domain.words import MoneyState


def report_chargeback(u: Unfolding, report: c.ReportChargeback) -> Refused | None:
    """Money the bank took counts against its tender; payouts to it wait until it is settled."""
    order = u.books.order
    tender_id = u.books.paid_by(report.payment_ref)
    if tender_id is None:
        return Refused(
            code="unknown_payment", because="payment_ref: not one that this order was paid with"
        )
    if report.amount.currency != order.currency:
        return Refused(code="foreign_currency", because=f"amount: the order is in {order.currency}")
    news = ChargebackNews(
        chargeback_id=report.chargeback_id or tender_id,
        tender_id=tender_id,
        amount_minor=report.amount.amount_minor,
        status=report.status,
        occurred_at=report.occurred_at,
    )
    u.booked(*hear_of_chargeback(u.books, news))
    _follow(u, tender_id)
    return None


def _follow(u: Unfolding, tender_id: str) -> None:
    if not approvals.bank_disputes(u, tender_id):
        _release_payouts_to(u, tender_id)
        return
    _hold_payouts_to(u, tender_id)
    lost = any(
        known.state == "lost" and known.tender_id == tender_id
        for known in u.books.chargebacks.values()
    )
    if lost:
        _end_what_the_bank_gave(u, tender_id)


def _held_for_it(u: Unfolding, tender_id: str) -> list[Payout]:
    return [
        payout
        for payout in u.state.payouts.values()
        if payout.state is MoneyState.HELD
        and payout.reason == "chargeback"
        and payout.tender_id == tender_id
        and not payout.replaced
    ]


def _short_for_it(u: Unfolding, tender_id: str) -> list[Payout]:
    """What goes back to a payment that was collected, and found nothing left there."""
    return [
        payout
        for payout in u.state.payouts.values()
        if payout.state is MoneyState.HELD
        and payout.reason == "shortfall"
        and not payout.replaced
        and all(part.key.startswith(f"collected:{tender_id}:") for part in payout.parts)
    ]


def _release_payouts_to(u: Unfolding, tender_id: str) -> None:
    """The money is there again: what only waited for it may go, unless people have to say so."""
    for payout in _short_for_it(u, tender_id):  # planned anew, with a place to go
        because = "the bank left the money with the merchant"
        key = payout.instruction_id
        u.happened(PayoutCancelled(occurred_at=u.now, instruction_id=key, because=because))
    for payout in _held_for_it(u, tender_id):
        if over_a_cap(u, payout) is not None:
            continue
        if approvals.needs_two(u, payout) and approvals.still_to_approve(payout):
            because = "the bank left the money with the merchant; it takes two people to let it go"
            approvals.withhold(u, payout, "needs_approval", because)
        else:
            released(u, payout, "the bank left the money with the merchant")


def _hold_payouts_to(u: Unfolding, tender_id: str) -> None:
    for payout in list(u.state.payouts.values()):
        if payout.state is MoneyState.PLANNED and payout.tender_id == tender_id:
            because = "the customer's bank took money back from this payment"
            approvals.withhold(u, payout, "chargeback", because)


def _end_what_the_bank_gave(u: Unfolding, tender_id: str) -> None:
    """What no cap leaves room for any more, the customer has from their bank.

    The rest of such a payout is planned anew and held: whether it is owed as well, a person
    says, who lets it go, sends it elsewhere or writes it off.
    """
    for payout in [*_held_for_it(u, tender_id), *_short_for_it(u, tender_id)]:
        others = {
            key: known
            for key, known in u.books.reservations.items()
            if key != payout.instruction_id
        }
        left = room(replace(u.books, reservations=others))
        over = payout.amount_minor - min(left.order_minor, left.tenders[tender_id])
        if over > 0:
            because = "the customer has it from their bank"
            give_up(u, payout, over, "paid_by_the_bank", because)
