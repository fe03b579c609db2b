"""Orders as Shopify tells them: every minor unit accounted for, or a sum named that does not come out."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.orders.importing.reading import ImportedOrder, UnfitOrder
from domain.orders.importing.shopify import read_shopify
from domain.orders.importing.shopify_money import Shop
from domain.orders.values import expected_total
from tests.domain.orders.importing import SHOP, refund, shopify

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "shopify"
recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason="no recorded data beside the checkout")


def taken(document: dict[str, Any], shop: Shop = SHOP) -> ImportedOrder:
    read = read_shopify(document, shop)
    assert isinstance(read, ImportedOrder), read
    return read


def refused(document: dict[str, Any], shop: Shop = SHOP) -> UnfitOrder:
    read = read_shopify(document, shop)
    assert isinstance(read, UnfitOrder)
    return read


def money(shop: str, paid: str, currency: str = "JPY") -> dict[str, Any]:
    return {
        "shop_money": {"amount": shop, "currency_code": "EUR"},
        "presentment_money": {"amount": paid, "currency_code": currency},
    }


def test_lines_discounts_taxes_shipping_and_payments_are_taken_over_to_the_minor_unit() -> None:
    snapshot = taken(shopify()).snapshot
    shirts, hat = snapshot.lines
    assert (shirts.unit_price_minor, shirts.line_discount_minor, shirts.tax_minor) == (
        4_000,
        701,
        731,
    )
    assert (hat.line_discount_minor, hat.tax_minor) == (300, 270)
    assert (snapshot.shipping.net_minor, snapshot.shipping.tax_minor) == (800, 50)
    assert expected_total(snapshot.order()) == snapshot.order().captured_minor == 11_850


def test_each_successful_capture_is_a_tender_and_an_authorisation_is_none() -> None:
    shop = Shop("acme", "DE", {"bogus": "stripe", "gift_card": "stored_value"})
    tenders = taken(shopify(), shop).snapshot.tenders
    assert [
        (t.tender_id, t.kind, t.provider, t.payment_ref, t.captured_minor) for t in tenders
    ] == [
        ("t2", "card", "stripe", "ch_1", 10_000),
        ("t3", "gift_card", "stored_value", "3", 850),
        ("t5", "card", "Cash-on-Delivery-COD", "5", 1_000),
    ]


def test_only_what_has_arrived_is_a_delivery() -> None:
    (delivery,) = taken(shopify()).snapshot.deliveries
    assert [(held.line_id, held.quantity) for held in delivery.lines] == [("11", 1)]


def test_prices_that_include_tax_come_apart_without_loss() -> None:
    """Three of 9.99 gross, 0.98 off, tax 4.63: 24.36 net, which three do not divide."""
    line = {"id": 11, "price": "9.99", "quantity": 3, "tax_lines": [{"price": "4.63"}]}
    line["discount_allocations"] = [{"amount": "0.98"}]
    order = shopify(
        taxes_included=True,
        line_items=[line],
        shipping_lines=[{"price": "1.01", "tax_lines": [{"price": "0.16"}]}],
        transactions=[{"id": 2, "kind": "sale", "status": "success", "gateway": "b",
                       "amount": "30.00", "created_at": "2026-03-01T12:00:00-05:00"}],
        fulfillments=[], total_line_items_price="29.97", total_discounts="0.98",
        total_tax="4.79", total_price="30.00",
    )  # fmt: skip
    snapshot = taken(order).snapshot
    (sold,) = snapshot.lines
    assert sold.listed_minor - sold.line_discount_minor == 2_899 - 463
    assert (snapshot.shipping.net_minor, snapshot.shipping.tax_minor) == (85, 16)
    assert expected_total(snapshot.order()) == 3_000


def test_the_customer_gets_back_the_currency_that_was_paid() -> None:
    """A shop in euro, a customer in yen: the sets count, and the shop's own amounts do not."""
    order = shopify(
        presentment_currency="JPY",
        line_items=[{"id": 11, "quantity": 2, "price": "10.00", "price_set": money("10.00", "1603"),
                     "tax_lines": [{"price": "2.00", "price_set": money("2.00", "321")}]}],
        shipping_lines=[], fulfillments=[], total_line_items_price_set=money("20.00", "3206"),
        total_line_items_price="20.00", total_discounts="0.00",
        total_discounts_set=money("0.00", "0"), total_tax_set=money("2.00", "321"),
        total_price_set=money("22.00", "3527"),
        transactions=[{"id": 2, "kind": "sale", "status": "success", "gateway": "b",
                       "amount": "3527", "currency": "JPY",
                       "created_at": "2026-03-01T12:00:00-05:00"}],
    )  # fmt: skip
    snapshot = taken(order).snapshot
    assert (snapshot.currency, snapshot.order().captured_minor) == ("JPY", 3_527)
    del order["line_items"][0]["price_set"]
    assert refused(order).because == "line_items.11.price_set: expected an amount in JPY"


