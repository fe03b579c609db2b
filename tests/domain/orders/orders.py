"""Orders to test with: one that can be read, and any that hangs together."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from domain.money import allocate
from domain.orders.ledger import Ledger
from domain.orders.order import (
    DeliveredLine,
    Delivery,
    Order,
    OrderLine,
    Shipping,
    Tender,
)
from domain.orders.values import expected_total
from domain.who import Who

PLACED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
DELIVERED = datetime(2026, 3, 5, 14, 0, tzinfo=UTC)
A_DAY = timedelta(days=1)
A_SECOND = timedelta(seconds=1)
STAFF = Who(kind="staff", id="s-1")


def line(line_id: str = "1", **changes: Any) -> OrderLine:
    """One unit of 10.00 net and 1.90 tax, unless changed."""
    fields: dict[str, Any] = {
        "sku": f"SKU-{line_id}",
        "name": "Shirt",
        "category": "clothing",
        "quantity": 1,
        "unit_price_minor": 1_000,
        "tax_minor": 190,
    }
    return OrderLine(line_id=line_id, **{**fields, **changes})


def tender(tender_id: str = "card", **changes: Any) -> Tender:
    """A card that paid 11.90, unless changed."""
    fields: dict[str, Any] = {
        "kind": "card",
        "provider": "stripe",
        "payment_ref": f"pi_{tender_id}",
        "captured_minor": 1_190,
        "captured_at": PLACED,
    }
    return Tender(tender_id=tender_id, **{**fields, **changes})


def delivery(quantities: dict[str, int], at: datetime = DELIVERED) -> Delivery:
    """A delivery of so many units of each line."""
    held = tuple(
        DeliveredLine(line_id=line_id, quantity=quantity)
        for line_id, quantity in quantities.items()
    )
    return Delivery(delivered_at=at, lines=held)


def order(*lines: OrderLine, paid: bool = True, **changes: Any) -> Order:
    """An order from Germany to Germany, delivered whole and paid by one card to the cent."""
    lines = lines or (line(),)
    fields: dict[str, Any] = {
        "order_id": "W-1",
        "tenant": "acme",
        "placed_at": PLACED,
        "currency": "EUR",
        "ship_from": "DE",
        "ship_to": "DE",
        "customer_id": "c-1",
        "lines": lines,
        "tenders": (tender(),),
        "deliveries": (delivery({sold.line_id: sold.quantity for sold in lines}),),
    }
    sold = Order(**{**fields, **changes})
    if paid and "tenders" not in changes:
        paying = tender(captured_minor=expected_total(sold))
        return sold.model_copy(update={"tenders": (paying,)})
    return sold


def ledger(*lines: OrderLine, **changes: Any) -> Ledger:
    """The ledger of such an order, before anything was taken from it."""
    return Ledger(order(*lines, **changes))


amounts = st.integers(min_value=0, max_value=20_000)


@st.composite
def order_lines(draw: st.DrawFn, line_id: str) -> OrderLine:
    """Any line whose discount it can bear."""
    quantity = draw(st.integers(1, 7))
    price = draw(amounts)
    discount = draw(st.integers(0, price * quantity))
    return line(
        line_id,
        quantity=quantity,
        unit_price_minor=price,
        line_discount_minor=discount,
        tax_minor=draw(amounts),
        duty_minor=draw(st.integers(0, 900)),
        import_tax_minor=draw(st.integers(0, 900)),
    )


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Any order that hangs together: what its parts cost was captured, over one to three tenders."""
    count = draw(st.integers(1, 4))
    lines = tuple(draw(order_lines(str(number))) for number in range(1, count + 1))
    bearable = sum(sold.listed_minor - sold.line_discount_minor for sold in lines)
    unpaid = order(
        *lines,
        paid=False,
        order_discount_minor=draw(st.integers(0, bearable)),
        shipping=Shipping(net_minor=draw(amounts), tax_minor=draw(st.integers(0, 900))),
    )
    weights = draw(st.lists(st.integers(1, 9), min_size=1, max_size=3))
    kinds = st.sampled_from(["card", "gift_card", "store_credit", "bank"])
    tenders = tuple(
        tender(
            f"t{number}",
            kind=draw(kinds),
            captured_minor=share,
            captured_at=PLACED + number * A_DAY,
        )
        for number, share in enumerate(allocate(expected_total(unpaid), weights))
    )
    return unpaid.model_copy(update={"tenders": tenders})
