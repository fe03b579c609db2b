"""Standard Webhooks, which our warehouses sign with: HMAC-SHA256 over id, time and body.

The library makes the signature; the time is judged here, since it knows no clock but the
machine's. Scheme: github.com/standard-webhooks/standard-webhooks, "Signature scheme".
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from standardwebhooks.webhooks import Webhook

from adapters.webhooks.event import (
    Forged,
    SourceEvent,
    Unreadable,
    any_equal,
    header,
    in_time,
    live,
    moment,
    parse,
    text_at,
)


def verify(
    raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime
) -> SourceEvent:
    """Keep `adapters.webhooks.event.Verifier`."""
    message_id, stamp, body = prove(raw, headers, secrets, now)
    kind = text_at(body, "type")
    if not kind:
        raise Unreadable("expected a type")
    said = text_at(body, "data", "occurred_at")
    return SourceEvent(
        provider="warehouse",
        event_id=message_id,
        kind=kind,
        occurred_at=moment(said) if said else datetime.fromtimestamp(stamp, UTC),
        body=body,
    )


def prove(
    raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime
) -> tuple[str, int, dict[str, Any]]:
    """Prove a body; give its message id, the second it was signed in, and what it holds.

    Raises:
        Forged: No live secret fits, or it is older or newer than the tolerance.
        Unreadable: It is theirs, and no JSON object.
    """
    message_id, stamp = header(headers, "webhook-id"), header(headers, "webhook-timestamp")
    in_time(stamp, now)
    given = header(headers, "webhook-signature").split(" ")
    if not any_equal(_signatures(raw, message_id, stamp, secrets), given):
        raise Forged("no live secret fits")
    return message_id, int(stamp), parse(raw)


def _signatures(raw: bytes, message_id: str, stamp: str, secrets: Sequence[str]) -> list[str]:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise Forged("the body is no text") from None
    sent_at = datetime.fromtimestamp(int(stamp), UTC)
    return [Webhook(secret).sign(message_id, sent_at, text) for secret in live(secrets)]
