"""Stripe's webhooks: HMAC-SHA256 over time and body, several signatures while a key rolls.

Their own library refuses what is old and accepts what claims to come from the future; here
both ends are closed. Scheme: docs.stripe.com/webhooks#verify-manually.
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
    in_time,
    live,
    parse,
    text_at,
)


def sign(raw: bytes, secret: str, stamp: str) -> str:
    """Say the `v1` signature of a body sent at `stamp` (seconds since 1970)."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()


def verify(
    raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime
) -> SourceEvent:
    """Keep `adapters.webhooks.event.Verifier`."""
    stamp, given = _parts(header(headers, "stripe-signature"))
    in_time(stamp, now)
    if not any_equal((sign(raw, secret, stamp) for secret in live(secrets)), given):
        raise Forged("no live secret fits")
    body = parse(raw)
    event_id, kind, created = text_at(body, "id"), text_at(body, "type"), body.get("created")
    if not event_id or not kind or not isinstance(created, int):
        raise Unreadable("expected id, type and created")
    return SourceEvent(
        provider="stripe",
        event_id=event_id,
        kind=kind,
        occurred_at=_since_1970(created),
        body=body,
    )


def _parts(signature: str) -> tuple[str, list[str]]:
    pairs = [part.strip().partition("=") for part in signature.split(",")]
    stamps = [value for name, _, value in pairs if name == "t"]
    if len(stamps) != 1:
        raise Forged("expected one t= in the signature")
    return stamps[0], [value for name, _, value in pairs if name == "v1"]


def _since_1970(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as bad:
        raise Unreadable("created is no time") from bad
