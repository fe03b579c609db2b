"""After a change of the master key: every stored key is wrapped anew, by the newest.

What the keys seal is not touched. Some keys at a time, each time in a transaction of its own:
killed at any moment, the next run goes on with what is left; two at once share the work.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import sql

from adapters.misset import SettingsError
from adapters.postgres import data_keys, subjects, webhook_subscriptions
from adapters.postgres.pool import Connection, Pool, borrowed
from adapters.sealing import cipher
from adapters.sealing.settings import MASTER_KEY
from adapters.sealing.wrapping import KeyWrapper, Wrapped
from domain.subscriptions.standing import SubscriptionKey

BATCH = 200
"""Keys of one transaction."""

_IN_USE = "SELECT master_key_id FROM backhaul.master_key_in_use ORDER BY 1"
_TAKE = sql.SQL("""
SELECT wrapped_key, {columns} FROM {table}
WHERE master_key_id = %b AND wrapped_key IS NOT NULL AND ({columns}) > ({last})
ORDER BY {columns} LIMIT %b FOR UPDATE SKIP LOCKED""")
_PUT = sql.SQL("UPDATE {table} SET wrapped_key = %b, master_key_id = %b WHERE {this}")
_LEFT = sql.SQL("""
SELECT count(*) FROM {table} WHERE master_key_id = ANY(%b) AND wrapped_key IS NOT NULL""")


class Rewrapped(NamedTuple):
    """What came of some keys of one table."""

    table: str
    done: int
    unopened: int  # changed, or of another place: nobody opens them


@dataclass(frozen=True, slots=True)
class _Keys:
    """Where keys are, by which columns one is found, and what it is bound to."""

    table: str
    columns: tuple[str, ...]
    before_all: tuple[Any, ...]
    whose: Callable[..., bytes]

    def statement(self, said: sql.SQL) -> sql.Composed:
        """Let a statement be about these keys."""
        names = [sql.Identifier(column) for column in self.columns]
        return said.format(
            table=sql.Identifier("backhaul", self.table),
            columns=sql.SQL(", ").join(names),
            last=sql.SQL(", ").join(sql.Placeholder() for _ in names),
            this=sql.SQL(" AND ").join(sql.SQL("{} = %b").format(name) for name in names),
        )


KEYS = (
    _Keys("subject_key", ("tenant", "subject_id"), ("", ""), subjects.of_key),
    _Keys("data_key", ("key_id", "file"), (UUID(int=0), ""), data_keys.of_key),
    _Keys(
        "subscription",
        ("tenant", "subscription_id"),
        ("", ""),
        lambda *named: webhook_subscriptions.of_key(SubscriptionKey(*named)),
    ),
)
"""Every table that holds keys which a master key wraps; a test compares them with the schema."""


class Rewrapping:
    """Every method may raise `StoreUnavailable`."""

    def __init__(self, pool: Pool, wrapper: KeyWrapper) -> None:
        self._pool = pool
        self._wrapper = wrapper

    async def older(self) -> list[str]:
        """Name the master keys that wrap something and are not the newest."""
        async with borrowed(self._pool) as connection:
            return [one for one in await _in_use(connection) if one != self._wrapper.newest]

    async def run(self) -> AsyncIterator[Rewrapped]:
        """Wrap anew what this process can open; say after each some what came of them."""
        for master in filter(self._wrapper.opens, await self.older()):
            for keys in KEYS:
                last = keys.before_all
                while last:
                    last, came = await self._some(keys, master, last)
                    yield came

    async def left(self) -> dict[str, int]:
        """Count the keys that the newest master key does not wrap, by table."""
        older = await self.older()
        async with borrowed(self._pool) as connection:
            counted = {}
            for keys in KEYS:
                cursor = await connection.execute(keys.statement(_LEFT), (older,))
                counted[keys.table] = sum(row[0] for row in await cursor.fetchall())
        return counted

    async def _some(
        self, keys: _Keys, master: str, last: tuple[Any, ...]
    ) -> tuple[tuple[Any, ...], Rewrapped]:
        """Wrap anew what follows after `last`; give the last of them, none where it is the end."""
        done, unopened = [], 0
        async with (
            borrowed(self._pool) as connection,
            connection.transaction(),
            connection.cursor(binary=True) as cursor,
        ):
            await cursor.execute(keys.statement(_TAKE), (master, *last, BATCH))
            found = await cursor.fetchall()
            for wrapped, *named in found:
                whose = keys.whose(*map(str, named))
                try:
                    secret = await self._wrapper.unwrap(Wrapped(wrapped, master), whose)
                except cipher.Tampered:
                    unopened += 1
                    continue
                done.append((*await self._wrapper.wrap(secret, whose), *named))
            await cursor.executemany(keys.statement(_PUT), done)
        end = tuple(found[-1][1:]) if len(found) == BATCH else ()
        return end, Rewrapped(keys.table, len(done), unopened)


async def assert_keys_open(pool: Pool, wrapper: KeyWrapper) -> None:
    """Look whether every stored key could be opened here; one question, however many there are.

    Raises:
        SettingsError: One is wrapped by a master key that this process was not given.
        StoreUnavailable: The database does not answer.
    """
    async with borrowed(pool) as connection:
        missing = [one for one in await _in_use(connection) if not wrapper.opens(one)]
    if missing:
        raise SettingsError(
            MASTER_KEY,
            f"the master key {', '.join(missing)} among the older ones too: it wraps keys that"
            " are still needed; `starter.py rewrap` with all of them, then it may go",
        )


async def _in_use(connection: Connection) -> list[str]:
    return [master for (master,) in await (await connection.execute(_IN_USE)).fetchall()]
