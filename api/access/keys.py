"""Keys of services: made here, shown once, kept as a digest.

A key is 256 random bits, so a plain SHA-256 is all the hardening that it needs. Two keys of
one service live side by side while the older is replaced.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import class_row

from adapters.postgres.pool import Pool, borrowed
from api.access.caller import Caller, NotProven
from api.access.rights import Role

PREFIX = "bh_"
_SECRET_BYTES = 32

_INSERT = """
INSERT INTO backhaul.api_key (key_id, tenant, name, role, secret_sha256, made_at, expires_at)
VALUES (%b, %b, %b, %b, %b, %b, %b)"""
_FIND = """
SELECT tenant, role, secret_sha256, expires_at, revoked_at
FROM backhaul.api_key WHERE key_id = %b"""
_LIST = """
SELECT key_id, name, role, made_at, expires_at, revoked_at
FROM backhaul.api_key WHERE tenant = %b ORDER BY made_at, key_id"""
_REVOKE = """
UPDATE backhaul.api_key SET revoked_at = %b
WHERE tenant = %b AND key_id = %b AND revoked_at IS NULL"""


class KeyRow(NamedTuple):
    """What is known of a key; not the key."""

    key_id: str
    name: str
    role: str
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class ApiKeys:
    """The keys of all merchants."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def make(
        self, tenant: str, name: str, role: Role, now: datetime, expires_at: datetime | None
    ) -> str:
        """Make a key and give it, for the only time."""
        shown = new_key()
        key_id, _, secret = shown.removeprefix(PREFIX).partition("_")
        row = (key_id, tenant, name, role.value, _digest(secret), now, expires_at)
        async with borrowed(self._pool) as connection:
            await connection.execute(_INSERT, row)
        return shown

    async def know(self, shown: str, tenant: str, name: str, role: Role, now: datetime) -> None:
        """Take a key that was made elsewhere, such as for a stack on one machine. Idempotent."""
        key_id, _, secret = shown.removeprefix(PREFIX).partition("_")
        row = (key_id, tenant, name, role.value, _digest(secret), now, None)
        async with borrowed(self._pool) as connection:
            await connection.execute(f"{_INSERT} ON CONFLICT (key_id) DO NOTHING", row)

    async def prove(self, shown: str, now: datetime) -> Caller:
        """Say whose key this is.

        Raises:
            NotProven: It is nobody's, or not any more.
        """
        key_id, _, secret = shown.removeprefix(PREFIX).partition("_")
        async with borrowed(self._pool) as connection:
            found = await (await connection.execute(_FIND, (key_id,), binary=True)).fetchone()
        tenant, role, digest, expires_at, revoked_at = found or ("", "", b"", None, None)
        if not hmac.compare_digest(digest, _digest(secret)):
            raise NotProven("the key is not one of ours")
        if revoked_at is not None:
            raise NotProven("the key was revoked")
        if expires_at is not None and expires_at <= now:
            raise NotProven("the key has expired")
        return Caller(tenant=tenant, role=Role(role), kind="service", id=f"key-{key_id}")

    async def all_of(self, tenant: str) -> Sequence[KeyRow]:
        """List a merchant's keys, also those that open nothing any more."""
        async with (
            borrowed(self._pool) as connection,
            connection.cursor(binary=True, row_factory=class_row(KeyRow)) as cursor,
        ):
            await cursor.execute(_LIST, (tenant,))
            return await cursor.fetchall()

    async def revoke(self, tenant: str, key_id: str, now: datetime) -> bool:
        """Let a key open nothing from now on; False where there is no such live key."""
        async with borrowed(self._pool) as connection:
            cursor = await connection.execute(_REVOKE, (now, tenant, key_id))
            return cursor.rowcount == 1


def new_key() -> str:
    """Make what a key is shown as."""
    return f"{PREFIX}{secrets.token_hex(6)}_{secrets.token_urlsafe(_SECRET_BYTES)}"


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
