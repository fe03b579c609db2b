"""Returns as their streams tell them: read as they grow, folded as the engine folds them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from activities.event_store import EventStore, StoredEvent
from demo.audit import Row, Streams
from demo.patience import patiently
from domain.returns.evolve import evolve
from domain.returns.shown.status import Status, status_of
from domain.returns.state import ReturnState
from domain.returns.upcasting import read_event

PAGE = 500


@dataclass
class Story:
    """One return of the demo."""

    tenant: str
    return_id: str
    payment_refs: tuple[str, ...] = ()
    state: ReturnState = field(default_factory=ReturnState)
    rows: list[Row] = field(default_factory=list)
    answer: str = ""  # why it was not opened, if so
    claims: dict[str, datetime] = field(default_factory=dict)  # that are not taken before then
    _status: Status | None = None
    _names: frozenset[str] | None = None

    @property
    def status(self) -> Status:
        """How it stands."""
        if self._status is None:
            self._status = status_of(self.tenant, self.return_id, self.state)
        return self._status

    @property
    def open_deadlines(self) -> Iterator[datetime]:
        """When somebody's time is up."""
        return (step.due_at for step in self.status.agenda if not step.performs)

    @property
    def is_busy(self) -> bool:
        """Whether a step of our own is still to be done."""
        return any(step.performs for step in self.status.agenda)

    @property
    def names(self) -> frozenset[str]:
        """Everything by which the outside may speak of it."""
        if self._names is None:
            self._names = self._named()
        return self._names

    def _named(self) -> frozenset[str]:
        state = self.state
        numbers = [n for parcel in state.parcels.values() for n in parcel.tracking_numbers]
        visits = [row["pickup_ref"] for row in self.rows if row.type == "PickupScheduled"]
        return frozenset({
            *(self.return_id, *self.payment_refs, *numbers, *visits),
            *(label.label_ref for label in state.labels.values()),
            *(payout.payout_ref for payout in state.payouts.values() if payout.payout_ref),
            *(
                known
                for bill in state.bills.values()
                for known in (bill.instruction_id, bill.bill_ref)
            ),
            *(hold.hold_ref for hold in state.holds.values() if hold.hold_ref),
            *(
                unit.repair.repair_ref
                for unit in state.units.values()
                if unit.repair and unit.repair.repair_ref
            ),
            *(back.order_ref for back in state.send_backs.values() if back.order_ref),
        })  # fmt: skip

    def count(self, event_type: str) -> int:
        """How often something happened to it."""
        return sum(row.type == event_type for row in self.rows)

    def last(self, event_type: str) -> Row:
        """The newest event of a type; there must be one."""
        return next(row for row in reversed(self.rows) if row.type == event_type)

    def add(self, row: Row, data: str) -> None:
        """Follow one more event."""
        self.rows.append(row)
        self.state = evolve(self.state, read_event(row.type, row["schema_version"], data))
        self._status = self._names = None


class Stories:
    """All returns of the demo, and every event that the store holds."""

    def __init__(self, store: EventStore, stories: dict[str, Story]) -> None:
        self._store = store
        self._after = 0
        self.by_id = stories
        self.rows: list[Row] = []

    def __iter__(self) -> Iterator[Story]:
        return iter(self.by_id.values())

    def __getitem__(self, return_id: str) -> Story:
        return self.by_id[return_id]

    def named(self, names: Collection[str]) -> set[str]:
        """The returns that have one of these names."""
        return {story.return_id for story in self if not story.names.isdisjoint(names)}

    @property
    def streams(self) -> Streams:
        """Everything, as it is audited."""
        return Streams.of(self.rows)

    async def read_on(self) -> int:
        """Read what was recorded since; says how much."""
        read = 0
        while page := await patiently(lambda: self._store.feed(self._after, PAGE)):
            for event in page:
                row = Row.stored(event)
                self.rows.append(row)
                self._follow(row, event)
            self._after = page[-1].position
            read += len(page)
        return read

    def _follow(self, row: Row, event: StoredEvent) -> None:
        kind, _, rest = event.stream_id.partition(":")
        name = rest.partition(":")[2]
        if kind == "return" and name in self.by_id:
            self.by_id[name].add(row, event.data)
        elif row.type == "RecoveryOpened" and row["facts"]["return_id"] in self.by_id:
            taken_from = datetime.fromisoformat(row["facts"]["not_before"])
            if taken_from > datetime.fromisoformat(row["occurred_at"]):
                self.by_id[row["facts"]["return_id"]].claims[name] = taken_from
