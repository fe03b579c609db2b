"""ShipBob's webhooks: Standard Webhooks, with the return as it stands now for a body.

The topic stands in a header that nobody signs (`x-webhook-topic`), so it is not believed: what
the return says of itself counts. Source: developer.shipbob.com/2026-07/webhooks.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from adapters.webhooks.event import SourceEvent, Unreadable, text_at
from adapters.webhooks.standard import prove

PROVIDER = "shipbob"


def verify(
    raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime
) -> SourceEvent:
    """Keep `adapters.webhooks.event.Verifier`."""
    message_id, stamp, body = prove(raw, headers, secrets, now)
    status = text_at(body, "status")
    if not status:
        raise Unreadable("status: expected the return's")
    return SourceEvent(
        provider=PROVIDER,
        event_id=message_id,
        kind=f"return.{status}",
        occurred_at=datetime.fromtimestamp(stamp, UTC),
        body=body,
    )
