"""How each partner signs what it sends."""

import base64
import hashlib
import hmac
import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime

from standardwebhooks.webhooks import Webhook

from sandbox.wire import Json, digest

FORGED = "a secret that is nobody's"
FORGED_STANDARD = "whsec_YSBzZWNyZXQgdGhhdCBpcyBub2JvZHkncw=="


def compact(body: Json) -> bytes:
    """Write a body as EasyPost signs it: without a space that says nothing."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def signed_headers(
    provider: str, raw: bytes, *, secret: str, event_id: str, now: datetime, forged: bool
) -> Mapping[str, str]:
    """Give the headers that prove a body, or with `forged` those that only seem to."""
    match provider:
        case "easypost":
            return {"X-Hmac-Signature": _easypost(raw, FORGED if forged else secret)}
        case "adyen":
            return {}
        case "stripe":
            return {"Stripe-Signature": _stripe(raw, FORGED if forged else secret, now)}
        case _:
            return _standard(raw, FORGED_STANDARD if forged else secret, event_id, now)


def signed_item(raw: bytes, *, secret: str, forged: bool) -> bytes:
    """Put Adyen's signature into a webhook: over eight of its fields, under a key in hex."""
    body: Json = json.loads(raw)
    item = body["notificationItems"][0]["NotificationRequestItem"]
    signed = (
        *(item[name] for name in ("pspReference", "originalReference")),
        *(item[name] for name in ("merchantAccountCode", "merchantReference")),
        *(item["amount"]["value"], item["amount"]["currency"], item["eventCode"], item["success"]),
    )
    key = FORGED.encode() if forged else bytes.fromhex(secret)
    text = ":".join(str(field) for field in signed).encode()
    signature = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    item["additionalData"] = {**item.get("additionalData", {}), "hmacSignature": signature}
    return compact(body)


def _easypost(raw: bytes, secret: str) -> str:
    key = unicodedata.normalize("NFKD", secret).encode()
    return "hmac-sha256-hex=" + hmac.new(key, raw, hashlib.sha256).hexdigest()


def _stripe(raw: bytes, secret: str, now: datetime) -> str:
    stamp = str(int(now.timestamp()))
    signed = hmac.new(secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={signed}"


def _standard(raw: bytes, secret: str, event_id: str, now: datetime) -> Mapping[str, str]:
    message_id = "msg_" + digest("message", event_id)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, raw.decode()),
    }
