"""Adyen's events in our words: refunds that moved, and payments that banks took back.

There is no question that one could ask Adyen about a refund: how it stands is what they sent
and signed. So a fact keeps what the signature covers, beside the hint that it gives a return.
"""

from collections.abc import Mapping
from typing import Any

from activities.failures import Misspoken
from adapters.payments.adyen_words import EVENTS, from_adyen, reason_of
from adapters.webhooks.event import SourceEvent, Unreadable, text_at
from adapters.webhooks.fact import Fact
from domain.money import Money

SOURCE = "adyen"
CHARGEBACKS: Mapping[str, str] = {
    "CHARGEBACK": "opened",
    "SECOND_CHARGEBACK": "opened",
    "CHARGEBACK_REVERSED": "won",
}


def adyen_facts(event: SourceEvent) -> tuple[Fact, ...]:
    """Read an event about a refund or a chargeback; others say nothing of returns."""
    success = text_at(event.body, "success") == "true"
    if (event.kind, success) in EVENTS:
        return _payout(event, success=success)
    if event.kind in CHARGEBACKS and success:
        return (_chargeback(event, CHARGEBACKS[event.kind]),)
    if event.kind == "DISPUTE_DEFENSE_PERIOD_ENDED" and _is_lost(event):
        return (_chargeback(event, "lost"),)
    return ()


def _payout(event: SourceEvent, *, success: bool) -> tuple[Fact, ...]:
    state = EVENTS[event.kind, success]
    if state is None:
        return ()
    reference = _required(event, "pspReference")
    instruction = _printable(text_at(event.body, "merchantReference"))
    amount = _amount(event)
    body = {
        **_envelope(event),
        "payout_ref": reference,
        "instruction_id": instruction,
        "status": state,
    }
    proven = {
        "instruction_id": instruction,
        "payout_ref": reference,
        "payment_ref": text_at(event.body, "originalReference"),
        "state": state,
        "reason": "" if success and state != "failed" else _reason(event),
        "amount": amount.model_dump(mode="json"),
    }
    return (Fact("report_payout", "payout", reference, body, proven),)


def _chargeback(event: SourceEvent, status: str) -> Fact:
    payment = text_at(event.body, "originalReference") or _required(event, "pspReference")
    body = {
        **_envelope(event),
        "payment_ref": payment,
        "amount": _amount(event).model_dump(mode="json"),
        "status": status,
    }
    return Fact("report_chargeback", "payment", payment, body)


def _is_lost(event: SourceEvent) -> bool:
    """Read what is not signed: it may end a dispute that takes money from us, and pays none."""
    return text_at(event.body, "additionalData", "disputeStatus").lower() == "lost"


def _amount(event: SourceEvent) -> Money:
    stated = event.body.get("amount")
    amount: Mapping[str, Any] = stated if isinstance(stated, dict) else {}
    try:
        return from_adyen(amount.get("value"), amount.get("currency"))
    except Misspoken as misfit:
        raise Unreadable(str(misfit)) from misfit


def _reason(event: SourceEvent) -> str:
    return reason_of(event.kind, text_at(event.body, "reason"))


def _envelope(event: SourceEvent) -> dict[str, str]:
    return {
        "message_id": event.event_id,
        "occurred_at": event.occurred_at.isoformat(),
        "source": SOURCE,
    }


def _required(event: SourceEvent, field: str) -> str:
    found = _printable(text_at(event.body, field))
    if not found:
        raise Unreadable(f"expected {field}")
    return found


def _printable(text: str) -> str:
    """Leave out what is no reference: it may be anybody's text."""
    return text if text.isprintable() else ""
