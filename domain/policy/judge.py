"""May a unit come back? The window, the exclusions and the rules, above the law's floors."""

from dataclasses import dataclass
from datetime import timedelta

from domain.policy.case import Case
from domain.policy.conditions import facts_named, holds
from domain.policy.floors import Floor
from domain.policy.policy import Exclusion, Window
from domain.policy.quote import RuleFired, UnitVerdict
from domain.policy.units import RequestedUnit


@dataclass(frozen=True, slots=True)
class Answer:
    """What one question about a unit led to; without a verdict the next question is asked."""

    verdict: UnitVerdict | None
    fired: tuple[RuleFired, ...] = ()


GO_ON = Answer(None)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A unit's verdict, the rules that led to it, and the rights the customer has for it."""

    unit: RequestedUnit
    verdict: UnitVerdict
    fired: tuple[RuleFired, ...]
    floors: tuple[Floor, ...]


def judge(case: Case, unit: RequestedUnit) -> Judgement:
    """Ask the questions in turn: currency, window, exclusions, the merchant's own rules."""
    floors = case.floors_in_force(unit)
    fired: list[RuleFired] = []
    for question in (_currency, _window, _exclusions, _rules):
        answer = question(case, unit, floors)
        fired += answer.fired
        if answer.verdict is not None:
            return Judgement(unit, answer.verdict, tuple(fired), floors)
    because = "no rule asks for more" if case.policy.otherwise == "approve" else "no rule allows it"
    verdict = UnitVerdict(
        unit=unit.unit, outcome=case.policy.otherwise, code="otherwise", because=because
    )
    fired.append(
        RuleFired(
            rule="otherwise", outcome=case.policy.otherwise, because=because, units=(unit.unit,)
        )
    )
    return Judgement(unit, verdict, tuple(fired), floors)


def window_for(case: Case, unit: RequestedUnit) -> Window:
    """Pick the window that names most of what the unit is; of equals the first."""
    order, category = case.order, case.line(unit).category
    fitting = [
        window
        for window in case.policy.windows
        if (not window.reasons or unit.reason in window.reasons)
        and (not window.faults or unit.reason.fault in window.faults)
        and (not window.categories or category in window.categories)
        and (not window.countries or order.ship_to in window.countries)
        and (not window.groups or order.customer_group in window.groups)
    ]
    return max(fitting, key=lambda window: window.named)  # max keeps the first of equals


def _currency(case: Case, unit: RequestedUnit, _floors: tuple[Floor, ...]) -> Answer:
    if case.order.currency in case.policy.currencies:
        return GO_ON
    return _person(
        unit,
        "currency_not_covered",
        f"the policy has no amounts in {case.order.currency}",
        {"currency": case.order.currency},
    )


def _window(case: Case, unit: RequestedUnit, floors: tuple[Floor, ...]) -> Answer:
    """Count whole days of 24 hours from the instant of delivery; the last instant is within."""
    window = window_for(case, unit)
    start = case.starts_at(unit)
    facts = {"days": window.days, **_only(case, unit, "days_since_delivery", "reason", "country")}
    if start is None:
        because = "not delivered yet: the window has not started"
        return _noted(unit, window.rule, because, facts)
    if case.request.requested_at <= start + timedelta(days=window.days):
        return _noted(unit, window.rule, f"within {window.days} days of delivery", facts)
    if floors:
        longest = max(floors, key=lambda floor: floor.days)
        because = f"the law gives {longest.days} days where the policy gives {window.days}"
        return _raised(unit, longest, because, facts)
    if not case.order.deliveries and case.floors_covering(unit):
        because = "a right of the consumer depends on a delivery that nobody has told"
        return _person(unit, "delivery_unknown", because, facts)
    because = f"later than {window.days} days after delivery"
    return _declined(unit, window.rule, "outside_window", because, facts)


def _exclusions(case: Case, unit: RequestedUnit, floors: tuple[Floor, ...]) -> Answer:
    """A merchant may exclude goods only where the law gives no right to return them."""
    exclusion = next(
        (known for known in case.policy.exclusions if _speaks(known, case, unit)), None
    )
    if exclusion is None:
        return GO_ON
    facts = _only(case, unit, "category", "final_sale", "fault", "country")
    if floors:
        because = f"{exclusion.rule} is set aside: the law gives a right to return"
        raised = _raised(unit, floors[0], because, facts)
        if not all(case.line(unit).category in floor.only_sealed for floor in floors):
            return raised
        sealed = "the law lets it come back if its seal is unbroken: ask before it is sent"
        asked = _person(unit, "only_sealed", sealed, facts)
        return Answer(asked.verdict, (*raised.fired, *asked.fired))
    code = "final_sale" if exclusion.final_sale else "excluded_category"
    return _declined(unit, exclusion.rule, code, exclusion.because, facts)


def _speaks(exclusion: Exclusion, case: Case, unit: RequestedUnit) -> bool:
    line = case.line(unit)
    sold_so = line.final_sale if exclusion.final_sale else line.category in exclusion.categories
    return sold_so and unit.reason.fault in exclusion.faults


def _rules(case: Case, unit: RequestedUnit, floors: tuple[Floor, ...]) -> Answer:
    """The first rule that holds counts. Against the law a merchant's no becomes a question."""
    facts = case.facts(unit)
    rule = next((known for known in case.policy.rules if holds(known.when, facts)), None)
    if rule is None:
        return GO_ON
    seen = facts_named(rule.when, facts)
    if rule.outcome == "decline" and floors:
        raised = _raised(unit, floors[0], f"{rule.rule} may not decline what the law allows", seen)
        asked = _person(unit, rule.rule, rule.because, seen)
        return Answer(asked.verdict, (*raised.fired, *asked.fired))
    fired = RuleFired(
        rule=rule.rule, outcome=rule.outcome, because=rule.because, units=(unit.unit,), facts=seen
    )
    verdict = UnitVerdict(
        unit=unit.unit, outcome=rule.outcome, code=rule.rule, because=rule.because
    )
    return Answer(verdict, (fired,))


def _only(case: Case, unit: RequestedUnit, *names: str) -> dict[str, str | int | bool]:
    facts = case.facts(unit)
    return {name: facts[name] for name in names}


_Seen = dict[str, str | int | bool]


def _noted(unit: RequestedUnit, rule: str, because: str, facts: _Seen) -> Answer:
    fired = RuleFired(rule=rule, outcome="note", because=because, units=(unit.unit,), facts=facts)
    return Answer(None, (fired,))


def _raised(unit: RequestedUnit, floor: Floor, because: str, facts: _Seen) -> Answer:
    fired = RuleFired(
        rule=floor.floor_id,
        outcome="approve",
        because=because,
        units=(unit.unit,),
        facts=facts,
        source=floor.source,
    )
    return Answer(None, (fired,))


def _declined(unit: RequestedUnit, rule: str, code: str, because: str, facts: _Seen) -> Answer:
    fired = RuleFired(
        rule=rule, outcome="decline", because=because, units=(unit.unit,), facts=facts
    )
    verdict = UnitVerdict(unit=unit.unit, outcome="decline", code=code, because=because)
    return Answer(verdict, (fired,))


def _person(unit: RequestedUnit, code: str, because: str, facts: _Seen) -> Answer:
    fired = RuleFired(rule=code, outcome="review", because=because, units=(unit.unit,), facts=facts)
    verdict = UnitVerdict(unit=unit.unit, outcome="review", code=code, because=because)
    return Answer(verdict, (fired,))
