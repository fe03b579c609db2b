"""The older shapes of a ledger's events, and how each is read today."""

from domain.orders.events import LEDGER_EVENT, LedgerEvent
from domain.upcasting import EventReader, Upcasters

UPCASTERS: Upcasters = {}
"""None yet: every event is in its first version. Shapes are pinned by tests' golden files."""

_READER: EventReader[LedgerEvent] = EventReader(LEDGER_EVENT, UPCASTERS)


def read_ledger_event(event_type: str, schema_version: int, data: str | bytes) -> LedgerEvent:
    """Read a stored event of an order's ledger, whichever version it was stored in.

    Raises:
        ValidationError: It is none that this code knows: newer than it, or tampered with.
    """
    return _READER.read(event_type, schema_version, data)
