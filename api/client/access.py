"""Who may come in through HTTP: keys of services, and who was not let in."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from api.access.attempts import Attempts, Denied
from api.access.keys import ApiKeys, KeyRow
from api.access.rights import Role
from api.client.books import Books


class Access:
    """Every method may raise `Unavailable`."""

    def __init__(self, books: Books) -> None:
        self._books = books

    async def make_key(self, tenant: str, name: str, role: Role, days: int | None) -> str:
        """Make a key and give it, for the only time; for so many days, or until revoked."""
        now = datetime.now(UTC)
        until = now + timedelta(days=days) if days is not None else None
        async with self._books.pool("make a key") as pool:
            return await ApiKeys(pool).make(tenant, name, role, now, until)

    async def keys(self, tenant: str) -> Sequence[KeyRow]:
        """List a merchant's keys; never what opens the door."""
        async with self._books.pool("list the keys") as pool:
            return await ApiKeys(pool).all_of(tenant)

    async def revoke_key(self, tenant: str, key_id: str) -> bool:
        """Let a key open nothing from now on; False where there is no such live key."""
        async with self._books.pool("revoke a key") as pool:
            return await ApiKeys(pool).revoke(tenant, key_id, datetime.now(UTC))

    async def denied(self, tenant: str, limit: int) -> Sequence[Denied]:
        """Give the newest attempts that were not allowed."""
        async with self._books.pool("list what was not allowed") as pool:
            return await Attempts(pool).newest(tenant, limit)
