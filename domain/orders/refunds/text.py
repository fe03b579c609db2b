"""A refund by staff in sentences: what is given back, who asked, who let it go, where it is."""

from collections.abc import Iterator

from domain.money import Money
from domain.orders.ledger import Ledger, Reserved
from domain.orders.refunds.agenda import amount_of, next_step
from domain.orders.refunds.standing import StaffRefund


def explained(ledger: Ledger, reserved: Reserved) -> Iterator[str]:
    """Derive it line by line: each part to the minor unit, the tender, the people, the state."""
    refund = reserved.refund
    if refund is None:
        return
    currency = ledger.order.currency
    for part in reserved.parts:
        amount = Money(amount_minor=part.amount_minor, currency=currency)
        yield f"{amount.plain()} of {part.key.replace(':', ' ')}"
    total = amount_of(ledger, reserved).plain()
    yield f"{total} in all, back to {reserved.tender_id} ({refund.provider}): {reserved.because}"
    yield f"asked for by {refund.by}"
    yield from (f"let go by {who}" for who in refund.approved_by)
    yield _where(refund)
    step = next_step(ledger, reserved.instruction_id)
    if step is not None:
        yield f"next: {step.actor} must {step.action} by {step.due_at:%Y-%m-%d %H:%M} UTC"
    for raised in ledger.open_concerns:
        if raised.instruction_id == reserved.instruction_id:
            yield f"for a person, {raised.concern_id}: {raised.because}"


def _where(refund: StaffRefund) -> str:
    why = f" ({refund.because or refund.reason})" if refund.because or refund.reason else ""
    named = f", {refund.payout_ref} at {refund.provider}" if refund.payout_ref else ""
    return f"it is {refund.state}{why}{named}"


def as_markdown(ledger: Ledger, reserved: Reserved) -> str:
    """The same for the details of its workflow in the Temporal UI."""
    head = f"## Refund of order `{ledger.order.order_id}`: {amount_of(ledger, reserved).plain()}"
    lines = "\n".join(f"- {line}" for line in explained(ledger, reserved))
    return f"{head}\n\n{lines}\n\nRefund `{reserved.instruction_id}` of `{ledger.order.tenant}`"
