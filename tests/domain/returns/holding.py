"""What holds of every return at every moment, worked out from its events alone."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.orders.events import LEDGER_EVENT, FundsReserved
from domain.orders.ledger import fold as fold_ledger
from domain.orders.values import unit_values
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.agenda import agenda
from domain.returns.decider import Command
from domain.returns.events import (
    EVENTS,
    Event,
    LabelPurchased,
    PayoutCancelled,
    PayoutFailed,
    PayoutHeld,
    PayoutPart,
    PayoutPlanned,
    PayoutSucceeded,
    QuoteAdjusted,
    QuoteIssued,
    ReturnCompleted,
)
from domain.returns.evolve import fold
from domain.returns.lifecycle import Life
from domain.returns.money.promising import promised_minor
from domain.words import Authorisation, LabelLife
from tests.domain.returns.collected import Collected, collected_is_kept, is_collected
from tests.domain.returns.scenario import Scenario

ENDED = {Authorisation.DECLINED, Authorisation.CANCELLED, Authorisation.EXPIRED}


@dataclass
class Books:
    """Money as the events alone tell it: plain sums, none of the product's own."""

    parts: dict[str, tuple[PayoutPart, ...]] = field(default_factory=dict)
    tenders: dict[str, str] = field(default_factory=dict)
    paid: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)  # owed still, and nowhere on its way
    gone: set[str] = field(default_factory=set)  # replaced or cancelled
    quoted: int = 0
    adjusted: int = 0
    completed: list[ReturnCompleted] = field(default_factory=list)

    @classmethod
    def of(cls, events: Iterable[Event]) -> "Books":
        """Add the events up."""
        books = cls()
        for event in events:
            books.add(event)
        return books

    def add(self, event: Event) -> None:
        """One event more."""
        match event:
            case QuoteIssued():
                self.quoted = event.quote.total_minor
            case QuoteAdjusted():
                self.adjusted += 0 if is_collected(event.key) else event.amount_minor
            case PayoutPlanned():
                assert event.instruction_id not in self.parts, "an instruction's id is used twice"
                self.parts[event.instruction_id] = event.parts
                self.tenders[event.instruction_id] = event.tender_id
                assert event.amount_minor == sum(part.amount_minor for part in event.parts)
                if event.replaces:
                    assert event.replaces not in self.gone, "one payout is replaced twice"
                    self.gone.add(event.replaces)
            case PayoutHeld():
                self.parts.setdefault(event.instruction_id, event.parts)
            case PayoutSucceeded():
                self.paid.add(event.instruction_id)
                self.failed.discard(event.instruction_id)
            case PayoutFailed():
                self.paid.discard(event.instruction_id)
                self.failed.add(event.instruction_id)
            case PayoutCancelled():
                self.gone.add(event.instruction_id)
            case ReturnCompleted():
                assert event.promised_minor == event.paid_minor == self.paid_minor
                self.completed.append(event)
            case _:
                pass

    @property
    def paid_minor(self) -> int:
        """What the customer has."""
        return sum(part.amount_minor for key in self.paid for part in self.parts[key])

    def spoken_for(self) -> Counter[str]:
        """What is paid, or stands to be, by unit and by tender."""
        found: Counter[str] = Counter()
        for key, parts in self.parts.items():
            if key in self.gone and key not in self.paid:
                continue
            for part in parts:
                found[part.key] += part.amount_minor
                if key not in self.failed:
                    found[f"tender {self.tenders.get(key, '')}"] += part.amount_minor
                found["order"] += part.amount_minor
        return found


def check(known: Scenario, before: Scenario | None = None, command: Command | None = None) -> None:
    """Everything that must hold after a command was accepted."""
    recorded_is_known(known, before)
    nobody_is_forgotten(known)
    money_is_kept(known)
    answered_once(known)
    labels_are_single(known)
    if before is not None and command is not None:
        said_again_changes_nothing(known, command)
        decided_again_is_the_same(known, before, command)


def recorded_is_known(known: Scenario, before: Scenario | None) -> None:
    """The state and the ledger are the fold of what was recorded, also as it is stored."""
    start = before or Scenario(known.policy)
    assert fold(known.news if before else known.events, start.state) == known.state
    stored = [EVENTS.validate_json(event.model_dump_json()) for event in known.news]
    assert tuple(stored) == known.news
    new = known.ledger_events[len(start.ledger_events) :]
    assert fold_ledger(new, start.ledger) == known.ledger


