"""Returns, and what lives beside them, as their streams tell, folded as far as a page of the feed."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

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


class Versioned(Protocol):
    """What is known of one; `version` counts its events."""

    @property
    def version(self) -> int: ...


KeyT = TypeVar("KeyT")
StateT = TypeVar("StateT", bound=Versioned)


class ReturnKey(NamedTuple):
    """Which return, of whom."""

    tenant: str
    return_id: str


@dataclass(frozen=True, slots=True)
class Moved(Generic[KeyT, StateT]):
    """One as it stands after `last`, the newest of its events in a page."""

    key: KeyT
    state: StateT
    last: StoredEvent


def return_of(stream_id: str) -> ReturnKey | None:
    """Read a return's key from the name of its stream; none for a stream of another kind."""
    kind, _, rest = stream_id.partition(":")
    tenant, _, return_id = rest.partition(":")
    return ReturnKey(tenant, return_id) if kind == "return" and tenant and return_id else None


class States(Generic[KeyT, StateT]):
    """Folds the streams of one kind that a page of the feed speaks of.

    What is kept is a fold of events that never change, so it stays right when a page is
    rolled back; it is used only where the page goes on exactly where it ends.
    """

    def __init__(
        self,
        of_name: Callable[[str], KeyT | None],
        read: Callable[[str, int, str], Any],
        fold: Callable[[Iterable[Any], StateT | None], StateT],
        keep: int = KEPT,
    ) -> None:
        self._of_name = of_name
        self._read = read
        self._fold = fold
        self._keep = keep
        self._kept: OrderedDict[str, StateT] = OrderedDict()

    async def after(
        self, connection: Connection, page: Sequence[StoredEvent]
    ) -> list[Moved[KeyT, StateT]]:
        """Give each one of the page as its last event there leaves it, and not later."""
        news = self._news(page)
        before = await self._before(connection, news)
        moved = []
        for stream_id, events in news.items():
            told = (self._read(event.type, event.schema_version, event.data) for event in events)
            state = self._fold(told, before.get(stream_id))
            self._remember(stream_id, state)
            key = self._of_name(stream_id)
            if key is not None:
                moved.append(Moved(key, state, events[-1]))
        return moved

    def _news(self, page: Sequence[StoredEvent]) -> dict[str, list[StoredEvent]]:
        news: dict[str, list[StoredEvent]] = {}
        for event in page:
            if self._of_name(event.stream_id) is not None:
                news.setdefault(event.stream_id, []).append(event)
        return news

    async def _before(
        self, connection: Connection, news: Mapping[str, Sequence[StoredEvent]]
    ) -> dict[str, StateT]:
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
            before |= await self._read_up_to(connection, unknown)
        return before

    async def _read_up_to(
        self, connection: Connection, versions: Mapping[str, int]
    ) -> dict[str, StateT]:
        """Fold streams up to a version each; what was appended since belongs to a later page."""
        cursor = await connection.execute(_READ, (list(versions), [0] * len(versions)))
        rows = await cursor.fetchall()
        return {
            stream_id: self._fold(
                (
                    self._read(event_type, schema_version, unread_data(data))
                    for _, version, event_type, schema_version, data in of_stream
                    if version <= versions[stream_id]
                ),
                None,
            )
            for stream_id, of_stream in groupby(rows, key=lambda row: str(row[0]))
        }

    def _remember(self, stream_id: str, state: StateT) -> None:
        self._kept[stream_id] = state
        self._kept.move_to_end(stream_id)
        while len(self._kept) > self._keep:
            self._kept.popitem(last=False)


MovedReturn = Moved[ReturnKey, ReturnState]


def return_states(keep: int = KEPT) -> States[ReturnKey, ReturnState]:
    """Fold returns."""
    return States(return_of, read_event, fold, keep)
