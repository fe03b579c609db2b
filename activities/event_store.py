"""What happened, for ever: streams of events, and the one order in which all of them are read.

A stream is the life of one return (`return:acme:R-1`) or the ledger of one order
(`order:acme:W-1042`). Versions count 1, 2, 3 … within a stream; positions grow over all
streams and may have gaps. The contract suite in `tests/contracts/test_event_store.py`
holds every implementation to what is said here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

CAUSATION_ID_MAX = 200
"""Characters; the id of a command is made by whoever sends it, so it has an end."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event as it is decided, before the store has given it its place."""

    event_id: UUID  # time-ordered (version 7): an index of them then grows at its right edge
    type: str
    schema_version: int
    occurred_at: datetime  # when it happened in the world; aware
    actor: str  # "kind:id"
    causation_id: str  # the id of the command that caused it
    correlation_id: str
    tenant: str
    data: str  # JSON text in canonical form; kept, compared and given back to the byte


@dataclass(frozen=True, slots=True)
class StoredEvent(NewEvent):
    """An event in its place."""

    stream_id: str
    version: int  # 1, 2, 3 … in its stream
    position: int  # over all streams, growing, with gaps
    recorded_at: datetime  # by the store's clock; aware


@dataclass(frozen=True, slots=True)
class Append:
    """Events for one stream, decided on what it held at `expected_version` (0: nothing yet).

    Raises:
        ValueError: A field makes no sense; the text names it.
    """

    stream_id: str
    expected_version: int
    events: tuple[NewEvent, ...]

    def __post_init__(self) -> None:
        if not self.stream_id:
            raise ValueError("stream_id: expected a name, such as return:acme:R-1")
        if self.expected_version < 0:
            raise ValueError(f"expected_version: expected 0 or more, not {self.expected_version}")
        if not self.events:
            raise ValueError("events: expected at least one")
        if len({event.event_id for event in self.events}) != len(self.events):
            raise ValueError("events: expected each event_id once")
        for event in self.events:
            if event.occurred_at.tzinfo is None:
                raise ValueError(f"occurred_at of {event.type}: expected a time with its offset")
            if not 0 < len(event.causation_id) <= CAUSATION_ID_MAX:
                raise ValueError(
                    f"causation_id of {event.type}: expected 1 to {CAUSATION_ID_MAX} characters"
                )


class VersionConflict(Exception):
    """The stream has grown since it was read: read it again and decide again."""

    def __init__(self, stream_id: str, *, expected: int, actual: int) -> None:
        super().__init__(f"{stream_id} is at version {actual}, not {expected}")
        self.stream_id = stream_id
        self.expected = expected
        self.actual = actual


class ContentMismatch(Exception):
    """These very events are stored with another content: a defect. Alarm and stop, never retry."""

    def __init__(self, stream_id: str, *, version: int) -> None:
        super().__init__(f"{stream_id} holds another content at version {version}")
        self.stream_id = stream_id
        self.version = version


class StoreUnavailable(Exception):
    """No answer in time. Whether an append was written is unknown: repeat the very same one."""


class EventStore(Protocol):
    """Every method may raise `StoreUnavailable`."""

    async def read(self, *streams: tuple[str, int]) -> dict[str, tuple[StoredEvent, ...]]:
        """Give the events of each `(stream_id, after_version)`, all as of one moment.

        Every stream asked for is in the answer; one that does not exist is empty.
        """

    async def append(self, *appends: Append) -> None:
        """Write all the events of all the streams, or none.

        A repeat (the same event ids at the same versions) is compared with what is stored
        and succeeds without writing, so a lost answer is cured by asking again.

        Raises:
            VersionConflict: A stream has grown since it was read.
            ContentMismatch: The same ids at the same versions hold something else.
            ValueError: A stream is named twice, or `data` is not JSON.
        """

    async def head(self) -> int:
        """Give the position up to which the feed is complete: nothing can appear below it."""

    async def feed(self, after: int, limit: int = 500) -> tuple[StoredEvent, ...]:
        """Give the next events by position, up to the head.

        Whoever goes on from the last position it got sees each event exactly once and in
        order, however long some transactions take to commit.
        """
