"""What an inspection takes from a unit's refund."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.orders.order import Order
from domain.policy.deductions import Deductions, deductions
from domain.words import Grade, Reason, Resolution
from tests.domain.orders.orders import line, order, orders
from tests.domain.policy.policies import ask, policy, request, wanted

FEES = {"label": {}, "restocking_bp": {"*": 1_000}}


@pytest.mark.parametrize(
    ("grade", "refund"),
    [
        (None, 1_190),
        (Grade.NEW_SEALED, 1_190),
        (Grade.LIKE_NEW, 1_190),
        (Grade.MINOR_WEAR, 1_071),
        (Grade.USED, 833),
        (Grade.DAMAGED, 476),
        (Grade.UNSALVAGEABLE, 0),
    ],
)
def test_the_grade_decides_the_share_that_goes_back(grade: Grade | None, refund: int) -> None:
    evaluation = ask(policy(), order())
    found = deductions(
        evaluation.quote.units[0], evaluation.terms, reason=Reason.CHANGED_MIND, grade=grade
    )
    assert found == Deductions(1_190, 1_190 - refund, 0, refund)


@pytest.mark.parametrize("reason", [Reason.DEFECTIVE, Reason.DAMAGED_IN_TRANSIT])
def test_nothing_is_deducted_for_what_others_did_wrong(reason: Reason) -> None:
    evaluation = ask(policy(fees=FEES), order(ship_to="US"))
    unit = evaluation.quote.units[0]
    found = deductions(unit, evaluation.terms, reason=reason, grade=Grade.DAMAGED)
    assert found == Deductions(1_190, 0, 0, 1_190)


def test_a_reason_found_to_be_the_customers_brings_the_fee_and_the_share() -> None:
    asked = request(wanted(reason=Reason.DEFECTIVE))
    evaluation = ask(policy(fees=FEES), order(ship_to="US"), asked)
    unit = evaluation.quote.units[0]
    assert unit.refund_minor == 1_190
    found = deductions(unit, evaluation.terms, reason=Reason.CHANGED_MIND, grade=Grade.USED)
    assert found == Deductions(1_190, 357, 100, 733)


def test_share_and_fee_together_never_take_more_than_there_is() -> None:
    evaluation = ask(policy(fees=FEES), order(ship_to="US"))
    unit = evaluation.quote.units[0]
    found = deductions(
        unit, evaluation.terms, reason=Reason.CHANGED_MIND, grade=Grade.UNSALVAGEABLE
    )
    assert found.refund_minor == 0


def test_goods_for_goods_pay_no_restocking() -> None:
    asked = request(wanted(resolution=Resolution.REPLACEMENT))
    evaluation = ask(policy(fees=FEES), order(ship_to="US"), asked)
    unit = evaluation.quote.units[0]
    assert deductions(unit, evaluation.terms, reason=Reason.TOO_SMALL).restocking_minor == 0


@given(orders())
def test_without_an_inspection_a_unit_brings_what_was_quoted(sold: Order) -> None:
    evaluation = ask(policy(fees=FEES), sold.model_copy(update={"ship_to": "US"}))
    unit = evaluation.quote.units[0]
    found = deductions(unit, evaluation.terms, reason=unit.reason)
    assert found.refund_minor == unit.refund_minor


@given(st.integers(0, 9_999), st.sampled_from(Grade))
def test_the_customer_gets_the_cent_that_does_not_divide(price: int, grade: Grade) -> None:
    evaluation = ask(policy(), order(line(unit_price_minor=price, tax_minor=0)))
    unit, share = evaluation.quote.units[0], evaluation.terms.grade_share_bp[grade]
    found = deductions(unit, evaluation.terms, reason=Reason.STYLE, grade=grade)
    assert 0 <= found.refund_minor * 10_000 - price * share < 10_000
