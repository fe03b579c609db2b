"""How a verdict, or a re-coded reason, changes the promise: by events that carry the reason.

What was paid is never asked back: a promise does not fall below what standing payouts hold.
"""

from domain.money import percentage, percentage_up
from domain.orders.events import SHIPPING
from domain.policy.price import unit_value
from domain.policy.quote import UnitQuote
from domain.returns.events import QuoteAdjusted
from domain.returns.goods.inspecting import WHOLE, is_final
from domain.returns.money.promising import (
    billed_fee,
    brings_money,
    fee_promise,
    refund_promise,
    refunds_sent,
    sent_for,
    shipping_promise,
    unit_promise,
)
from domain.returns.state import ReturnState, Unit
from domain.returns.unfolding import Unfolding
from domain.words import Decision, Fault

AS_GIVEN = "the reason is the one that was given"
"""Why the label costs again what it did before another reason was found."""


def adjust_promise(u: Unfolding) -> None:
    """Record every difference between what is promised and what the verdicts mean."""
    if u.state.quote is None or not u.state.is_approved:
        return
    for unit in u.state.live_units:
        if not brings_money(u.state, unit):
            continue
        if is_final(unit) or unit.decision is Decision.APPEALED:
            _adjust_unit(u, unit)
        elif unit.adjusted_minor:
            _as_quoted(u, unit)
    _adjust_shipping(u)
    _adjust_fee(u)
    _forgive_fee(u)


def _adjust_unit(u: Unfolding, unit: Unit) -> None:
    quoted = u.state.quoted(unit.id)
    if quoted is None:
        return
    due = max(0, earned(u.state, unit, quoted) - u.state.given_up.get(unit.id, 0))
    target = max(due, sent_for(u.state, unit.id))
    change = target - unit_promise(u.state, unit)
    if change:
        because = f"{unit.decision}, {unit.share_bp / 100:g} % of its value, {unit.reason}"
        reason = str(unit.decision)
        if target > due:
            reason, because = "paid_already", "what was paid or promised to pay is not asked back"
        _adjust(u, unit.id, change, reason, because)


def _as_quoted(u: Unfolding, unit: Unit) -> None:
    """What is to be decided anew is promised as it was before anybody had decided."""
    quoted = u.state.quoted(unit.id)
    if quoted is None:
        return
    due = max(0, quoted.cash_minor - u.state.given_up.get(unit.id, 0))
    change = max(due, sent_for(u.state, unit.id)) - unit_promise(u.state, unit)
    if change:
        _adjust(u, unit.id, change, "decided_anew", f"{unit.id} is to be decided anew")


def earned(state: ReturnState, unit: Unit, quoted: UnitQuote) -> int:
    """What the unit is worth by its verdict, its grade and who is at fault.

    The share is of the unit's whole value, and rounded up: the part of a minor unit that
    does not divide is the customer's. The restocking fee, a percentage of net, comes off last.

    Source: a consumer answers for handling beyond what shows nature, characteristics and
    functioning of the goods (Directive 2011/83/EU art. 14 (2)); the share is policy.
    """
    kept = judged_value(unit, quoted)
    if not quoted.in_money:
        return max(0, kept - quoted.exchange.cost_minor) if quoted.exchange else 0
    return max(0, kept - _restocking(state, unit, quoted))


def judged_value(unit: Unit, quoted: UnitQuote) -> int:
    """What the verdict leaves of the unit's value, before any fee."""
    whole = unit.decision in {Decision.ACCEPTED, Decision.APPEAL_UPHELD}
    return percentage_up(unit_value(quoted), WHOLE if whole else unit.share_bp)


def _restocking(state: ReturnState, unit: Unit, quoted: UnitQuote) -> int:
    """The restocking fee follows the reason that was found, in either direction."""
    if unit.reason is unit.asked.reason:
        return quoted.restocking_fee_minor
    if unit.reason.fault is not Fault.CUSTOMER:
        return 0
    terms = state.agreed
    fee_bp = terms.restocking_fee_bp_by_unit.get(unit.id, terms.restocking_fee_bp)
    return quoted.restocking_fee_minor or percentage(quoted.net_minor, fee_bp)


