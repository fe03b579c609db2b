"""The shipped policy says what its merchant means, in every country and currency."""

from datetime import timedelta
from typing import Any

import pytest

from adapters.policies import Policies
from domain.money import exponent
from domain.orders.order import Order
from domain.policy.policy import Policy
from domain.policy.quote import Evaluation
from domain.policy.terms import methods_for
from domain.words import Disposition, Grade, Method, Reason, RefundTrigger, Resolution
from tests.domain.orders.orders import A_SECOND, DELIVERED, PLACED, delivery, line, order
from tests.domain.policy.policies import ask, fired, outcome, request, wanted

SHIPPED: Policy = Policies.load().in_force(PLACED)

COUNTRIES = {
    "DE": "EUR",
    "FR": "EUR",
    "GB": "GBP",
    "US": "USD",
    "CN": "CNY",
    "JP": "JPY",
    "KW": "KWD",
    "PL": "PLN",
}


def sold(price: int = 10_000, *, ship_to: str = "US", **changes: Any) -> Order:
    """One article at a price without tax, to where no floor stands."""
    fields = ("category", "final_sale", "quantity")
    of_line = {name: changes.pop(name) for name in fields if name in changes}
    changes.setdefault("currency", COUNTRIES[ship_to])
    article = line(unit_price_minor=price, tax_minor=0, **of_line)
    return order(article, ship_to=ship_to, **changes)


def asked(reason: Reason, known: Order, **changes: Any) -> Evaluation:
    return ask(SHIPPED, known, request(wanted(reason=reason, note="see photo", **changes)))


@pytest.mark.parametrize(
    ("known", "reason", "days"),
    [
        (sold(), Reason.CHANGED_MIND, 30),
        (sold(), Reason.WARRANTY, 730),
        (sold(), Reason.DEFECTIVE, 180),
        (sold(), Reason.DAMAGED_IN_TRANSIT, 45),
        (sold(customer_group="vip"), Reason.STYLE, 60),
        (sold(customer_group="vip"), Reason.DEFECTIVE, 180),
        (sold(customer_group="business"), Reason.STYLE, 14),
        (sold(category="electronics"), Reason.STYLE, 14),
        (sold(category="electronics"), Reason.DEFECTIVE, 180),
        (sold(ship_to="JP"), Reason.STYLE, 8),
        (sold(ship_to="KW"), Reason.STYLE, 30),
        (sold(ship_to="DE"), Reason.STYLE, 30),
        (sold(ship_to="CN", customer_group="business"), Reason.STYLE, 7),
    ],
    ids=str,
)
def test_each_window_ends_where_it_says(known: Order, reason: Reason, days: int) -> None:
    end = DELIVERED + timedelta(days=days)
    line_wanted = wanted(reason=reason)
    in_time = ask(SHIPPED, known, request(line_wanted, at=end))
    late = ask(SHIPPED, known, request(line_wanted, at=end + A_SECOND))
    assert outcome(in_time)[0] == "approve"
    assert outcome(late) == ("decline", "outside_window")


@pytest.mark.parametrize(
    ("known", "code"),
    [
        (sold(final_sale=True), "final_sale"),
        (sold(category="hygiene"), "excluded_category"),
        (sold(category="digital"), "excluded_category"),
        (sold(category="opened"), "excluded_category"),
        (sold(category="hazardous"), "excluded_category"),
        (sold(category="custom_made"), "excluded_category"),
    ],
    ids=["final sale", "hygiene", "digital", "opened", "hazardous", "custom made"],
)
def test_what_is_excluded_stays_unless_it_is_broken(known: Order, code: str) -> None:
    assert outcome(asked(Reason.CHANGED_MIND, known)) == ("decline", code)
    assert outcome(asked(Reason.DEFECTIVE, known))[0] != "decline"


