"""From what was decided to what is stored: the same circumstances for every event of one append."""

from collections.abc import Sequence

from activities.event_ids import new_event_id
from activities.event_store import NewEvent
from domain.lots.events import LotEvent
from domain.lots.shelf import LotBegun
from domain.orders.events import LedgerEvent
from domain.reconciliation.events import ReconciliationEvent
from domain.recoveries.events import RecoveryEvent
from domain.returns.events import ReturnEvent

AnyEvent = ReturnEvent | LedgerEvent | ReconciliationEvent | RecoveryEvent | LotEvent | LotBegun


def as_stored(
    events: Sequence[AnyEvent], tenant: str, correlation: str, actor: str, cause: str
) -> tuple[NewEvent, ...]:
    """Give each event an id of its own, and say by whom and by what it was caused."""
    return tuple(
        NewEvent(
            event_id=new_event_id(),
            type=event.type,
            schema_version=event.schema_version,
            occurred_at=event.occurred_at,
            actor=actor,
            causation_id=cause,
            correlation_id=correlation,
            tenant=tenant,
            data=event.model_dump_json(),
        )
        for event in events
    )
