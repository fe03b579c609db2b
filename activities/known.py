"""What this process knows of recent returns: a fold kept warm, and checked at every use.

Only what the stream holds beyond the known version is read, so a warm return costs one
round trip that brings nothing. What is kept is never more than a shortcut.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from activities.event_store import EventStore, StoredEvent
from domain.orders.events import ledger_stream
from domain.orders.ledger import Ledger
from domain.orders.ledger import fold as fold_ledger
from domain.orders.upcasting import read_ledger_event
from domain.returns.decider import Accepted
from domain.returns.evolve import fold
from domain.returns.state import ReturnState
from domain.returns.upcasting import read_event

_KEPT = 2_000  # returns, of a few kilobytes each


def return_stream(tenant: str, return_id: str) -> str:
    """Name the stream of a return."""
    return f"return:{tenant}:{return_id}"


@dataclass(frozen=True, slots=True)
class Known:
    """A return and its order's ledger, as of these versions, and what caused their events."""

    state: ReturnState
    version: int = 0
    causes: frozenset[str] = frozenset()
    ledger: Ledger | None = None
    ledger_version: int = 0
    latest: datetime | None = None


_NOTHING = Known(ReturnState())


class KnownReturns:
    """Loads returns, remembering the most recently used."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._kept: OrderedDict[str, Known] = OrderedDict()

    def at_hand(self, tenant: str, return_id: str) -> Known | None:
        """What was known last, unchecked: good for a decision that the store will check."""
        return self._kept.get(return_stream(tenant, return_id))

    async def load(self, tenant: str, return_id: str, order_id: str = "") -> Known:
        """The return and its order as the store has them now.

        Args:
            tenant: Whose return it is.
            return_id: Which return.
            order_id: Its order, where the return may not exist yet.
        """
        stream = return_stream(tenant, return_id)
        known = self._kept.get(stream, _NOTHING)
        order_id = known.state.order_id or order_id
        wanted = [(stream, known.version)]
        if order_id:
            wanted.append((ledger_stream(tenant, order_id), known.ledger_version))
        found = await self._store.read(*wanted)
        known = _with_return(known, found[stream])
        if known.state.order_id and known.state.order_id != order_id:
            order_id = known.state.order_id
            wanted = [(ledger_stream(tenant, order_id), known.ledger_version)]
            found = await self._store.read(*wanted)
        if order_id:
            known = _with_ledger(known, found[ledger_stream(tenant, order_id)])
        self._keep(stream, known)
        return known

    def learn(
        self, tenant: str, return_id: str, known: Known, decision: Accepted, cause: str
    ) -> Known:
        """What is known after these decisions were appended to `known`."""
        known = replace(
            known,
            state=decision.state,
            version=known.version + len(decision.events),
            causes=known.causes | {cause},
            ledger=decision.ledger,
            ledger_version=known.ledger_version + len(decision.ledger_events),
        )
        self._keep(return_stream(tenant, return_id), known)
        return known

    def _keep(self, stream: str, known: Known) -> None:
        if not known.version:
            return
        self._kept[stream] = known
        self._kept.move_to_end(stream)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)


def _with_return(known: Known, events: Iterable[StoredEvent]) -> Known:
    news = list(events)
    if not news:
        return known
    told = (read_event(event.type, event.schema_version, event.data) for event in news)
    state = fold(told, known.state)
    causes = known.causes | {event.causation_id for event in news}
    return replace(known, state=state, version=news[-1].version, causes=causes)


def _with_ledger(known: Known, events: Iterable[StoredEvent]) -> Known:
    news = list(events)
    if not news:
        return known
    told = (read_ledger_event(event.type, event.schema_version, event.data) for event in news)
    ledger = fold_ledger(told, known.ledger)
    return replace(known, ledger=ledger, ledger_version=news[-1].version)