def stored_is_known(known: Scenario) -> None:
    """The same through what is written to the store, from the first event on."""
    stored = [EVENTS.validate_json(event.model_dump_json()) for event in known.events]
    assert fold(stored) == known.state
    ledger = [LEDGER_EVENT.validate_json(event.model_dump_json()) for event in known.ledger_events]
    assert fold_ledger(ledger) == known.ledger


def nobody_is_forgotten(known: Scenario) -> None:
    """Open, and nobody's turn, cannot be."""
    state, steps = known.state, agenda(known.state)
    if not steps:
        assert state.life is Life.COMPLETED or state.authorisation in ENDED, "nobody's turn"
    names = [step.id for step in steps]
    assert len(set(names)) == len(names), f"a step is there twice: {names}"
    assert all(step.actor and step.action and step.due_at.tzinfo for step in steps)


def money_is_kept(known: Scenario) -> None:
    """No cap is broken, and the promise is the quote and its adjustments."""
    books, ledger = Books.of(known.events), known.ledger
    assert ledger is not None
    values = unit_values(ledger.order)
    spoken = books.spoken_for()
    for key, unit in known.state.units.items():
        worth = values[unit.asked.line_id, unit.asked.ordinal].total_minor
        assert spoken[key] <= worth, f"{spoken[key]} for {key}, which is worth {worth}"
    for tender in ledger.order.tenders:
        assert spoken[f"tender {tender.tender_id}"] <= tender.captured_minor
    collected = Collected.of(known.events)
    collected_is_kept(known, collected)
    assert spoken["order"] <= ledger.order.captured_minor + collected.total_minor
    told = max(0, books.quoted + books.adjusted) + collected.promised_back_minor
    waits = not any(unit.approved for unit in known.state.units.values())
    assert waits or promised_minor(known.state) == told, f"promised, not {told}"
    reserved = [e.instruction_id for e in known.ledger_events if isinstance(e, FundsReserved)]
    assert len(set(reserved)) == len(reserved)


def answered_once(known: Scenario) -> None:
    """A unit has one live claim at most: money, a coupon or a repair, and within its worth."""
    state, spoken, ledger = known.state, Books.of(known.events).spoken_for(), known.ledger
    values = unit_values(ledger.order) if ledger is not None else {}
    for key, unit in state.units.items():
        coupons = [one for one in state.coupons.values()
                   if one.unit == key and one.life != "refused"]  # fmt: skip
        mended = unit.repair is not None and unit.repair.life in {"started", "completed"}
        claims = [bool(coupons), mended, spoken[key] > 0]
        assert sum(claims) <= 1, f"{key} is answered by several: {claims}"
        worth = values[unit.asked.line_id, unit.asked.ordinal].total_minor
        assert sum(one.value_minor for one in coupons) <= worth


def labels_are_single(known: Scenario) -> None:
    """At most one label of a parcel can be used; one that came too late is on its way back."""
    too_late = {
        event.label_id
        for event in known.events
        if isinstance(event, LabelPurchased) and event.unwanted
    }
    labels = known.state.labels.values()
    assert not any(label.life is LabelLife.LIVE for label in labels if label.label_id in too_late)
    live = Counter(
        label.parcel_id
        for label in labels
        if label.life in {LabelLife.LIVE, LabelLife.VOID_REQUESTED}
        and label.label_id not in too_late
    )
    assert not live or max(live.values()) == 1, f"live labels: {live}"


def said_again_changes_nothing(known: Scenario, command: Command) -> None:
    """A report, an answer or a deadline that comes at once a second time is no news."""
    # A second visit refused is told in the words of the first; the recorder knows them apart.
    if isinstance(command, c.Ask | n.NoteRejectedMessage | n.NotePickupRefused):
        return
    again = known.attempt(command)
    if isinstance(command, n.NoteDeadline):  # who was away for months catches up
        for _ in range(12):
            again = again.attempt(command) if again.news else again
    assert again.refusal is not None or not again.news, [event.move for event in again.news]


def decided_again_is_the_same(known: Scenario, before: Scenario, command: Command) -> None:
    """Whoever decides the same on the same past comes to the same events."""
    again = before.at(known.now).attempt(command)
    assert (again.news, again.state) == (known.news, known.state)
