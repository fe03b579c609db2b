"""Goods that are not worth their way back are refunded and stay where they are."""

from typing import Any

import pytest

from domain.returns.asking.request import RequestedLine
from domain.words import Method, Reason, Resolution
from tests.domain.orders.orders import line, order
from tests.domain.policy.policies import ask, fired, outcome, policy, request, wanted

KEEP = policy(
    keep_item=[
        {"rule": "keep_broken", "faults": ["merchant", "carrier"], "at_most": {"EUR": 1_500}},
        {"rule": "keep_cheap", "faults": ["customer"], "at_most": {"EUR": 500}},
    ]
)


def broken(line_id: str = "1", **changes: Any) -> RequestedLine:
    return wanted(line_id, **{"reason": Reason.DEFECTIVE, **changes})


@pytest.mark.parametrize(("price", "kept"), [(1_500, True), (1_501, False)])
def test_up_to_the_threshold_broken_goods_stay_with_the_customer(price: int, kept: bool) -> None:  # noqa: FBT001 - a parameter of the test
    sold = order(line(unit_price_minor=price, tax_minor=0))
    evaluation = ask(KEEP, sold, request(broken()))
    assert evaluation.keep_item is kept
    assert evaluation.verdicts[0].outcome == "approve"
    assert evaluation.quote.total_minor == price
    assert (evaluation.quote.method is Method.KEEP_ITEM) is kept
    told = fired(evaluation, "keep_broken")
    assert (told is not None) is kept


def test_the_threshold_is_for_the_whole_return_and_not_for_each_unit() -> None:
    sold = order(line("1"), line("2"))
    assert not ask(KEEP, sold, request(broken("1"), broken("2"))).keep_item


def test_a_reason_of_the_customers_own_has_a_threshold_of_its_own() -> None:
    assert not ask(KEEP, order()).keep_item
    cheap = order(line(unit_price_minor=420, tax_minor=80))
    evaluation = ask(KEEP, cheap)
    assert evaluation.keep_item
    assert evaluation.quote.label_fee_minor == 0


def test_one_unit_without_a_rule_and_nothing_is_kept() -> None:
    sold = order(line("1", unit_price_minor=100), line("2", unit_price_minor=100))
    other = wanted("2", reason=Reason.OTHER, note="it hums")
    assert not ask(KEEP, sold, request(broken("1"), other)).keep_item


def test_goods_that_are_to_be_repaired_have_to_come_back() -> None:
    asked = request(broken(resolution=Resolution.REPAIR))
    assert not ask(KEEP, order(), asked).keep_item


def test_a_category_may_be_kept_out_of_it() -> None:
    rule = {"rule": "keep", "faults": ["merchant"], "at_most": {"EUR": 9_999}}
    rules = policy(keep_item=[{**rule, "not_categories": ["clothing"]}])
    assert not ask(rules, order(), request(broken())).keep_item


@pytest.mark.parametrize(
    "asked",
    [
        request(wanted(resolution=Resolution.KEEP_ITEM)),
        request(method=Method.KEEP_ITEM),
    ],
    ids=["as resolution", "as method"],
)
def test_a_wish_to_keep_what_no_rule_grants_is_a_persons_to_grant(asked: Any) -> None:
    evaluation = ask(KEEP, order(), asked)
    assert outcome(evaluation) == ("review", "keep_item_needs_approval")
    assert evaluation.keep_item
    assert evaluation.quote.total_minor == 1_190


def test_a_wish_to_keep_what_a_rule_grants_is_granted() -> None:
    asked = request(broken(resolution=Resolution.KEEP_ITEM))
    evaluation = ask(KEEP, order(), asked)
    assert outcome(evaluation)[0] == "approve"
    assert evaluation.keep_item


def test_a_return_that_is_declined_is_not_kept_and_paid() -> None:
    no = {"rule": "no", "outcome": "decline", "when": {"fact": "sku", "eq": "SKU-1"}}
    rules = policy(rules=[{**no, "because": "No."}])
    asked = request(wanted(resolution=Resolution.KEEP_ITEM))
    evaluation = ask(rules, order(ship_to="US"), asked)
    assert outcome(evaluation) == ("decline", "no")
    assert not evaluation.keep_item
    assert evaluation.quote.total_minor == 0
