"""Who wraps data keys: a service for keys, or master keys from the environment."""

import hashlib
from typing import NamedTuple, Protocol

from adapters.sealing import cipher
from adapters.sealing.cipher import KEY_BYTES


class Wrapped(NamedTuple):
    """A data key as it is kept."""

    key: bytes
    by: str  # the id of the master key


class UnknownMasterKey(Exception):
    """A key was wrapped by a master key that this process was not given."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"no master key {key_id}: add it to the older ones")


class KeyWrapper(Protocol):
    """Wraps with the newest master key, opens with any. May raise `StoreUnavailable`: ask again."""

    @property
    def newest(self) -> str:
        """The id of the master key that wraps; it says nothing about the key."""

    def opens(self, by: str) -> bool:
        """Whether it opens what the master key of that id wrapped."""

    async def wrap(self, key: bytes, whose: bytes) -> Wrapped:
        """Wrap a key, bound to what it belongs to."""

    async def unwrap(self, wrapped: Wrapped, whose: bytes) -> bytes:
        """Give a key that was wrapped.

        Raises:
            UnknownMasterKey: By a master key that is not here.
            Tampered: It was changed, or belongs elsewhere.
        """


class MasterKeys:
    """Keeps `KeyWrapper`, on keys that the process was started with; the newest first.

    Raises:
        ValueError: A key is not of 32 bytes.
    """

    def __init__(self, newest: bytes, *older: bytes) -> None:
        for key in (newest, *older):
            if len(key) != KEY_BYTES:
                raise ValueError(f"master key: expected {KEY_BYTES} bytes, not {len(key)}")
        self._newest = _name_of(newest)
        self._keys = {_name_of(key): key for key in (newest, *older)}

    @property
    def newest(self) -> str:
        return self._newest

    def opens(self, by: str) -> bool:
        return by in self._keys

    async def wrap(self, key: bytes, whose: bytes) -> Wrapped:
        return Wrapped(cipher.seal(self._keys[self._newest], key, whose), self._newest)

    async def unwrap(self, wrapped: Wrapped, whose: bytes) -> bytes:
        master = self._keys.get(wrapped.by)
        if master is None:
            raise UnknownMasterKey(wrapped.by)
        return cipher.unseal(master, wrapped.key, whose)


def _name_of(master_key: bytes) -> str:
    """Name a master key without saying anything about it."""
    return hashlib.sha256(b"backhaul master key" + master_key).hexdigest()[:16]
