"""Claims and lots that stand in the store, and that no workflow knows of."""

from collections.abc import Iterable
from typing import Any

from activities.event_store import Append
from activities.stored import as_stored
from adapters.postgres.event_store import PostgresEventStore
from domain.lots.words import LotKey
from domain.recoveries.words import RecoveryKey


async def stands(
    store: PostgresEventStore,
    which: LotKey | RecoveryKey,
    events: Iterable[Any],
    *,
    after: int = 0,
) -> None:
    """Append what happened to it, behind the first `after` events."""
    new = as_stored(list(events), which.tenant, which.name, "system:backhaul", f"told {after}")
    await store.append(Append(which.name, after, new))