@pytest.mark.parametrize("country", ["DE", "GB", "CN"])
@pytest.mark.parametrize("category", ["hygiene", "sealed_media"])
def test_sealed_goods_may_come_back_by_law_so_a_person_asks_for_the_seal(
    country: str, category: str
) -> None:
    known = sold(ship_to=country, category=category)
    assert outcome(asked(Reason.CHANGED_MIND, known)) == ("review", "only_sealed")


def test_what_the_law_leaves_out_stays_excluded_where_one_may_withdraw() -> None:
    known = sold(ship_to="DE", category="custom_made")
    assert outcome(asked(Reason.CHANGED_MIND, known)) == ("decline", "excluded_category")


def test_hazardous_goods_that_the_law_lets_come_back_need_a_person() -> None:
    known = sold(ship_to="DE", category="hazardous")
    assert outcome(asked(Reason.CHANGED_MIND, known)) == ("review", "review_hazardous")


@pytest.mark.parametrize(
    ("known", "reason", "verdict"),
    [
        (sold(54_000), Reason.STYLE, ("approve", "otherwise")),
        (sold(54_001), Reason.STYLE, ("review", "review_value")),
        (sold(54_001, customer_group="vip"), Reason.STYLE, ("approve", "approve_vip")),
        (sold(220_001, customer_group="vip"), Reason.STYLE, ("review", "review_value")),
        (sold(50_001, ship_to="DE"), Reason.STYLE, ("review", "review_value")),
        (sold(80_001, ship_to="JP"), Reason.STYLE, ("review", "review_value")),
        (sold(165_001, ship_to="KW"), Reason.STYLE, ("review", "review_value")),
        (sold(390_001, ship_to="CN"), Reason.STYLE, ("review", "review_value")),
        (sold(), Reason.UNAUTHORIZED_PURCHASE, ("review", "review_unauthorized")),
        (sold(), Reason.EMPTY_BOX, ("review", "review_no_evidence")),
    ],
    ids=str,
)
def test_each_rule_speaks_where_it_should(
    known: Order, reason: Reason, verdict: tuple[str, str]
) -> None:
    assert outcome(asked(reason, known)) == verdict


def test_an_empty_box_that_has_not_come_yet_is_declined() -> None:
    first_only = delivery({"1": 1})
    known = sold(quantity=2, deliveries=(first_only,))
    evaluation = ask(SHIPPED, known, request(wanted(quantity=2, reason=Reason.EMPTY_BOX)))
    assert [verdict.code for verdict in evaluation.verdicts] == [
        "review_no_evidence",
        "decline_undelivered_too_early",
    ]


@pytest.mark.parametrize(
    ("price", "code"), [(16_000, "otherwise"), (16_001, "review_advance_exchange")]
)
def test_dear_goods_do_not_leave_before_the_old_ones_are_seen(price: int, code: str) -> None:
    evaluation = asked(Reason.TOO_SMALL, sold(price), resolution=Resolution.ADVANCE_EXCHANGE)
    assert evaluation.verdicts[0].code == code


@pytest.mark.parametrize(
    ("country", "reason", "at_most"),
    [
        ("DE", Reason.DEFECTIVE, 1_500),
        ("JP", Reason.DEFECTIVE, 2_000),
        ("KW", Reason.DAMAGED_IN_TRANSIT, 4_000),
        ("CN", Reason.WRONG_ITEM, 10_000),
        ("DE", Reason.STYLE, 500),
    ],
)
def test_what_is_worth_less_than_its_way_back_is_kept(
    country: str, reason: Reason, at_most: int
) -> None:
    assert asked(reason, sold(at_most, ship_to=country)).keep_item
    assert not asked(reason, sold(at_most + 1, ship_to=country)).keep_item


@pytest.mark.parametrize(
    ("method", "fee"),
    [
        (Method.DROP_OFF_LABEL, 490),
        (Method.DROP_OFF_CODE, 290),
        (Method.CARRIER_PICKUP, 690),
        (Method.IN_STORE, 0),
        (Method.OWN_CARRIER, 0),
    ],
)
def test_the_way_back_costs_the_customer_what_the_method_costs(method: Method, fee: int) -> None:
    known = sold(ship_to="DE")
    assert ask(SHIPPED, known, request(method=method)).quote.label_fee_minor == fee
    broken = request(wanted(reason=Reason.DEFECTIVE), method=method)
    assert ask(SHIPPED, known, broken).quote.label_fee_minor == 0


