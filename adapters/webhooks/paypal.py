"""PayPal's webhooks: RSA over the transmission, our webhook's id and the CRC-32 of the raw body.

What is signed is `transmission id|transmission time|webhook id|CRC-32 in decimal`; the key is in
a certificate that a header names (`adapters.webhooks.paypal_certificates` says which are believed).
A CRC-32 is no hash: a body can be made to any. So whoever records a true transmission could send
another body under it. What is believed of a body is therefore a hint alone, and the truth is
asked of PayPal by its API; a dispute can only hold money back, or let go what it held.
Docs: developer.paypal.com/api/rest/webhooks/rest, "Verify webhook messages".

The secrets of an account are the ids of its webhooks, of which two live while one is replaced.
"""

import binascii
import re
import zlib
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from adapters.webhooks.event import (
    TOLERANCE,
    Forged,
    SourceEvent,
    Unreadable,
    Verifier,
    header,
    live,
    moment,
    parse,
    text_at,
)

ALGORITHM = "SHA256withRSA"
SENT_FOR = timedelta(days=4)
"""They send for three days, up to 25 times; a replay is known by the event's id."""

SIGNER = re.compile(r"(^|\.)paypal\.com$")


def verifier(certificate: bytes) -> Verifier:
    """Prove with the key of this certificate, in PEM, from where theirs are."""

    def verify(
        raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime
    ) -> SourceEvent:
        """Keep `adapters.webhooks.event.Verifier`."""
        _in_time(header(headers, "paypal-transmission-time"), now)
        if header(headers, "paypal-auth-algo") != ALGORITHM:
            raise Forged(f"signed otherwise than by {ALGORITHM}")
        key, signature = _key(certificate, now), _signature(headers)
        if not any(
            _holds(key, signature, signed(raw, headers, webhook_id)) for webhook_id in live(secrets)
        ):
            raise Forged("no live webhook's id fits")
        return _event(parse(raw))

    return verify


def signed(raw: bytes, headers: Mapping[str, str], webhook_id: str) -> bytes:
    """What their signature is over."""
    transmission = header(headers, "paypal-transmission-id")
    at = header(headers, "paypal-transmission-time")
    return f"{transmission}|{at}|{webhook_id}|{zlib.crc32(raw)}".encode()


def _event(body: Mapping[str, object]) -> SourceEvent:
    event_id, kind = text_at(body, "id"), text_at(body, "event_type")
    if not event_id or not kind:
        raise Unreadable("expected id and event_type")
    return SourceEvent(
        provider="paypal",
        event_id=event_id,
        kind=kind,
        occurred_at=moment(body.get("create_time")),
        body=dict(body),
    )


def _in_time(stamp: str, now: datetime) -> None:
    try:
        at = moment(stamp)
    except Unreadable:
        raise Forged("no transmission time") from None
    if not now - SENT_FOR < at < now + TOLERANCE:
        raise Forged(f"sent more than {SENT_FOR.days} days ago, or in the future")


def _key(certificate: bytes, now: datetime) -> RSAPublicKey:
    """The key of a certificate that is PayPal's by its name, and in force."""
    try:
        read = x509.load_pem_x509_certificate(certificate)
        names = read.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        key = read.public_key()
    except ValueError:
        raise Forged("the certificate cannot be read") from None
    if not isinstance(key, RSAPublicKey):
        raise Forged("the certificate has no RSA key")
    if not read.not_valid_before_utc <= now <= read.not_valid_after_utc:
        raise Forged("the certificate is not in force")
    if not any(SIGNER.search(str(name.value)) for name in names):
        raise Forged("the certificate is not PayPal's")
    return key


def _signature(headers: Mapping[str, str]) -> bytes:
    try:
        return b64decode(header(headers, "paypal-transmission-sig"), validate=True)
    except (binascii.Error, ValueError):
        raise Forged("no signature in base 64") from None


def _holds(key: RSAPublicKey, signature: bytes, text: bytes) -> bool:
    try:
        key.verify(signature, text, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True
