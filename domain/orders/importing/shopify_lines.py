"""The lines of a Shopify order: price, discounts, tax and duties of each, to the minor unit."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from domain.money import allocate
from domain.orders.importing.reading import Document, Unread, whole_number
from domain.orders.importing.shopify_money import Paid, objects


class Line(NamedTuple):
    """One line as Shopify counts it: gross where its prices include tax."""

    told: Mapping[str, Any]
    quantity: int
    price_minor: int  # of one unit
    discount_minor: int
    tax_minor: int
    duty_minor: int

    @property
    def listed_minor(self) -> int:
        """The line before discounts."""
        return self.price_minor * self.quantity

    @property
    def charged_minor(self) -> int:
        """The line after them."""
        return self.listed_minor - self.discount_minor


def lines_of(order: Document, paid: Paid) -> list[Line]:
    """Read the lines; tax that is told for the order alone is shared over them by value."""
    lines = [_line(each, paid) for each in objects(order, "line_items")]
    if not lines:
        raise Unread("line_items", "expected at least one")
    whole = sum(paid.amount(each, "price", "tax_lines.") for each in objects(order, "tax_lines"))
    of_shipping = sum(
        paid.amount(tax, "price", "shipping_lines.tax_lines.")
        for each in objects(order, "shipping_lines")
        for tax in objects(each, "tax_lines")
    )
    if whole and not of_shipping and not any(line.tax_minor for line in lines):
        weights = [line.charged_minor for line in lines]
        shares = allocate(whole, weights if any(weights) else [1] * len(lines))
        return [line._replace(tax_minor=share) for line, share in zip(lines, shares, strict=True)]
    return lines


def _line(told: Mapping[str, Any], paid: Paid) -> Line:
    path = f"line_items.{told.get('id')}."
    allocated = [paid.amount(e, "amount", path) for e in objects(told, "discount_allocations")]
    duties = list(objects(told, "duties"))
    duty = sum(paid.amount(each, "price", f"{path}duties.") for each in duties)
    duty += sum(
        paid.amount(tax, "price", f"{path}duties.tax_lines.")
        for each in duties
        for tax in objects(each, "tax_lines")
    )
    return Line(
        told=told,
        quantity=whole_number(told.get("quantity"), f"{path}quantity"),
        price_minor=paid.amount(told, "price", path),
        discount_minor=sum(allocated) if allocated else paid.amount(told, "total_discount", path),
        tax_minor=sum(
            paid.amount(e, "price", f"{path}tax_lines.") for e in objects(told, "tax_lines")
        ),
        duty_minor=duty,
    )


def as_order_line(line: Line, *, taxes_included: bool) -> dict[str, Any]:
    """The line in our words. Where prices include tax, its net is what is charged less the tax.

    A net price of one unit may not divide: it is rounded up, and the rest of a minor unit
    becomes discount, so that the line is exact.
    """
    price, discount = line.price_minor, line.discount_minor
    if taxes_included and line.charged_minor > 0:
        net = line.charged_minor - line.tax_minor
        price = max(
            -(-line.price_minor * net // line.charged_minor),
            -(-net // line.quantity),
        )
        discount = price * line.quantity - net
    told = line.told
    country = str(told.get("country_code_of_origin") or "")
    return {
        "line_id": str(told.get("id")),
        "sku": str(told.get("sku") or told.get("variant_id") or ""),
        "name": str(told.get("name") or told.get("title") or "")[:200],
        "category": _category(told),
        "quantity": line.quantity,
        "unit_price_minor": price,
        "line_discount_minor": discount,
        "tax_minor": line.tax_minor,
        "duty_minor": line.duty_minor,
        "weight_grams": whole_number(told.get("grams") or 0, "line_items.grams"),
        "hs_code": str(told.get("harmonized_system_code") or ""),
        **({"origin_country": country} if country else {}),
    }


def _category(told: Mapping[str, Any]) -> str:
    if told.get("gift_card"):
        return "gift_card"
    return str(told.get("product_type") or "")[:200]
