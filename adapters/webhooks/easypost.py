"""EasyPost's webhooks: HMAC-SHA256 over the body, with no time in it.

A replay passes the signature and is stopped by the event's id. The secret is normalised
(NFKD) before use, as their client libraries do: EasyPost/easypost-python, `webhook.py`.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime

from adapters.webhooks.event import (
    Forged,
    SourceEvent,
    Unreadable,
    any_equal,
    header,
    live,
    moment,
    parse,
    text_at,
)

PREFIX = "hmac-sha256-hex="


def sign(raw: bytes, secret: str) -> str:
    """Say what their header holds for this body."""
    key = unicodedata.normalize("NFKD", secret).encode()
    return PREFIX + hmac.new(key, raw, hashlib.sha256).hexdigest()


def verify(
    raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime
) -> SourceEvent:
    """Keep `adapters.webhooks.event.Verifier`."""
    given = header(headers, "x-hmac-signature")
    if not any_equal((sign(raw, secret) for secret in live(secrets)), [given]):
        raise Forged("no live secret fits")
    body = parse(raw)
    event_id, kind = text_at(body, "id"), text_at(body, "description")
    if not event_id or not kind:
        raise Unreadable("expected id and description")
    created = text_at(body, "created_at")
    return SourceEvent(
        provider="easypost",
        event_id=event_id,
        kind=kind,
        occurred_at=moment(created) if created else now,
        body=body,
    )
