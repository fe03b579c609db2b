"""Orders from a file, in any shape that `orders import` takes."""

from pathlib import Path

from api.client.importing import Format, orders_in
from demo.journeys import Unusable
from domain.orders.importing.reading import UnfitOrder
from domain.orders.importing.shopify_money import Shop
from domain.orders.order import BY_HAND, OrderSnapshot

PLAYED = frozenset({"stripe", "adyen", "paypal", "stored_value"}) | BY_HAND


def orders_of(path: Path, tenant: str, form: Format | None = None) -> list[OrderSnapshot]:
    """Read them; they are this merchant's from now on, and have reached their customers.

    What was paid through a provider that the sandbox does not play is paid through its Stripe.

    Raises:
        Unusable: The file cannot be read, or an order in it makes no sense.
    """
    chosen: Format = form or ("csv" if path.suffix == ".csv" else "json")
    found: list[OrderSnapshot] = []
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            for line, read in orders_in(stream, chosen, Shop(tenant, "DE", {})):
                if isinstance(read, UnfitOrder):
                    raise Unusable(f"{path}: line {line}: {read.because}")
                if read.snapshot.deliveries:
                    found.append(_played(read.snapshot, tenant))
    except (OSError, UnicodeDecodeError) as unreadable:
        raise Unusable(f"{path}: cannot be read ({type(unreadable).__name__})") from unreadable
    if not found:
        raise Unusable(f"{path}: deliveries: no order in it has reached its customer")
    return found


def _played(order: OrderSnapshot, tenant: str) -> OrderSnapshot:
    tenders = tuple(
        tender if tender.provider in PLAYED else tender.model_copy(update={"provider": "stripe"})
        for tender in order.tenders
    )
    return order.model_copy(update={"tenant": tenant, "tenders": tenders})
