"""PayPal's events in our words: refunds that moved, and disputed captures."""

from collections.abc import Mapping
from typing import Any

from activities.failures import Misspoken
from adapters.payments.paypal_words import from_paypal
from adapters.webhooks.event import SourceEvent, Unreadable, text_at
from adapters.webhooks.fact import Fact

SOURCE = "paypal"
REFUND_MOVED = frozenset(
    {"PAYMENT.CAPTURE.REFUNDED", "PAYMENT.REFUND.PENDING", "PAYMENT.REFUND.FAILED"}
)
_STATUS: Mapping[str, str] = {
    "PENDING": "pending",
    "COMPLETED": "succeeded",
    "FAILED": "failed",
    "CANCELLED": "failed",
}
# Where PayPal pays both out of its own pocket, the merchant keeps the money.
OUTCOMES: Mapping[str, str] = {
    "RESOLVED_BUYER_FAVOUR": "lost",
    "ACCEPTED": "lost",
    "RESOLVED_SELLER_FAVOUR": "won",
    "RESOLVED_WITH_PAYOUT": "won",
    "CANCELED_BY_BUYER": "won",
    "DENIED": "won",
}


def paypal_facts(event: SourceEvent) -> tuple[Fact, ...]:
    """Read an event about a refund or a dispute; others say nothing of returns."""
    if event.kind in REFUND_MOVED:
        return (_payout(event, _resource(event)),)
    if event.kind == "CUSTOMER.DISPUTE.CREATED":
        return _chargebacks(event, _resource(event), "opened")
    if event.kind == "CUSTOMER.DISPUTE.RESOLVED":
        dispute = _resource(event)
        ended = OUTCOMES.get(text_at(dispute, "dispute_outcome", "outcome_code"))
        if ended is None:
            raise Unreadable("expected resource.dispute_outcome.outcome_code that we know")
        return _chargebacks(event, dispute, ended)
    return ()


def _payout(event: SourceEvent, refund: Mapping[str, Any]) -> Fact:
    """Hint that a refund moved; how it stands is asked for, not read from here."""
    reference = text_at(refund, "id")
    if not reference:
        raise Unreadable("expected resource.id")
    body = {
        **_envelope(event),
        "payout_ref": reference,
        "instruction_id": text_at(refund, "invoice_id"),
        "status": _STATUS.get(text_at(refund, "status"), ""),
    }
    return Fact("report_payout", "payout", reference, body)


def _chargebacks(event: SourceEvent, dispute: Mapping[str, Any], status: str) -> tuple[Fact, ...]:
    """One for the capture that is disputed; they name one for each dispute."""
    disputed = dispute.get("disputed_transactions")
    first = disputed[0] if isinstance(disputed, list) and len(disputed) == 1 else {}
    capture = text_at(first, "seller_transaction_id") if isinstance(first, Mapping) else ""
    amount = dispute.get("dispute_amount")
    if not capture or not isinstance(amount, Mapping):
        raise Unreadable("expected resource.dispute_amount, and one of disputed_transactions")
    try:
        taken = from_paypal(amount.get("value"), amount.get("currency_code"))
    except Misspoken as misfit:
        raise Unreadable(str(misfit)) from misfit
    body = {
        **_envelope(event),
        "payment_ref": capture,
        "chargeback_id": text_at(dispute, "dispute_id"),
        "amount": taken.model_dump(mode="json"),
        "status": status,
    }
    return (Fact("report_chargeback", "payment", capture, body),)


def _envelope(event: SourceEvent) -> dict[str, str]:
    return {
        "message_id": event.event_id,
        "occurred_at": event.occurred_at.isoformat(),
        "source": SOURCE,
    }


def _resource(event: SourceEvent) -> Mapping[str, Any]:
    resource = event.body.get("resource")
    if not isinstance(resource, dict):
        raise Unreadable("expected resource")
    return resource
