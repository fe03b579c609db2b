"""Adyen's webhooks: HMAC-SHA256 over eight fields of an item, the key in hex.

What they do not sign (`reason`, `eventDate`, `additionalData`) can be altered unnoticed; it
is used for words and never for money. There is no time in the signature: a replay passes it
and is stopped by the event's id. Docs: docs.adyen.com/development-resources/webhooks/
secure-webhooks/verify-hmac-signatures.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from adapters.webhooks.event import (
    Forged,
    SourceEvent,
    Unreadable,
    any_equal,
    live,
    moment,
    parse,
    text_at,
)


def sign(item: Mapping[str, Any], key_hex: str) -> str:
    """Say what their signature is for a `NotificationRequestItem`.

    Raises:
        Forged: The key is no hex.
    """
    amount = item.get("amount")
    amount = amount if isinstance(amount, Mapping) else {}
    signed = (
        *(item.get(name) for name in ("pspReference", "originalReference")),
        *(item.get(name) for name in ("merchantAccountCode", "merchantReference")),
        *(amount.get("value"), amount.get("currency"), item.get("eventCode"), item.get("success")),
    )
    text = ":".join("" if field is None else str(field) for field in signed)
    try:
        key = bytes.fromhex(key_hex)
    except ValueError:
        raise Forged("the secret that we have is no hex") from None
    return b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()


def verify(
    raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime
) -> SourceEvent:
    """Keep `adapters.webhooks.event.Verifier`; the signature stands inside the body."""
    del headers
    try:
        item = _item(parse(raw))
    except Unreadable as unreadable:
        raise Forged(f"nothing that is signed: {unreadable}") from unreadable
    given = text_at(item, "additionalData", "hmacSignature")
    if not given or not any_equal((sign(item, secret) for secret in live(secrets)), [given]):
        raise Forged("no live secret fits")
    kind, reference = text_at(item, "eventCode"), text_at(item, "pspReference")
    if not kind or not reference:
        raise Unreadable("expected eventCode and pspReference")
    return SourceEvent(
        provider="adyen",
        event_id=f"{reference}:{kind}:{text_at(item, 'success')}",
        kind=kind,
        occurred_at=_occurred(item, now),
        body=item,
    )


def _item(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give the one item: in JSON they never send more."""
    items = body.get("notificationItems")
    if not isinstance(items, list) or len(items) != 1 or not isinstance(items[0], dict):
        raise Unreadable("expected one of notificationItems")
    item = items[0].get("NotificationRequestItem")
    if not isinstance(item, dict):
        raise Unreadable("expected a NotificationRequestItem")
    return item


def _occurred(item: Mapping[str, Any], now: datetime) -> datetime:
    """Take their time if it is one: it is not signed, and so counts for little."""
    try:
        return moment(item.get("eventDate"))
    except Unreadable:
        return now
