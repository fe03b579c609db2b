"""Events in PostgreSQL. Keeps `activities.event_store.EventStore`.

The statements are functions of the schema (`migrations/0001_event_store.sql`), which is
also where the order of the feed is explained. An append is one call of one of them in
autocommit: one statement, one transaction, one flush.
"""

import json
from collections.abc import Callable, Sequence

from psycopg import errors
from psycopg.rows import args_row

from activities.event_store import Append, ContentMismatch, StoredEvent, VersionConflict
from adapters.postgres.pool import Connection, Pool, borrowed
from adapters.sealing.words import Words, unread
from adapters.telemetry.doors import span

# Binary parameters (%b): as text, arrays cost seven times as much.
APPEND = """
SELECT backhaul.append_events(
    %b::text[], %b::integer[], %b::integer[],
    %b::uuid[], %b::text[], %b::integer[], %b::timestamptz[],
    %b::text[], %b::text[], %b::text[], %b::text[], %b::text[]
)"""
_READ = "SELECT * FROM backhaul.read_streams(%b::text[], %b::integer[])"
_FEED = "SELECT * FROM backhaul.feed(%b::bigint, %b::integer)"


class PostgresEventStore:
    """`appended` is called after each append, in the same task; it must not wait.

    `words` seals and opens what people said in their own words. Without it, it is read as
    `(sealed)`; whoever appends what people say has it.
    """

    def __init__(
        self,
        pool: Pool,
        appended: Callable[[], None] | None = None,
        words: Words | None = None,
    ) -> None:
        self._pool = pool
        self._appended = appended
        self._words = words

    async def read(self, *streams: tuple[str, int]) -> dict[str, tuple[StoredEvent, ...]]:
        names = [stream_id for stream_id, _ in streams]
        found: dict[str, list[StoredEvent]] = {name: [] for name in names}
        async with borrowed(self._pool) as connection:
            afters = [after_version for _, after_version in streams]
            events = await _events(connection, _READ, (names, afters))
        for event in await self._readable(events):
            found[event.stream_id].append(event)
        return {name: tuple(events) for name, events in found.items()}

    async def append(self, *appends: Append) -> None:
        if self._words is not None:
            appends = tuple([await self._words.sealed(append) for append in appends])
        parameters = append_parameters(appends)
        try:
            with span("append events") as told:
                if told.is_recording():
                    told.set_attribute("backhaul.events", _types(appends))
                async with borrowed(self._pool) as connection:
                    await connection.execute(APPEND, parameters)
        except errors.DatabaseError as error:
            refusal = _understand(error)
            if refusal is None:
                raise
            raise refusal from error
        if self._appended is not None:
            self._appended()

    async def head(self) -> int:
        async with borrowed(self._pool) as connection:
            cursor = await connection.execute("SELECT backhaul.safe_head()")
            return int((await cursor.fetchall())[0][0])

    async def feed(self, after: int, limit: int = 500) -> tuple[StoredEvent, ...]:
        async with borrowed(self._pool) as connection:
            events = await _events(connection, _FEED, (after, limit))
        return await self._readable(events)

    async def _readable(self, events: tuple[StoredEvent, ...]) -> tuple[StoredEvent, ...]:
        if self._words is not None:
            return await self._words.opened(events)
        return tuple(map(unread, events))

    async def first_broken_link(self, stream_id: str) -> int | None:
        """Follow the stream's chain of hashes: the first version that is not as it was written.

        None says that nothing was changed, removed or put in between. (Who can rewrite every
        link can hide it: keep copies of last links elsewhere.)
        """
        async with borrowed(self._pool) as connection:
            cursor = await connection.execute("SELECT backhaul.first_broken_link(%s)", (stream_id,))
            broken: int | None = (await cursor.fetchall())[0][0]
            return broken


async def read_feed(connection: Connection, after: int, limit: int) -> tuple[StoredEvent, ...]:
    """Read the feed without keys, on a connection of the caller's in READ COMMITTED."""
    return tuple(map(unread, await _events(connection, _FEED, (after, limit))))


def append_parameters(appends: Sequence[Append]) -> tuple[Sequence[object], ...]:
    """Lay out the arguments of `APPEND`: three arrays over the streams, nine over the events."""
    in_order = sorted(appends, key=lambda append: append.stream_id)
    events = [event for append in in_order for event in append.events]
    return (
        [append.stream_id for append in in_order],
        [append.expected_version for append in in_order],
        [len(append.events) for append in in_order],
        [event.event_id for event in events],
        [event.type for event in events],
        [event.schema_version for event in events],
        [event.occurred_at for event in events],
        [event.actor for event in events],
        [event.causation_id for event in events],
        [event.correlation_id for event in events],
        [event.tenant for event in events],
        [event.data for event in events],
    )


def _types(appends: Sequence[Append]) -> list[str]:
    return [event.type for append in appends for event in append.events]


def _understand(error: errors.Error) -> Exception | None:
    """Map what the functions raise to what the protocol promises."""
    match error.sqlstate:  # BH… are ours, see is_repeat
        case "BH001":
            detail = json.loads(error.diag.message_detail or "{}")
            return VersionConflict(
                detail["stream_id"], expected=detail["expected"], actual=detail["actual"]
            )
        case "BH002":
            detail = json.loads(error.diag.message_detail or "{}")
            return ContentMismatch(detail["stream_id"], version=detail["version"])
        case "22P02":  # invalid_text_representation, of the only text that is read as something
            return ValueError("data: expected JSON")
        case "22023":  # invalid_parameter_value, raised by append_events
            return ValueError("appends: expected each stream once")
        case _:
            return None


async def _events(
    connection: Connection, statement: str, parameters: tuple[object, ...]
) -> tuple[StoredEvent, ...]:
    async with connection.cursor(binary=True, row_factory=args_row(StoredEvent)) as cursor:
        await cursor.execute(statement, parameters)
        return tuple(await cursor.fetchall())
