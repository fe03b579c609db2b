"""Sendcloud's webhooks: HMAC-SHA256 over the body in hex, with no time in it and no id.

Two deliveries of one event are equal byte for byte, so the body's own digest is its id: that
cannot be changed without the signature. Scheme: sendcloud.dev, "Webhooks".
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from adapters.webhooks.event import (
    Forged,
    SourceEvent,
    Unreadable,
    any_equal,
    header,
    live,
    parse,
    text_at,
)

PROVIDER = "sendcloud"


def sign(raw: bytes, secret: str) -> str:
    """Say what their header holds for this body."""
    return hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def verify(
    raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime
) -> SourceEvent:
    """Keep `adapters.webhooks.event.Verifier`."""
    given = header(headers, "sendcloud-signature")
    if not any_equal((sign(raw, secret) for secret in live(secrets)), [given]):
        raise Forged("no live secret fits")
    body = parse(raw)
    kind = text_at(body, "action")
    if not kind:
        raise Unreadable("expected an action")
    return SourceEvent(
        provider=PROVIDER,
        event_id=hashlib.sha256(raw).hexdigest(),
        kind=kind,
        occurred_at=_occurred(body.get("timestamp"), now),
        body=body,
    )


def _occurred(stamp: object, now: datetime) -> datetime:
    """Their time, in milliseconds since 1970; of an event without one, ours."""
    if not isinstance(stamp, int) or isinstance(stamp, bool):
        return now
    try:
        return datetime.fromtimestamp(stamp / 1000, UTC)
    except (OverflowError, ValueError, OSError) as bad:
        raise Unreadable("timestamp is no time") from bad
