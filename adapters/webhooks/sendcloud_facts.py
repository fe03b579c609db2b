"""Sendcloud's events in our words: what became of a parcel.

A state is read by its sentence (`status.message`). Its number (`status.id`) was never held to
a recording of theirs, so it is passed on as the carrier's code and decides nothing: a sentence
that is not listed here moves nothing, whatever its number. Of a return the sender is the
customer, so what goes back to its sender goes home.
"""

from collections.abc import Mapping
from typing import Any

from adapters.http import printable_code
from adapters.webhooks.event import SourceEvent, Unreadable, text_at
from adapters.webhooks.fact import Fact

SOURCE = "sendcloud"
BY_MESSAGE: Mapping[str, str] = {
    "at sorting centre": "at_hub",
    "being sorted": "at_hub",
    "sorted": "at_hub",
    "delivery delayed": "delayed",
    "delivery attempt failed": "delayed",
    "at customs": "customs_hold",
    "delivered": "delivered",
    "returned to sender": "returned_to_customer",
}


def sendcloud_facts(event: SourceEvent) -> tuple[Fact, ...]:
    """Read a `parcel_status_changed`; others say nothing of returns."""
    if event.kind != "parcel_status_changed":
        return ()
    parcel = event.body.get("parcel")
    if not isinstance(parcel, Mapping):
        raise Unreadable("expected a parcel")
    number, (code, message) = text_at(parcel, "tracking_number"), _status(parcel)
    status = BY_MESSAGE.get(message.strip().lower())
    if status is None:
        return ()
    if not number:
        raise Unreadable("expected parcel.tracking_number")
    body = {
        "message_id": event.event_id,
        "occurred_at": event.occurred_at.isoformat(),
        "source": SOURCE,
        "tracking_number": number,
        "status": status,
        "carrier_code": printable_code(str(code)),
    }
    # Their account sends outbound parcels too.
    return (Fact("report_tracking", "tracking", number, body, only_if_known=True),)


def _status(parcel: Mapping[str, Any]) -> tuple[int, str]:
    stated = parcel.get("status")
    if not isinstance(stated, Mapping):
        raise Unreadable("expected parcel.status")
    number, message = stated.get("id"), text_at(stated, "message")
    if not isinstance(number, int) or isinstance(number, bool):
        raise Unreadable("expected parcel.status.id")
    if not message:
        raise Unreadable("expected parcel.status.message")
    return number, message
