"""Orders as shops sell them, with the numbers that nobody likes; made from a seed."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from domain.money import allocate
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
from domain.orders.values import expected_total
from domain.policy.policy import Policy
from domain.returns.asking.request import RequestedLine
from domain.words import Reason, Resolution
from tests.domain.returns import shop, story
from tests.domain.returns.scenario import TENANT

PLACED = shop.DELIVERED - timedelta(days=3)
CURRENCIES = ("JPY", "EUR", "USD", "KWD")
UNITS = {"JPY": 1, "EUR": 100, "USD": 100, "KWD": 1_000}
TAXES_BP = (0, 550, 700, 1_000, 1_900, 2_100, 2_550)
REASONS = (Reason.CHANGED_MIND, Reason.DEFECTIVE, Reason.DAMAGED_IN_TRANSIT, Reason.TOO_SMALL)


def policy() -> Policy:
    """The shop's policy for every currency, paying for what was inspected."""
    fees = {code: max(1, 49 * unit // 10) for code, unit in UNITS.items()}
    label = dict.fromkeys(("drop_off_label", "drop_off_code", "carrier_pickup"), fees)
    return shop.policy(
        currencies=list(CURRENCIES),
        fees={"label": label, "restocking_bp": {"electronics": 1_250, "*": 333}},
        keep_item=[],
        tolerance={code: max(1, unit // 20) for code, unit in UNITS.items()},
    )


def order(random: Random, number: int) -> OrderSnapshot:
    """Sevens, thirds, what costs nothing, what was given away, tax rounded line by line."""
    currency = random.choice(CURRENCIES)
    unit = UNITS[currency]
    lines = tuple(_line(random, str(n), unit) for n in range(1, random.randint(2, 5)))
    bearable = sum(line.listed_minor - line.line_discount_minor for line in lines)
    discount = random.choice([0, 0, bearable // 3, min(bearable, 10 * unit + 1), bearable])
    way = random.choice([0, 5 * unit + 1])
    fields: dict[str, Any] = {
        "order_id": f"W-{number}",
        "tenant": TENANT,
        "placed_at": PLACED,
        "currency": currency,
        "ship_from": "DE",
        "ship_to": random.choice(["DE", "JP", "US", "KW"]),
        "customer": Customer(
            customer_id="c-1",
            name="Ada",
            email="ada@example.org",
            address=PostalAddress(line1="Weg 1", city="Bonn", country="DE"),
        ),
        "lines": lines,
        "order_discount_minor": discount,
        "shipping": Shipping(net_minor=way, tax_minor=way * 19 // 100),
    }
    everything = tuple(DeliveredLine(line_id=x.line_id, quantity=x.quantity) for x in lines)
    fields["deliveries"] = (Delivery(delivered_at=shop.DELIVERED, lines=everything),)
    unpaid = OrderSnapshot(**fields, tenders=(_tender("card", 0),))
    total = expected_total(unpaid.order())
    kinds = random.choice([["card"], ["gift_card", "card"], ["gift_card", "card", "wallet"]])
    shares = allocate(total, [random.randint(1, 9) for _ in kinds])
    tenders = tuple(_tender(kind, share) for kind, share in zip(kinds, shares, strict=True))
    return OrderSnapshot(**fields, tenders=tenders)


def _line(random: Random, line_id: str, unit: int) -> OrderLine:
    quantity = random.choice([1, 1, 2, 3, 7])
    price = random.choice([0, 1, 10 * unit // 3, 20 * unit - 1, random.randint(1, 99 * unit)])
    listed = price * quantity
    off = random.choice([0, 0, listed // 3, listed // 7, listed])
    tax = (listed - off) * random.choice(TAXES_BP) // 10_000
    return OrderLine(
        line_id=line_id,
        sku=f"SKU-{line_id}",
        name="Thing",
        category=random.choice(["", "electronics"]),
        quantity=quantity,
        unit_price_minor=price,
        line_discount_minor=off,
        tax_minor=tax,
        duty_minor=random.choice([0, 0, listed // 11]),
        import_tax_minor=random.choice([0, 0, listed // 13]),
    )


def _tender(kind: Any, captured_minor: int) -> Tender:
    return Tender(
        tender_id=kind,
        kind=kind,
        provider="stored_value" if kind == "gift_card" else "stripe",
        payment_ref=f"pi_{kind}",
        captured_minor=captured_minor,
        captured_at=PLACED,
    )


def wishes(
    random: Random, free: dict[str, int], reason: Callable[[], Reason]
) -> list[RequestedLine]:
    """Some of the units that are still with the customer, back for money, credit or goods."""
    wanted = []
    for line_id, count in free.items():
        quantity = random.randint(0, count)
        if not quantity:
            continue
        way = random.choice(
            [Resolution.REFUND_ORIGINAL] * 3 + [Resolution.STORE_CREDIT, Resolution.REPLACEMENT]
        )
        wanted.append(story.wish(line_id, quantity, reason=reason(), resolution=way))
    return wanted
