"""What is compared: events as rows, grouped into streams, and the partners' ledgers."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Self

from activities.event_store import StoredEvent

Entry = Mapping[str, Any]
"""A line of a partner's ledger, as the partner writes it."""


class Difference(NamedTuple):
    """Two books that do not agree, or one that does not agree with itself."""

    invariant: str
    subject: str  # the stream, payment, label or step in question
    because: str

    def __str__(self) -> str:
        return f"{self.invariant} {self.subject}: {self.because}"


@dataclass(frozen=True, slots=True)
class Row:
    """One stored event; `data` is the event itself, its type and time included."""

    stream_id: str
    version: int
    position: int
    event_id: str
    type: str
    recorded_at: datetime
    causation_id: str
    data: Mapping[str, Any]

    @classmethod
    def stored(cls, event: StoredEvent) -> Self:
        """Take an event as the store gives it."""
        return cls(
            event.stream_id,
            event.version,
            event.position,
            str(event.event_id),
            event.type,
            event.recorded_at,
            event.causation_id,
            json.loads(event.data),
        )

    @classmethod
    def exported(cls, line: Entry) -> Self:
        """Take a line of an export of events."""
        return cls(
            line["stream_id"],
            line["version"],
            line["position"],
            line["event_id"],
            line["type"],
            datetime.fromisoformat(line["recorded_at"]),
            line["causation_id"],
            line["data"],
        )

    def __getitem__(self, name: str) -> Any:
        return self.data[name]


@dataclass(frozen=True)
class Books:
    """The partners' ledgers, each in the order of its booking."""

    payments: Sequence[Entry] = ()
    labels: Sequence[Entry] = ()
    warehouse: Sequence[Entry] = ()
    mail: Sequence[Entry] = ()
    claims: Sequence[Entry] = ()
    sms: Sequence[Entry] = ()


@dataclass(frozen=True)
class Streams:
    """All events, stream by stream in the order of their versions."""

    by_id: Mapping[str, Sequence[Row]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Self:
        """Group rows that come in any order."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            found[row.stream_id].append(row)
        return cls({key: sorted(found[key], key=lambda row: row.version) for key in sorted(found)})

    @property
    def returns(self) -> Iterator[tuple[str, Sequence[Row]]]:
        """The streams of returns, by name."""
        return ((key, rows) for key, rows in self.by_id.items() if key.startswith("return:"))

    @property
    def orders(self) -> Iterator[tuple[str, Sequence[Row]]]:
        """The ledgers of orders, by name."""
        return ((key, rows) for key, rows in self.by_id.items() if key.startswith("order:"))

    def ledger_of(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The ledger of the order that a return belongs to."""
        opened = first(rows, "ReturnRequested")
        if opened is None:
            return ()
        return self.by_id.get(f"order:{opened['tenant']}:{opened['order_id']}", ())


def every(rows: Iterable[Row], *types: str) -> list[Row]:
    """The events of these types, in order."""
    return [row for row in rows if row.type in types]


def first(rows: Iterable[Row], *types: str) -> Row | None:
    """The first event of these types, if there is one."""
    return next((row for row in rows if row.type in types), None)
