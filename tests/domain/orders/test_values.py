import pytest
from hypothesis import given

from domain.orders.order import Order, Shipping
from domain.orders.values import (
    discounts,
    expected_total,
    line_totals,
    shipping_value,
    standard_shipping_value,
    total_difference,
    unit_value,
    unit_values,
)
from tests.domain.orders.orders import line, order, orders, tender


@given(orders())
def test_the_units_of_a_line_add_up_to_the_line(sold: Order) -> None:
    values = unit_values(sold)
    for known in sold.lines:
        units = [values[known.line_id, ordinal] for ordinal in range(1, known.quantity + 1)]
        assert sum(unit.listed_minor for unit in units) == known.listed_minor
        assert sum(unit.discount_minor for unit in units) == discounts(sold)[known.line_id]
        assert sum(unit.tax_minor for unit in units) == known.tax_minor
        assert sum(unit.duty_minor for unit in units) == known.duty_minor
        assert sum(unit.import_tax_minor for unit in units) == known.import_tax_minor
        assert sum(unit.total_minor for unit in units) == line_totals(sold)[known.line_id]


@given(orders())
def test_a_whole_order_that_hangs_together_returns_what_was_captured(sold: Order) -> None:
    units = sum(value.total_minor for value in unit_values(sold).values())
    assert units + shipping_value(sold) == sold.captured_minor
    assert total_difference(sold) == ("even", 0)


@given(orders())
def test_every_unit_is_listed_less_discount_and_never_below_zero(sold: Order) -> None:
    for value in unit_values(sold).values():
        assert value.listed_minor - value.discount_minor == value.net_minor
        assert min(value) >= 0


@given(orders())
def test_discounts_are_given_whole(sold: Order) -> None:
    own = sum(known.line_discount_minor for known in sold.lines)
    assert sum(discounts(sold).values()) == own + sold.order_discount_minor


def test_an_order_discount_goes_by_the_value_before_discounts_to_the_largest_remainder() -> None:
    sold = order(
        line("1", unit_price_minor=1_000, line_discount_minor=500),
        line("2", unit_price_minor=1_000),
        line("3", unit_price_minor=1_000),
        order_discount_minor=100,
    )
    assert discounts(sold) == {"1": 534, "2": 33, "3": 33}


def test_a_line_given_away_leaves_its_share_of_the_order_discount_to_the_others() -> None:
    sold = order(
        line("1", unit_price_minor=1_000, line_discount_minor=1_000),
        line("2", unit_price_minor=1_000),
        order_discount_minor=300,
    )
    assert discounts(sold) == {"1": 1_000, "2": 300}


def test_more_discount_than_the_lines_can_bear_takes_them_to_zero_and_shows_as_a_difference() -> (
    None
):
    sold = order(
        line("1", unit_price_minor=1_000, line_discount_minor=900, tax_minor=0),
        order_discount_minor=300,
        tenders=(tender(captured_minor=40),),
    )
    assert unit_value(sold, "1", 1).net_minor == 0
    assert total_difference(sold) == ("overpaid", 40)


def test_the_odd_cent_of_a_line_of_three_comes_with_a_later_unit() -> None:
    sold = order(line("1", quantity=3, unit_price_minor=1_000, tax_minor=85))
    assert [unit_value(sold, "1", ordinal).tax_minor for ordinal in (1, 2, 3)] == [28, 28, 29]


def test_less_captured_than_sold_is_named_underpaid() -> None:
    sold = order(line("1"), tenders=(tender(captured_minor=1_185),))
    assert expected_total(sold) == 1_190
    assert total_difference(sold) == ("underpaid", 5)


@pytest.mark.parametrize(
    ("shipping", "standard"),
    [
        (Shipping(net_minor=500, tax_minor=95), 595),
        (Shipping(net_minor=1_000, tax_minor=191, standard_net_minor=500), 596),
        (Shipping(net_minor=500, tax_minor=95, standard_net_minor=900), 595),
        (Shipping(net_minor=0, tax_minor=0, standard_net_minor=500), 0),
        (Shipping(net_minor=500, tax_minor=95, standard_net_minor=0), 0),
    ],
)
def test_the_standard_way_out_takes_its_tax_along_and_is_never_more_than_was_paid(
    shipping: Shipping, standard: int
) -> None:
    assert standard_shipping_value(order(shipping=shipping)) == standard


def test_a_unit_the_order_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="no line 9"):
        unit_value(order(), "9", 1)
    with pytest.raises(ValueError):
        unit_value(order(line("1", quantity=2)), "1", 3)
