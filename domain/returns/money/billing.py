"""What dearer articles cost more: one bill for all of it, paid before anything is sent.

As with payouts, what is planned is the difference between what is to be paid and what
standing bills hold. A bill is never made larger: what a deduction would add is the merchant's.
Where less is to be sent than it is for, it is called off, and another asks for the rest.
"""

from datetime import timedelta

from domain.returns.events import OfferMade
from domain.returns.events.bills import (
    BILLED_FEE,
    BillPart,
    BillPlanned,
    BillWithdrawn,
)
from domain.returns.goods.replacing import is_refused, is_sent, may_be_tried, wants_goods
from domain.returns.state import ReturnState, Unit
from domain.returns.telling import plan_notice
from domain.returns.things import Bill
from domain.returns.unfolding import Unfolding
from domain.words import Decision, Fault
from domain.words_of_money import BillState


def owed_minor(state: ReturnState, unit: Unit) -> int:
    """What the article for a unit costs more than the unit is worth; mostly nothing."""
    quoted = state.quoted(unit.id)
    return quoted.owed_minor if quoted is not None and wants_goods(unit) else 0


def is_wanted(state: ReturnState, unit: Unit) -> bool:
    """Whether the article for the unit is with the customer, or may still be sent."""
    if is_sent(unit):
        return True
    alive = state.is_approved and wants_goods(unit) and not is_refused(unit)
    return alive and may_be_tried(state, unit)


def bill_for(state: ReturnState, unit_id: str) -> Bill | None:
    """The newest bill that a unit is on."""
    bills = reversed(state.bills.values())
    return next((bill for bill in bills if bill.is_on(unit_id)), None)


def back_key(bill: Bill, part: BillPart) -> str:
    """The name under which a part of a bill is promised back, and paid back."""
    return f"collected:{bill.instruction_id}:{part.key}"


def is_paid_for(state: ReturnState, unit: Unit) -> bool:
    """Whether nothing is left to be paid before the article may be sent."""
    return not owed_minor(state, unit) or _stands(state, unit.id, may_be_open=False)


def _stands(state: ReturnState, unit_id: str, *, may_be_open: bool) -> bool:
    bill = bill_for(state, unit_id)
    if bill is None or bill.late:
        return False
    if bill.is_open:
        return may_be_open
    part = next(part for part in bill.parts if part.key == unit_id)
    return bill.state is BillState.PAID and back_key(bill, part) not in state.given_back


def fee_due_minor(state: ReturnState) -> int:
    """What of the label's fee belongs on a bill, by the reasons found and the way it goes."""
    quote = state.quote
    if quote is None or not quote.billed_fee_minor:
        return 0
    if any(unit.reason.fault in {Fault.MERCHANT, Fault.CARRIER} for unit in state.live_units):
        return 0
    ways = {price.method: price.label_fee_minor for price in quote.methods}
    gone = [ways[p.method] for p in state.parcels.values() if p.method in ways]
    return min(quote.billed_fee_minor, max(gone, default=quote.billed_fee_minor))


def _fee_billed(state: ReturnState) -> int:
    """What of it standing bills hold."""
    standing = [b for b in state.bills.values() if not b.late and (b.is_open or _is_paid(b))]
    return sum(
        part.amount_minor - state.given_back.get(back_key(bill, part), 0)
        for bill in standing
        for part in bill.parts
        if part.key == BILLED_FEE
    )


def _is_paid(bill: Bill) -> bool:
    return bill.state is BillState.PAID


def plan_bills(u: Unfolding) -> None:
    """Ask for what is to be paid, once all of it can be sent: stock is held for every unit."""
    state = u.state
    if not state.is_approved or state.quote is None:
        return
    due = [
        unit
        for unit in state.live_units
        if owed_minor(state, unit)
        and not is_sent(unit)
        and is_wanted(state, unit)
        and unit.decision is not Decision.APPEALED
        and not _stands(state, unit.id, may_be_open=True)
    ]
    if not due or any(unit.replacement and unit.replacement.life != "reserved" for unit in due):
        return
    parts = [BillPart(key=unit.id, amount_minor=owed_minor(state, unit)) for unit in due]
    fee = fee_due_minor(state) - _fee_billed(state)
    if fee > 0:
        parts.append(BillPart(key=BILLED_FEE, amount_minor=fee))
    terms = state.agreed.collecting
    u.happened(
        BillPlanned(
            occurred_at=u.now,
            instruction_id=u.made_id("bill", len(state.bills) + 1),
            provider=terms.provider,
            amount_minor=sum(part.amount_minor for part in parts),
            currency=state.currency,
            parts=tuple(parts),
            pay_by=u.now + timedelta(days=terms.pay_within_days),
        )
    )


def withdraw_bills(u: Unfolding) -> None:
    """Call a bill off as soon as nothing that is on it will be sent; or not all of it.

    In the latter case the rest is asked for by a bill of its own, once this one cannot be paid
    any more. If it is paid meanwhile all the same, what is too much goes back.
    """
    for bill in list(u.state.bills.values()):
        if not bill.is_open or bill.withdrawn:
            continue
        units = [part.key for part in bill.parts if part.key != BILLED_FEE]
        needed = [key for key in units if is_wanted(u.state, u.state.units[key])]
        if not needed:
            _withdraw(u, bill, "not_needed", "nothing that it is for will be sent")
        elif len(needed) < len(units):
            gone = ", ".join(key for key in units if key not in needed)
            _withdraw(u, bill, "smaller", f"nothing will be sent for {gone}")


def give_up(u: Unfolding, bill: Bill) -> None:
    """It was not paid in time: call it off; what the provider says then decides the rest."""
    _withdraw(u, bill, "unpaid", f"not paid by {bill.pay_by:%Y-%m-%d %H:%M} UTC")


def _withdraw(u: Unfolding, bill: Bill, code: str, because: str) -> None:
    u.happened(
        BillWithdrawn.model_validate(
            {
                "occurred_at": u.now,
                "instruction_id": bill.instruction_id,
                "code": code,
                "because": because,
            }
        )
    )


def offer_instead(u: Unfolding) -> None:
    """What was not paid for is not sent: the unit's value is offered otherwise, once for a bill."""
    for unit in list(u.state.live_units):
        bill = bill_for(u.state, unit.id)
        if bill is None or bill.state not in {BillState.EXPIRED, BillState.CANCELLED}:
            continue
        told = any(
            offer.instruction_id == bill.instruction_id and offer.unit == unit.id
            for offer in u.state.offers.values()
        )
        ours = bill.withdrawn in {"not_needed", "smaller"}
        if told or ours or not is_wanted(u.state, unit):
            continue
        terms = u.state.agreed
        answer_by = u.now + timedelta(days=terms.customer_answer_days)
        u.happened(
            OfferMade(
                occurred_at=u.now,
                offer_id=u.made_id("offer", len(u.state.offers) + 1),
                unit=unit.id,
                resolution=terms.collecting.resolution_instead,
                because="the difference was not paid in time",
                answer_by=answer_by,
                kind="not_paid",
                instruction_id=bill.instruction_id,
            )
        )
        plan_notice(u, "not_paid", {"answer_by": answer_by.date().isoformat()})
