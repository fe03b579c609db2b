"""The customer's bank takes money back, and what that holds up."""

from domain.orders.banking import hear_of_chargeback
from domain.orders.commands import ChargebackNews
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import PayoutHeld, PayoutReleased
from domain.returns.settling import over_a_cap
from domain.returns.unfolding import Unfolding
from domain.words import MoneyState


def report_chargeback(u: Unfolding, report: c.ReportChargeback) -> Refused | None:
    """Money the bank took counts against its tender; payouts to it wait until it is settled."""
    order = u.books.order
    tender = next((t for t in order.tenders if t.payment_ref == report.payment_ref), None)
    if tender is None:
        return Refused(
            code="unknown_payment", because="payment_ref: not one that this order was paid with"
        )
    if report.amount.currency != order.currency:
        return Refused(code="foreign_currency", because=f"amount: the order is in {order.currency}")
    news = ChargebackNews(
        chargeback_id=report.chargeback_id or tender.tender_id,
        tender_id=tender.tender_id,
        amount_minor=report.amount.amount_minor,
        status=report.status,
        occurred_at=report.occurred_at,
    )
    u.booked(*hear_of_chargeback(u.books, news))
    if _disputed(u, tender.tender_id):
        _hold_payouts_to(u, tender.tender_id)
    elif report.status == "won":
        _release_payouts_to(u, tender.tender_id)
    return None


def _disputed(u: Unfolding, tender_id: str) -> bool:
    """Whether a bank has still to decide on money of this tender; another return may know."""
    open_ones = [known for known in u.books.chargebacks.values() if known.state == "open"]
    return any(known.tender_id == tender_id for known in open_ones)


def _release_payouts_to(u: Unfolding, tender_id: str) -> None:
    """The money is there again: what only waited for it may go, if there is enough of it."""
    for payout in list(u.state.payouts.values()):
        waits = payout.state is MoneyState.HELD and payout.reason == "chargeback"
        if waits and payout.tender_id == tender_id and not payout.replaced:
            if over_a_cap(u, payout) is not None:
                continue
            u.happened(
                PayoutReleased(
                    occurred_at=u.now,
                    instruction_id=payout.instruction_id,
                    because="the bank left the money with the merchant",
                )
            )


def _hold_payouts_to(u: Unfolding, tender_id: str) -> None:
    for payout in list(u.state.payouts.values()):
        if payout.state is MoneyState.PLANNED and payout.tender_id == tender_id:
            u.happened(
                PayoutHeld(
                    occurred_at=u.now,
                    instruction_id=payout.instruction_id,
                    reason="chargeback",
                    because="the customer's bank took money back from this payment",
                    amount_minor=payout.amount_minor,
                    currency=u.state.currency,
                    parts=payout.parts,
                )
            )
