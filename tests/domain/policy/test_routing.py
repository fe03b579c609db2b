"""Which carrier is tried first, and why another is not: by what it costs until it is here."""

from typing import Any

import pytest

from domain.orders.order import Order
from domain.policy.outlook import CarrierRecord, Outlook
from domain.policy.quote import Evaluation
from domain.words import Hazard, Method, Reason
from tests.domain.orders.orders import line, order
from tests.domain.policy.policies import ask, fired, policy, request, wanted

LABEL = "return_label"


def served(carrier: str, price: int | None = None, **more: Any) -> dict[str, Any]:
    prices = [{"up_to_grams": 5_000, "price_minor": price}] if price is not None else []
    fixed = {"countries": ["*"], "method": "drop_off_label", "service": LABEL}
    return {**fixed, "carrier": carrier, "prices": prices, **more}


def judged(
    *services: dict[str, Any],
    outlook: Outlook | None = None,
    sold: Order | None = None,
    **rules: Any,
) -> Evaluation:
    rules.setdefault("routing", {"exception_minor": 1_000, "late_minor": 200, "judged_from": 20})
    known = policy(transports=list(services), **rules)
    return ask(known, sold or order(), request(), outlook or Outlook())


def carriers(evaluation: Evaluation) -> list[str]:
    return [route.carrier for route in evaluation.terms.transports]


def turned_down(evaluation: Evaluation) -> list[tuple[str, str]]:
    return [(no.carrier, no.code) for no in evaluation.terms.turned_down]


def record(carrier: str, **figures: int) -> Outlook:
    return Outlook({(carrier, LABEL): CarrierRecord(**figures)})


def test_the_cheapest_is_tried_first_and_of_equals_the_first_in_the_policy() -> None:
    services = (served("slow", 500), served("dear", 700), served("same", 500))
    assert carriers(judged(*services)) == ["slow", "same", "dear"]


def test_without_a_price_the_order_of_the_policy_counts_and_comes_after_those_that_have_one() -> (
    None
):
    assert carriers(judged(served("a"), served("b"))) == ["a", "b"]
    assert carriers(judged(served("a"), served("b", 900))) == ["b", "a"]


def test_a_carrier_that_fails_often_is_dearer_than_its_price() -> None:
    """One exception in ten at 10.00 adds 1.00 to each parcel, one late one in two 1.00 more."""
    bad = record("cheap", parcels=100, exceptions=10, late=50)
    services = (served("cheap", 400), served("good", 590))
    assert carriers(judged(*services)) == ["cheap", "good"]
    evaluation = judged(*services, outlook=bad)
    assert carriers(evaluation) == ["good", "cheap"]
    assert [route.landed_minor for route in evaluation.terms.transports] == [590, 600]


def test_a_record_of_few_parcels_says_nothing_yet() -> None:
    unlucky = record("cheap", parcels=19, exceptions=19)
    evaluation = judged(served("cheap", 400), served("good", 590), outlook=unlucky)
    assert carriers(evaluation) == ["cheap", "good"]
    assert evaluation.terms.transports[0].parcels == 0


def test_the_figures_that_were_seen_are_recorded_with_the_choice() -> None:
    """So that a replay, or a person next year, needs nobody's figures of today."""
    seen = record("cheap", parcels=100, exceptions=1, late=2)
    evaluation = judged(served("cheap", 400), served("good", 590), outlook=seen)
    told = fired(evaluation, "carrier_choice")
    assert told is not None
    assert told.facts == {
        "method": "drop_off_label", "carrier": "cheap", "currency": "EUR", "cost_minor": 400,
        "landed_minor": 414, "parcels": 100, "exceptions": 1, "late": 2,
    }  # fmt: skip
    route = evaluation.terms.transports[0]
    assert (route.parcels, route.exceptions, route.late) == (100, 1, 2)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"postcodes_not": ["28"]}, "out_of_service_area"),
        ({"refuses": ["batteries"]}, "restricted_item"),
        ({"longest_mm": 1_000}, "too_long"),
        ({"prices": [{"up_to_grams": 1_999, "price_minor": 1}]}, "too_heavy"),
    ],
)
def test_what_a_carrier_cannot_carry_it_is_not_asked_for_and_the_reason_is_told(
    limits: dict[str, Any], code: str
) -> None:
    article = line(weight_grams=2_000, longest_mm=1_001, hazards=(Hazard.BATTERIES,))
    services = (served("small", 100, **{"prices": [], **limits}), served("big", 900))
    evaluation = judged(*services, sold=order(article), outlook=Outlook(postcode="28 195"))
    assert (carriers(evaluation), turned_down(evaluation)) == (["big"], [("small", code)])
    told = fired(evaluation, "carrier_turned_down")
    assert told is not None
    assert told.facts["carrier"] == "small"


def test_a_category_says_what_is_in_it() -> None:
    services = (served("a", refuses=["batteries"]), served("b"))
    evaluation = judged(
        *services, sold=order(line(category="toys")), hazards={"toys": ["batteries"]}
    )
    assert carriers(evaluation) == ["b"]


def test_what_no_carrier_carries_is_not_offered_and_the_quote_says_why() -> None:
    evaluation = judged(served("a", refuses=["hazmat"]), sold=order(line(hazards=(Hazard.HAZMAT,))))
    missing = {no.method: no for no in evaluation.quote.not_offered}
    assert missing[Method.DROP_OFF_LABEL].code == "restricted_item"
    assert "carries no hazmat" in missing[Method.DROP_OFF_LABEL].because


def test_a_heavier_parcel_costs_what_its_band_says_and_abroad_more() -> None:
    bands = [{"up_to_grams": 500, "price_minor": 400}, {"up_to_grams": 5_000, "price_minor": 601}]
    service = served("a", prices=bands, abroad_bp=15_000)
    heavy = order(line(weight_grams=501))
    light = order(line(weight_grams=500))
    abroad = order(line(weight_grams=501), ship_to="FR")
    prices = [
        judged(service, sold=sold).terms.transports[0].cost_minor for sold in (light, heavy, abroad)
    ]
    assert prices == [400, 601, 902]


def test_who_cannot_look_into_the_box_does_not_fetch_what_must_be_looked_at() -> None:
    visits = {"method": "carrier_pickup", "service": "return_pickup"}
    services = (served("label"), served("blind", 100, **visits),
                served("looks", 900, checks_at_door=True, **visits))  # fmt: skip
    check = {"fact": "reason", "eq": "defective"}
    rules = policy(transports=list(services), check_at_door=check)
    asked = request(wanted(reason=Reason.DEFECTIVE), method=Method.CARRIER_PICKUP)
    evaluation = ask(rules, order(), asked)
    assert carriers(evaluation) == ["looks", "label"]
    assert turned_down(evaluation) == [("blind", "no_check_at_door")]
    assert evaluation.terms.check_at_door
    [way] = [way for way in evaluation.quote.methods if way.method is Method.CARRIER_PICKUP]
    assert way.checks_at_door
    plain = ask(rules, order(), request(method=Method.CARRIER_PICKUP))
    assert carriers(plain)[0] == "blind"
    assert not plain.terms.check_at_door
