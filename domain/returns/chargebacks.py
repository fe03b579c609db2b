"""The customer's bank takes money back, and what that holds up."""

from domain.orders.events import ChargebackClosed, ChargebackOpened
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import PayoutHeld, PayoutReleased
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
    known = u.books.chargebacks.get(report.payment_ref)
    if report.status == "opened":
        if known is None:
            u.booked(
                ChargebackOpened(
                    order_id=order.order_id,
                    occurred_at=report.occurred_at,
                    chargeback_id=report.payment_ref,
                    tender_id=tender.tender_id,
                    amount_minor=report.amount.amount_minor,
                )
            )
        if known is None or known.state == "open":
            _hold_payouts_to(u, tender.tender_id)
    elif known is not None and known.state == "open":
        u.booked(
            ChargebackClosed(
                order_id=order.order_id,
                occurred_at=report.occurred_at,
                chargeback_id=report.payment_ref,
                won=report.status == "won",
            )
        )
        if report.status == "won":
            _release_payouts_to(u, tender.tender_id)
    return None


def _release_payouts_to(u: Unfolding, tender_id: str) -> None:
    """The money is there again: what only waited for it may go."""
    for payout in list(u.state.payouts.values()):
        waits = payout.state is MoneyState.HELD and payout.reason == "chargeback"
        if waits and payout.tender_id == tender_id and not payout.replaced:
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
