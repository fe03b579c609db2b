"""The door to an order's ledger for what concerns no return: load, decide, append.

Every command is known again by what it is about (an instruction, a refund, a dispute, the
order itself), so one that is repeated after a lost answer adds nothing.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from weakref import WeakValueDictionary

import structlog

from activities.event_store import Append, EventStore, StoredEvent, VersionConflict
from activities.rivals import PATIENCE, Crowded, let_others_pass
from activities.stored import as_stored
from activities.subjects import Subjects
from domain.orders.commands import OrderCommand, RecordOrder
from domain.orders.decider import decide
from domain.orders.events import LedgerEvent, ledger_stream
from domain.orders.ledger import Ledger, fold
from domain.orders.order import OrderSnapshot
from domain.orders.upcasting import read_ledger_event
from domain.policy.policy import Policy
from domain.policy.terms import approval_from
from domain.refusal import Refused

log = structlog.get_logger()

_KEPT = 256  # ledgers, of a few kilobytes each


class LedgerOutcome(NamedTuple):
    """How the ledger stands afterwards, what was recorded, and the no, where it was one."""

    ledger: Ledger | None
    events: tuple[LedgerEvent, ...] = ()
    refused: Refused | None = None
    was_new: bool = False  # nothing was known of the order before


class _Kept(NamedTuple):
    ledger: Ledger | None
    version: int


_UNKNOWN = _Kept(None, 0)


class PolicySource(Protocol):
    """Knows every version of the merchant's policy."""

    def in_force(self, at: datetime) -> Policy:
        """The version that judges an order placed at that time."""


class OrderLedgers:
    """Decides on ledgers and writes them. `conflicts` counts how often others were faster.

    Who does not know the policy takes no refund by staff for one that one person may make.
    """

    def __init__(
        self,
        store: EventStore,
        subjects: Subjects | None = None,
        policies: PolicySource | None = None,
    ) -> None:
        self._store = store
        self._subjects = subjects
        self._policies = policies
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._in_hand: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.conflicts = 0

    async def look(self, tenant: str, order_id: str) -> Ledger | None:
        """How an order stands now; none where it was never recorded."""
        return (await self._load(ledger_stream(tenant, order_id))).ledger

    async def events(self, tenant: str, order_id: str) -> tuple[StoredEvent, ...]:
        """All that happened to an order."""
        stream = ledger_stream(tenant, order_id)
        return (await self._store.read((stream, 0)))[stream]

    async def take_in(
        self, snapshot: OrderSnapshot, *, actor: str, cause: str, now: datetime
    ) -> LedgerOutcome:
        """Record an order as the shop tells it, and the person apart from it.

        The person is written before the order is, and only where the order is new here or
        has another customer: a known one may have corrected their address, or be forgotten.

        Raises:
            StoreUnavailable: The store did not answer; ask again, it is recorded once.
            Crowded: Too many others wrote at the same time; ask again.
        """
        order = snapshot.order()
        known = await self.look(order.tenant, order.order_id)
        is_new = known is None or known.order.customer_id != order.customer_id
        if is_new and self._subjects is not None and self._may_begin(known, snapshot, now):
            person = snapshot.customer.model_dump(mode="json")
            await self._subjects.put(order.tenant, order.customer_id, person)
        command = RecordOrder(order=order)
        return await self.tell(
            order.tenant, order.order_id, command, actor=actor, cause=cause, now=now
        )

    async def tell(
        self,
        tenant: str,
        order_id: str,
        command: OrderCommand,
        *,
        actor: str,
        cause: str,
        now: datetime,
    ) -> LedgerOutcome:
        """Let the ledger decide, and write down what it decided; again, where it moved meanwhile.

        Args:
            tenant: Whose order it is.
            order_id: Which order.
            command: What it is asked or told.
            actor: Who asks, as `kind:id`.
            cause: The id of what caused it.
            now: When.

        Raises:
            StoreUnavailable: The store did not answer; ask again, it is recorded once.
            Crowded: Too many others wrote at the same time; ask again.
        """
        stream = ledger_stream(tenant, order_id)
        async with self._in_hand.setdefault(stream, asyncio.Lock()):  # ours take turns
            for attempt in range(PATIENCE):
                await let_others_pass(attempt)
                known = await self._load(stream)
                decision = decide(known.ledger, command, now, self._limit(known.ledger))
                if isinstance(decision, Refused):
                    log.info("order.refused", code=decision.code, command=type(command).__name__)
                    return LedgerOutcome(known.ledger, refused=decision)
                if not decision.events:
                    return LedgerOutcome(decision.ledger)
                stored = as_stored(decision.events, tenant, stream, actor, cause)
                try:
                    await self._store.append(Append(stream, known.version, stored))
                except VersionConflict:  # decide again on what is true now
                    self.conflicts += 1
                    continue
                self._keep(stream, _Kept(decision.ledger, known.version + len(stored)))
                log.info("order.recorded", types=[event.type for event in decision.events])
                return LedgerOutcome(decision.ledger, decision.events, was_new=known.ledger is None)
        raise Crowded(f"order {order_id}: others were faster {PATIENCE} times")

    def _may_begin(self, known: Ledger | None, snapshot: OrderSnapshot, now: datetime) -> bool:
        """Whether the order will be taken: nothing is kept of a person for one that is not."""
        return not isinstance(decide(known, RecordOrder(order=snapshot.order()), now), Refused)

    def _limit(self, ledger: Ledger | None) -> int | None:
        """From which amount on money of this order takes two people."""
        if ledger is None or self._policies is None:
            return 0
        policy = self._policies.in_force(ledger.order.placed_at)
        return approval_from(policy, ledger.order.currency)

    async def _load(self, stream: str) -> _Kept:
        kept = self._kept.get(stream, _UNKNOWN)
        news: Sequence[StoredEvent] = (await self._store.read((stream, kept.version)))[stream]
        if news:
            told = (read_ledger_event(one.type, one.schema_version, one.data) for one in news)
            kept = _Kept(fold(told, kept.ledger), news[-1].version)
            self._keep(stream, kept)
        return kept

    def _keep(self, stream: str, kept: _Kept) -> None:
        self._kept[stream] = kept
        self._kept.move_to_end(stream)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
