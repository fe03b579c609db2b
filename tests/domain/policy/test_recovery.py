"""Where goods bring most: the ways out compared."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.policy.reading import PolicyInvalid
from domain.policy.recovery import Exit, Line, WayOut, compare, exits_of
from domain.words import Disposition, Grade
from tests.domain.policy.policies import policy

SHELF = {
    "way": "shelf",
    "disposition": "restock",
    "price_bp": {"new_sealed": 10_000, "like_new": 9_500},
    "handling": {"EUR": 200, "JPY": 300},
}
WORKSHOP = {
    "way": "workshop",
    "disposition": "refurbish",
    "categories": ["electronics"],
    "price_bp": {"like_new": 9_900, "used": 7_000},
    "handling": {"EUR": 1_500, "JPY": 2_000},
}
JOBBER = {
    "way": "jobber",
    "disposition": "liquidate",
    "price_bp": {"used": 2_000, "damaged": 1_000},
    "handling": {"EUR": 50, "JPY": 80},
}
WAYS = tuple(WayOut.model_validate_json(json.dumps(way)) for way in (SHELF, WORKSHOP, JOBBER))


def exits(category: str = "electronics", currency: str = "EUR") -> tuple[Exit, ...]:
    return exits_of(WAYS, [Line("1", category)], currency)["1"]


@pytest.mark.parametrize(
    ("grade", "net_minor", "best", "value_minor"),
    [
        (Grade.LIKE_NEW, 10_000, Disposition.RESTOCK, 9_300),  # a workshop: 8,400
        (Grade.LIKE_NEW, 400_000, Disposition.REFURBISH, 394_500),  # the shelf: 379,800
        (Grade.USED, 10_000, Disposition.REFURBISH, 5_500),  # a jobber: 1,950
        (Grade.USED, 2_000, Disposition.LIQUIDATE, 350),  # a workshop: -100
        (Grade.DAMAGED, 100, Disposition.LIQUIDATE, -40),  # it costs, and has to go somewhere
    ],
)
def test_the_way_that_brings_most_is_the_first(
    grade: Grade, net_minor: int, best: Disposition, value_minor: int
) -> None:
    found = compare(exits(), grade, net_minor)
    assert (found[0].disposition, found[0].value_minor) == (best, value_minor)


def test_a_way_is_closed_to_grades_and_categories_that_it_does_not_name() -> None:
    assert {each.way for each in compare(exits("shoes"), Grade.USED, 10_000)} == {"jobber"}
    assert compare(exits("shoes"), Grade.UNSALVAGEABLE, 10_000) == ()
    assert exits_of([WAYS[1]], [Line("1", "shoes")], "EUR") == {}


def test_handling_is_counted_in_the_currency_of_the_order() -> None:
    [shelf, *_] = compare(exits(currency="JPY"), Grade.NEW_SEALED, 10_000)
    assert shelf.value_minor == 9_700


def test_a_way_without_an_amount_in_a_currency_of_the_policy_is_refused_by_name() -> None:
    without = {**SHELF, "handling": {"JPY": 1}}
    with pytest.raises(PolicyInvalid, match=r"ways_out\.shelf\.handling: has no amount in "):
        policy(ways_out=[without])


@given(
    net_minor=st.integers(0, 10**9),
    grade=st.sampled_from(list(Grade)),
    order=st.permutations(WAYS),
)
def test_no_way_brings_more_than_the_first_and_none_more_than_the_price(
    net_minor: int, grade: Grade, order: list[WayOut]
) -> None:
    open_to_it = exits_of(order, [Line("1", "electronics")], "EUR")["1"]
    found = compare(open_to_it, grade, net_minor)
    values = [each.value_minor for each in found]
    assert values == sorted(values, reverse=True)
    assert all(value <= net_minor for value in values)
    again = compare(tuple(reversed(open_to_it)), grade, net_minor)
    assert [each.value_minor for each in again] == values
