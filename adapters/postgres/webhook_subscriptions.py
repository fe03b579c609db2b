"""Subscriptions in PostgreSQL: who wants to be told, and by what it is signed, sealed."""

from datetime import datetime
from typing import Any

from psycopg.rows import dict_row
from pydantic import BaseModel

from adapters.postgres.pool import Connection, Pool, borrowed
from adapters.sealing import cipher
from adapters.sealing.wrapping import KeyWrapper, Wrapped
from domain.subscriptions.signing import Secret, rotated
from domain.subscriptions.standing import State, Subscription, SubscriptionKey
from domain.subscriptions.wishes import SubscriptionWish

_INSERT = """
INSERT INTO backhaul.subscription (
    tenant, subscription_id, url, types, since, position, wrapped_key, master_key_id, sealed)
VALUES (
    %(tenant)s, %(id)s, %(url)s, %(types)s, %(now)s, backhaul.safe_head(),
    %(wrapped_key)b, %(master_key_id)s, %(sealed)b)
ON CONFLICT DO NOTHING"""
_GET = "SELECT * FROM backhaul.subscription WHERE tenant = %(tenant)s AND subscription_id = %(id)s"
_LOCK = f"{_GET} FOR UPDATE"
_LIST = "SELECT * FROM backhaul.subscription WHERE tenant = %s ORDER BY subscription_id"
_SET_SECRETS = """
UPDATE backhaul.subscription SET sealed = %(sealed)b
WHERE tenant = %(tenant)s AND subscription_id = %(id)s"""
_SET_STATE = """
UPDATE backhaul.subscription SET state = %(state)s, because = %(because)s, since = %(at)s
WHERE tenant = %(tenant)s AND subscription_id = %(id)s AND state <> %(state)s"""
_BEGIN_ANEW = """
UPDATE backhaul.subscription_delivery SET attempts = 0, first_at = NULL, next_at = %(at)s
WHERE tenant = %(tenant)s AND subscription_id = %(id)s"""
_DELETE = """
DELETE FROM backhaul.subscription WHERE tenant = %(tenant)s AND subscription_id = %(id)s"""


class _Sealed(BaseModel):
    """What of a subscription nobody reads in the database."""

    owner: str
    secrets: tuple[Secret, ...]


class WebhookSubscriptions:
    """Every method may raise `StoreUnavailable`, and what opening a key raises."""

    def __init__(self, pool: Pool, wrapper: KeyWrapper) -> None:
        self._pool = pool
        self._wrapper = wrapper

    async def make(
        self, key: SubscriptionKey, wish: SubscriptionWish, secret: Secret, now: datetime
    ) -> bool:
        """Write a new one down, from the present head of the feed on; False where one is there."""
        data_key = cipher.new_key()
        wrapped = await self._wrapper.wrap(data_key, of_key(key))
        row = {
            **named(key),
            "url": wish.url,
            "types": list(wish.types),
            "now": now,
            "wrapped_key": wrapped.key,
            "master_key_id": wrapped.by,
            "sealed": _seal(data_key, key, _Sealed(owner=wish.owner, secrets=(secret,))),
        }
        async with borrowed(self._pool) as connection:
            return (await connection.execute(_INSERT, row)).rowcount == 1

    async def look(self, key: SubscriptionKey) -> Subscription | None:
        """Give one; none where it was never made, or was deleted."""
        async with borrowed(self._pool) as connection:
            rows = await _rows(connection, _GET, named(key))
        return await self._read(rows[0]) if rows else None

    async def all_of(self, tenant: str) -> list[Subscription]:
        """List a merchant's."""
        async with borrowed(self._pool) as connection:
            rows = await _rows(connection, _LIST, (tenant,))
        return [await self._read(row) for row in rows]

    async def rotate(self, key: SubscriptionKey, secret: Secret, until: datetime) -> bool:
        """Sign by a new secret, and by the one before until then; False where there is none.

        Asked for twice it is done once.
        """
        async with borrowed(self._pool) as connection, connection.transaction():
            rows = await _rows(connection, _LOCK, named(key))
            if not rows:
                return False
            data_key = await self._data_key(key, rows[0])
            known = _unseal(data_key, key, rows[0]["sealed"])
            secrets = rotated(known.secrets, secret, until)
            sealed = _seal(data_key, key, _Sealed(owner=known.owner, secrets=secrets))
            await connection.execute(_SET_SECRETS, {**named(key), "sealed": sealed})
        return True

    async def set_state(
        self, key: SubscriptionKey, state: State, because: str, at: datetime
    ) -> bool:
        """Let it be active, paused or stopped; False where it was that already, or is not there.

        What waits when it becomes active is tried at once, and for the whole time again.
        """
        asked = {**named(key), "state": state, "because": because, "at": at}
        async with borrowed(self._pool) as connection, connection.transaction():
            changed = (await connection.execute(_SET_STATE, asked)).rowcount == 1
            if changed and state == "active":
                await connection.execute(_BEGIN_ANEW, {**named(key), "at": at})
        return changed

    async def delete(self, key: SubscriptionKey) -> bool:
        """Forget it, with all that waits; False where there is none."""
        async with borrowed(self._pool) as connection:
            return (await connection.execute(_DELETE, named(key))).rowcount == 1

    async def _read(self, row: dict[str, Any]) -> Subscription:
        key = SubscriptionKey(row["tenant"], row["subscription_id"])
        data_key = await self._data_key(key, row)
        known = _unseal(data_key, key, row["sealed"])
        return Subscription.model_validate({**row, **known.model_dump()})

    async def _data_key(self, key: SubscriptionKey, row: dict[str, Any]) -> bytes:
        wrapped = Wrapped(row["wrapped_key"], row["master_key_id"])
        return await self._wrapper.unwrap(wrapped, of_key(key))


def named(key: SubscriptionKey) -> dict[str, str]:
    """Give the parameters by which statements find a subscription."""
    return {"tenant": key.tenant, "id": key.subscription_id}


async def _rows(connection: Connection, question: str, asked: Any) -> list[dict[str, Any]]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(question.encode(), asked)
        return await cursor.fetchall()


def _seal(data_key: bytes, key: SubscriptionKey, known: _Sealed) -> bytes:
    text = known.model_dump_json().encode()
    return cipher.seal(data_key, text, cipher.about("subscription", *key))


def _unseal(data_key: bytes, key: SubscriptionKey, sealed: bytes) -> _Sealed:
    text = cipher.unseal(data_key, sealed, cipher.about("subscription", *key))
    return _Sealed.model_validate_json(text)


def of_key(key: SubscriptionKey) -> bytes:
    return cipher.about("subscription key", *key)
