"""The keys of files, kept wrapped in PostgreSQL and for a while in memory."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar
from uuid import UUID, uuid4

from adapters.postgres.pool import Pool, borrowed
from adapters.sealing import cipher
from adapters.sealing.wrapping import KeyWrapper, Wrapped

FRESH_S = 300.0
"""Seconds for which a key is used without looking whether it was retired or destroyed."""

_KEPT = 4_000

# One round trip: the key that is there, else the one that was brought along.
_NEWEST = """
WITH known AS (
    SELECT key_id, wrapped_key, master_key_id FROM backhaul.data_key
    WHERE file = %(file)b AND retired_at IS NULL
), made AS (
    INSERT INTO backhaul.data_key (key_id, file, wrapped_key, master_key_id)
    SELECT %(key_id)b, %(file)b, %(wrapped)b, %(by)b WHERE NOT EXISTS (SELECT FROM known)
    ON CONFLICT (file) WHERE retired_at IS NULL DO NOTHING
    RETURNING key_id, wrapped_key, master_key_id
)
SELECT * FROM known UNION ALL SELECT * FROM made"""
_NAMED = """
SELECT file, wrapped_key, master_key_id, retired_at IS NULL
FROM backhaul.data_key WHERE key_id = %b"""

_Name = TypeVar("_Name")


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key, and whose it is."""

    key_id: UUID
    file: str
    secret: bytes = field(repr=False)


class DestroyedKey(Exception):
    """What it sealed is erased."""


class UnknownKey(Exception):
    """No key has this id here. Nothing of what it sealed may be taken for lost: ask again."""


class _Seen(NamedTuple):
    key: DataKey
    until: float


class DataKeys:
    """Finds keys by file and by id, and makes them. Every method may raise `StoreUnavailable`."""

    def __init__(
        self,
        pool: Pool,
        wrapper: KeyWrapper,
        *,
        fresh_s: float = FRESH_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pool = pool
        self._wrapper = wrapper
        self._fresh_s = fresh_s
        self._clock = clock
        self._by_file: OrderedDict[str, _Seen] = OrderedDict()
        self._by_id: OrderedDict[UUID, _Seen] = OrderedDict()

    async def newest(self, file: str) -> DataKey:
        """Give the key that seals what is said of a file from now on; made when it is missing."""
        seen = self._by_file.get(file)
        if seen is not None and seen.until > self._clock():
            return seen.key
        until = self._clock() + self._fresh_s
        key_id, secret = uuid4(), cipher.new_key()
        wrapped = await self._wrapper.wrap(secret, of_key(key_id, file))
        asked = {"file": file, "key_id": key_id, "wrapped": wrapped.key, "by": wrapped.by}
        row = None
        while row is None:  # another made one at the same moment, which that statement cannot see
            async with borrowed(self._pool) as connection, connection.cursor(binary=True) as cursor:
                await cursor.execute(_NEWEST, asked)
                row = await cursor.fetchone()
        found, *kept = row
        if found != key_id:
            secret = await self._wrapper.unwrap(Wrapped(*kept), of_key(found, file))
        return self._keep(DataKey(found, file, secret), until)

    async def named(self, key_id: UUID) -> DataKey:
        """Give the key of that id.

        Raises:
            DestroyedKey: What it sealed is erased.
            UnknownKey: There is none.
        """
        seen = self._by_id.get(key_id)
        if seen is not None and seen.until > self._clock():
            return seen.key
        until = self._clock() + self._fresh_s
        async with borrowed(self._pool) as connection, connection.cursor(binary=True) as cursor:
            await cursor.execute(_NAMED, (key_id,))
            row = await cursor.fetchone()
        if row is None:
            raise UnknownKey(f"no data key {key_id}")
        file, wrapped, by, seals = row
        if wrapped is None:
            raise DestroyedKey(f"data key {key_id} is destroyed")
        secret = await self._wrapper.unwrap(Wrapped(wrapped, by), of_key(key_id, file))
        return self._keep(DataKey(key_id, file, secret), until, seals=seals)

    def _keep(self, key: DataKey, until: float, *, seals: bool = True) -> DataKey:
        seen = _Seen(key, until)
        _remember(self._by_id, key.key_id, seen)
        if seals:
            _remember(self._by_file, key.file, seen)
        return key


def of_key(key_id: UUID, file: str) -> bytes:
    return cipher.about("data key", str(key_id), file)


def _remember(kept: OrderedDict[_Name, _Seen], name: _Name, seen: _Seen) -> None:
    kept[name] = seen
    kept.move_to_end(name)
    while len(kept) > _KEPT:
        kept.popitem(last=False)
