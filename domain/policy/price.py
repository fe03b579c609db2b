"""What returning brings and costs, before the customer commits."""

from dataclasses import dataclass

from domain.money import percentage, percentage_up
from domain.orders.events import SHIPPING, FundsPart, unit_key
from domain.orders.tenders import deduct, spread
from domain.orders.values import shipping_value, standard_shipping_value
from domain.policy.case import Case
from domain.policy.exchange import exchange_quote
from domain.policy.judge import Judgement
from domain.policy.quote import Quote, RuleFired, TenderShare, UnitQuote
from domain.policy.resolving import STAYS
from domain.policy.routing import choice_fired
from domain.policy.terms import (
    label_fee,
    listed_restocking_bp,
    partial_share_bp,
    restocking_bp,
)
from domain.policy.units import MONEY
from domain.policy.ways import not_offered
from domain.words import Fault, Method, Resolution

WHOLE = 10_000
"""All of it, in basis points."""

_WHOLLY = MONEY - {Resolution.PARTIAL_REFUND}


@dataclass(frozen=True, slots=True)
class Priced:
    """A quote and the rules that made it what it is."""

    quote: Quote
    fired: tuple[RuleFired, ...]


def price(case: Case, going: tuple[Judgement, ...], *, keep_item: bool) -> Priced:
    """Price the units that may come back; what was declined is left out."""
    units = tuple(_unit_quote(case, judged) for judged in going)
    shipping, shipping_fired = _shipping(case, going)
    method, method_fired = _method(case, keep_item=keep_item)
    back = tuple(one for one in going if one.unit.resolution not in STAYS)
    fee, fee_fired = _label_fee(case, back, method)
    gross = sum(unit.cash_minor for unit in units) + shipping
    dearer = sum(unit.owed_minor for unit in units)
    billed_fee = max(0, fee - gross) if dearer else 0  # never a bill for the label alone
    draft = Quote(
        currency=case.order.currency,
        method=method,
        units=units,
        shipping_minor=shipping,
        label_fee_minor=min(fee, gross),  # a fee alone never makes the customer pay on top
        total_minor=max(0, gross - fee),
        billed_fee_minor=billed_fee,
        to_pay_minor=dearer + billed_fee,
        tenders=(),
    )
    quote, short_fired = _with_tenders(case, draft)
    fees = (*_restocking_fired(case, going), *fee_fired)
    return Priced(quote, (*method_fired, *fees, *shipping_fired, *short_fired))


def unit_value(quoted: UnitQuote) -> int:
    """What a unit could bring back at most: all that was captured for it, less what went back."""
    captured = quoted.net_minor + quoted.tax_minor + quoted.duty_minor + quoted.import_tax_minor
    return captured - quoted.already_refunded_minor


def payable_parts(quote: Quote) -> tuple[FundsPart, ...]:
    """What is to be paid for each unit and the shipping, the label fee taken off in proportion.

    Units answered in goods are in it with what a cheaper article leaves of their value. The
    parts add up to the quote's total.
    """
    parts = [
        FundsPart(key=unit_key(unit.line_id, unit.ordinal), amount_minor=unit.cash_minor)
        for unit in quote.units
        if unit.cash_minor
    ]
    parts.append(FundsPart(key=SHIPPING, amount_minor=quote.shipping_minor))
    return tuple(part for part in deduct(parts, quote.label_fee_minor) if part.amount_minor)


def tender_parts(quote: Quote) -> tuple[FundsPart, ...]:
    """The part of it that goes back to tenders: all but what is given as store credit.

    The shipping follows the units: it is store credit where every unit is.
    """
    to_credit = {
        unit_key(unit.line_id, unit.ordinal)
        for unit in quote.units
        if unit.resolution is Resolution.STORE_CREDIT
    }
    parts = payable_parts(quote)
    rest = tuple(part for part in parts if part.key not in to_credit)
    only_shipping = all(part.key == SHIPPING for part in rest)
    return () if to_credit and only_shipping else rest


def _unit_quote(case: Case, judged: Judgement) -> UnitQuote:
    unit, value = judged.unit, case.value(judged.unit)
    total = value.total_minor
    left = case.left.parts[unit_key(unit.line_id, unit.ordinal)]
    partly = unit.resolution is Resolution.PARTIAL_REFUND
    share = partial_share_bp(case, judged) if partly else WHOLE
    pays = unit.reason.fault is Fault.CUSTOMER and unit.resolution in MONEY and not partly
    fee = percentage(value.net_minor, restocking_bp(case, judged)) if pays else 0
    return UnitQuote(
        unit=unit.unit,
        line_id=unit.line_id,
        ordinal=unit.ordinal,
        reason=unit.reason,
        resolution=unit.resolution,
        listed_minor=value.listed_minor,
        discount_minor=value.discount_minor,
        net_minor=value.net_minor,
        tax_minor=value.tax_minor,
        duty_minor=value.duty_minor,
        import_tax_minor=value.import_tax_minor,
        restocking_fee_minor=fee,
        already_refunded_minor=total - left,
        share_bp=share,
        refund_minor=max(0, percentage_up(left, share) - fee),
        exchange=exchange_quote(case, unit, left),
    )


