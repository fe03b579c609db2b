"""What people say in their own words, sealed in the events that hold it.

Events are kept for ever and never changed; words must be erasable. So they stand in an event
sealed under the key of its stream, and once that key is destroyed, `(erased)` is read instead.
Who reads without keys, as read models do, finds `(sealed)`.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

import structlog

from activities.event_store import Append, NewEvent, StoredEvent
from adapters.postgres.data_keys import DataKey, DestroyedKey
from adapters.sealing import cipher
from adapters.sealing.codec import Keys
from domain.sealed import ERASED, OF_RULES, SAID, UNREAD, is_file

_MARK = '"sealed:'
_SEALED = re.compile(r'"sealed:([0-9a-f]{32}):([A-Za-z0-9_=-]{38,})"')

log = structlog.get_logger()


class Words:
    """Seals and opens them. Every method may raise `StoreUnavailable`."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def sealed(self, append: Append) -> Append:
        """The same, with people's words sealed. Sealed again, it is the same to the byte."""
        if not is_file(append.stream_id) or not any(map(_says_something, append.events)):
            return append
        key = await self._keys.newest(append.stream_id)
        return replace(append, events=tuple(_sealed(event, key) for event in append.events))

    async def opened(self, events: Iterable[StoredEvent]) -> tuple[StoredEvent, ...]:
        """The same, with people's words as they were said.

        Raises:
            UnknownKey: A key is not here; perhaps it will be.
        """
        return tuple([await self._opened(one) if _MARK in one.data else one for one in events])

    async def _opened(self, event: StoredEvent) -> StoredEvent:
        known: dict[str, DataKey | None] = {}
        for named, _ in _SEALED.findall(event.data):
            try:
                known[named] = await self._keys.named(UUID(named))
            except DestroyedKey:
                known[named] = None

        def words(found: re.Match[str]) -> str:
            key = known[found[1]]
            return f'"{_unsealed(event, key, found[2]) if key else ERASED}"'

        return replace(event, data=_SEALED.sub(words, event.data))


def unread(event: StoredEvent) -> StoredEvent:
    """The same for whoever has no keys."""
    return replace(event, data=unread_data(event.data)) if _MARK in event.data else event


def unread_data(data: str) -> str:
    """What an event says for whoever has no keys."""
    return _SEALED.sub(f'"{UNREAD}"', data) if _MARK in data else data


def _says_something(event: NewEvent) -> bool:
    """Rules speak in sentences of ours; what a person or a shop caused may hold theirs."""
    by_rules = event.actor.startswith("system:") or event.type in OF_RULES
    return not by_rules and SAID.search(event.data) is not None


def _sealed(event: NewEvent, key: DataKey) -> NewEvent:
    if not _says_something(event):
        return event
    whose = _whose(key, event.event_id)

    def mark(said: re.Match[str]) -> str:
        sealed = cipher.seal_alike(key.secret, said[2].encode(), whose)  # as JSON writes it
        marked = urlsafe_b64encode(sealed).decode()
        return f'"{said[1]}":"sealed:{key.key_id.hex}:{marked}"'

    return replace(event, data=SAID.sub(mark, event.data))


def _unsealed(event: StoredEvent, key: DataKey, sealed: str) -> str:
    try:
        whose = _whose(key, event.event_id)
        return cipher.unseal(key.secret, urlsafe_b64decode(sealed), whose).decode()
    except (cipher.Tampered, ValueError):
        log.error("words.tampered", stream_id=event.stream_id, version=event.version)  # noqa: TRY400
        return UNREAD


def _whose(key: DataKey, event_id: UUID) -> bytes:
    return cipher.about("words", key.file, str(event_id))
