"""Orders in other people's shapes, to be changed by a test."""

from datetime import UTC, datetime
from typing import Any

from domain.orders.importing.shopify_money import Shop

SHOP = Shop(tenant="acme", ship_from="DE")


def row(**changed: str) -> dict[str, str]:
    """The one row of an order: three shirts and their way, 42.65 EUR in all."""
    told = {
        "order_id": "W-1",
        "placed_at": "2026-03-01T09:30:00Z",
        "currency": "EUR",
        "ship_from": "DE",
        "ship_to": "FR",
        "customer_id": "c-7",
        "customer_name": "Camille Martin",
        "customer_email": "camille@example.org",
        "customer_locale": "fr",
        "address_line1": "1 rue de la Paix",
        "address_city": "Paris",
        "address_country": "FR",
        "line_id": "1",
        "sku": "SHIRT",
        "name": "Shirt",
        "quantity": "3",
        "unit_price": "10.00",
        "tax": "5.70",
        "shipping_net": "5.00",
        "shipping_tax": "0.95",
        "payment_1_kind": "card",
        "payment_1_provider": "stripe",
        "payment_1_ref": "pi_1",
        "payment_1_captured": "41.65",
    }
    return {**told, **changed}


def shopify(**changed: Any) -> dict[str, Any]:
    """Two shirts and a hat, one discount, shipping, paid by card and gift card: 118.50 EUR."""
    told: dict[str, Any] = {
        "id": 450789469,
        "created_at": "2026-03-01T11:00:00-05:00",
        "currency": "EUR",
        "email": "bob@example.org",
        "customer_locale": "en-US",
        "total_line_items_price": "110.00",
        "total_discounts": "10.01",
        "total_tax": "10.51",
        "total_price": "118.50",
        "line_items": [
            {
                "id": 11,
                "sku": "SHIRT",
                "name": "Shirt",
                "price": "40.00",
                "quantity": 2,
                "grams": 200,
                "discount_allocations": [{"amount": "7.01"}],
                "tax_lines": [{"price": "7.30"}, {"price": "0.01"}],
            },
            {
                "id": 12,
                "sku": "HAT",
                "name": "Hat",
                "price": "30.00",
                "quantity": 1,
                "discount_allocations": [{"amount": "3.00"}],
                "tax_lines": [{"price": "2.70"}],
            },
        ],
        "shipping_lines": [{"price": "8.00", "tax_lines": [{"price": "0.50"}]}],
        "transactions": _transactions(),
        "customer": {"id": 207119551, "first_name": "Bob", "last_name": "Norman"},
        "shipping_address": {
            "name": "Bob Norman", "address1": "Chestnut Street 92", "city": "Louisville",
            "zip": "40202", "province_code": "KY", "country_code": "US",
        },
        "fulfillments": _fulfillments(),
    }  # fmt: skip
    return {**told, **changed}


def _transactions() -> list[dict[str, Any]]:
    return [
        {"id": 1, "kind": "authorization", "status": "success", "gateway": "bogus",
         "amount": "100.00", "created_at": "2026-03-01T11:00:00-05:00"},
        {"id": 2, "kind": "capture", "status": "success", "gateway": "bogus", "parent_id": 1,
         "amount": "100.00", "authorization": "ch_1",
         "created_at": "2026-03-01T12:00:00-05:00"},
        {"id": 3, "kind": "sale", "status": "success", "gateway": "gift_card",
         "amount": "8.50", "created_at": "2026-03-01T11:00:00-05:00"},
        {"id": 5, "kind": "sale", "status": "success", "gateway": "Cash on Delivery (COD)",
         "amount": "10.00", "created_at": "2026-03-01T11:00:00-05:00"},
        {"id": 4, "kind": "sale", "status": "failure", "gateway": "bogus", "amount": "118.50"},
    ]  # fmt: skip


def _fulfillments() -> list[dict[str, Any]]:
    return [
        {"status": "success", "shipment_status": "delivered",
         "updated_at": "2026-03-04T10:00:00-05:00", "line_items": [{"id": 11, "quantity": 1}]},
        {"status": "success", "shipment_status": "in_transit",
         "updated_at": "2026-03-05T10:00:00-05:00", "line_items": [{"id": 11, "quantity": 1}]},
        {"status": "cancelled", "updated_at": "2026-03-05T10:00:00-05:00",
         "line_items": [{"id": 12, "quantity": 1}]},
    ]  # fmt: skip


def refund(**changed: Any) -> dict[str, Any]:
    """One shirt and the shipping went back to the card."""
    told: dict[str, Any] = {
        "id": 509562969,
        "created_at": "2026-03-20T13:35:06-04:00",
        "refund_line_items": [
            {"line_item_id": 11, "quantity": 1, "subtotal": "36.49", "total_tax": "3.65"}
        ],
        "order_adjustments": [
            {"kind": "shipping_refund", "amount": "-8.00", "tax_amount": "-0.50"}
        ],
        "transactions": [
            {"id": 9, "kind": "refund", "status": "success", "gateway": "bogus", "parent_id": 2,
             "amount": "48.64", "authorization": "re_9"},
        ],
    }  # fmt: skip
    return {**told, **changed}


def lately(told: Any) -> Any:
    """The same, as if 25 March 2026 were today."""
    if isinstance(told, dict):
        return {key: lately(value) for key, value in told.items()}
    if isinstance(told, list):
        return [lately(value) for value in told]
    if not isinstance(told, str) or not told.startswith("2026-03-"):
        return told
    by = datetime.now(UTC).replace(microsecond=0) - datetime(2026, 3, 25, tzinfo=UTC)
    return (datetime.fromisoformat(told) + by).isoformat()
