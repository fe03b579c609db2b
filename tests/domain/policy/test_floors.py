"""A merchant's policy gives no less than the law; each row of the table, from both sides."""

from typing import Any

import pytest

from domain.orders.order import Order, OrderLine, Shipping
from domain.policy.case import LAST_DAY
from domain.policy.floors import FLOORS, Floor
from domain.policy.policy import Policy
from domain.words import Method, Reason, Resolution
from tests.domain.orders.orders import A_DAY, A_SECOND, DELIVERED, delivery, line, order
from tests.domain.policy.policies import FAULTS, ask, fired, outcome, policy, request, wanted

HARSH = [{"rule": "window", "days": 1}]

# For each floor: a country, a reason, and a remedy that only this floor reaches at its end.
AT_ITS_END = {
    "eu_withdrawal": ("FR", Reason.CHANGED_MIND, Resolution.REFUND_ORIGINAL),
    "eu_conformity": ("PL", Reason.DEFECTIVE, Resolution.REFUND_ORIGINAL),
    "uk_cancellation": ("GB", Reason.TOO_SMALL, Resolution.REFUND_ORIGINAL),
    "uk_right_to_reject": ("GB", Reason.NOT_AS_DESCRIBED, Resolution.REFUND_ORIGINAL),
    "cn_without_reason": ("CN", Reason.STYLE, Resolution.REFUND_ORIGINAL),
    "cn_quality_refund": ("CN", Reason.DEFECTIVE, Resolution.REFUND_ORIGINAL),
    "cn_three_guarantees": ("CN", Reason.DEFECTIVE, Resolution.REPLACEMENT),
}


def sold_to(country: str, *lines: OrderLine, **changes: Any) -> Order:
    return order(*lines, ship_to=country, **changes)


def harsh(**changes: Any) -> Policy:
    """A policy that gives nothing: one day, everything charged, no shipping back."""
    fees = {
        "label": {"drop_off_label": {"EUR": 490}},
        "restocking_bp": {"*": 2_000},
    }
    return policy(windows=HARSH, fees=fees, **changes)


def test_every_row_of_the_table_is_tested_at_its_end() -> None:
    assert set(AT_ITS_END) == {floor.floor_id for floor in FLOORS}


@pytest.mark.parametrize("floor", FLOORS, ids=lambda floor: str(floor.floor_id))
def test_a_shorter_window_is_raised_to_the_floor_and_says_by_which_law(floor: Floor) -> None:
    country, reason, resolution = AT_ITS_END[floor.floor_id]
    end = DELIVERED + floor.days * A_DAY + LAST_DAY
    asked = wanted(reason=reason, resolution=resolution)

    in_time = ask(harsh(), sold_to(country), request(asked, at=end))
    assert outcome(in_time)[0] == "approve"
    told = fired(in_time, floor.floor_id)
    assert told is not None
    assert told.source == floor.source

    late = ask(harsh(), sold_to(country), request(asked, at=end + A_SECOND))
    assert outcome(late) == ("decline", "outside_window")


def test_a_longer_window_of_the_merchants_own_needs_no_law() -> None:
    evaluation = ask(policy(), sold_to("FR"), request(at=DELIVERED + 14 * A_DAY))
    assert outcome(evaluation)[0] == "approve"
    assert fired(evaluation, "eu_withdrawal") is None


@pytest.mark.parametrize("country", ["US", "JP", "KW"])
def test_where_no_floor_stands_the_policy_alone_counts(country: str) -> None:
    evaluation = ask(harsh(), sold_to(country), request(at=DELIVERED + 2 * A_DAY))
    assert outcome(evaluation) == ("decline", "outside_window")


def test_a_business_is_no_consumer() -> None:
    sold = sold_to("DE", customer_group="business")
    evaluation = ask(harsh(), sold, request(at=DELIVERED + 2 * A_DAY))
    assert outcome(evaluation) == ("decline", "outside_window")


@pytest.mark.parametrize("country", ["DE", "GB"])
def test_the_right_to_withdraw_counts_from_the_last_piece_of_the_order(country: str) -> None:
    sold = sold_to(
        country,
        line("1"),
        line("2"),
        deliveries=(delivery({"1": 1}), delivery({"2": 1}, DELIVERED + 10 * A_DAY)),
    )
    evaluation = ask(harsh(), sold, request(at=DELIVERED + 24 * A_DAY))
    assert outcome(evaluation)[0] == "approve"


def test_in_china_the_seven_days_count_from_each_delivery() -> None:
    sold = sold_to(
        "CN",
        line("1"),
        line("2"),
        deliveries=(delivery({"1": 1}), delivery({"2": 1}, DELIVERED + 10 * A_DAY)),
    )
    evaluation = ask(harsh(), sold, request(at=DELIVERED + 9 * A_DAY))
    assert outcome(evaluation)[0] == "decline"


@pytest.mark.parametrize(
    ("country", "category", "verdict"),
    [
        ("DE", "hygiene", "review"),
        ("DE", "digital", "decline"),
        ("GB", "perishable", "decline"),
        ("CN", "custom_made", "decline"),
        ("DE", "hazardous", "approve"),
        ("GB", "opened", "approve"),
        ("US", "hazardous", "decline"),
    ],
)
def test_a_merchant_excludes_only_what_the_law_excludes(
    country: str, category: str, verdict: str
) -> None:
    categories = ["hygiene", "digital", "perishable", "custom_made", "hazardous", "opened"]
    rules = policy(
        exclusions=[{"rule": "excluded", "categories": categories, "because": "It is excluded."}]
    )
    evaluation = ask(rules, sold_to(country, line(category=category)))
    assert evaluation.verdicts[0].outcome == verdict


