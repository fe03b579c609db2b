"""What providers say of bills: followed as it is, whenever it is said."""

from domain.money import Money
from domain.orders.events import PaymentCollected
from domain.refusal import Refused
from domain.returns.events.bills import (
    BillCancelled,
    BillChecked,
    BillExpired,
    BillNewsHeard,
    BillPaid,
    BillSent,
    BillUnknown,
)
from domain.returns.notes import NoteBill
from domain.returns.things import Bill
from domain.returns.unfolding import Unfolding
from domain.returns.worrying import worry
from domain.words_of_money import BillState


def note_bill(u: Unfolding, note: NoteBill) -> Refused | None:
    """Follow the provider's answer; an echo of another amount is never believed."""
    bill = u.state.bills[note.instruction_id]
    expected = Money(amount_minor=bill.amount_minor, currency=u.state.currency)
    if note.amount is not None and note.amount != expected:
        because = f"the provider says {note.amount}, not {expected}"
        worry(u, f"amount_differs:{bill.instruction_id}", "amount_differs", because)
        _heard(u, bill)
        return None
    match note.state:
        case "paid" if bill.state is not BillState.PAID:
            _paid(u, bill, note)
        case "open" if bill.state in _UNSENT:
            u.happened(
                BillSent(
                    occurred_at=u.now,
                    instruction_id=bill.instruction_id,
                    bill_ref=note.bill_ref,
                    url=note.url,
                )
            )
        case "unknown" if bill.is_open and bill.state is not BillState.UNKNOWN:
            u.happened(BillUnknown(occurred_at=u.now, instruction_id=bill.instruction_id))
        case "expired" if bill.is_open:
            u.happened(BillExpired(occurred_at=u.now, instruction_id=bill.instruction_id))
        case "cancelled" if bill.is_open:
            u.happened(BillCancelled(occurred_at=u.now, instruction_id=bill.instruction_id))
        case _:
            _heard(u, bill)
    return None


# Cancelled may have been what we found before a first attempt to send it had arrived.
_UNSENT = frozenset({BillState.PLANNED, BillState.UNKNOWN, BillState.CANCELLED})


def _paid(u: Unfolding, bill: Bill, note: NoteBill) -> None:
    """The money is there, be it welcome or not: the order's ledger has one tender more."""
    key = bill.instruction_id
    u.happened(
        BillPaid(
            occurred_at=u.now,
            instruction_id=key,
            bill_ref=note.bill_ref,
            payment_ref=note.payment_ref,
        )
    )
    u.booked(
        PaymentCollected(
            order_id=u.state.order_id,
            occurred_at=u.now,
            collected_id=key,
            return_id=u.state.return_id,
            provider=bill.provider,
            payment_ref=note.payment_ref,
            amount_minor=bill.amount_minor,
        )
    )


def _heard(u: Unfolding, bill: Bill) -> None:
    if bill.news_open:
        u.happened(BillChecked(occurred_at=u.now, instruction_id=bill.instruction_id))


def bill_named(u: Unfolding, *names: str) -> Bill | None:
    """The bill that a report speaks of: by our id, or by theirs."""
    said = {name for name in names if name}
    return next(
        (
            bill
            for bill in u.state.bills.values()
            if said & {bill.instruction_id, bill.bill_ref, bill.payment_ref}
        ),
        None,
    )


def hear_of_bill(u: Unfolding, bill: Bill, source: str) -> None:
    """Put the question to the provider on the agenda; unless it is there, or comes anyway."""
    if not bill.news_open and bill.state is not BillState.PLANNED:
        u.happened(
            BillNewsHeard(occurred_at=u.now, instruction_id=bill.instruction_id, source=source)
        )
