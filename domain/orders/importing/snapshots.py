"""Orders in our own shape, and the one sum that each of them has to keep."""

from domain.orders.importing.reading import (
    Difference,
    Document,
    ImportedOrder,
    UnfitOrder,
    Unread,
    as_snapshot,
    not_adding_up,
    unfit,
)
from domain.orders.order import OrderSnapshot
from domain.orders.values import expected_total


def read_snapshot(document: Document, tenant: str) -> ImportedOrder | UnfitOrder:
    """Read one order in our shape; one that names no merchant is this one's."""
    try:
        snapshot = as_snapshot({"tenant": tenant, **document})
    except Unread as unread:
        return unfit(document, unread)
    differences = differences_of(snapshot)
    if differences:
        return not_adding_up(snapshot.order_id, differences)
    return ImportedOrder(snapshot)


def differences_of(snapshot: OrderSnapshot) -> tuple[Difference, ...]:
    """Lines less discounts, plus tax, duties and shipping, is what was captured."""
    order = snapshot.order()
    expected = expected_total(order)
    if expected == order.captured_minor:
        return ()
    return (
        Difference(
            sum="captured (lines - discounts + tax + duties + shipping)",
            expected_minor=expected,
            found_minor=order.captured_minor,
        ),
    )
