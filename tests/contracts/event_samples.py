"""Events for tests of stores: what they say does not matter, only that it is kept."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from activities.event_store import Append, NewEvent

MONDAY = datetime(2030, 3, 4, 9, 30, 0, 123456, tzinfo=UTC)

SAMPLE = NewEvent(
    event_id=uuid4(),
    type="ParcelScanned",
    schema_version=1,
    occurred_at=MONDAY,
    actor="service:carrier",
    causation_id="evt_1",
    correlation_id="R-1",
    tenant="acme",
    data='{"place":"Lyon"}',
)


def event(**changes: Any) -> NewEvent:
    """Make a new event, unlike all others in its id."""
    return replace(SAMPLE, **{"event_id": uuid4(), **changes})


def first_of(stream_id: str, *events: NewEvent) -> Append:
    """Begin a stream with the events, or with one of no account."""
    return Append(stream_id, 0, events or (event(),))
