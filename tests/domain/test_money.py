"""Money keeps its currency and loses no unit."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from babel.core import get_global
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.money import (
    EXPONENTS,
    WHOLE_BASIS_POINTS,
    CurrencyMismatch,
    Money,
    allocate,
    exponent,
    next_share,
    percentage,
    percentage_up,
    total,
)

# CLDR says how many digits people still write; ISO 4217 and the providers count these in two
# (three for the dinar).
IN_TWO = ["AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER"]
UNLIKE_BABEL = dict.fromkeys(IN_TWO, 2) | {"IQD": 3}

AMOUNTS = st.integers(min_value=0, max_value=10**12)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=20)


def eur(amount_minor: int) -> Money:
    return Money(amount_minor=amount_minor, currency="EUR")


@pytest.mark.parametrize("currency", sorted(EXPONENTS))
def test_the_decimal_places_are_those_that_babel_knows(currency: str) -> None:
    assert exponent(currency) == UNLIKE_BABEL.get(currency, get_currency_precision(currency))


def test_every_currency_that_somebody_pays_with_is_known() -> None:
    in_use = {
        code
        for history in get_global("territory_currencies").values()
        for code, _since, until, is_tender in history
        if until is None and is_tender
    }
    assert not in_use - set(EXPONENTS)


@pytest.mark.parametrize("currency", ["eur", "EURO", "", "XXX", "DEM"])
def test_what_is_no_currency_is_refused_with_what_was_expected(currency: str) -> None:
    with pytest.raises(ValidationError, match="expected three capitals"):
        Money(amount_minor=1, currency=currency)


@pytest.mark.parametrize("amount", ["10.85", "10.0", "true", '"10"', "null"])
def test_only_a_whole_number_is_an_amount(amount: str) -> None:
    with pytest.raises(ValidationError, match="amount_minor"):
        Money.model_validate_json(f'{{"amount_minor": {amount}, "currency": "EUR"}}')


def test_money_reads_what_it_writes() -> None:
    wire = '{"amount_minor":1085,"currency":"EUR"}'
    assert Money.model_validate_json(wire).model_dump_json() == wire


@given(AMOUNTS, AMOUNTS)
def test_what_was_added_can_be_taken_away(one: int, other: int) -> None:
    assert eur(one) + eur(other) - eur(other) == eur(one)
    assert eur(one) - eur(other) == -(eur(other) - eur(one))


@given(AMOUNTS, AMOUNTS)
def test_amounts_are_ordered_as_their_numbers_are(one: int, other: int) -> None:
    assert (eur(one) < eur(other)) == (one < other)
    assert (eur(one) <= eur(other)) == (one <= other)
    assert (eur(one) > eur(other)) == (one > other)
    assert (eur(one) >= eur(other)) == (one >= other)


@pytest.mark.parametrize(
    "operation", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"]
)
def test_two_currencies_never_meet(operation: str) -> None:
    with pytest.raises(CurrencyMismatch, match=r"1\.00 EUR and 100 JPY"):
        getattr(eur(100), operation)(Money(amount_minor=100, currency="JPY"))


def test_nothing_adds_up_to_zero() -> None:
    assert total([], "KWD") == Money.zero("KWD")
    assert total([eur(3), eur(4)], "EUR") == eur(7)


@pytest.mark.parametrize(
    ("amount_minor", "currency", "plain"),
    [
        (1085, "EUR", "10.85 EUR"),
        (5, "EUR", "0.05 EUR"),
        (-5, "EUR", "-0.05 EUR"),
        (1085, "JPY", "1085 JPY"),
        (1085, "KWD", "1.085 KWD"),
    ],
)
def test_an_amount_is_written_with_its_own_decimal_places(
    amount_minor: int, currency: str, plain: str
) -> None:
    money = Money(amount_minor=amount_minor, currency=currency)
    assert money.plain() == str(money) == plain


@given(st.integers(-(10**12), 10**12), st.sampled_from(["JPY", "EUR", "KWD", "CLF"]))
def test_what_is_written_is_read_back(amount_minor: int, currency: str) -> None:
    money = Money(amount_minor=amount_minor, currency=currency)
    assert Money.parse(money.plain().split()[0], currency) == money


@pytest.mark.parametrize("text", ["5.205", "five", "", "NaN", "Infinity", "1e-3"])
def test_a_text_that_is_no_whole_number_of_minor_units_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Money.parse(text, "EUR")


def test_zeros_behind_the_last_decimal_place_mean_nothing() -> None:
    assert Money.parse("5.2000", "EUR") == eur(520)


@given(AMOUNTS, WEIGHTS.filter(any))
def test_allocated_shares_add_up_and_are_nowhere_a_unit_off(
    total_minor: int, weights: list[int]
) -> None:
    shares = allocate(total_minor, weights)
    assert sum(shares) == total_minor
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - total_minor * weight) < sum(weights)


def test_ties_go_to_the_earlier_share() -> None:
    assert allocate(100, [1, 1, 1]) == (34, 33, 33)


def test_nothing_over_nothing_is_nothing_for_everyone() -> None:
    assert allocate(0, [0, 0]) == (0, 0)
    assert allocate(0, []) == ()


@pytest.mark.parametrize(
    ("total_minor", "weights"), [(-1, [1]), (1, [0, 0]), (1, []), (5, [2, -1]), (0, [1, -1])]
)
def test_what_cannot_be_allocated_is_refused(total_minor: int, weights: list[int]) -> None:
    with pytest.raises(ValueError):
        allocate(total_minor, weights)


@given(AMOUNTS, st.lists(st.integers(0, 9), min_size=1, max_size=9).filter(any))
def test_however_the_units_are_grouped_the_line_closes_exactly(
    total_minor: int, groups: list[int]
) -> None:
    parts, taken, paid = sum(groups), 0, 0
    for count in groups:
        paid += next_share(total_minor, parts, taken, count)
        taken += count
    assert paid == total_minor


def test_three_units_of_a_hundred_are_33_33_and_34() -> None:
    assert [next_share(100, 3, taken, 1) for taken in range(3)] == [33, 33, 34]


@pytest.mark.parametrize(
    ("total_minor", "parts", "taken", "count"),
    [(100, 3, 3, 1), (100, 3, 0, 4), (100, 0, 0, 0), (-1, 3, 0, 1), (1, 3, -1, 1), (1, 3, 1, -1)],
)
def test_no_more_units_are_taken_than_there_are(
    total_minor: int, parts: int, taken: int, count: int
) -> None:
    with pytest.raises(ValueError):
        next_share(total_minor, parts, taken, count)


@given(AMOUNTS, st.integers(0, WHOLE_BASIS_POINTS))
def test_what_is_deducted_and_what_is_given_are_the_whole(amount: int, share: int) -> None:
    deducted = percentage(amount, share)
    assert deducted + percentage_up(amount, WHOLE_BASIS_POINTS - share) == amount
    assert deducted <= Decimal(amount) * share / WHOLE_BASIS_POINTS < deducted + 1


@pytest.mark.parametrize("take", [percentage, percentage_up])
@pytest.mark.parametrize(("amount", "share"), [(-1, 100), (100, -1)])
def test_no_share_of_less_than_nothing(
    take: Callable[[int, int], int], amount: int, share: int
) -> None:
    with pytest.raises(ValueError):
        take(amount, share)
