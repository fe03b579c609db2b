"""Shopify's webhooks: HMAC-SHA256 over the body in base 64.

Neither topic nor id nor time are signed (`X-Shopify-Topic`, `X-Shopify-Webhook-Id`,
`X-Shopify-Triggered-At` are headers), so none of them is believed: what a body is, it says by
what it holds, and its digest is its id. A retry of theirs has the same body. Scheme:
shopify.dev/docs/apps/build/webhooks/subscribe/https, "Validate the origin".
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
    any_equal,
    header,
    live,
    moment,
    parse,
    text_at,
)

PROVIDER = "shopify"
REFUND, ORDER, OTHER = "refund", "order", "other"


def sign(raw: bytes, secret: str) -> str:
    """Say what their header holds for this body."""
    return b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()


def verify(
    raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime
) -> SourceEvent:
    """Keep `adapters.webhooks.event.Verifier`."""
    given = header(headers, "x-shopify-hmac-sha256")
    if not any_equal((sign(raw, secret) for secret in live(secrets)), [given]):
        raise Forged("no live secret fits")
    body = parse(raw)
    said = text_at(body, "updated_at") or text_at(body, "created_at")
    return SourceEvent(
        provider=PROVIDER,
        event_id=hashlib.sha256(raw).hexdigest(),
        kind=_kind(body),
        occurred_at=moment(said) if said else now,
        body=body,
    )


def _kind(body: Mapping[str, Any]) -> str:
    if "refund_line_items" in body and "order_id" in body:
        return REFUND
    return ORDER if "line_items" in body and "financial_status" in body else OTHER
