"""What returning brings and costs."""

import pytest
from hypothesis import given

from domain.orders.caps import check_reservation
from domain.orders.events import SHIPPING, ClaimedUnit, FundsPart, FundsReserved, UnitsClaimed
from domain.orders.ledger import Ledger, evolve
from domain.orders.order import Order, Shipping
from domain.orders.tenders import spread
from domain.policy.evaluate import evaluate
from domain.policy.price import payable_parts, tender_parts
from domain.returns.asking.request import RequestedLine
from domain.words import Method, Reason, Resolution
from tests.domain.orders.orders import DELIVERED, ledger, line, order, orders, tender
from tests.domain.policy.policies import FAULTS, ask, fired, named, outcome, policy, request, wanted

OUT = Shipping(net_minor=1_000, tax_minor=190, standard_net_minor=500)
GENEROUS = policy(
    shipping_refund=dict.fromkeys(FAULTS, "all_if_whole_order"),
    way_back_paid_by=dict.fromkeys(FAULTS, "merchant"),
)


@given(orders())
def test_a_whole_order_for_the_merchants_reason_brings_back_what_was_captured(sold: Order) -> None:
    lines = (wanted(known.line_id, known.quantity, reason=Reason.DEFECTIVE) for known in sold.lines)
    quote = ask(GENEROUS, sold, request(*lines)).quote
    assert quote.total_minor == sold.captured_minor
    assert sum(share.amount_minor for share in quote.tenders) == sold.captured_minor


@given(orders())
def test_what_a_quote_promises_may_be_reserved_to_the_minor_unit(sold: Order) -> None:
    quote = ask(policy(), sold, request(wanted("1", sold.lines[0].quantity))).quote
    parts = payable_parts(quote)
    assert sum(part.amount_minor for part in parts) == quote.total_minor
    for placed in spread(Ledger(sold), parts, ("card",)).placements:
        refused = check_reservation(
            Ledger(sold), placed.tender_id, placed.amount_minor, placed.parts
        )
        assert refused is None


@given(orders())
def test_a_quote_is_its_units_and_shipping_less_the_label(sold: Order) -> None:
    quote = ask(policy(), sold, request(wanted("1", sold.lines[0].quantity))).quote
    units = sum(unit.refund_minor for unit in quote.units)
    assert quote.total_minor == units + quote.shipping_minor - quote.label_fee_minor
    for unit in quote.units:
        assert unit.listed_minor - unit.discount_minor == unit.net_minor
        value = unit.net_minor + unit.tax_minor + unit.duty_minor + unit.import_tax_minor
        assert unit.refund_minor == max(0, value - unit.restocking_fee_minor)


CHANGED = wanted("1")
BROKEN = wanted("2", reason=Reason.DEFECTIVE)
CRUSHED = wanted("2", reason=Reason.DAMAGED_IN_TRANSIT)
REFUSED = wanted("2", reason=Reason.REFUSED_ON_DELIVERY)


@pytest.mark.parametrize(
    ("lines", "fee"),
    [
        ((CHANGED,), 490),
        ((BROKEN,), 0),
        ((CRUSHED,), 0),
        ((REFUSED,), 0),
        ((CHANGED, wanted("2")), 490),
        ((CHANGED, BROKEN), 0),
    ],
    ids=["customer", "merchant", "carrier", "unknown", "twice customer", "mixed"],
)
def test_the_label_is_paid_once_and_only_where_every_unit_is_the_customers_fault(
    lines: tuple[RequestedLine, ...], fee: int
) -> None:
    evaluation = ask(policy(), order(line("1"), line("2"), ship_to="US"), request(*lines))
    assert evaluation.quote.label_fee_minor == fee
    told = fired(evaluation, "label_fee")
    assert told is not None
    assert told.outcome == ("fee" if fee else "no_fee")


def test_a_declined_unit_has_no_say_in_who_pays_the_label() -> None:
    decline = {
        "rule": "no",
        "outcome": "decline",
        "when": {"fact": "reason", "eq": "defective"},
        "because": "No.",
    }
    sold = order(line("1"), line("2"), ship_to="US")
    evaluation = ask(policy(rules=[decline]), sold, request(CHANGED, BROKEN))
    assert [verdict.outcome for verdict in evaluation.verdicts] == ["approve", "decline"]
    assert [unit.unit for unit in evaluation.quote.units] == ["1/1"]
    assert evaluation.quote.label_fee_minor == 490


def test_a_fee_never_makes_the_customer_pay() -> None:
    quote = ask(policy(), order(line(unit_price_minor=300, tax_minor=57))).quote
    assert (quote.label_fee_minor, quote.total_minor, quote.tenders) == (357, 0, ())


def test_every_way_of_handing_over_is_quoted_with_its_price_and_its_first_carrier() -> None:
    methods = ask(policy(), order()).quote.methods
    assert [(known.method, known.label_fee_minor, known.carrier) for known in methods] == [
        (Method.DROP_OFF_LABEL, 490, "swiftpost"),
        (Method.CARRIER_PICKUP, 690, "swiftpost"),
    ]


def test_a_method_that_is_not_offered_gives_way_to_another_and_says_so() -> None:
    evaluation = ask(policy(), order(), request(method=Method.IN_STORE))
    assert evaluation.quote.method is Method.DROP_OFF_LABEL
    told = fired(evaluation, "method_not_offered")
    assert told is not None
    assert told.outcome == "offer"


