"""Persons in PostgreSQL, sealed. Keeps `activities.subjects.Subjects`."""

import json
from collections.abc import Mapping
from typing import Any

from adapters.postgres.pool import Pool, borrowed
from adapters.sealing import cipher
from adapters.sealing.wrapping import KeyWrapper, Wrapped

# One round trip for a person who is new: then the key is the one that the person is sealed under.
_PUT_NEW = """
WITH key AS (
    INSERT INTO backhaul.subject_key (tenant, subject_id, wrapped_key, master_key_id)
    VALUES (%(tenant)b, %(subject_id)b, %(wrapped_key)b, %(key_id)b)
    ON CONFLICT DO NOTHING
    RETURNING tenant, subject_id
)
INSERT INTO backhaul.subject (tenant, subject_id, sealed)
SELECT tenant, subject_id, %(sealed)b FROM key"""
# The key that is there stays, and is locked so that nobody erases it before the person is written.
_KEY = """
INSERT INTO backhaul.subject_key AS known (tenant, subject_id, wrapped_key, master_key_id)
VALUES (%b, %b, %b, %b)
ON CONFLICT (tenant, subject_id) DO UPDATE SET wrapped_key = known.wrapped_key
RETURNING wrapped_key, master_key_id"""
_PUT = """
INSERT INTO backhaul.subject (tenant, subject_id, sealed) VALUES (%b, %b, %b)
ON CONFLICT (tenant, subject_id)
DO UPDATE SET sealed = excluded.sealed, updated_at = clock_timestamp()"""
_GET = """
SELECT sealed, wrapped_key, master_key_id
FROM backhaul.subject JOIN backhaul.subject_key USING (tenant, subject_id)
WHERE tenant = %b AND subject_id = %b"""
_ERASE = "DELETE FROM backhaul.subject_key WHERE tenant = %b AND subject_id = %b"


class PostgresSubjects:
    """Every method may raise `StoreUnavailable`, and what opening a person's key raises."""

    def __init__(self, pool: Pool, wrapper: KeyWrapper) -> None:
        self._pool = pool
        self._wrapper = wrapper

    async def put(self, tenant: str, subject_id: str, person: Mapping[str, Any]) -> None:
        text = json.dumps(dict(person)).encode()
        secret = cipher.new_key()
        fresh = await self._wrapper.wrap(secret, of_key(tenant, subject_id))
        if not await self._put_new(tenant, subject_id, text, secret, fresh):
            await self._put_anew(tenant, subject_id, text, fresh)

    async def _put_new(
        self, tenant: str, subject_id: str, text: bytes, secret: bytes, fresh: Wrapped
    ) -> bool:
        parameters = {
            "tenant": tenant,
            "subject_id": subject_id,
            "wrapped_key": fresh.key,
            "key_id": fresh.by,
            "sealed": cipher.seal(secret, text, whose(tenant, subject_id)),
        }
        async with borrowed(self._pool) as connection:
            cursor = await connection.execute(_PUT_NEW, parameters)
            return cursor.rowcount == 1

    async def _put_anew(self, tenant: str, subject_id: str, text: bytes, fresh: Wrapped) -> None:
        async with borrowed(self._pool) as connection, connection.transaction():
            cursor = await connection.execute(_KEY, (tenant, subject_id, *fresh))
            secret = await opened_key(
                self._wrapper, tenant, subject_id, *(await cursor.fetchall())[0]
            )
            sealed = cipher.seal(secret, text, whose(tenant, subject_id))
            await connection.execute(_PUT, (tenant, subject_id, sealed))

    async def get(self, tenant: str, subject_id: str) -> dict[str, Any] | None:
        async with (
            borrowed(self._pool) as connection,
            connection.cursor(binary=True) as cursor,
        ):
            await cursor.execute(_GET, (tenant, subject_id))
            row = await cursor.fetchone()
        if row is None:
            return None
        sealed, *kept = row
        secret = await opened_key(self._wrapper, tenant, subject_id, *kept)
        person: dict[str, Any] = json.loads(
            cipher.unseal(secret, sealed, whose(tenant, subject_id))
        )
        return person

    async def erase(self, tenant: str, subject_id: str) -> None:
        async with borrowed(self._pool) as connection:
            await connection.execute(_ERASE, (tenant, subject_id))


async def opened_key(
    wrapper: KeyWrapper, tenant: str, subject_id: str, wrapped_key: bytes, master_key_id: str
) -> bytes:
    """Open a person's key as its row has it."""
    return await wrapper.unwrap(Wrapped(wrapped_key, master_key_id), of_key(tenant, subject_id))


def whose(tenant: str, subject_id: str) -> bytes:
    """What is sealed under a person's key belongs to that person."""
    return cipher.about("person", tenant, subject_id)


def of_key(tenant: str, subject_id: str) -> bytes:
    return cipher.about("key", tenant, subject_id)
