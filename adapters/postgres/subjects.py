"""Persons in PostgreSQL, sealed. Keeps `activities.subjects.Subjects`."""

import json
from collections.abc import Mapping
from typing import Any

from adapters.postgres.envelope import Envelope
from adapters.postgres.pool import Pool, borrowed

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
    """Seals under `master_key`; `older` ones still open what they have sealed."""

    def __init__(self, pool: Pool, master_key: bytes, *older: bytes) -> None:
        self._pool = pool
        self._envelope = Envelope(master_key, *older)

    async def put(self, tenant: str, subject_id: str, person: Mapping[str, Any]) -> None:
        text = json.dumps(dict(person)).encode()
        fresh = self._envelope.new_key(tenant, subject_id)
        if not await self._put_new(tenant, subject_id, text, fresh):
            await self._put_anew(tenant, subject_id, text, fresh)

    async def _put_new(self, tenant: str, subject_id: str, text: bytes, fresh: bytes) -> bool:
        sealed = self._envelope.seal(
            text, fresh, self._envelope.key_id, tenant=tenant, subject_id=subject_id
        )
        parameters = {
            "tenant": tenant,
            "subject_id": subject_id,
            "wrapped_key": fresh,
            "key_id": self._envelope.key_id,
            "sealed": sealed,
        }
        async with borrowed(self._pool) as connection:
            cursor = await connection.execute(_PUT_NEW, parameters)
            return cursor.rowcount == 1

    async def _put_anew(self, tenant: str, subject_id: str, text: bytes, fresh: bytes) -> None:
        async with borrowed(self._pool) as connection, connection.transaction():
            cursor = await connection.execute(
                _KEY, (tenant, subject_id, fresh, self._envelope.key_id)
            )
            wrapped_key, key_id = (await cursor.fetchall())[0]
            sealed = self._envelope.seal(
                text, wrapped_key, key_id, tenant=tenant, subject_id=subject_id
            )
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
        text = self._envelope.open(*row, tenant=tenant, subject_id=subject_id)
        person: dict[str, Any] = json.loads(text)
        return person

    async def erase(self, tenant: str, subject_id: str) -> None:
        async with borrowed(self._pool) as connection:
            await connection.execute(_ERASE, (tenant, subject_id))
