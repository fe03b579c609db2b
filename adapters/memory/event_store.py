"""The event store without a disk, for tests and trials. Keeps `activities.event_store.EventStore`."""

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime

from activities.event_store import Append, ContentMismatch, NewEvent, StoredEvent, VersionConflict


class MemoryEventStore:
    """Every method runs to its end without yielding, so each is a transaction of its own."""

    def __init__(self) -> None:
        self._streams: dict[str, list[StoredEvent]] = {}
        self._all: list[StoredEvent] = []

    async def read(self, *streams: tuple[str, int]) -> dict[str, tuple[StoredEvent, ...]]:
        return {
            stream_id: tuple(self._streams.get(stream_id, ())[after_version:])
            for stream_id, after_version in streams
        }

    async def append(self, *appends: Append) -> None:
        _refuse_what_no_store_takes(appends)
        in_order = sorted(appends, key=lambda append: append.stream_id)
        repeated = [append for append in in_order if self._is_repeat(append)]
        if len(repeated) == len(in_order):
            return
        for append in repeated:
            raise self._conflict(append)
        for append in in_order:
            self._write(append)

    async def head(self) -> int:
        return len(self._all)

    async def feed(self, after: int, limit: int = 500) -> tuple[StoredEvent, ...]:
        return tuple(self._all[after : after + limit])

    def _is_repeat(self, append: Append) -> bool:
        """Say whether the very same events are stored already; raise if others are."""
        stream = self._streams.get(append.stream_id, [])
        if len(stream) == append.expected_version:
            return False
        stored = stream[append.expected_version :][: len(append.events)]
        if _ids(stored) != _ids(append.events):
            raise self._conflict(append)
        for old, new in zip(stored, append.events, strict=True):
            if _as_decided(old) != new:
                raise ContentMismatch(append.stream_id, version=old.version)
        return True

    def _conflict(self, append: Append) -> VersionConflict:
        actual = len(self._streams.get(append.stream_id, ()))
        return VersionConflict(append.stream_id, expected=append.expected_version, actual=actual)

    def _write(self, append: Append) -> None:
        recorded_at = datetime.now(UTC)
        stream = self._streams.setdefault(append.stream_id, [])
        for version, event in enumerate(append.events, start=append.expected_version + 1):
            stored = StoredEvent(
                **asdict(event),
                stream_id=append.stream_id,
                version=version,
                position=len(self._all) + 1,
                recorded_at=recorded_at,
            )
            stream.append(stored)
            self._all.append(stored)


def _refuse_what_no_store_takes(appends: Sequence[Append]) -> None:
    if len({append.stream_id for append in appends}) != len(appends):
        raise ValueError("appends: expected each stream once")
    for append in appends:
        for event in append.events:
            try:
                json.loads(event.data, parse_constant=_refuse_constant)
            except ValueError as broken:
                raise ValueError(f"data of {event.type}: expected JSON") from broken


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")


def _ids(events: Sequence[NewEvent]) -> list[object]:
    return [event.event_id for event in events]


def _as_decided(stored: StoredEvent) -> NewEvent:
    return NewEvent(**{field.name: getattr(stored, field.name) for field in fields(NewEvent)})
