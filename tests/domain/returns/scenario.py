"""Given what has happened, when somebody says something, then this follows.

A `Scenario` never changes: each `when` gives the next one. Partners are played by `perform`,
which answers a step of the agenda as they would on a good day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from domain.orders.events import LedgerEvent
from domain.orders.ledger import Ledger
from domain.policy.policy import Policy
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.agenda import Step, agenda
from domain.returns.decider import Accepted, Asked, Command, decide
from domain.returns.events import CustomerNotified, Event, NoticePlanned, ReminderSent, ReturnEvent
from domain.returns.evolve import fold
from domain.returns.shown.headline import headline
from domain.returns.state import ReturnState
from domain.words import Headline
from tests.domain.returns.partners import answer, ship

TENANT, RETURN = "acme", "r-1"
MONDAY = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)
A_DAY = timedelta(days=1)

CUSTOMER = c.Who(kind="customer", id="c-1")
STAFF = c.Who(kind="staff", id="s-1")


@dataclass(frozen=True)
class Scenario:
    """A return, its order's ledger, and what the last commands led to."""

    policy: Policy
    state: ReturnState = field(default_factory=ReturnState)
    ledger: Ledger | None = None
    now: datetime = MONDAY
    return_id: str = RETURN
    events: tuple[ReturnEvent, ...] = ()
    ledger_events: tuple[LedgerEvent, ...] = ()
    news: tuple[ReturnEvent, ...] = ()  # of the last `when`
    refusal: Refused | None = None  # of the last command of the last `when`

    def given(self, *events: ReturnEvent) -> Self:
        """Take these as recorded."""
        return replace(self, state=fold(events, self.state), events=(*self.events, *events))

    def at(self, moment: datetime) -> Self:
        """Let it be that time."""
        return replace(self, now=moment)

    def later(self, *, days: float = 0, seconds: float = 0) -> Self:
        """Let time pass, without anybody noticing."""
        return replace(self, now=self.now + timedelta(days=days, seconds=seconds))

    def when(self, *commands: Command) -> Self:
        """Say these; each must be accepted."""
        known = self
        news: list[ReturnEvent] = []
        for command in commands:
            known = known.attempt(command)
            assert known.refusal is None, f"{command!r} was refused: {known.refusal}"
            news += known.news
        return replace(known, news=tuple(news))

    def attempt(self, command: Command) -> Self:
        """Say this, and live with the answer."""
        asked = Asked(TENANT, self.return_id, command, self.now, self.policy)
        decided = decide(self.state, self.ledger, asked)
        if isinstance(decided, Refused):
            return replace(self, news=(), refusal=decided)
        return self._after(decided)

    def _after(self, decided: Accepted) -> Self:
        return replace(
            self,
            state=decided.state,
            ledger=decided.ledger,
            events=(*self.events, *decided.events),
            ledger_events=(*self.ledger_events, *decided.ledger_events),
            news=decided.events,
            refusal=None,
        )

    def refuses(self, command: Command, code: str) -> Self:
        """Say this, and hear a no of that code."""
        tried = self.attempt(command)
        assert tried.refusal is not None, f"{command!r} was accepted: {_names(tried.news)}"
        assert tried.refusal.code == code, tried.refusal
        return self

    def then(self, *events: Event) -> Self:
        """The last commands led to exactly these events, messages to the customer apart."""
        told = tuple(event for event in self.news if not isinstance(event, _MESSAGES))
        assert told == events, "\n" + "\n".join(map(repr, told))
        return self

    def then_moves(self, *moves: str) -> Self:
        """The last commands led to exactly these moves, messages to the customer apart."""
        told = [event.move for event in self.news if not isinstance(event, _MESSAGES)]
        assert told == list(moves), told
        return self

    # ── What our own steps and time do ────────────────────────────────────────────────────

    def perform(self, *actions: str, **changes: Any) -> Self:
        """Do the open steps of these actions, each once; `changes` change what the partner says."""
        known = self
        news: list[ReturnEvent] = []
        for action in actions:
            steps = [step for step in agenda(known.state) if step.action == action]
            assert steps, f"no {action} on the agenda: {known.actions}"
            for step in steps:
                known = known.when(answer(step, known.state, known.now, **changes))
                news += known.news
        return replace(known, news=tuple(news))

    def settle(self, *, but: Iterable[str] = ()) -> Self:
        """Do all that is ours to do, until nothing is, on a good day of every partner."""
        known = self
        news: list[ReturnEvent] = []
        for _ in range(200):
            ours = [
                step for step in agenda(known.state) if step.performs and step.action not in but
            ]
            shipped = [ship(known.state, step, known.now) for step in _to_ship(known.steps, but)]
            if not ours and not shipped:
                return replace(known, news=tuple(news))
            known = known.when(answer(ours[0], known.state, known.now) if ours else shipped[0])
            news += known.news
        raise AssertionError(f"it never settles: {[step.id for step in ours]}")

    def wait(self, until: datetime | None = None) -> Self:
        """Let the next deadline (or all up to a time) come, and be noticed."""
        known = self
        news: list[ReturnEvent] = []
        if until is None:
            until = min(step.due_at for step in agenda(self.state) if not step.performs)
        for _ in range(200):
            due = [step.due_at for step in agenda(known.state) if not step.performs]
            if not due or min(due) > until:
                return replace(known.at(max(until, known.now)), news=tuple(news))
            known = known.at(max(min(due), known.now)).when(n.NoteDeadline())
            news += known.news
        raise AssertionError("deadlines without end")

    # ── What there is to see ──────────────────────────────────────────────────────────────

    @property
    def steps(self) -> Sequence[Step]:
        """The agenda."""
        return agenda(self.state)

    @property
    def actions(self) -> list[str]:
        """The actions on the agenda."""
        return [step.action for step in self.steps]

    @property
    def headline(self) -> Headline | None:
        """The one word."""
        return headline(self.state)

    def step(self, action: str) -> Step:
        """The one open step of that action."""
        found = [step for step in self.steps if step.action == action]
        assert len(found) == 1, self.actions
        return found[0]

    def count(self, move: str) -> int:
        """How often something happened, over the whole story."""
        return sum(move in {event.move, event.type} for event in self.events)

    def last(self, kind: type[Event]) -> Any:
        """The newest event of a type."""
        return next(event for event in reversed(self.events) if isinstance(event, kind))


def _to_ship(steps: Sequence[Step], but: Iterable[str]) -> list[Step]:
    """What the warehouse was told to send back, and sends."""
    return [step for step in steps if step.action == "ship_back" and step.action not in but]


_MESSAGES = (NoticePlanned, CustomerNotified, ReminderSent)


def _names(events: Iterable[Event]) -> list[str]:
    return [event.move for event in events]
