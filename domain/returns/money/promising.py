"""What is promised at this moment: the quote and what was adjusted since, to the minor unit.

These are questions about the state; nothing here changes it.
"""

from domain.orders.events import SHIPPING
from domain.policy.units import MONEY
from domain.returns.goods.inspecting import is_final
from domain.returns.state import Payout, ReturnState, Unit
from domain.words import Decision, MoneyState, Receipt
from domain.words_of_money import BillState


def pays_money(unit: Unit) -> bool:
    """Whether the unit is answered in money (or store credit), not in goods."""
    return unit.resolution in MONEY


def brings_money(state: ReturnState, unit: Unit) -> bool:
    """Whether money goes back for the unit: all of its value, or what a cheaper article leaves."""
    quoted = state.quoted(unit.id)
    return quoted is not None and (quoted.in_money or quoted.cash_minor > 0)


def unit_promise(state: ReturnState, unit: Unit) -> int:
    """What one unit brings back, before any label fee."""
    quoted = state.quoted(unit.id)
    if quoted is None or not unit.approved or not brings_money(state, unit):
        return 0
    return max(0, quoted.cash_minor + unit.adjusted_minor)


def shipping_promise(state: ReturnState) -> int:
    """What of the outbound shipping comes back."""
    quoted = state.quote.shipping_minor if state.quote else 0
    return max(0, quoted + state.shipping_adjusted_minor)


def fee_promise(state: ReturnState) -> int:
    """What the label of this return costs the customer, whatever it is taken from."""
    quoted = state.quote.label_fee_minor if state.quote else 0
    return max(0, quoted - state.fee_adjusted_minor)


def promised_minor(state: ReturnState) -> int:
    """All that the customer gets, if every verdict stays as it is. A fee never goes below 0."""
    return refund_promise(state) + given_back_minor(state)


def to_pay_minor(state: ReturnState) -> int:
    """What the customer is still asked for."""
    asked = (bill for bill in state.bills.values() if bill.is_open and not bill.withdrawn)
    return sum(bill.amount_minor for bill in asked)


def collected_minor(state: ReturnState) -> int:
    """What the customer has paid for this return, by the providers' word."""
    paid = (bill for bill in state.bills.values() if bill.state is BillState.PAID)
    taken = sum(hold.taken_minor for hold in state.holds.values())
    return taken + sum(bill.amount_minor for bill in paid)


def given_back_minor(state: ReturnState) -> int:
    """What of it is promised back."""
    return sum(state.given_back.values())


def refund_promise(state: ReturnState) -> int:
    """What comes back for the goods, without what is given back of collected payments."""
    units = sum(unit_promise(state, unit) for unit in state.units.values())
    return max(0, units + shipping_promise(state) - fee_promise(state))


def billed_fee(state: ReturnState) -> int:
    """What of the label's fee is on a bill, since no refund can bear it."""
    return state.quote.billed_fee_minor if state.quote else 0


def refunds_standing(state: ReturnState) -> int:
    """What standing payouts hold, without what they give back of collected payments."""
    return sum(
        part.amount_minor
        for payout in standing(state)
        for part in payout.parts
        if not part.key.startswith("collected:")
    )


def due_units(state: ReturnState) -> list[Unit]:
    """The units whose money may go now: there is a verdict, and it is not being asked again."""
    return [
        unit
        for unit in state.live_units
        if brings_money(state, unit)
        and (is_final(unit) or unit.decision is Decision.APPEALED)
        and unit.decision is not Decision.NEEDS_REVIEW
    ]


def shipping_is_due(state: ReturnState) -> bool:
    """The outbound shipping goes back when nothing of the return is undecided any more."""
    return all(is_final(unit) for unit in state.live_units)


def due_now(state: ReturnState) -> list[tuple[str, int]]:
    """What is due for each unit, in the order of the request, and for the shipping at last."""
    due = [(unit.id, unit_promise(state, unit)) for unit in due_units(state)]
    if shipping_is_due(state):
        due.append((SHIPPING, shipping_promise(state)))
    return due


def standing(state: ReturnState) -> list[Payout]:
    """The payouts that count."""
    return [payout for payout in state.payouts.values() if payout.stands]


def planned_for(state: ReturnState, key: str) -> int:
    """What standing payouts hold of one unit or of the shipping, label fee included."""
    return sum(
        part.amount_minor + (0 if payout.replaced else part.label_fee_minor)
        for payout in standing(state)
        for part in payout.parts
        if part.key == key
    )


def may_be_stopped(payout: Payout) -> bool:
    """Whether it is still ours alone: not sent, and no person has chosen where it goes."""
    is_here = payout.state in {MoneyState.PLANNED, MoneyState.HELD}
    return is_here and not payout.replaced and not payout.chosen_by


def is_sent_by_us(payout: Payout) -> bool:
    """Whether it is about to be sent, or being sent, by one of our own steps."""
    return payout.state is MoneyState.PLANNED and payout.destination != "manual"


def sent_for(state: ReturnState, key: str) -> int:
    """What of one unit or of the shipping has left, or may have, label fee included."""
    unsent = {one.instruction_id for one in state.payouts.values() if may_be_stopped(one)}
    return sum(
        part.amount_minor + (0 if payout.replaced else part.label_fee_minor)
        for payout in standing(state)
        for part in payout.parts
        if part.key == key and payout.instruction_id not in unsent
    )


def refunds_sent(state: ReturnState) -> int:
    """What of the refunds has left, or may have."""
    return refunds_standing(state) - sum(
        part.amount_minor
        for payout in state.payouts.values()
        for part in payout.parts
        if may_be_stopped(payout) and not part.key.startswith("collected:")
    )


def fee_taken(state: ReturnState) -> int:
    """What of the label fee standing payouts have taken already."""
    keys = {part.key for payout in standing(state) for part in payout.parts}
    return sum(fee_taken_from(state, key) for key in keys)


def fee_taken_from(state: ReturnState, key: str) -> int:
    """What of it was taken from one unit, or from the shipping."""
    once = [payout for payout in standing(state) if not payout.replaced]
    return sum(p.label_fee_minor for payout in once for p in payout.parts if p.key == key)


def paid_minor(state: ReturnState) -> int:
    """What the customer has, by the providers' word."""
    return sum(
        payout.amount_minor
        for payout in state.payouts.values()
        if payout.state is MoneyState.SUCCEEDED
    )


def in_state_minor(state: ReturnState, *states: MoneyState) -> int:
    """The sum of the standing payouts in these states."""
    return sum(payout.amount_minor for payout in standing(state) if payout.state in states)


def is_explained(unit: Unit) -> bool:
    """Whether nothing is left to find out or do about a unit itself."""
    if not unit.approved:
        return unit.receipt is not Receipt.RECEIVED or unit.moved
    if not is_final(unit):
        return False
    if unit.receipt is Receipt.RECEIVED:
        return unit.moved
    return True
