"""An order that returns are told about, and a policy to judge them by.

Line 1: three shirts of 40.00 net + 7.60 tax. Line 2: a phone of 400.00 + 76.00, tracked by
serial number. Line 3: a lamp of 60.00 + 11.40. Paid with a gift card of 100.00 and a card.
"""

from datetime import timedelta
from typing import Any

from domain.orders.order import (
    Customer,
    DeliveredLine,
    Delivery,
    OrderLine,
    OrderSnapshot,
    PostalAddress,
    Shipping,
    Tender,
)
from domain.policy.policy import Policy
from tests.domain.policy import policies
from tests.domain.returns.scenario import MONDAY, TENANT

DELIVERED = MONDAY - timedelta(days=20)  # past the 14 days of the law, within the policy's 30
SHIRT_MINOR, PHONE_MINOR, LAMP_MINOR = 4_760, 47_600, 7_140
SHIPPING_MINOR = 595
TOTAL_MINOR = 3 * SHIRT_MINOR + PHONE_MINOR + LAMP_MINOR + SHIPPING_MINOR
GIFT_CARD_MINOR = 10_000
LABEL_FEE, CODE_FEE, PICKUP_FEE = 490, 290, 690


def _routes() -> list[dict[str, Any]]:
    services = {
        "drop_off_label": "return_label",
        "drop_off_code": "return_code",
        "carrier_pickup": "return_pickup",
    }
    return [
        {"countries": ["*"], "method": method, "carrier": carrier, "service": service}
        for method, service in services.items()
        for carrier in ("swiftpost", "rivercourier")
    ]


def policy(**changes: Any) -> Policy:
    """The small policy with two carriers for every method, fees, and something to keep."""
    fields: dict[str, Any] = {
        "methods": {
            "*": ["drop_off_label", "drop_off_code", "carrier_pickup", "own_carrier", "in_store"]
        },
        "transports": _routes(),
        "fees": {
            "label": {
                "drop_off_label": {"EUR": LABEL_FEE},
                "drop_off_code": {"EUR": CODE_FEE},
                "carrier_pickup": {"EUR": PICKUP_FEE},
            },
            "restocking_bp": {"electronics": 1_000, "*": 0},
        },
        "shipping_refund": {
            "customer": "none",
            "merchant": "all_if_whole_order",
            "carrier": "all_if_whole_order",
            "unknown": "none",
        },
        "other_destination": "by_policy",
        "resolving": {
            "partial_refund": [{"rule": "share", "reasons": ["defective"], "share_bp": 3_000}],
            "coupon": {"value_bp": 11_000, "valid_days": 365},
            "repair": {"days": 21},
        },
        "exclusions": [{"rule": "final_sale", "final_sale": True, "because": "sold as final"}],
        "keep_item": [{"rule": "keep", "faults": ["merchant"], "at_most": {"EUR": 1_500}}],
    }
    return policies.policy(**{**fields, **changes})


def order(**changes: Any) -> OrderSnapshot:
    """The order as the shop sends it."""
    fields: dict[str, Any] = {
        "order_id": "W-1",
        "tenant": TENANT,
        "placed_at": DELIVERED - timedelta(days=3),
        "currency": "EUR",
        "ship_from": "DE",
        "ship_to": "DE",
        "customer": Customer(
            customer_id="c-1",
            name="Ada",
            email="ada@example.org",
            address=PostalAddress(line1="Weg 1", city="Bonn", postcode="53111", country="DE"),
        ),
        "lines": (
            line("1", "SHIRT", "Shirt", 3, 4_000),
            line("2", "PHONE", "Phone", 1, 40_000, category="electronics", serials=("SN-1",)),
            line("3", "LAMP", "Lamp", 1, 6_000),
        ),
        "shipping": Shipping(net_minor=500, tax_minor=95),
        "tenders": (
            tender("gift", "gift_card", GIFT_CARD_MINOR),
            tender("card", "card", TOTAL_MINOR - GIFT_CARD_MINOR),
        ),
    }
    fields = {**fields, **changes}
    held = tuple(DeliveredLine(line_id=x.line_id, quantity=x.quantity) for x in fields["lines"])
    fields.setdefault("deliveries", (Delivery(delivered_at=DELIVERED, lines=held),))
    return OrderSnapshot(**fields)


def line(
    line_id: str, sku: str, name: str, quantity: int, net_minor: int, **changes: Any
) -> OrderLine:
    """A line taxed at 19 %."""
    return OrderLine(
        line_id=line_id,
        sku=sku,
        name=name,
        quantity=quantity,
        unit_price_minor=net_minor,
        tax_minor=quantity * net_minor * 19 // 100,
        **changes,
    )


def tender(tender_id: str, kind: Any, captured_minor: int) -> Tender:
    """One of the means of payment."""
    return Tender(
        tender_id=tender_id,
        kind=kind,
        provider="stored_value" if kind == "gift_card" else "stripe",
        payment_ref=f"pi_{tender_id}",
        captured_minor=captured_minor,
        captured_at=DELIVERED - timedelta(days=3),
    )
