"""The older shapes of a return's events, and how each is read today."""

from domain.returns.events import EVENTS, ReturnEvent
from domain.upcasting import EventReader, Upcasters

UPCASTERS: Upcasters = {}
"""None yet: every event is in its first version. Shapes are pinned by tests' golden files."""

_READER: EventReader[ReturnEvent] = EventReader(EVENTS, UPCASTERS)


def read_event(event_type: str, schema_version: int, data: str | bytes) -> ReturnEvent:
    """Read a stored event of a return, whichever version it was stored in.

    Raises:
        ValidationError: It is none that this code knows: newer than it, or tampered with.
    """
    return _READER.read(event_type, schema_version, data)