@pytest.mark.parametrize(("country", "verdict"), [("FR", "approve"), ("US", "decline")])
def test_a_final_sale_is_final_only_where_there_is_no_right_to_withdraw(
    country: str, verdict: str
) -> None:
    rules = policy(exclusions=[{"rule": "final", "final_sale": True, "because": "It is final."}])
    evaluation = ask(rules, sold_to(country, line(final_sale=True)))
    assert evaluation.verdicts[0].outcome == verdict


def test_a_merchants_own_no_against_the_law_becomes_a_persons_question() -> None:
    rule = {
        "rule": "often",
        "outcome": "decline",
        "when": {"fact": "category", "eq": "clothing"},
        "because": "We do not like it.",
    }
    assert outcome(ask(policy(rules=[rule]), sold_to("US"))) == ("decline", "often")
    evaluation = ask(policy(rules=[rule]), sold_to("DE"))
    assert outcome(evaluation) == ("review", "often")
    raised = fired(evaluation, "eu_withdrawal")
    assert raised is not None
    assert raised.because == "often may not decline what the law allows"


@pytest.mark.parametrize(("country", "fee"), [("DE", 0), ("GB", 0), ("CN", 0), ("US", 200)])
def test_no_restocking_fee_within_the_floor(country: str, fee: int) -> None:
    evaluation = ask(harsh(), sold_to(country))
    assert evaluation.quote.units[0].restocking_fee_minor == fee
    assert evaluation.terms.restocking_fee_bp_by_unit == {"1/1": 2_000 if fee else 0}
    source = next((rule.source for rule in evaluation.fired if rule.outcome == "no_fee"), "")
    assert bool(source) == (fee == 0)


@pytest.mark.parametrize("country", ["DE", "GB", "CN"])
def test_broken_goods_travel_back_at_no_cost_to_the_customer_by_law(country: str) -> None:
    evaluation = ask(harsh(), sold_to(country), request(wanted(reason=Reason.DEFECTIVE)))
    assert evaluation.quote.label_fee_minor == 0
    free = [rule for rule in evaluation.fired if "label_fee_minor" in rule.facts]
    assert [(rule.outcome, bool(rule.source)) for rule in free] == [("no_fee", True)]


OUT = Shipping(net_minor=1_000, tax_minor=190, standard_net_minor=500)


@pytest.mark.parametrize(("country", "shipping"), [("DE", 595), ("GB", 595), ("CN", 0), ("US", 0)])
def test_the_standard_way_out_is_refunded_when_the_whole_order_is_withdrawn(
    country: str, shipping: int
) -> None:
    evaluation = ask(harsh(), sold_to(country, shipping=OUT))
    assert evaluation.quote.shipping_minor == shipping
    told = [rule.source for rule in evaluation.fired if "way out" in rule.because]
    assert len(told) == bool(shipping)


def test_the_way_out_is_not_refunded_for_a_part_of_the_order() -> None:
    sold = sold_to("DE", line("1"), line("2"), shipping=OUT)
    assert ask(harsh(), sold).quote.shipping_minor == 0


def test_after_the_right_to_withdraw_has_ended_the_way_out_is_the_policys_again() -> None:
    sold = sold_to("DE", shipping=OUT)
    evaluation = ask(policy(), sold, request(at=DELIVERED + 20 * A_DAY))
    assert outcome(evaluation)[0] == "approve"
    assert evaluation.quote.shipping_minor == 0


def test_a_merchant_who_refunds_the_whole_way_out_may() -> None:
    rules = policy(shipping_refund=dict.fromkeys(FAULTS, "all_if_whole_order"))
    assert ask(rules, sold_to("DE", shipping=OUT)).quote.shipping_minor == 1_190


def test_an_exchange_is_no_withdrawal_and_refunds_no_way_out() -> None:
    asked = wanted(resolution=Resolution.REPLACEMENT)
    assert ask(harsh(), sold_to("DE", shipping=OUT), request(asked)).quote.shipping_minor == 0


@pytest.mark.parametrize(("country", "days"), [("DE", 14), ("GB", 14), ("CN", 5), ("US", 5)])
def test_the_consumer_has_as_long_to_send_the_goods_as_the_law_gives(
    country: str, days: int
) -> None:
    base = policy().deadlines.model_dump()
    rules = policy(deadlines={**base, "ship_by_days": 5})
    evaluation = ask(rules, sold_to(country), request(method=Method.DROP_OFF_LABEL))
    assert evaluation.terms.ship_by_days == days
    assert any("to send the goods" in rule.because for rule in evaluation.fired) == (days > 5)


def test_every_floor_names_its_source() -> None:
    assert all(floor.source for floor in FLOORS)


@pytest.mark.parametrize(("country", "days"), [("FR", 14), ("GB", 14), ("CN", 7), ("US", 60)])
def test_the_dock_has_no_longer_to_look_than_the_law_gives_for_the_money(
    country: str, days: int
) -> None:
    """Source: Directive 2011/83/EU art. 13; SI 2013/3134 reg. 34; PRC law of 2013 art. 25."""
    slow = policy(deadlines={**policy().deadlines.model_dump(), "inspection_days": 60})
    terms = ask(slow, sold_to(country), request(at=DELIVERED + A_DAY)).terms
    assert terms.inspection_days == days