def test_duties_are_of_their_line() -> None:
    order = shopify(total_price="123.83")
    order["line_items"][1]["duties"] = [{"price": "5.00", "tax_lines": [{"price": "0.33"}]}]
    order["transactions"][1]["amount"] = "105.33"
    assert taken(order).snapshot.lines[1].duty_minor == 533


def test_a_tip_is_a_line_that_nobody_gives_back() -> None:
    order = shopify(total_price="120.50", total_tip_received="2.00")
    order["transactions"][1]["amount"] = "102.00"
    tip = taken(order).snapshot.lines[-1]
    assert (tip.category, tip.unit_price_minor, tip.final_sale) == ("tip", 200, True)


def test_tax_that_is_told_for_the_order_alone_is_shared_over_its_lines() -> None:
    order = shopify(tax_lines=[{"price": "10.00"}], total_tax="10.00", total_price="117.99")
    for line in order["line_items"]:
        line["tax_lines"] = []
    order["shipping_lines"][0]["tax_lines"] = []
    order["transactions"][1]["amount"] = "99.49"
    lines = taken(order).snapshot.lines
    assert [line.tax_minor for line in lines] == [730, 270]


def test_a_discount_on_the_whole_order_is_kept_as_one() -> None:
    order = shopify()
    for line in order["line_items"]:
        line["discount_allocations"] = []
    assert taken(order).snapshot.order_discount_minor == 1_001


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"total_tax": "10.50"}, "total_tax: expected 1051, found 1050"),
        ({"total_discounts": "10.00"}, "total_discounts: expected 1001, found 1000"),
        ({"total_price": "118.51"}, "total_price: expected 11850, found 11851"),
        ({"total_line_items_price": "1.00"}, "total_line_items_price: expected 11000, found 100"),
        (
            {"transactions": []},
            "captured (lines - discounts + tax + shipping + duties): expected 11850, found 0",
        ),
    ],
)
def test_a_sum_that_does_not_come_out_is_named(changed: dict[str, Any], named: str) -> None:
    read = refused(shopify(**changed))
    assert (read.order_id, read.code, read.because) == ("450789469", "does_not_add_up", named)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"line_items": "none"}, "line_items: expected a list of objects"),
        ({"line_items": []}, "line_items: expected at least one"),
        ({"id": "#1001"}, "id: expected a whole number, in digits"),
        ({"currency": "EURO"}, "currency: "),
        ({"shipping_address": None}, "shipping_address: expected one"),
        ({"total_price": True}, "total_price: expected an amount in EUR, as 10.55"),
    ],
)
def test_what_makes_no_sense_is_named(changed: dict[str, Any], named: str) -> None:
    assert refused(shopify(**changed)).because.startswith(named)


def test_where_an_order_leaves_from_has_to_be_said_by_somebody() -> None:
    assert refused(shopify(), Shop("acme")).because.startswith("ship_from: ")
    order = shopify()
    order["fulfillments"][0]["origin_address"] = {"country_code": "NL"}
    assert taken(order, Shop("acme")).snapshot.ship_from == "NL"


# ── Refunds made there ────────────────────────────────────────────────────────────────────