def _adjust_shipping(u: Unfolding) -> None:
    """The outbound shipping comes back for a whole order: a unit refused is not one."""
    state = u.state
    quoted = state.quote.shipping_minor if state.quote else 0
    given_up = state.given_up.get(SHIPPING, 0)
    if not quoted:
        return
    decided = all(is_final(unit) for unit in state.live_units)
    if not decided and not state.shipping_adjusted_minor:
        return
    refused = decided and any(
        unit.decision is Decision.REJECTED
        or (unit.decision is Decision.APPEAL_DENIED and not unit.share_bp)
        for unit in state.live_units
    )
    target = max(0 if refused else quoted - given_up, sent_for(state, SHIPPING))
    change = target - shipping_promise(state)
    if change:
        reason, because = "not_the_whole_order", "a unit of the order was not accepted"
        if change > 0:
            reason, because = (
                "decided_anew",
                "a unit of the order is, or may be, accepted after all",
            )
        _adjust(u, SHIPPING, change, reason, because)


def _adjust_fee(u: Unfolding) -> None:
    """The label is the customer's to pay only if all the reasons found are the customer's."""
    state = u.state
    units = state.expected_units
    free = any(unit.reason.fault in {Fault.MERCHANT, Fault.CARRIER} for unit in units)
    by_customer = all(unit.reason.fault is Fault.CUSTOMER for unit in units)
    fee = fee_promise(state)
    if all(unit.reason is unit.asked.reason for unit in units) and not free:
        wanted, because = _recoded(state), AS_GIVEN
    elif by_customer:
        listed = state.agreed.label_fee_minor.get(state.method, 0) if state.method else 0
        wanted, because = listed - fee - billed_fee(state), "the reason found is the customer's own"
    else:
        wanted, because = -fee - billed_fee(state), "not the customer's fault"
    rise = wanted
    if wanted > 0:
        still_to_pay = refund_promise(state) - refunds_sent(state)
        rise = min(wanted, max(0, still_to_pay))
    rise = max(-fee, rise)
    if rise:
        _adjust(u, "label_fee", -rise, "reason_recoded", because)


def _recoded(state: ReturnState) -> int:
    """What reasons that were found, and are not the reason any more, have taken off the fee."""
    return sum(
        one.amount_minor
        for one in state.adjustments
        if one.key == "label_fee" and one.reason == "reason_recoded"
    )


def _forgive_fee(u: Unfolding) -> None:
    """A fee that nothing is left to be taken from is not owed: nothing is asked back for it."""
    state = u.state
    if not all(is_final(unit) for unit in state.live_units):
        return
    over = refunds_sent(state) - refund_promise(state)
    forgiven = min(over, fee_promise(state))
    if forgiven > 0:
        because = "what was paid or promised to pay is not asked back"
        _adjust(u, "label_fee", forgiven, "paid_already", because)


def charge_for_method(u: Unfolding, *, may_rise: bool) -> None:
    """The label costs what was quoted for the way it goes now; of several ways the dearest.

    Dearer only where the customer chose it, and never more than is still to be paid.
    """
    prices = {} if u.state.quote is None else {p.method: p for p in u.state.quote.methods}
    ways = [prices[p.method] for p in u.state.parcels.values() if p.method in prices]
    if not ways or u.state.quote is None:
        return
    due, fee = max(way.label_fee_minor for way in ways), fee_promise(u.state)
    left = max(0, refund_promise(u.state) - refunds_sent(u.state)) if may_rise else 0
    change = max(-fee, min(due - fee - billed_fee(u.state), left))
    if change:
        _adjust(u, "label_fee", -change, "another_method", f"sent by {u.state.method}")


def _adjust(u: Unfolding, key: str, amount_minor: int, reason: str, because: str) -> None:
    u.happened(
        QuoteAdjusted(
            occurred_at=u.now, key=key, amount_minor=amount_minor, reason=reason, because=because
        )
    )
