"""Returns as their streams tell them, folded as far as a page of the feed has come."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from activities.event_store import StoredEvent
from adapters.postgres.pool import Connection
from adapters.sealing.words import unread_data
from domain.returns.evolve import fold
from domain.returns.state import ReturnState
from domain.returns.upcasting import read_event

KEPT = 1_000
"""States held in memory, of a few kilobytes each: a page that follows needs no read."""

_READ = """
SELECT stream_id, version, type, schema_version, data
FROM backhaul.read_streams(%b::text[], %b::integer[])
"""


class ReturnKey(NamedTuple):
    """Which return, of whom."""

    tenant: str
    return_id: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A return as it stands after `last`, the newest of its events in a page."""

    key: ReturnKey
    state: ReturnState
    last: StoredEvent


def return_of(stream_id: str) -> ReturnKey | None:
    """Read a return's key from the name of its stream; none for a stream of another kind."""
    kind, _, rest = stream_id.partition(":")
    tenant, _, return_id = rest.partition(":")
    return ReturnKey(tenant, return_id) if kind == "return" and tenant and return_id else None


class ReturnStates:
    """Folds the returns that a page of the feed speaks of.

    What is kept is a fold of events that never change, so it stays right when a page is
    rolled back; it is used only where the page goes on exactly where it ends.
    """

    def __init__(self, keep: int = KEPT) -> None:
        self._keep = keep
        self._kept: OrderedDict[str, ReturnState] = OrderedDict()

    async def after(self, connection: Connection, page: Sequence[StoredEvent]) -> list[Moved]:
        """Give each return of the page as its last event there leaves it, and not later."""
        news = _by_return(page)
        before = await self._before(connection, news)
        moved = []
        for stream_id, events in news.items():
            told = (read_event(event.type, event.schema_version, event.data) for event in events)
            state = fold(told, before.get(stream_id))
            self._remember(stream_id, state)
            key = return_of(stream_id)
            if key is not None:
                moved.append(Moved(key, state, events[-1]))
        return moved

    async def _before(
        self, connection: Connection, news: Mapping[str, Sequence[StoredEvent]]
    ) -> dict[str, ReturnState]:
        """Find the state that each stream's part of the page goes on from."""
        before, unknown = {}, {}
        for stream_id, events in news.items():
            come_so_far = events[0].version - 1
            kept = self._kept.get(stream_id)
            if kept is not None and kept.version == come_so_far:
                before[stream_id] = kept
            elif come_so_far:
                unknown[stream_id] = come_so_far
        if unknown:
            before |= await _read_up_to(connection, unknown)
        return before

    def _remember(self, stream_id: str, state: ReturnState) -> None:
        self._kept[stream_id] = state
        self._kept.move_to_end(stream_id)
        while len(self._kept) > self._keep:
            self._kept.popitem(last=False)


def _by_return(page: Sequence[StoredEvent]) -> dict[str, list[StoredEvent]]:
    news: dict[str, list[StoredEvent]] = {}
    for event in page:
        if return_of(event.stream_id) is not None:
            news.setdefault(event.stream_id, []).append(event)
    return news


async def _read_up_to(
    connection: Connection, versions: Mapping[str, int]
) -> dict[str, ReturnState]:
    """Fold streams up to a version each; what was appended since belongs to a later page."""
    cursor = await connection.execute(_READ, (list(versions), [0] * len(versions)))
    rows = await cursor.fetchall()
    return {
        stream_id: fold(
            read_event(event_type, schema_version, unread_data(data))
            for _, version, event_type, schema_version, data in of_stream
            if version <= versions[stream_id]
        )
        for stream_id, of_stream in groupby(rows, key=lambda row: str(row[0]))
    }