def test_a_refund_made_there_names_its_tender_lines_and_shipping() -> None:
    (told,) = taken(shopify(refunds=[refund()])).refunds
    assert (told.refund_ref, told.also_known_as, told.made_in) == (
        "shopify.509562969",
        ("re_9",),
        "shopify",
    )
    assert [(each.tender_id, each.amount_minor) for each in told.tenders] == [("t2", 4_864)]
    assert [(each.line_id, each.quantity, each.amount_minor) for each in told.lines] == [
        ("11", 1, 4_014)
    ]
    assert (told.shipping_minor, told.unallocated_minor) == (850, 0)


def test_what_a_refund_does_not_explain_is_unallocated() -> None:
    moved = {**refund()["transactions"][0], "amount": "50.00"}
    (told,) = taken(shopify(refunds=[refund(transactions=[moved])])).refunds
    assert told.unallocated_minor == 136


def test_where_a_fee_was_kept_each_part_bears_its_share() -> None:
    moved = {**refund()["transactions"][0], "amount": "24.32"}
    (told,) = taken(shopify(refunds=[refund(transactions=[moved])])).refunds
    assert ([line.amount_minor for line in told.lines], told.shipping_minor) == ([2_007], 425)


def test_a_refund_of_an_authorisation_is_of_the_capture_that_followed() -> None:
    moved = {**refund()["transactions"][0], "parent_id": 1}
    (told,) = taken(shopify(refunds=[refund(transactions=[moved])])).refunds
    assert told.tenders[0].tender_id == "t2"


def test_the_payments_own_name_is_not_taken_for_the_refunds() -> None:
    moved = {**refund()["transactions"][0], "authorization": "ch_1"}
    (told,) = taken(shopify(refunds=[refund(transactions=[moved])])).refunds
    assert told.also_known_as == ()


def test_goods_that_were_only_restocked_are_no_refund() -> None:
    assert taken(shopify(refunds=[refund(transactions=[])])).refunds == ()


def test_a_refund_of_a_line_that_the_order_has_not_is_refused() -> None:
    other = refund(refund_line_items=[{"line_item_id": 99, "quantity": 1}])
    assert "has no line 99" in refused(shopify(refunds=[other])).because


# ── As recorded ───────────────────────────────────────────────────────────────────────────


def load(name: str) -> Any:
    return json.loads((RECORDED / name).read_text("utf-8"), parse_float=Decimal)


@recorded
def test_the_recorded_order_is_refused_by_the_sums_that_are_wrong_in_it() -> None:
    """Three lines of 199.00 are told as 398.00, and nothing was captured."""
    read = refused({**load("order.json"), "transactions": load("transactions.json")}, SHOP)
    assert [difference.sum.split()[0] for difference in read.differences] == [
        "total_line_items_price",
        "total_price",
        "captured",
    ]


@recorded
def test_the_recorded_order_is_taken_in_once_its_sums_are_right() -> None:
    """With two of its lines and its authorisation captured, the recorded refund fits it."""
    order = load("order.json")["order"]
    order["line_items"] = [line for line in order["line_items"] if line["id"] != 518995019]
    (authorised,) = load("transactions.json")
    captured = {**authorised, "id": 2, "kind": "capture", "parent_id": authorised["id"]}
    document = {
        "order": order,
        "transactions": [authorised, captured],
        "refunds": [load("refund.json")["refund"]],
        "fulfillments": [{**load("fulfillment.json")["fulfillment"], "status": "success"}],
    }
    read = taken(document)
    assert [line.tax_minor for line in read.snapshot.lines] == [597, 597]
    assert expected_total(read.snapshot.order()) == 40_994
    assert [held.line_id for each in read.snapshot.deliveries for held in each.lines] == [
        "466157049"
    ]
    (told,) = read.refunds
    assert [(t.tender_id, t.amount_minor) for t in told.tenders] == [("t2", 20_900)]
    assert [(line.line_id, line.amount_minor) for line in told.lines] == [
        ("703073504", 10_450),
        ("466157049", 10_450),
    ]
