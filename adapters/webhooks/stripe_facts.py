"""Stripe's events in our words: refunds, bills and holds that moved, and disputed payments."""

from collections.abc import Mapping
from typing import Any

from activities.failures import Misspoken
from adapters.payments.stripe_amounts import money_of
from adapters.webhooks.event import SourceEvent, Unreadable, text_at
from adapters.webhooks.fact import Fact

SOURCE = "stripe"
REFUND_MOVED = frozenset(
    {"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"}
)
# An inquiry that they close (`warning_closed`) leaves the money with us, as a dispute won.
DISPUTE_ENDS: Mapping[str, str] = {"won": "won", "warning_closed": "won", "lost": "lost"}
BILL_MOVED = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
    }
)
HOLD_MOVED = frozenset({"payment_intent.succeeded", "payment_intent.canceled"})
COLLECTED_STATUS: Mapping[str, str] = {
    "checkout.session.completed": "paid",
    "payment_intent.succeeded": "taken",
    "payment_intent.canceled": "released",
}
_STATUS: Mapping[str, str] = {
    "pending": "pending",
    "requires_action": "requires_action",
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "failed",
}


def stripe_facts(event: SourceEvent) -> tuple[Fact, ...]:
    """Read an event about a refund or a dispute; others say nothing of returns."""
    stated = event.body.get("data")
    what = stated.get("object") if isinstance(stated, dict) else None
    if event.kind in REFUND_MOVED:
        return (_payout(event, _object(what)),)
    if event.kind in BILL_MOVED | HOLD_MOVED:
        return _collected(event, _object(what))
    if event.kind == "charge.dispute.created":
        return (_chargeback(event, _object(what), "opened"),)
    if event.kind == "charge.dispute.closed":
        dispute = _object(what)
        ended = DISPUTE_ENDS.get(text_at(dispute, "status"))
        if ended is None:
            raise Unreadable("expected data.object.status won or lost")
        return (_chargeback(event, dispute, ended),)
    return ()


def _payout(event: SourceEvent, refund: Mapping[str, Any]) -> Fact:
    """Hint that a refund moved; how it stands is asked for, not read from here."""
    reference = _required(refund, "id")
    body = {
        **_envelope(event),
        "payout_ref": reference,
        "instruction_id": text_at(refund, "metadata", "instruction_id"),
        "status": _STATUS.get(text_at(refund, "status"), ""),
    }
    return Fact("report_payout", "payout", reference, body)


def _collected(event: SourceEvent, what: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Hint that a bill or a hold has moved; a payment of the shop's own is neither."""
    ours = text_at(what, "metadata", "instruction_id")
    if not ours or (event.kind in HOLD_MOVED and text_at(what, "capture_method") != "manual"):
        return ()
    reference = _required(what, "id")
    body = {
        **_envelope(event),
        "payout_ref": reference,
        "instruction_id": ours,
        # A page that is over need not be the end of its bill: that is asked for in any case.
        "status": COLLECTED_STATUS.get(event.kind, ""),
    }
    return (Fact("report_payout", "payout", reference, body),)


def _chargeback(event: SourceEvent, dispute: Mapping[str, Any], status: str) -> Fact:
    payment = text_at(dispute, "payment_intent") or _required(dispute, "charge")
    try:
        amount = money_of(dispute)
    except Misspoken as misfit:
        raise Unreadable(str(misfit)) from misfit
    body = {
        **_envelope(event),
        "payment_ref": payment,
        "chargeback_id": text_at(dispute, "id"),
        "amount": amount.model_dump(mode="json"),
        "status": status,
    }
    return Fact("report_chargeback", "payment", payment, body)


def _envelope(event: SourceEvent) -> dict[str, str]:
    return {
        "message_id": event.event_id,
        "occurred_at": event.occurred_at.isoformat(),
        "source": SOURCE,
    }


def _object(what: object) -> Mapping[str, Any]:
    if not isinstance(what, dict):
        raise Unreadable("expected data.object")
    return what


def _required(body: Mapping[str, Any], field: str) -> str:
    found = text_at(body, field)
    if not found:
        raise Unreadable(f"expected data.object.{field}")
    return found
