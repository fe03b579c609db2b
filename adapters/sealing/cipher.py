"""AES-256-GCM. What is sealed names what it belongs to, and opens nowhere else."""

import hashlib
import hmac
import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class Tampered(Exception):
    """It was changed, or belongs elsewhere, or another key sealed it."""


def new_key() -> bytes:
    """Make a key."""
    return AESGCM.generate_key(KEY_BYTES * 8)


def about(*parts: str) -> bytes:
    """Say what something belongs to: its associated data."""
    return json.dumps(parts).encode()


def seal(key: bytes, content: bytes, whose: bytes) -> bytes:
    """Seal; twice the same looks different."""
    return _seal(key, os.urandom(_NONCE_BYTES), content, whose)


def seal_alike(key: bytes, content: bytes, whose: bytes) -> bytes:
    """Seal so that the same looks the same: what is stored twice can be compared.

    The nonce follows from the content, so none is ever used for two.
    """
    nonce = hmac.digest(key, b"nonce" + len(whose).to_bytes(4) + whose + content, hashlib.sha256)
    return _seal(key, nonce[:_NONCE_BYTES], content, whose)


def unseal(key: bytes, sealed: bytes, whose: bytes) -> bytes:
    """Open what was sealed.

    Raises:
        Tampered: It does not open.
    """
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], whose)
    except (InvalidTag, ValueError) as wrong:
        raise Tampered("it was changed, or belongs elsewhere") from wrong


def _seal(key: bytes, nonce: bytes, content: bytes, whose: bytes) -> bytes:
    return nonce + AESGCM(key).encrypt(nonce, content, whose)
