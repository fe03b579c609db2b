"""Where papers are kept: the first of each name for good, checked by its checksum when read."""

import hashlib
from dataclasses import dataclass

from activities.ports import Paper
from adapters.postgres.pool import Pool, borrowed
from adapters.postgres.subjects import opened_key, whose
from adapters.sealing import cipher
from adapters.sealing.wrapping import KeyWrapper

_KEY = """
SELECT wrapped_key, master_key_id FROM backhaul.subject_key WHERE tenant = %b AND subject_id = %b"""
_PUT = """
INSERT INTO backhaul.document
    (tenant, return_id, name, sha256, media_type, subject_id, sealed)
VALUES (%b, %b, %b, %b, %b, %b, %b) ON CONFLICT (tenant, return_id, name) DO NOTHING"""
_GET = """
SELECT document.sha256, document.media_type, document.subject_id, document.sealed,
       known.wrapped_key, known.master_key_id
FROM backhaul.document JOIN backhaul.subject_key AS known USING (tenant, subject_id)
WHERE tenant = %b AND return_id = %b AND name = %b"""


@dataclass(frozen=True, slots=True)
class Document:
    """A paper; `sha256` is of its content, in hexadecimal."""

    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """What two copies have in common."""
        return hashlib.sha256(self.content).hexdigest()


class Tampered(Exception):
    """What is kept is not what was put there."""


class Documents:
    """Every method may raise `StoreUnavailable`; a forgotten person's papers are not there."""

    def __init__(self, pool: Pool, wrapper: KeyWrapper) -> None:
        self._pool = pool
        self._wrapper = wrapper

    async def put(
        self, tenant: str, return_id: str, name: str, subject_id: str, made: Document
    ) -> Document | None:
        """Keep a paper, unless one of that name is there; gives the one that is kept.

        None where the person is not known any more: then nothing is kept.
        """
        async with borrowed(self._pool) as connection, connection.cursor(binary=True) as cursor:
            await cursor.execute(_KEY, (tenant, subject_id))
            key = await cursor.fetchone()
            if key is None:
                return None
            secret = await opened_key(self._wrapper, tenant, subject_id, *key)
            sealed = cipher.seal(secret, made.content, whose(tenant, subject_id))
            row = (tenant, return_id, name, made.sha256, made.media_type, subject_id, sealed)
            await cursor.execute(_PUT, row)
        return await self.get(tenant, return_id, name)

    async def keep(
        self, tenant: str, return_id: str, name: str, subject_id: str, paper: Paper
    ) -> None:
        """Keep what a carrier hands out once; so it is `activities.ports.Papers`, too."""
        made = Document(paper.media_type, paper.content)
        await self.put(tenant, return_id, name, subject_id, made)

    async def kept(self, tenant: str, return_id: str, name: str) -> Paper | None:
        """Give a label that a carrier handed out once, if it did.

        Raises:
            Tampered: Its checksum is another than the one that was noted.
        """
        found = await self.get(tenant, return_id, name)
        if found is None:
            return None
        return Paper(kind="label", media_type=found.media_type, content=found.content)

    async def get(self, tenant: str, return_id: str, name: str) -> Document | None:
        """Give a paper that is kept.

        Raises:
            Tampered: Its checksum is another than the one that was noted.
        """
        async with borrowed(self._pool) as connection, connection.cursor(binary=True) as cursor:
            await cursor.execute(_GET, (tenant, return_id, name))
            row = await cursor.fetchone()
        if row is None:
            return None
        sha256, media_type, subject_id, sealed, *key = row
        secret = await opened_key(self._wrapper, tenant, subject_id, *key)
        found = Document(media_type, cipher.unseal(secret, sealed, whose(tenant, subject_id)))
        if found.sha256 != sha256:
            raise Tampered(f"{name} of {return_id}: its checksum is not {sha256}")
        return found