def test_restocking_goes_by_category_and_is_taken_from_the_net() -> None:
    fees = {"label": {}, "restocking_bp": {"clothing": 1_500, "*": 1_000}}
    sold = order(line("1"), line("2", category="toys"), ship_to="US")
    evaluation = ask(policy(fees=fees), sold, request(wanted("1"), wanted("2")))
    assert [unit.restocking_fee_minor for unit in evaluation.quote.units] == [150, 100]
    assert evaluation.quote.total_minor == 2_130
    assert evaluation.terms.restocking_fee_bp_by_unit == {"1/1": 1_500, "2/1": 1_000}


@pytest.mark.parametrize("reason", [Reason.DEFECTIVE, Reason.DAMAGED_IN_TRANSIT, Reason.OTHER])
def test_nobody_but_the_customer_at_fault_pays_for_restocking(reason: Reason) -> None:
    fees = {"label": {}, "restocking_bp": {"*": 1_000}}
    asked = request(wanted(reason=reason, note="see photo"))
    quote = ask(policy(fees=fees), order(ship_to="US"), asked).quote
    assert quote.units[0].restocking_fee_minor == 0


def test_goods_for_goods_are_no_money_but_have_their_worth() -> None:
    asked = request(wanted("1", resolution=Resolution.REPLACEMENT), wanted("2"))
    quote = ask(GENEROUS, order(line("1"), line("2")), asked).quote
    assert [unit.refund_minor for unit in quote.units] == [1_190, 1_190]
    assert quote.total_minor == 1_190
    assert [part.key for part in payable_parts(quote)] == ["unit:2:1"]


def test_store_credit_is_in_the_total_and_goes_to_no_tender() -> None:
    asked = request(wanted("1", resolution=Resolution.STORE_CREDIT), wanted("2"))
    quote = ask(GENEROUS, order(line("1"), line("2")), asked).quote
    assert quote.total_minor == 2_380
    assert sum(share.amount_minor for share in quote.tenders) == 1_190


def test_the_shipping_follows_the_units_into_store_credit() -> None:
    asked = request(wanted("1", resolution=Resolution.STORE_CREDIT))
    quote = ask(GENEROUS, order(shipping=OUT), asked).quote
    assert quote.total_minor == 1_190 + 1_190
    assert tender_parts(quote) == ()


def test_the_last_of_several_returns_brings_the_shipping_back_once() -> None:
    known = ledger(line("1", quantity=2, tax_minor=380), shipping=OUT)
    first = ask(GENEROUS, known)
    assert first.quote.shipping_minor == 0
    claimed = UnitsClaimed(
        order_id="W-1",
        occurred_at=DELIVERED,
        return_id="r1",
        units=(ClaimedUnit(line_id="1", ordinal=1),),
    )
    known = evolve(known, claimed)
    last = ask(GENEROUS, known)
    assert last.quote.shipping_minor == 1_190
    paid = FundsReserved(
        order_id="W-1",
        occurred_at=DELIVERED,
        instruction_id="by-hand",
        return_id="r1",
        tender_id="card",
        amount_minor=1_100,
        parts=(FundsPart(key=SHIPPING, amount_minor=1_100),),
    )
    assert ask(GENEROUS, evolve(known, paid)).quote.shipping_minor == 90


def test_what_was_given_back_for_a_unit_before_is_not_promised_again() -> None:
    by_hand = FundsReserved(
        order_id="W-1",
        occurred_at=DELIVERED,
        instruction_id="by-hand",
        return_id="r0",
        tender_id="card",
        amount_minor=200,
        parts=(FundsPart(key="unit:1:1", amount_minor=200),),
    )
    unit = ask(GENEROUS, evolve(ledger(), by_hand)).quote.units[0]
    assert (unit.already_refunded_minor, unit.refund_minor) == (200, 990)


def test_a_quote_says_when_the_tenders_cannot_carry_it() -> None:
    sold = order(line("1"), tenders=(tender(captured_minor=1_186),))
    evaluation = ask(GENEROUS, sold)
    assert evaluation.quote.total_minor == 1_190
    told = fired(evaluation, "tenders_short")
    assert told is not None
    assert told.facts == {"shortfall_minor": 4}
    assert outcome(evaluation)[0] == "approve"


@pytest.mark.parametrize(("captured", "verdict"), [(1_185, "approve"), (1_184, "review")])
def test_a_total_that_differs_by_more_than_the_tolerance_is_a_persons_to_explain(
    captured: int, verdict: str
) -> None:
    evaluation = ask(policy(), order(tenders=(tender(captured_minor=captured),)))
    assert evaluation.verdicts[0].outcome == verdict
    assert (fired(evaluation, "order_total_differs") is not None) == (verdict == "review")


def test_a_currency_the_policy_has_no_amounts_in_is_a_persons_to_judge() -> None:
    evaluation = ask(policy(), order(currency="USD"))
    assert outcome(evaluation) == ("review", "currency_not_covered")


def test_whether_the_ledger_holds_the_claims_of_the_request_makes_no_difference() -> None:
    known = ledger(line("1", quantity=2), shipping=OUT)
    asked = request(wanted("1", 2))
    before = ask(GENEROUS, known, asked)
    units = named(known, asked)
    claimed = UnitsClaimed(
        order_id="W-1",
        occurred_at=DELIVERED,
        return_id="r1",
        units=tuple(ClaimedUnit(line_id=one.line_id, ordinal=one.ordinal) for one in units),
    )
    assert evaluate(GENEROUS, evolve(known, claimed), asked, units) == before
