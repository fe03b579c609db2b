"""Orders as a table: one row for each line of an order, its rows one after the other.

What is of the whole order stands in its first row; further rows repeat it or leave it empty.
An amount column is named `tax` and holds the currency's own decimals (`1.90`), or `tax_minor`
and holds minor units (`190`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.orders.importing.reading import (
    Difference,
    ImportedOrder,
    UnfitOrder,
    Unread,
    as_snapshot,
    minor_units,
    not_adding_up,
    unfit,
    whole_number,
)
from domain.orders.importing.snapshots import differences_of
from domain.orders.values import expected_total

Row = Mapping[str, str]

_CUSTOMER = {
    "customer_id": "customer_id",
    "customer_name": "name",
    "customer_email": "email",
    "customer_phone": "phone",
    "customer_locale": "locale",
}
_ADDRESS = {
    f"address_{name}": name for name in ("line1", "line2", "city", "postcode", "region", "country")
}
_ORDER = ("tenant", "order_id", "placed_at", "currency", "ship_from", "ship_to", "customer_group")
_ORDER_AMOUNTS = ("order_discount", "shipping_net", "shipping_tax", "shipping_standard_net")
_LINE = ("line_id", "sku", "name", "category", "hs_code", "origin_country")
_LINE_NUMBERS = ("quantity", "weight_grams")
_LINE_AMOUNTS = ("unit_price", "line_discount", "tax", "duty", "import_tax")
_LINE_REST = ("serials", "final_sale", "delivered_at", "delivered_quantity")
_PAYMENT = ("id", "kind", "provider", "ref", "captured_at")
PAYMENTS = range(1, 10)

_AMOUNTS = (
    *_ORDER_AMOUNTS,
    *_LINE_AMOUNTS,
    "order_total",
    *(f"payment_{n}_captured" for n in PAYMENTS),
)
COLUMNS = frozenset(
    {
        *_CUSTOMER,
        *_ADDRESS,
        *_ORDER,
        *_LINE,
        *_LINE_NUMBERS,
        *_LINE_REST,
        *(f"payment_{n}_{name}" for n in PAYMENTS for name in _PAYMENT),
        *_AMOUNTS,
        *(f"{name}_minor" for name in _AMOUNTS),
    }
)
"""Every column there is."""

REQUIRED = frozenset({"order_id", "line_id", "quantity"})
_OF_A_LINE = frozenset(
    {*_LINE, *_LINE_NUMBERS, *_LINE_REST, *_LINE_AMOUNTS, *(f"{n}_minor" for n in _LINE_AMOUNTS)}
)


def check_columns(names: Sequence[str]) -> None:
    """Refuse a table with a column that nobody reads, or without one that is needed.

    Raises:
        Unread: It names the columns.
    """
    unknown = sorted(set(names) - COLUMNS)
    if unknown:
        raise Unread("columns", f"there is no {', '.join(unknown)[:200]}")
    if len(set(names)) != len(names):
        raise Unread("columns", "expected each once")
    missing = sorted(REQUIRED - set(names))
    if missing:
        raise Unread("columns", f"expected {', '.join(missing)}")


def read_rows(rows: Sequence[Row], tenant: str) -> ImportedOrder | UnfitOrder:
    """Read the rows of one order."""
    first = rows[0]
    try:
        of_order = _order_row(rows)
        currency = of_order.get("currency", "")
        document = _document(of_order, rows, currency, tenant)
        snapshot = as_snapshot(document)
        total = _amount(of_order, "order_total", currency)
    except Unread as unread:
        return unfit(first, unread)
    differences = differences_of(snapshot)
    expected = expected_total(snapshot.order())
    if total is not None and total != expected:
        named = Difference(sum="order_total", expected_minor=expected, found_minor=total)
        differences = (named, *differences)
    if differences:
        return not_adding_up(snapshot.order_id, differences)
    return ImportedOrder(snapshot)


def _order_row(rows: Sequence[Row]) -> Row:
    """What is of the whole order: as the first row has it, and no other contradicts it."""
    first = {name: text for name, text in rows[0].items() if text}
    for number, row in enumerate(rows[1:], start=2):
        for name, text in row.items():
            if text and name not in _OF_A_LINE and text != first.get(name):
                raise Unread(name, f"row {number} of the order says otherwise than its first")
    return first


def _document(first: Row, rows: Sequence[Row], currency: str, tenant: str) -> dict[str, Any]:
    customer: dict[str, Any] = {
        ours: first[name] for name, ours in _CUSTOMER.items() if name in first
    }
    customer["address"] = {ours: first[name] for name, ours in _ADDRESS.items() if name in first}
    shipping = {
        f"{name.removeprefix('shipping_')}_minor": amount
        for name in _ORDER_AMOUNTS[1:]
        if (amount := _amount(first, name, currency)) is not None
    }
    return {
        "tenant": tenant,
        **{name: first[name] for name in _ORDER if name in first},
        "customer": customer,
        "order_discount_minor": _amount(first, "order_discount", currency) or 0,
        "shipping": shipping,
        "lines": [_line(row, currency) for row in rows],
        "tenders": list(_tenders(first, currency)),
        "deliveries": _deliveries(rows),
    }


def _line(row: Row, currency: str) -> dict[str, Any]:
    line: dict[str, Any] = {name: row[name] for name in _LINE if row.get(name)}
    line |= {name: whole_number(row[name], name) for name in _LINE_NUMBERS if row.get(name)}
    for name in _LINE_AMOUNTS:
        amount = _amount(row, name, currency)
        if amount is not None:
            line[f"{name}_minor"] = amount
    if row.get("serials"):
        line["serials"] = row["serials"].split("|")
    if row.get("final_sale"):
        if row["final_sale"] not in {"true", "false"}:
            raise Unread("final_sale", "expected true or false")
        line["final_sale"] = row["final_sale"] == "true"
    return line


def _tenders(first: Row, currency: str) -> Iterator[dict[str, Any]]:
    for number in PAYMENTS:
        prefix = f"payment_{number}_"
        if not any(name.startswith(prefix) for name in first):
            continue
        said = {name: first[prefix + name] for name in _PAYMENT if prefix + name in first}
        tender: dict[str, Any] = {
            "tender_id": said.pop("id", f"t{number}"),
            "payment_ref": said.pop("ref", ""),
            "captured_at": said.pop("captured_at", first.get("placed_at", "")),
            **said,
        }
        captured = _amount(first, f"{prefix}captured", currency)
        if captured is None:
            raise Unread(f"{prefix}captured", "expected what was captured")
        yield {**tender, "captured_minor": captured}


def _deliveries(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Each line's deliveries, `|` between several; those at one time are one delivery."""
    by_time: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        times = [at for at in row.get("delivered_at", "").split("|") if at]
        counts = [n for n in row.get("delivered_quantity", "").split("|") if n]
        if not counts and len(times) == 1:
            counts = [row["quantity"]]
        if len(counts) != len(times):
            raise Unread("delivered_quantity", "expected one number for each delivered_at")
        for at, count in zip(times, counts, strict=True):
            held = {
                "line_id": row["line_id"],
                "quantity": whole_number(count, "delivered_quantity"),
            }
            by_time.setdefault(at, []).append(held)
    return [{"delivered_at": at, "lines": lines} for at, lines in by_time.items()]


def _amount(row: Row, name: str, currency: str) -> int | None:
    """An amount from whichever of its two columns is filled; none where neither is."""
    plain, minor = row.get(name), row.get(f"{name}_minor")
    if plain and minor:
        raise Unread(name, f"give it or {name}_minor, not both")
    if plain:
        return minor_units(plain, currency, name)
    return whole_number(minor, f"{name}_minor") if minor else None
