"""Webhooks as partners send them, signed."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from standardwebhooks.webhooks import Webhook

from adapters.webhooks.easypost import sign as easypost_sign
from adapters.webhooks.stripe import sign as stripe_sign
from tests.api.serving import NOW

WHSEC = "whsec_" + b64encode(b"sandbox-warehouse-secret").decode()
SECRETS: Mapping[str, tuple[str, ...]] = {
    "easypost": ("new-easypost", "old-easypost"),
    "paypal": ("WH-API",),
    "stripe": ("whsec_stripe",),
    "stripe_eu": ("whsec_stripe_eu",),
    "warehouse": (WHSEC,),
}


@dataclass(frozen=True)
class Sent:
    """One delivery of an event."""

    provider: str
    raw: bytes
    headers: Mapping[str, str]
    account: str = "main"

    @property
    def path(self) -> str:
        return f"/v1/webhooks/{self.provider}/{self.account}"

    def but(self, **changes: Any) -> "Sent":
        return replace(self, **changes)


def packed(body: Any) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def easypost(kind: str, result: Any, event_id: str = "evt_1", secret: str = "new-easypost") -> Sent:
    body = {"id": event_id, "object": "Event", "description": kind, "result": result}
    raw = packed({**body, "created_at": NOW.isoformat()})
    return Sent("easypost", raw, {"X-Hmac-Signature": easypost_sign(raw, secret)})


def tracker(
    number: str, status: str = "in_transit", day: int = 6, event_id: str = "evt_1", **more: Any
) -> Sent:
    """A scan of that day of March."""
    detail = {"status": status, "datetime": f"2026-03-{day:02}T09:00:00Z"}
    result = {"tracking_code": number, "status": status, "tracking_details": [detail]}
    return easypost("tracker.updated", result, event_id, **more)


def stripe(
    kind: str,
    what: Any,
    event_id: str = "evt_s1",
    *,
    at: datetime = NOW,
    secret: str = "whsec_stripe",
) -> Sent:
    raw = packed({"id": event_id, "type": kind, "created": int(NOW.timestamp()),
                  "data": {"object": what}})  # fmt: skip
    stamp = str(int(at.timestamp()))
    headers = {"Stripe-Signature": f"t={stamp},v1={stripe_sign(raw, secret, stamp)}"}
    return Sent("stripe", raw, headers)


def warehouse(kind: str, data: Any, message_id: str = "msg_1", *, at: datetime = NOW) -> Sent:
    raw = packed({"type": kind, "data": data})
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(WHSEC).sign(message_id, at, raw.decode()),
    }
    return Sent("warehouse", raw, headers)


def receipt(
    units: list[dict[str, Any]],
    *,
    number: str = "",
    returns: tuple[str, ...] = (),
    message_id: str = "rec-1",
    **more: Any,
) -> Sent:
    data = {
        "message_id": message_id,
        "occurred_at": NOW.isoformat(),
        "warehouse": "hub-de",
        "parcel": {"tracking_number": number},
        "returns": list(returns),
        "units": units,
        **more,
    }
    return warehouse("receipt.reported", data, f"msg_{message_id}")
