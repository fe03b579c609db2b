"""A table of orders: amounts to the minor unit in every currency, and every misfit by its name."""

import pytest

from domain.orders.importing.reading import ImportedOrder, UnfitOrder, Unread
from domain.orders.importing.table import check_columns, read_rows
from tests.domain.orders.importing import row


def taken(*rows: dict[str, str]) -> ImportedOrder:
    read = read_rows(rows, "acme")
    assert isinstance(read, ImportedOrder), read
    return read


def refused(*rows: dict[str, str]) -> UnfitOrder:
    read = read_rows(rows, "acme")
    assert isinstance(read, UnfitOrder)
    return read


def test_a_row_is_an_order_to_the_minor_unit() -> None:
    snapshot = taken(row()).snapshot
    (line,) = snapshot.lines
    assert (line.quantity, line.unit_price_minor, line.tax_minor) == (3, 1_000, 570)
    assert (snapshot.shipping.net_minor, snapshot.shipping.tax_minor) == (500, 95)
    assert snapshot.tenders[0].captured_minor == 4_165
    assert (snapshot.tenant, snapshot.customer.address.country) == ("acme", "FR")


@pytest.mark.parametrize(
    ("currency", "price", "captured", "minor"),
    [
        ("JPY", "1000", "3000", 1_000),
        ("EUR", "10.5", "31.50", 1_050),
        ("KWD", "1.234", "3.702", 1_234),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(
    currency: str, price: str, captured: str, minor: int
) -> None:
    amounts = {"currency": currency, "unit_price": price, "payment_1_captured": captured}
    none = {"tax": "", "shipping_net": "", "shipping_tax": ""}
    snapshot = taken(row(**amounts, **none)).snapshot
    assert snapshot.lines[0].unit_price_minor == minor


@pytest.mark.parametrize("price", ["10,00", "1.000,00", "1 000.00", "1e3", "10.005", "€10", "NaN"])
def test_an_amount_that_a_locale_has_written_is_refused(price: str) -> None:
    assert refused(row(unit_price=price)).because == (
        "unit_price: expected an amount in EUR, as 10.55"
    )


def test_an_amount_may_be_given_in_minor_units_instead() -> None:
    told = {**row(), "unit_price": "", "unit_price_minor": "1000"}
    assert taken(told).snapshot == taken(row()).snapshot
    both = refused(row(unit_price_minor="1000"))
    assert both.because == "unit_price: give it or unit_price_minor, not both"


def test_further_rows_are_further_lines_and_repeat_or_leave_out_what_is_of_the_order() -> None:
    second = {"line_id": "2", "sku": "HAT", "name": "Hat", "quantity": "1", "unit_price": "8.35"}
    blank = dict.fromkeys(row(), "") | {"order_id": "W-1", **second}
    both = taken(row(payment_1_captured="50.00"), blank).snapshot
    assert [line.line_id for line in both.lines] == ["1", "2"]
    assert (
        both
        == taken(
            row(payment_1_captured="50.00"), row(payment_1_captured="50.00", tax="", **second)
        ).snapshot
    )


def test_a_row_that_contradicts_the_first_is_refused() -> None:
    assert refused(row(), row(line_id="2", currency="USD")).because == (
        "currency: row 2 of the order says otherwise than its first"
    )


def test_a_line_may_come_in_several_deliveries() -> None:
    told = row(delivered_at="2026-03-05T14:00:00Z|2026-03-07T14:00:00Z", delivered_quantity="2|1")
    deliveries = taken(told).snapshot.deliveries
    assert [held.quantity for each in deliveries for held in each.lines] == [2, 1]
    assert refused(row(delivered_at="2026-03-05T14:00:00Z", delivered_quantity="2|1")).because


def test_several_payments_are_several_tenders() -> None:
    paid = {"payment_2_kind": "gift_card", "payment_2_provider": "stored_value"}
    told = row(payment_1_captured="40.00", payment_2_captured="1.65", payment_2_ref="g", **paid)
    tenders = taken(told).snapshot.tenders
    assert [(each.tender_id, each.captured_minor) for each in tenders] == [
        ("t1", 4_000),
        ("t2", 165),
    ]


def test_an_order_that_does_not_add_up_is_refused_with_each_sum() -> None:
    read = refused(row(payment_1_captured="41.64", order_total="41.66"))
    assert read.code == "does_not_add_up"
    assert [(d.sum.split()[0], d.expected_minor, d.found_minor) for d in read.differences] == [
        ("order_total", 4_165, 4_166),
        ("captured", 4_165, 4_164),
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"quantity": "three"}, "quantity"),
        ({"quantity": "0"}, "lines.0.quantity"),
        ({"currency": "EURO"}, "currency"),
        ({"ship_to": "France"}, "ship_to"),
        ({"placed_at": "01.03.2026"}, "placed_at"),
        ({"final_sale": "yes"}, "final_sale"),
        ({"payment_1_captured": ""}, "payment_1_captured"),
        ({"payment_1_kind": "shells"}, "tenders.0.kind"),
        ({"customer_name": "a\x00b"}, "customer.name"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(changed: dict[str, str], field: str) -> None:
    read = refused(row(**changed))
    assert read.code == "invalid"
    assert read.because.startswith(f"{field}: ")


def test_a_table_with_a_column_that_nobody_reads_is_refused() -> None:
    check_columns(list(row()))
    with pytest.raises(Unread, match="columns: there is no prize"):
        check_columns([*row(), "prize"])
    with pytest.raises(Unread, match="columns: expected quantity"):
        check_columns(["order_id", "line_id"])
