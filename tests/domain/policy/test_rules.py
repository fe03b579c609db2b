"""Rules as data: conditions over named facts, the first that holds counts."""

from typing import Any

import pytest

from domain.policy.conditions import Condition, facts_named, holds
from domain.words import Reason
from tests.domain.orders.orders import line, order
from tests.domain.policy.policies import ask, fired, outcome, policy, request, wanted

FACTS: dict[str, str | int | bool] = {
    "reason": "defective",
    "currency": "EUR",
    "final_sale": False,
    "units_in_return": 3,
    "return_value_minor": 5_000,
}


def condition(**question: Any) -> Condition:
    return Condition.model_validate(question, strict=False)


@pytest.mark.parametrize(
    ("question", "truth"),
    [
        ({"fact": "reason", "eq": "defective"}, True),
        ({"fact": "reason", "eq": "style"}, False),
        ({"fact": "reason", "in": ["style", "defective"]}, True),
        ({"fact": "reason", "in": ["style"]}, False),
        ({"fact": "final_sale", "eq": False}, True),
        ({"fact": "final_sale", "eq": True}, False),
        ({"fact": "units_in_return", "gte": 3}, True),
        ({"fact": "units_in_return", "gte": 4}, False),
        ({"fact": "units_in_return", "lte": 3}, True),
        ({"fact": "units_in_return", "lte": 2}, False),
        ({"fact": "return_value_minor", "gte": {"EUR": 5_000}}, True),
        ({"fact": "return_value_minor", "gte": {"EUR": 5_001}}, False),
        ({"fact": "return_value_minor", "lte": {"EUR": 5_000}}, True),
        ({"fact": "return_value_minor", "lte": {"EUR": 4_999}}, False),
        ({"fact": "return_value_minor", "gte": {"JPY": 1}}, False),
        (
            {"all": [{"fact": "reason", "eq": "defective"}, {"fact": "final_sale", "eq": True}]},
            False,
        ),
        (
            {"any": [{"fact": "reason", "eq": "defective"}, {"fact": "final_sale", "eq": True}]},
            True,
        ),
        ({"any": [{"all": [{"fact": "final_sale", "eq": True}]}]}, False),
    ],
    ids=str,
)
def test_a_condition_is_true_of_the_facts_or_not(question: dict[str, Any], truth: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert holds(condition(**question), FACTS) is truth


def test_a_rule_shows_the_facts_it_looked_at_and_no_others() -> None:
    asked = condition(
        any=[{"fact": "reason", "eq": "style"}, {"all": [{"fact": "units_in_return", "gte": 9}]}]
    )
    assert facts_named(asked, FACTS) == {"reason": "defective", "units_in_return": 3}


def rule(name: str, result: str, **when: Any) -> dict[str, Any]:
    return {"rule": name, "outcome": result, "when": when, "because": f"Because of {name}."}


def test_the_first_rule_that_holds_counts() -> None:
    rules = policy(
        rules=[
            rule("never", "decline", fact="category", eq="toys"),
            rule("known", "approve", fact="customer_group", eq="vip"),
            rule("dear", "review", fact="return_value_minor", gte={"EUR": 1_000}),
        ]
    )
    assert outcome(ask(rules, order(customer_group="vip"))) == ("approve", "known")
    assert outcome(ask(rules, order())) == ("review", "dear")


def test_what_no_rule_speaks_of_goes_as_the_policy_says_otherwise() -> None:
    assert outcome(ask(policy(otherwise="review"), order())) == ("review", "otherwise")


def test_a_rule_that_speaks_of_several_units_is_told_once_with_all_of_them() -> None:
    rules = policy(rules=[rule("dear", "review", fact="return_value_minor", gte={"EUR": 1})])
    evaluation = ask(rules, order(line("1", quantity=3)), request(wanted(quantity=3)))
    told = [known for known in evaluation.fired if known.rule == "dear"]
    assert [known.units for known in told] == [("1/1", "1/2", "1/3")]
    assert told[0].facts == {"return_value_minor": 3_190}


@pytest.mark.parametrize(("fault", "declined"), [("changed_mind", True), ("defective", False)])
def test_an_exclusion_speaks_of_the_customers_own_reasons_only(fault: str, declined: bool) -> None:  # noqa: FBT001 - a parameter of the test
    excluded = {"rule": "final", "final_sale": True, "because": "It was sold as final."}
    sold = order(line(final_sale=True), ship_to="US")
    evaluation = ask(policy(exclusions=[excluded]), sold, request(wanted(reason=Reason(fault))))
    assert (outcome(evaluation) == ("decline", "final_sale")) is declined
    assert (fired(evaluation, "final") is not None) is declined
