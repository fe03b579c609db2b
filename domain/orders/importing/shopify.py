"""Orders as Shopify's REST Admin API and its webhooks tell them."""

from collections.abc import Iterator, Mapping
from typing import Any

from domain.orders.importing.reading import (
    Difference,
    Document,
    ImportedOrder,
    UnfitOrder,
    Unread,
    as_snapshot,
    not_adding_up,
    unfit,
    whole_number,
)
from domain.orders.importing.shopify_lines import Line, as_order_line, lines_of
from domain.orders.importing.shopify_money import Paid, Shop, objects, tenders
from domain.orders.importing.shopify_refunds import refunds_of

TIP = "tip"


def read_shopify(document: Document, shop: Shop) -> ImportedOrder | UnfitOrder:
    """Read one order: bare, or as `{"order": …}` with transactions and refunds beside it."""
    order = unwrapped(document)
    try:
        return _read(order, shop)
    except Unread as unread:
        return unfit(order, unread)


def unwrapped(document: Document) -> Document:
    """The order itself, with what the API answers to other questions put into it."""
    inner = document.get("order")
    if not isinstance(inner, Mapping):
        return document
    beside = {name: value for name, value in document.items() if name != "order"}
    return {**inner, **beside}


def _read(order: Document, shop: Shop) -> ImportedOrder | UnfitOrder:
    paid = Paid.of(order)
    lines = lines_of(order, paid)
    order_id = str(whole_number(order.get("id"), "id"))
    differences = tuple(_differences(order, paid, lines))
    if differences:
        return not_adding_up(order_id, differences)
    snapshot = as_snapshot(_document(order, order_id, paid, lines, shop))
    return ImportedOrder(snapshot, refunds_of(order, paid, snapshot.order()))


def _document(
    order: Document, order_id: str, paid: Paid, lines: list[Line], shop: Shop
) -> dict[str, Any]:
    included = bool(order.get("taxes_included"))
    address, customer = _address(order), order.get("customer")
    person = customer if isinstance(customer, Mapping) else {}
    ours = [as_order_line(line, taxes_included=included) for line in lines]
    if tip := paid.amount(order, "total_tip_received"):
        ours.append(_tip(tip))
    return {
        "order_id": order_id,
        "tenant": shop.tenant,
        "placed_at": str(order.get("processed_at") or order.get("created_at") or ""),
        "currency": paid.currency,
        "ship_from": _ship_from(order, shop),
        "ship_to": address["country"],
        "customer": {
            "customer_id": str(person.get("id") or f"guest-{order_id}"),
            "name": _name(order, person),
            "email": str(order.get("email") or person.get("email") or ""),
            "phone": str(order.get("phone") or person.get("phone") or ""),
            "locale": str(order.get("customer_locale") or "en"),
            "address": address,
        },
        "lines": ours,
        "order_discount_minor": _order_discount(order, paid, lines),
        "shipping": _shipping(order, paid, included=included),
        "tenders": tenders(order, paid, shop),
        "deliveries": list(_deliveries(order)),
    }


def _differences(order: Document, paid: Paid, lines: list[Line]) -> Iterator[Difference]:
    """Compare every sum that the order tells with its parts, and all of it with the payments."""
    included = bool(order.get("taxes_included"))
    listed = sum(line.listed_minor for line in lines)
    shipping = list(objects(order, "shipping_lines"))
    way = sum(paid.amount(each, "price") for each in shipping)
    off_way = sum(_off(each, paid) for each in shipping)
    off = sum(line.discount_minor for line in lines) + _order_discount(order, paid, lines)
    tax = sum(line.tax_minor for line in lines) + sum(_tax(each, paid) for each in shipping)
    duties = sum(line.duty_minor for line in lines)
    whole = listed - off + way - off_way + (0 if included else tax) + duties
    whole += paid.amount(order, "total_tip_received")
    captured = sum(
        paid.transaction(each)
        for each in objects(order, "transactions")
        if each.get("kind") in {"capture", "sale"} and each.get("status") == "success"
    )
    for name, expected in (
        ("total_line_items_price", listed),
        ("total_discounts", off + off_way),
        ("total_tax", tax),
        ("total_price", whole),
    ):
        found = paid.said(order, name)
        if found is not None and found != expected:
            yield Difference(sum=name, expected_minor=expected, found_minor=found)
    if captured != whole:
        name = "captured (lines - discounts + tax + shipping + duties)"
        yield Difference(sum=name, expected_minor=whole, found_minor=captured)


