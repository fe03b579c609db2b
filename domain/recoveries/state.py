"""What is known of one recovery: the fold of its events, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.recoveries import events as e
from domain.recoveries.facts import RecoveryFacts
from domain.recoveries.lifecycle import after
from domain.recoveries.words import RecoveryKind, RecoveryLife


@dataclass(frozen=True, slots=True)
class RecoveryState:
    """One recovery. `version` counts its events; 0 is one that nobody opened."""

    version: int = 0
    known: RecoveryFacts | None = None
    life: RecoveryLife | None = None
    since: datetime | None = None  # when it came to its present life
    opened_at: datetime | None = None
    rounds: int = 0  # how often it was opened, or opened again
    ripe: bool = False
    by_hand: bool = False  # nobody takes it from a machine
    filing: str = ""  # the attempt that files it
    reference: str = ""  # theirs
    filed_by: str = ""
    filed_at: datetime | None = None
    asks: str = ""  # what they want to know before they decide
    looking: bool = False  # they are to be asked how it stands
    looks: int = 0
    looked_at: datetime | None = None
    granted_minor: int = 0
    paid: dict[str, int] = field(default_factory=dict)  # by the reference of each payment
    given_back: str = ""
    theirs: str = ""  # what they said last
    because: str = ""  # why it is withdrawn, or closed
    missed: dict[str, int] = field(default_factory=dict)  # step id → deadlines missed
    failed: str = ""  # the step that only a person can mend
    failed_because: str = ""

    @property
    def facts(self) -> RecoveryFacts:
        """What is claimed; only asked of recoveries that were opened."""
        if self.known is None:
            raise ValueError("a recovery that nobody opened")
        return self.known

    @property
    def paid_minor(self) -> int:
        """All that came in."""
        return sum(self.paid.values())

    @property
    def due_minor(self) -> int:
        """What they owe as far as is known: what they granted, else all that was claimed."""
        return self.granted_minor or self.facts.claimed_minor

    @property
    def by_api(self) -> bool:
        """Whether we file it ourselves."""
        is_claim = self.facts.kind is RecoveryKind.CARRIER_CLAIM
        return is_claim and bool(self.facts.channel) and not self.by_hand

    @property
    def asks_by_api(self) -> bool:
        """Whether we can ask them how it stands."""
        return self.filed_by == "system" and bool(self.reference)


def fold(events: Iterable[e.RecoveryEvent], state: RecoveryState | None = None) -> RecoveryState:
    """What is known after all of them."""
    known = state or RecoveryState()
    for event in events:
        known = evolve(known, event)
    return known


def evolve(state: RecoveryState, event: e.RecoveryEvent) -> RecoveryState:
    """What is known after one more event."""
    life = after(state.life, event.move)
    moved = life is not state.life or isinstance(event, e.RecoveryFiled)
    since = event.occurred_at if moved or state.since is None else state.since
    state = replace(state, version=state.version + 1, life=life, since=since)
    return _learn(state, event)


def _learn(state: RecoveryState, event: e.RecoveryEvent) -> RecoveryState:
    match event:
        case e.RecoveryOpened():
            return replace(state, known=event.facts, opened_at=event.occurred_at, rounds=1)
        case e.RecoveryReopened():
            return _opened_again(state, event)
        case e.RecoveryRipened():
            return replace(state, ripe=True, since=event.occurred_at)
        case e.RecoveryFiled():
            return replace(
                state, reference=event.reference, filed_by=event.by, filed_at=event.occurred_at,
                asks="", filing="", failed="", looking=False, looked_at=None,
            )  # fmt: skip
        case e.RecoveryFilingBegun():
            return replace(state, filing=event.attempt)
        case e.FilingRefused():
            return replace(state, by_hand=True, filing="", theirs=event.theirs)
        case _:
            return _learn_of_their_answer(state, event)


def _learn_of_their_answer(state: RecoveryState, event: e.RecoveryEvent) -> RecoveryState:
    match event:
        case e.RecoveryAnswered():
            return _answered(state, event)
        case e.RecoveryCheckDue():
            return replace(state, looking=True, looks=state.looks + 1)
        case e.RecoveryChecked():
            return replace(state, looking=False, looked_at=event.occurred_at)
        case e.RecoveryPaid():
            return replace(state, paid={**state.paid, event.payment_ref: event.amount_minor})
        case _:
            return _learn_of_its_end(state, event)


def _learn_of_its_end(state: RecoveryState, event: e.RecoveryEvent) -> RecoveryState:
    match event:
        case e.RecoveryWithdrawalAsked() | e.RecoveryWithdrawn() | e.RecoveryOwedBack():
            return replace(state, because=event.because, failed="", looking=False)
        case e.RecoveryClosed():
            return replace(state, because=event.because, failed="", looking=False)
        case e.RecoveryGivenBack():
            return replace(state, given_back=event.reference)
        case e.RecoveryOverdue():
            times = state.missed.get(event.step_id, 0) + 1
            return replace(state, missed={**state.missed, event.step_id: times})
        case e.RecoveryStepFailed():
            return replace(state, failed=event.step_id, failed_because=event.because)
        case e.RecoveryRetried():
            return replace(state, filing="", failed="", failed_because="", since=event.occurred_at)
        case _:
            return state


def _answered(state: RecoveryState, event: e.RecoveryAnswered) -> RecoveryState:
    granted = event.granted_minor if event.verdict == "granted" else state.granted_minor
    asks = (event.theirs or "more evidence") if event.verdict == "asks" else ""
    return replace(
        state, granted_minor=granted, asks=asks, theirs=event.theirs, looking=False,
        looked_at=event.occurred_at,
    )  # fmt: skip


def _opened_again(state: RecoveryState, event: e.RecoveryReopened) -> RecoveryState:
    """One that they still have, or have paid, goes on; every other begins anew."""
    if state.life in {RecoveryLife.FILED, RecoveryLife.PAID}:
        return replace(state, because="", rounds=state.rounds + 1)
    return RecoveryState(
        version=state.version,
        known=event.facts,
        life=state.life,
        since=event.occurred_at,
        opened_at=event.occurred_at,
        rounds=state.rounds + 1,
    )
