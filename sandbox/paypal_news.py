"""What PayPal tells unasked: refunds that moved, and captures that a customer disputes."""

from datetime import datetime

from sandbox import gateway_objects as objects
from sandbox.paypal_objects import amount_of, shown
from sandbox.wire import Json, digest, iso
from sandbox.world import World

TOLD = {
    "PENDING": "PAYMENT.REFUND.PENDING",
    "COMPLETED": "PAYMENT.CAPTURE.REFUNDED",
    "FAILED": "PAYMENT.REFUND.FAILED",
}
ENDED = {"won": "RESOLVED_SELLER_FAVOUR", "lost": "RESOLVED_BUYER_FAVOUR"}


class PayPalNews:
    """Books its webhooks."""

    def __init__(self, world: World) -> None:
        self._world = world
        world.hear("paypal_dispute", self._disputed)

    def tell(self, refund: Json, at: datetime) -> None:
        """Tell how a refund stands."""
        about = (refund["capture"], refund["key"], refund["custom_id"])
        kind = TOLD[refund["status"]]
        self._send(kind, f"{refund['id']}:{kind}", shown(refund), at, about)

    def _disputed(self, at: datetime, dispute: Json) -> None:
        """Tell that a customer disputes a capture, and how it ended."""
        is_open = dispute["status"] == "open" or dispute["status"] not in ENDED
        kind = "CUSTOMER.DISPUTE.CREATED" if is_open else "CUSTOMER.DISPUTE.RESOLVED"
        minor = objects.to_iso(dispute["amount"], dispute["currency"])
        resource: Json = {
            "dispute_id": "PP-D-" + digest("paypal dispute", dispute["id"])[:8].upper(),
            "status": "OPEN" if is_open else "RESOLVED",
            "dispute_amount": amount_of({"minor": minor, "currency": dispute["currency"]}),
            "disputed_transactions": [{"seller_transaction_id": dispute["payment_ref"]}],
        }
        if not is_open:
            resource["dispute_outcome"] = {"outcome_code": ENDED[dispute["status"]]}
        self._send(kind, f"{dispute['id']}:{kind}", resource, at, (dispute["payment_ref"],))

    def _send(
        self, kind: str, key: str, resource: Json, at: datetime, about: tuple[str, ...]
    ) -> None:
        event_id = "WH-" + digest("paypal event", key)[:17].upper()
        body = {
            "id": event_id,
            "event_version": "1.0",
            "create_time": iso(at),
            "event_type": kind,
            "resource_type": "dispute" if kind.startswith("CUSTOMER") else "refund",
            "resource": resource,
        }
        self._world.outbox.book("paypal", kind, event_id, body, at=at, about=about)
