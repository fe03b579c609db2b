"""How PayPal signs: with a key of its own, whose certificate whoever is told something fetches."""

import base64
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from sandbox.wire import digest, iso

NAME = "CERT-sandbox-1"
CERTIFICATES = "/paypal/v1/notifications/certs"
SIGNER = "messageverificationcerts.paypal.com"
BITS = 2048


class PayPalSeal:
    """The key is made when it is first needed, and kept with the books: it outlives a kill."""

    def __init__(self, state: Path, url: str) -> None:
        self._path = state / "paypal-key.pem"
        self._place = f"{url}{CERTIFICATES}/{NAME}"
        self._key: RSAPrivateKey | None = None

    def headers(
        self, raw: bytes, *, webhook_id: str, event_id: str, now: datetime, forged: bool
    ) -> Mapping[str, str]:
        """Sign a transmission; with `forged` for another webhook than it is sent to."""
        transmission, at = digest("transmission", event_id)[:32], iso(now)
        whose = f"not-{webhook_id}" if forged else webhook_id
        text = f"{transmission}|{at}|{whose}|{zlib.crc32(raw)}".encode()
        signature = self._own().sign(text, PKCS1v15(), SHA256())
        return {
            "PAYPAL-TRANSMISSION-ID": transmission,
            "PAYPAL-TRANSMISSION-TIME": at,
            "PAYPAL-TRANSMISSION-SIG": base64.b64encode(signature).decode(),
            "PAYPAL-CERT-URL": self._place,
            "PAYPAL-AUTH-ALGO": "SHA256withRSA",
        }

    def certificate(self) -> str:
        """Give it in PEM."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SIGNER)])
        begins = datetime(2020, 1, 1, tzinfo=UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._own().public_key())
            .serial_number(1)
            .not_valid_before(begins)
            .not_valid_after(begins + timedelta(days=365 * 80))
            .sign(self._own(), SHA256())
        )
        return certificate.public_bytes(Encoding.PEM).decode()

    def _own(self) -> RSAPrivateKey:
        if self._key is None:
            self._key = self._read() or self._made()
        return self._key

    def _read(self) -> RSAPrivateKey | None:
        if not self._path.exists():
            return None
        key = load_pem_private_key(self._path.read_bytes(), None)
        return key if isinstance(key, RSAPrivateKey) else None

    def _made(self) -> RSAPrivateKey:
        key = generate_private_key(65_537, BITS)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._path.write_bytes(pem)
        self._path.chmod(0o600)
        return key