def _order_discount(order: Document, paid: Paid, lines: list[Line]) -> int:
    """What is taken off the whole order and told on no line: only by orders without allocations."""
    if any(line.told.get("discount_allocations") for line in lines):
        return 0
    off_way = sum(_off(each, paid) for each in objects(order, "shipping_lines"))
    whole = paid.amount(order, "total_discounts")
    return max(0, whole - off_way - sum(line.discount_minor for line in lines))


def _shipping(order: Document, paid: Paid, *, included: bool) -> dict[str, int]:
    ways = list(objects(order, "shipping_lines"))
    charged = sum(paid.amount(each, "price") - _off(each, paid) for each in ways)
    tax = sum(_tax(each, paid) for each in ways)
    return {"net_minor": charged - (tax if included else 0), "tax_minor": tax}


def _off(way: Mapping[str, Any], paid: Paid) -> int:
    """What a way of shipping was reduced by."""
    allocated = [paid.amount(e, "amount") for e in objects(way, "discount_allocations")]
    if allocated:
        return sum(allocated)
    reduced = paid.said(way, "discounted_price")
    return 0 if reduced is None else paid.amount(way, "price") - reduced


def _tax(way: Mapping[str, Any], paid: Paid) -> int:
    return sum(paid.amount(each, "price") for each in objects(way, "tax_lines"))


def _tip(amount_minor: int) -> dict[str, Any]:
    return {
        "line_id": TIP,
        "sku": TIP,
        "name": "Tip",
        "category": TIP,
        "quantity": 1,
        "unit_price_minor": amount_minor,
        "final_sale": True,
    }


def _deliveries(order: Document) -> Iterator[dict[str, Any]]:
    """Fulfilments that went well. One that a carrier still carries is no delivery yet.

    Where no carrier says how it goes, the time of the last news of it is the best there is.
    """
    for each in objects(order, "fulfillments"):
        arrived = each.get("shipment_status") in {None, "", "delivered"}
        if each.get("status") != "success" or not arrived:
            continue
        held = [
            {
                "line_id": str(line.get("id")),
                "quantity": whole_number(line.get("quantity"), "fulfillments.line_items.quantity"),
            }
            for line in objects(each, "line_items")
        ]
        at = str(each.get("updated_at") or each.get("created_at") or "")
        if held:
            yield {"delivered_at": at, "lines": held}


def _ship_from(order: Document, shop: Shop) -> str:
    for each in (*objects(order, "fulfillments"), *objects(order, "line_items")):
        for name in ("origin_address", "origin_location"):
            origin = each.get(name)
            if isinstance(origin, Mapping) and origin.get("country_code"):
                return str(origin["country_code"])
    if not shop.ship_from:
        raise Unread("ship_from", "the order does not tell; name the country for all")
    return shop.ship_from


def _address(order: Document) -> dict[str, str]:
    customer = order.get("customer")
    person = customer if isinstance(customer, Mapping) else {}
    places = (order.get("shipping_address"), order.get("billing_address"))
    for place in (*places, person.get("default_address")):
        if isinstance(place, Mapping):
            return {
                "line1": str(place.get("address1") or ""),
                "line2": str(place.get("address2") or ""),
                "city": str(place.get("city") or ""),
                "postcode": str(place.get("zip") or ""),
                "region": str(place.get("province_code") or place.get("province") or ""),
                "country": str(place.get("country_code") or ""),
            }
    raise Unread("shipping_address", "expected one, or a billing_address")


def _name(order: Document, person: Mapping[str, Any]) -> str:
    place = order.get("shipping_address")
    if isinstance(place, Mapping) and place.get("name"):
        return str(place["name"])
    return f"{person.get('first_name') or ''} {person.get('last_name') or ''}".strip()
