"""The other side of `bench events`: the `eventsourcing` library, used as its manual says.

Its recorder for applications, because ours too gives all events an order that a subscriber can
follow; the aggregate's recorder has none. It comes in two kinds: statements in a pipeline, which
is what one gets, and functions of the database, which can be asked for.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from time import perf_counter
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import orjson
import psycopg
from eventsourcing.domain import DomainEvent
from eventsourcing.persistence import (
    DatetimeAsISO,
    JSONTranscoder,
    Mapper,
    StoredEvent,
)
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresFactory
from eventsourcing.utils import Environment
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from pydantic import TypeAdapter

from domain.returns.events import ReturnEvent

Recorder: TypeAlias = PostgresApplicationRecorder


@contextmanager
def recorder(
    database_url: str, schema: str, *, connections: int, functions: bool = False
) -> Iterator[Recorder]:
    """Make its tables, in a schema of their own, and its pool."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    address = conninfo_to_dict(database_url)
    settings = {
        "POSTGRES_DBNAME": address["dbname"],
        "POSTGRES_HOST": address["host"],
        "POSTGRES_PORT": address["port"],
        "POSTGRES_USER": address["user"],
        "POSTGRES_PASSWORD": address["password"],
        "POSTGRES_SCHEMA": schema,
        "POSTGRES_POOL_SIZE": connections,
        "POSTGRES_ENABLE_DB_FUNCTIONS": "yes" if functions else "no",
    }
    told = {name: str(value) for name, value in settings.items()}
    with PostgresFactory(Environment("bench", told)) as factory:
        recorder = factory.application_recorder()
        assert isinstance(recorder, PostgresApplicationRecorder)
        yield recorder


# ── Writing ───────────────────────────────────────────────────────────────────────────────


def append(to: Recorder, life: Sequence[ReturnEvent], *, writers: int, lives: int) -> float:
    """Write lives event by event, each writer in a thread; gives appends a second."""
    threads = [Thread(target=_write, args=(to, life, lives)) for _ in range(writers)]
    began = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return writers * lives * len(life) / (perf_counter() - began)


def _write(to: Recorder, life: Sequence[ReturnEvent], lives: int) -> None:
    for _ in range(lives):
        stream = uuid4()
        for version, event in enumerate(life, start=1):
            to.insert_events([_validated(stream, version, event)])


def _validated(stream: UUID, version: int, event: ReturnEvent) -> StoredEvent:
    """The event as pydantic says it."""
    return StoredEvent(stream, version, event.type, event.model_dump_json().encode())


# ── Reading back ──────────────────────────────────────────────────────────────────────────


class Happened(DomainEvent):
    """An event of theirs: its fields are what its row holds, as it comes. Nothing is validated."""


class ByPydantic(Mapper[UUID]):
    """Their recipe for models that are validated: orjson reads, pydantic builds."""

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        return _VALIDATED.validate_python(orjson.loads(stored_event.state), strict=False)


_VALIDATED: TypeAdapter[ReturnEvent] = TypeAdapter(ReturnEvent)


def validating_mapper() -> Mapper[UUID]:
    return ByPydantic(JSONTranscoder())


def plain_mapper() -> Mapper[UUID]:
    """What one gets: JSON becomes dictionaries and lists, what was a time becomes one again."""
    transcoder = JSONTranscoder()
    transcoder.register(DatetimeAsISO())
    return Mapper(transcoder)


def store_plain(to: Recorder, life: Sequence[ReturnEvent]) -> UUID:
    """Write a life as their mapper does; gives its stream."""
    stream, mapper = uuid4(), plain_mapper()
    happened = [_happened(stream, version, event) for version, event in enumerate(life, start=1)]
    to.insert_events([mapper.to_stored_event(event) for event in happened])
    return stream


def store_validated(to: Recorder, life: Sequence[ReturnEvent]) -> UUID:
    """Write a life as pydantic says it; gives its stream."""
    stream = uuid4()
    to.insert_events(
        [_validated(stream, version, event) for version, event in enumerate(life, start=1)]
    )
    return stream


def rows(of: Recorder, streams: Iterable[UUID]) -> list[Sequence[StoredEvent]]:
    """Read lives as they are stored."""
    return [of.select_events(stream) for stream in streams]


def decode(mapper: Mapper[UUID], stored: Iterable[StoredEvent]) -> int:
    """From rows to events; gives how many."""
    return len([mapper.to_domain_event(row) for row in stored])


def replay(of: Recorder, mapper: Mapper[UUID], streams: Iterable[UUID]) -> float:
    """Read lives back into events, one by one; gives events a second."""
    began = perf_counter()
    count = sum(decode(mapper, of.select_events(stream)) for stream in streams)
    return count / (perf_counter() - began)


def _happened(stream: UUID, version: int, event: ReturnEvent) -> Happened:
    """The event as one of theirs: its times are times, the rest is as JSON has it."""
    told = json.loads(event.model_dump_json())
    told |= {"originator_id": stream, "originator_version": version}
    told |= {"timestamp": event.occurred_at, "occurred_at": event.occurred_at}
    happened: Happened = object.__new__(Happened)
    happened.__dict__.update(told)
    return happened
