"""A key and its certificate, and transmissions signed with it as PayPal signs."""

import base64
import json
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WEBHOOK = "WH-1"
CERT_URL = "https://api.paypal.com/v1/notifications/certs/CERT-1"
A_DAY = timedelta(days=1)
REFUNDED: Mapping[str, Any] = {
    "id": "WH-E-1",
    "create_time": "2026-03-01T11:59:00Z",
    "event_type": "PAYMENT.CAPTURE.REFUNDED",
    "resource": {"id": "REF1", "invoice_id": "payout-1", "status": "COMPLETED"},
}


@cache
def key(name: str) -> RSAPrivateKey:
    """Make one key for each name; a name is a key of somebody's."""
    del name
    return generate_private_key(65_537, 2_048)


def certificate(
    *,
    common_name: str = "messageverificationcerts.paypal.com",
    begins: datetime = NOW - A_DAY,
    ends: datetime = NOW + A_DAY,
    whose: str = "theirs",
) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key(whose).public_key())
        .serial_number(7)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .sign(key(whose), SHA256())
    )
    return built.public_bytes(Encoding.PEM)


def raw_of(body: Mapping[str, Any] = REFUNDED) -> bytes:
    return json.dumps(body).encode()


def headers_of(
    raw: bytes, *, at: datetime = NOW, webhook: str = WEBHOOK, cert_url: str = CERT_URL
) -> dict[str, str]:
    stamp = at.isoformat().replace("+00:00", "Z")
    text = f"T-1|{stamp}|{webhook}|{zlib.crc32(raw)}".encode()
    signature = key("theirs").sign(text, PKCS1v15(), SHA256())
    return {
        "Paypal-Transmission-Id": "T-1",
        "Paypal-Transmission-Time": stamp,
        "Paypal-Transmission-Sig": base64.b64encode(signature).decode(),
        "Paypal-Cert-Url": cert_url,
        "Paypal-Auth-Algo": "SHA256withRSA",
    }
