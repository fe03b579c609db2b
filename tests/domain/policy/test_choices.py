"""What would come back otherwise is told before it is chosen, and true when it is."""

from typing import Any

import pytest

from domain.policy.quote import Choice, Quote
from domain.words import Method, Reason, Resolution
from tests.domain.orders.orders import line as sold
from tests.domain.orders.orders import order
from tests.domain.policy.policies import ask, policy, request, wanted

RESOLVING: dict[str, Any] = {
    "partial_refund": [{"rule": "share", "share_bp": 3_333}],
    "coupon": {"value_bp": 11_000, "valid_days": 365},
    "repair": {"days": 21},
}
RULES = policy(resolving=RESOLVING, fees={
    "label": {"drop_off_label": {"EUR": 490}, "carrier_pickup": {"EUR": 690}},
    "restocking_bp": {"*": 1_000},
})  # fmt: skip
ASKED = [
    Resolution.REFUND_ORIGINAL,
    Resolution.STORE_CREDIT,
    Resolution.PARTIAL_REFUND,
    Resolution.COUPON,
    Resolution.REPLACEMENT,
    Resolution.REPAIR,
]


def quoted(resolution: Resolution = Resolution.REFUND_ORIGINAL, **how: Any) -> Quote:
    method = how.pop("method", Method.DROP_OFF_LABEL)
    asked = request(wanted(quantity=2, resolution=resolution, **how), method=method)
    return ask(RULES, order(sold(quantity=2)), asked).quote


def line(quote: Quote, resolution: Resolution) -> Choice:
    return next(choice for choice in quote.choices if choice.resolution is resolution)


@pytest.mark.parametrize("reason", [Reason.CHANGED_MIND, Reason.DEFECTIVE])
@pytest.mark.parametrize("method", [Method.DROP_OFF_LABEL, Method.CARRIER_PICKUP])
@pytest.mark.parametrize("resolution", ASKED)
def test_a_line_of_the_table_is_what_is_quoted_to_who_asks_for_it(
    resolution: Resolution, method: Method, reason: Reason
) -> None:
    told = line(quoted(reason=reason), resolution)
    chosen = quoted(resolution, method=method, reason=reason)
    fee = next(way.label_fee_minor for way in chosen.methods if way.method is method)
    expected = max(0, told.before_label_minor - fee)
    if resolution is not Resolution.COUPON:
        assert chosen.total_minor == expected
    assert line(chosen, resolution).total_minor >= chosen.total_minor


@pytest.mark.parametrize("resolution", ASKED)
def test_the_table_is_the_same_whatever_was_asked_for(resolution: Resolution) -> None:
    def plain(quote: Quote) -> list[tuple[str, int, int]]:
        return [(c.resolution, c.total_minor, c.fee_minor) for c in quote.choices]

    assert plain(quoted(resolution)) == plain(quoted())


def test_every_way_back_says_what_would_come_back_in_all() -> None:
    quote = quoted()
    before = line(quote, Resolution.REFUND_ORIGINAL).before_label_minor
    assert [(way.method, way.total_minor) for way in quote.methods] == [
        (Method.DROP_OFF_LABEL, before - 490),
        (Method.CARRIER_PICKUP, before - 690),
    ]


def test_a_fee_has_its_reason_and_money_its_place_and_time() -> None:
    told = line(quoted(), Resolution.REFUND_ORIGINAL)
    assert (told.fee_minor, told.fee_because) == (490, "the_customers_reason")
    assert (told.after, told.days, told.counted) == ("inspected", 5, "payout_days")
    assert set(told.to) <= {tender.tender_id for tender in order().tenders}
    assert line(quoted(reason=Reason.DEFECTIVE), Resolution.REPAIR).days == 21
    partly = line(quoted(), Resolution.PARTIAL_REFUND)
    assert (partly.fee_because, partly.after) == ("nothing_comes_back", "accepted")
    assert line(quoted(), Resolution.COUPON).to == ("coupon",)


def test_units_are_named_only_where_they_bring_something_else() -> None:
    quote = quoted()
    assert line(quote, Resolution.STORE_CREDIT).units == {}
    assert set(line(quote, Resolution.PARTIAL_REFUND).units) == {"1/1", "1/2"}


def test_what_the_policy_does_not_offer_is_no_line() -> None:
    quote = ask(policy(), order()).quote
    offered = {choice.resolution for choice in quote.choices}
    assert not offered & {Resolution.PARTIAL_REFUND, Resolution.COUPON, Resolution.REPAIR}


def test_the_table_is_small() -> None:
    """Of the whole quote it takes less than three kilobytes, for any number of units."""
    quote = quoted()
    bare = quote.model_copy(update={"choices": ()})
    assert len(quote.model_dump_json()) - len(bare.model_dump_json()) < 3_000