@pytest.mark.parametrize(("category", "bp"), [("electronics", 1_000), ("furniture", 1_500)])
def test_restocking_is_charged_abroad_and_not_where_the_law_forbids_it(
    category: str, bp: int
) -> None:
    abroad = asked(Reason.STYLE, sold(category=category)).quote.units[0]
    assert abroad.restocking_fee_minor == 10_000 * bp // 10_000
    at_home = asked(Reason.STYLE, sold(category=category, ship_to="DE"))
    assert at_home.quote.units[0].restocking_fee_minor == 0
    told = fired(at_home, "eu_withdrawal")
    assert told is not None
    assert told.outcome == "no_fee"


def test_the_terms_of_a_return_are_those_of_the_document() -> None:
    terms = ask(SHIPPED, sold(ship_to="FR")).terms
    assert (terms.policy_id, terms.policy_version) == ("returns", 1)
    assert terms.refund_trigger is RefundTrigger.INSPECTED
    assert (terms.ship_by_days, terms.reminder_days_before) == (14, 4)
    assert (terms.inspection_days, terms.dispute_days, terms.lost_after_days) == (3, 14, 10)
    assert terms.pickup_attempts == 3
    assert terms.fallback_method is Method.DROP_OFF_LABEL
    assert terms.hub.warehouse == "hub-de"
    assert terms.tender_order[:3] == ("gift_card", "store_credit", "card")
    assert terms.grade_share_bp == {
        Grade.NEW_SEALED: 10_000,
        Grade.LIKE_NEW: 10_000,
        Grade.MINOR_WEAR: 9_000,
        Grade.USED: 7_000,
        Grade.DAMAGED: 4_000,
        Grade.UNSALVAGEABLE: 0,
    }
    assert terms.disposition_by_grade[Grade.LIKE_NEW] is Disposition.RESTOCK
    assert terms.label_fee_minor[Method.CARRIER_PICKUP] == 690


@pytest.mark.parametrize(
    ("country", "hub"),
    [("DE", "hub-de"), ("GB", "hub-gb"), ("US", "hub-us"), ("CN", "hub-cn"), ("JP", "hub-cn")],
)
def test_each_country_sends_to_its_own_hub(country: str, hub: str) -> None:
    assert ask(SHIPPED, sold(ship_to=country)).terms.hub.warehouse == hub


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_method_that_needs_a_label_has_two_carriers_to_try(country: str) -> None:
    served = [known.method for known in ask(SHIPPED, sold(ship_to=country)).terms.transports]
    for method in methods_for(SHIPPED, country):
        assert served.count(method) >= 2 or not method.needs_label


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_pickup_is_swiftposts_and_then_rivercouriers(country: str) -> None:
    pickups = [
        known.carrier
        for known in ask(SHIPPED, sold(ship_to=country)).terms.transports
        if known.method is Method.CARRIER_PICKUP
    ]
    assert pickups[:2] == ["swiftpost", "rivercourier"]


@pytest.mark.parametrize(("country", "currency"), COUNTRIES.items())
def test_a_label_costs_some_euros_in_every_currency(country: str, currency: str) -> None:
    """Between one and thirty whole units a label: a slipped decimal is found. Yen and yuan more."""
    fee = ask(SHIPPED, sold(100_000, ship_to=country)).quote.label_fee_minor
    whole = fee / 10 ** exponent(currency)
    assert 1 <= whole <= (1_000 if currency == "JPY" else 30)


def test_a_refund_reaches_the_customer_within_fourteen_days_of_the_parcel() -> None:
    """Directive 2011/83/EU art. 13 (1) and (3)."""
    days = SHIPPED.deadlines
    assert days.inspection_days + days.payout_days <= 14