def _restocking_fired(case: Case, going: tuple[Judgement, ...]) -> tuple[RuleFired, ...]:
    """Say of each unit that restocking could cost something whether it does, and why not."""
    fired = []
    for judged in going:
        listed = listed_restocking_bp(case, judged)
        if not listed or judged.unit.reason.fault is not Fault.CUSTOMER:
            continue
        free = next((floor for floor in judged.floors if floor.free_of_deduction), None)
        fired.append(
            RuleFired(
                rule=free.floor_id if free else "restocking_fee",
                outcome="no_fee" if free else "fee",
                because="the law forbids a restocking fee" if free else "the customer's own reason",
                units=(judged.unit.unit,),
                facts={"restocking_fee_bp": listed},
                source=free.source if free else "",
            )
        )
    return tuple(fired)


def customer_pays(case: Case, going: tuple[Judgement, ...]) -> bool:
    """Only where every unit comes back for a reason that the policy charges for."""
    payers = case.policy.way_back_paid_by
    return bool(going) and all(
        payers[judged.unit.reason.fault] == "customer"
        and not any(floor.free_way_back for floor in judged.floors)
        for judged in going
    )


def _label_fee(
    case: Case, going: tuple[Judgement, ...], method: Method
) -> tuple[int, tuple[RuleFired, ...]]:
    fee = label_fee(case.policy, method, case.order.currency)
    units = tuple(judged.unit.unit for judged in going)
    if not fee or not going:
        return 0, ()
    facts: dict[str, str | int | bool] = {"method": method.value, "label_fee_minor": fee}
    if customer_pays(case, going):
        because = "every unit comes back for a reason of the customer's own"
        return fee, (
            RuleFired(rule="label_fee", outcome="fee", because=because, units=units, facts=facts),
        )
    free = next((floor for judged in going for floor in judged.floors if floor.free_way_back), None)
    fired = RuleFired(
        rule=free.floor_id if free else "label_fee",
        outcome="no_fee",
        because="the way back is not the customer's to pay",
        units=units,
        facts=facts,
        source=free.source if free else "",
    )
    return 0, (fired,)


def _shipping(case: Case, going: tuple[Judgement, ...]) -> tuple[int, tuple[RuleFired, ...]]:
    """What of the outbound shipping goes back: only with the whole order, and only once."""
    whole, standard = shipping_value(case.order), standard_shipping_value(case.order)
    if not whole or not _whole_order(case, going):
        return 0, ()
    amounts = {"none": 0, "standard_if_whole_order": standard, "all_if_whole_order": whole}
    by_policy = max(
        amounts[case.policy.shipping_refund[judged.unit.reason.fault]] for judged in going
    )
    left = case.left.shipping_minor
    floors = [judged.floors for judged in going]
    law = next((floor for floor in floors[0] if floor.refunds_shipping), None)
    if law is not None and by_policy < standard and all(law in known for known in floors):
        because = "the whole order is withdrawn: the standard way out is refunded"
        return min(standard, left), (_shipping_fired(law.floor_id, because, going, law.source),)
    if not by_policy:
        return 0, ()
    because = "the whole order comes back"
    return min(by_policy, left), (_shipping_fired("shipping_refund", because, going, ""),)


def _shipping_fired(
    rule: str, because: str, going: tuple[Judgement, ...], source: str
) -> RuleFired:
    units = tuple(judged.unit.unit for judged in going)
    return RuleFired(rule=rule, outcome="note", because=because, units=units, source=source)


def _whole_order(case: Case, going: tuple[Judgement, ...]) -> bool:
    """Whether with this return everything is back, and all of this return in money."""
    back = {(judged.unit.line_id, judged.unit.ordinal) for judged in going}
    in_money = all(judged.unit.resolution in _WHOLLY for judged in going)
    return bool(going) and in_money and back | case.earlier_units >= set(case.values)


def _method(case: Case, *, keep_item: bool) -> tuple[Method, tuple[RuleFired, ...]]:
    wanted = case.request.method
    if keep_item:
        return Method.KEEP_ITEM, ()
    currency = case.policy.routing.currency
    no = not_offered(case, wanted, keep_item=False)
    if no is None:
        return wanted, choice_fired(case.routes, wanted, currency)
    instead = case.policy.fallback_method
    fired = RuleFired(
        rule="method_not_offered",
        outcome="offer",
        because=f"{wanted} is not offered here: {no.because}; {instead} is offered instead",
        facts={"method": wanted.value, "country": case.order.ship_to, "code": no.code},
    )
    return instead, (fired, *choice_fired(case.routes, instead, currency))


def _with_tenders(case: Case, draft: Quote) -> tuple[Quote, tuple[RuleFired, ...]]:
    plan = spread(case.ledger, tender_parts(draft), case.policy.tender_order)
    shares = tuple(
        TenderShare(tender_id=placed.tender_id, amount_minor=placed.amount_minor)
        for placed in plan.placements
    )
    quote = draft.model_copy(update={"tenders": shares})
    if not plan.shortfall:
        return quote, ()
    fired = RuleFired(
        rule="tenders_short",
        outcome="note",
        because="the tenders have less left than is to be paid; the rest will be held",
        facts={"shortfall_minor": plan.shortfall_minor},
    )
    return quote, (fired,)
