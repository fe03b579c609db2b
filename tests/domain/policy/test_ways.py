"""Every way back beside the others: price, delay, place; or why it cannot be had."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.policy.outlook import Outlook
from domain.policy.quote import MethodPrice, Quote
from domain.policy.reading import PolicyInvalid
from domain.words import Method, Reason
from tests.domain.orders.orders import order
from tests.domain.policy.policies import ask, policy, request, wanted

EVERY = [
    "drop_off_code", "drop_off_label", "carrier_pickup", "in_store", "local_hub", "own_carrier",
]  # fmt: skip


def served(method: str, **more: Any) -> dict[str, Any]:
    fixed = {"countries": ["*"], "carrier": "swiftpost", "service": method, "days": 2}
    return {**fixed, "method": method, **more}


def place(place_id: str, postcode: str, **more: Any) -> dict[str, Any]:
    fixed = {"name": place_id, "line1": "1 Weg", "city": "Town", "country": "DE"}
    return {**fixed, "place_id": place_id, "postcode": postcode, **more}


PLACES = [
    place("shop-north", "20354", methods=["in_store"]),
    place("shop-south", "80331", methods=["in_store"]),
    place("partner", "50667", methods=["local_hub"], onward="hub-de", onward_days=9),
    place("kiosk", "20099", methods=["drop_off_code"], carriers=["swiftpost"]),
    place("rivals-kiosk", "20095", methods=["drop_off_code"], carriers=["rivercourier"]),
]
HOURS = {"*": {"zone": "Europe/Berlin", "hours": [[8, 13], [13, 18]], "days": 2}}
RULES: dict[str, Any] = {
    "methods": {"FR": ["drop_off_label", "in_store"], "*": EVERY},
    "transports": [served(method) for method in EVERY[:3]],
    "places": PLACES,
    "pickup_hours": HOURS,
    "fees": {"label": {"drop_off_label": {"EUR": 490}}, "restocking_bp": {"*": 0}},
}


def quoted(postcode: str = "20095", *, ship_to: str = "DE", **how: Any) -> Quote:
    asked = request(wanted(reason=how.pop("reason", Reason.CHANGED_MIND)), **how)
    return ask(policy(**RULES), order(ship_to=ship_to), asked, Outlook(postcode=postcode)).quote


def way(quote: Quote, method: Method) -> MethodPrice:
    return next(known for known in quote.methods if known.method is method)


def test_every_method_is_either_quoted_or_told_why_not() -> None:
    quote = quoted()
    told = [way.method for way in quote.methods] + [no.method for no in quote.not_offered]
    assert sorted(told) == sorted(Method)
    assert [(no.method, no.code) for no in quote.not_offered] == [
        (Method.KEEP_ITEM, "worth_its_way")
    ]


def test_each_says_its_price_its_delay_and_what_one_needs() -> None:
    quote = quoted()
    label, code = way(quote, Method.DROP_OFF_LABEL), way(quote, Method.DROP_OFF_CODE)
    assert (label.label_fee_minor, label.days, label.needs) == (490, 2, "printer")
    assert (code.label_fee_minor, code.days, code.needs) == (0, 2, "phone")
    own = way(quote, Method.OWN_CARRIER)
    assert (own.needs, own.carrier, own.days) == ("tracking_number", "", None)
    assert code.total_minor - label.total_minor == 490


@pytest.mark.parametrize(
    ("postcode", "shop"),
    [
        ("20095", "shop-north"),
        ("81541", "shop-south"),
        ("8 03 31", "shop-south"),
        ("", "shop-north"),
    ],
)
def test_the_place_is_the_one_whose_postcode_is_nearest(postcode: str, shop: str) -> None:
    told = way(quoted(postcode), Method.IN_STORE).place
    assert told is not None
    assert told.place_id == shop


def test_a_code_is_shown_at_a_counter_of_its_own_carrier() -> None:
    told = way(quoted(), Method.DROP_OFF_CODE).place
    assert told is not None
    assert told.place_id == "kiosk"


def test_a_partner_sends_it_on_together_with_others_and_says_how_long_that_takes() -> None:
    partner = way(quoted(), Method.LOCAL_HUB)
    assert (partner.onward, partner.days) == ("hub-de", 9)


def test_where_there_is_no_place_it_is_told_so() -> None:
    quote = quoted(ship_to="FR")
    codes = {no.method: no.code for no in quote.not_offered}
    assert codes[Method.IN_STORE] == "no_place_near"
    assert codes[Method.LOCAL_HUB] == "not_in_this_country"


def test_who_asks_for_what_cannot_be_had_gets_the_fallback_and_the_reason() -> None:
    asked = request(method=Method.IN_STORE)
    evaluation = ask(policy(**RULES), order(ship_to="FR"), asked)
    assert evaluation.quote.method is Method.DROP_OFF_LABEL
    [told] = [rule for rule in evaluation.fired if rule.rule == "method_not_offered"]
    assert "there is no place for it in FR" in told.because


def test_goods_that_may_be_kept_have_that_among_their_ways() -> None:
    keep = [{"rule": "keep", "faults": ["merchant"], "at_most": {"EUR": 99_999}}]
    rules = policy(**RULES, keep_item=keep)
    quote = ask(rules, order(), request(wanted(reason=Reason.DEFECTIVE))).quote
    kept = way(quote, Method.KEEP_ITEM)
    assert (kept.label_fee_minor, kept.days) == (0, 0)


def test_visits_are_offered_by_the_customers_clock_and_not_on_sundays() -> None:
    """Friday noon in winter: the first visit 20 hours later is on Saturday at one."""
    friday = datetime(2026, 3, 27, 11, tzinfo=UTC)
    slots = way(quoted(at=friday), Method.CARRIER_PICKUP).slots
    starts = [slot.start for slot in slots]
    assert starts == [
        datetime(2026, 3, 28, 7, tzinfo=UTC),
        datetime(2026, 3, 28, 12, tzinfo=UTC),
        datetime(2026, 3, 30, 6, tzinfo=UTC),  # the night before, clocks went forward
        datetime(2026, 3, 30, 11, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"places": [place("a", "1", methods=["in_store"], onward="nowhere")]}, "there is no hub"),
        ({"places": [place("a", "1", methods=["in_store"])] * 2}, "a is given twice"),
        ({"pickup_hours": {"*": {"zone": "Mars/Olympus", "hours": [[8, 9]]}}}, "is no time zone"),
        ({"pickup_hours": {"*": {"zone": "UTC", "hours": [[9, 8]]}}}, "to end after it starts"),
    ],
)
def test_a_policy_with_a_place_or_an_hour_that_cannot_be_is_refused(
    changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(PolicyInvalid, match=says):
        policy(**{**RULES, **changes})
