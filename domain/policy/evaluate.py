"""A policy's answer to a request: pure, once, with every rule that spoke."""

from domain.orders.ledger import Ledger
from domain.orders.values import total_difference
from domain.policy.case import Case
from domain.policy.choices import with_choices
from domain.policy.judge import Judgement, judge
from domain.policy.outlook import NOTHING_KNOWN, Outlook
from domain.policy.policy import KeepItem, Policy
from domain.policy.price import price
from domain.policy.quote import Evaluation, Quote, RuleFired, UnitVerdict
from domain.policy.terms import hub_for, longer_hand_over, terms_of
from domain.policy.units import MONEY, RequestedUnit
from domain.returns.asking.request import ReturnRequest
from domain.words import Method, Resolution


def evaluate(
    policy: Policy,
    ledger: Ledger,
    request: ReturnRequest,
    units: tuple[RequestedUnit, ...],
    outlook: Outlook = NOTHING_KNOWN,
) -> Evaluation:
    """Judge and price a request on the policy version in force when the order was placed.

    Args:
        policy: That version; see `domain.policy.policy.in_force`.
        ledger: The order with what was claimed and paid before. Whether it holds the claims of
            this very request already makes no difference.
        request: What is asked; `requested_at` is the time at which everything is judged.
        units: The units asked for, by name; see `domain.policy.units.units_of`.
        outlook: What is known of carriers, and of where the customer is.

    Returns:
        A verdict per unit, the rules that fired with the facts they saw, the terms that bind
        the return from now on, and the quote for all units that were not declined.
    """
    case = Case.of(policy, ledger, request, units, outlook)
    judged = tuple(judge(case, unit) for unit in units)
    case = case.routed_for(tuple(one.unit for one in _going(judged)))
    keep_rules = _kept(case, _going(judged))
    keep_item = _asks_to_keep(case, judged) or bool(keep_rules)
    fired = [rule for one in judged for rule in one.fired]
    for escalation in (_total_differs(case), _keeping_unapproved(case, judged, keep_rules)):
        if escalation is not None:
            judged = tuple(_reviewed(one, escalation) for one in judged)
            fired.append(escalation)
    priced = price(case, _going(judged), keep_item=keep_item)
    hub = hub_for(case, judged).fired
    fired += [
        *([hub] if hub is not None else []),
        *keep_rules,
        *longer_hand_over(case, judged),
        *priced.fired,
    ]
    return Evaluation(
        verdicts=tuple(one.verdict for one in judged),
        fired=_told_once(fired),
        terms=terms_of(case, judged),
        quote=with_choices(
            case, _going(judged), priced.quote, keep_item=keep_item or bool(keep_rules)
        ),
        keep_item=keep_item and bool(priced.quote.units),
    )


def price_anyway(
    policy: Policy,
    ledger: Ledger,
    request: ReturnRequest,
    units: tuple[RequestedUnit, ...],
    outlook: Outlook = NOTHING_KNOWN,
) -> Quote:
    """Price units that a person lets in, whatever the policy's verdict on them was."""
    case = Case.of(policy, ledger, request, units, outlook).routed_for(units)
    judged = tuple(judge(case, unit) for unit in units)
    keep_item = request.method is Method.KEEP_ITEM
    quote = price(case, judged, keep_item=keep_item).quote
    return with_choices(case, judged, quote, keep_item=keep_item)


def _going(judged: tuple[Judgement, ...]) -> tuple[Judgement, ...]:
    return tuple(one for one in judged if one.verdict.outcome != "decline")


def _total_differs(case: Case) -> RuleFired | None:
    """Ask a person where the order's total is not explained by its parts."""
    difference = total_difference(case.order)
    if difference.amount_minor <= case.policy.tolerance.get(case.order.currency, 0):
        return None
    return RuleFired(
        rule="order_total_differs",
        outcome="review",
        because="what was captured is not what the order's parts add up to",
        facts={"difference": difference.name, "amount_minor": difference.amount_minor},
    )


def _asks_to_keep(case: Case, judged: tuple[Judgement, ...]) -> bool:
    """Whether the customer asks to keep everything and be paid."""
    if case.request.method is Method.KEEP_ITEM:
        return True
    return all(one.unit.resolution is Resolution.KEEP_ITEM for one in _going(judged))


def _kept(case: Case, going: tuple[Judgement, ...]) -> tuple[RuleFired, ...]:
    """Name the rules under which all of it may be kept; none unless every unit has one."""
    worth = sum(case.value(one.unit).total_minor for one in going)
    rules = [_keep_rule(case, one, worth) for one in going]
    return tuple(
        RuleFired(
            rule=rule.rule,
            outcome="offer",
            because="the goods are not worth their way back",
            units=(one.unit.unit,),
            facts={
                "return_value_minor": worth,
                "at_most_minor": rule.at_most[case.order.currency],
                "fault": one.unit.reason.fault.value,
            },
        )
        for one, rule in zip(going, rules, strict=True)
        if rule is not None and None not in rules
    )


def _keep_rule(case: Case, one: Judgement, worth_minor: int) -> KeepItem | None:
    if one.unit.resolution not in MONEY:
        return None
    category = case.line(one.unit).category
    return next(
        (
            rule
            for rule in case.policy.keep_item
            if one.unit.reason.fault in rule.faults
            and category not in rule.not_categories
            and worth_minor <= rule.at_most.get(case.order.currency, -1)
        ),
        None,
    )


def _keeping_unapproved(
    case: Case, judged: tuple[Judgement, ...], keep_rules: tuple[RuleFired, ...]
) -> RuleFired | None:
    """A wish to keep the goods that no rule grants is a person's to grant."""
    wished = case.request.method is Method.KEEP_ITEM or any(
        one.unit.resolution is Resolution.KEEP_ITEM for one in _going(judged)
    )
    if not wished or keep_rules:
        return None
    return RuleFired(
        rule="keep_item_needs_approval",
        outcome="review",
        because="the customer asks to keep the goods, and no rule says they may",
    )


def _reviewed(one: Judgement, escalation: RuleFired) -> Judgement:
    """Put what would be approved before a person; what is declined stays declined."""
    if one.verdict.outcome != "approve":
        return one
    verdict = UnitVerdict(
        unit=one.unit.unit,
        outcome="review",
        code=escalation.rule,
        because=escalation.because,
    )
    return Judgement(one.unit, verdict, one.fired, one.floors)


def _told_once(fired: list[RuleFired]) -> tuple[RuleFired, ...]:
    """Tell a rule that spoke alike of several units once, with all of them."""
    told: list[RuleFired] = []
    for rule in fired:
        for index, known in enumerate(told):
            if known.model_copy(update={"units": rule.units}) == rule:
                units = tuple(dict.fromkeys((*known.units, *rule.units)))
                told[index] = known.model_copy(update={"units": units})
                break
        else:
            told.append(rule)
    return tuple(told)
