"""Seals personal data: a key per person for the data, a master key for the keys (AES-256-GCM).

What is sealed names whose it is (tenant and subject) as associated data, so a row copied
under another person's name does not open.
"""

import hashlib
import json
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class UnknownMasterKey(Exception):
    """The person's key was sealed by a master key that this process was not given."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"no master key {key_id}: add it to the older ones")


class Envelope:
    """Seals with the newest master key, and opens with any it was given.

    Raises:
        ValueError: A key is not of 32 bytes.
    """

    def __init__(self, newest: bytes, *older: bytes) -> None:
        for key in (newest, *older):
            if len(key) != KEY_BYTES:
                raise ValueError(f"master key: expected {KEY_BYTES} bytes, not {len(key)}")
        self.key_id = _name_of(newest)
        self._keys = {_name_of(key): AESGCM(key) for key in (newest, *older)}

    def new_key(self, tenant: str, subject_id: str) -> bytes:
        """Make a key for a person, wrapped."""
        key = AESGCM.generate_key(KEY_BYTES * 8)
        return _seal(self._keys[self.key_id], key, _whose("key", tenant, subject_id))

    def seal(
        self, text: bytes, wrapped_key: bytes, key_id: str, *, tenant: str, subject_id: str
    ) -> bytes:
        """Seal what is known of a person under the person's key."""
        key = self._unwrap(wrapped_key, key_id, tenant, subject_id)
        return _seal(key, text, _whose("person", tenant, subject_id))

    def open(
        self, sealed: bytes, wrapped_key: bytes, key_id: str, *, tenant: str, subject_id: str
    ) -> bytes:
        """Open what `seal` gave.

        Raises:
            UnknownMasterKey: The key was wrapped by a master key that is not here.
            cryptography.exceptions.InvalidTag: It was changed, or is another person's.
        """
        key = self._unwrap(wrapped_key, key_id, tenant, subject_id)
        return _open(key, sealed, _whose("person", tenant, subject_id))

    def _unwrap(self, wrapped_key: bytes, key_id: str, tenant: str, subject_id: str) -> AESGCM:
        master = self._keys.get(key_id)
        if master is None:
            raise UnknownMasterKey(key_id)
        return AESGCM(_open(master, wrapped_key, _whose("key", tenant, subject_id)))


def _name_of(master_key: bytes) -> str:
    """Name a master key without saying anything about it."""
    return hashlib.sha256(b"backhaul master key" + master_key).hexdigest()[:16]


def _whose(what: str, tenant: str, subject_id: str) -> bytes:
    return json.dumps([what, tenant, subject_id]).encode()


def _seal(key: AESGCM, text: bytes, whose: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + key.encrypt(nonce, text, whose)


def _open(key: AESGCM, sealed: bytes, whose: bytes) -> bytes:
    return key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], whose)
