"""What lives beside returns, in streams of its own: the one door through which it changes.

Load, decide, append; known again by what caused it, so that a lost answer is found and not
recorded twice. A step looks first whether it is still open.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import structlog

from activities.event_store import Append, EventStore, VersionConflict
from activities.failures import PartnerFailure
from activities.rivals import PATIENCE, Crowded, let_others_pass
from activities.steps import alive
from activities.stored import as_stored
from activities.translation import as_application_error
from domain.refusal import Refused
from domain.returns.doors import read_as

log = structlog.get_logger()

ENGINE = "system:backhaul"

StateT = TypeVar("StateT", bound=Any)
RecordedT = TypeVar("RecordedT")


class Key(Protocol):
    """Which one; its stream, and the workflow that follows it, have the same name."""

    @property
    def tenant(self) -> str:
        """Whose it is."""

    @property
    def name(self) -> str:
        """`{kind}:{tenant}:{id}`."""


class Asked(Protocol):
    """Something to be recorded, as it came in."""

    @property
    def key(self) -> Any:
        """Of which one."""

    @property
    def now(self) -> datetime:
        """By the workflow's clock."""

    @property
    def kind(self) -> str:
        """`ask`, `time`, `failed_step` or `look`."""

    @property
    def name(self) -> str:
        """Of the update, or the step."""

    @property
    def body(self) -> str:
        """JSON."""


class Performed(Protocol):
    """A step of the agenda, to be performed."""

    @property
    def key(self) -> Any:
        """Of which one."""

    @property
    def now(self) -> datetime:
        """By the workflow's clock."""

    @property
    def step_id(self) -> str:
        """Which step."""


class Runs(Protocol):
    """Whatever follows the streams beside returns while they are open."""

    async def wake(self, kind: str, name: str, start: dict[str, Any], queue: str) -> None:
        """Start what follows this one, or tell what runs that there is news. Idempotent.

        Args:
            kind: The type of the workflow.
            name: Its id, and the stream's.
            start: What it is started with.
            queue: Of the activity that asks.

        Raises:
            PartnerFailure: It cannot be reached.
        """


class Outcome(NamedTuple, Generic[StateT]):
    """How it stands afterwards; and the no, where it was one."""

    state: StateT
    refused: Refused | None = None


class Known(NamedTuple, Generic[StateT]):
    """One as it was read."""

    state: StateT
    version: int
    causes: frozenset[str]


@dataclass(frozen=True)
class Aggregate(Generic[StateT, RecordedT]):
    """The rules of one kind of stream, as the domain has them."""

    what: str
    read: Callable[[str, int, str], Any]
    fold: Callable[[Iterable[Any]], StateT]
    decide: Callable[[StateT, Any, datetime], Any]
    updates: Mapping[str, type[Any]]
    time_passed: type[Any]
    step_failed: type[Any]
    agenda: Callable[[StateT], Sequence[Any]]
    answer: Callable[[Any, Outcome[StateT]], RecordedT]


class Beside(Generic[StateT, RecordedT]):
    """The activities of one kind of stream share it."""

    def __init__(self, store: EventStore, aggregate: Aggregate[StateT, RecordedT]) -> None:
        self._store = store
        self._rules = aggregate

    async def record(self, asked: Asked) -> RecordedT:
        """Record what came in. Idempotent on what caused it."""
        command = self._read(asked)
        if command is None or isinstance(command, Refused):
            state = (await self.load(asked.key)).state
            return self._rules.answer(asked.key, Outcome(state, command))
        is_ask = asked.kind == "ask"
        cause = (
            f"{asked.name}:{command.request_id}"
            if is_ask
            else f"{asked.kind}:{asked.name}:{asked.now.isoformat()}"
        )
        actor = str(command.actor) if is_ask else ENGINE
        outcome = await self.decide(asked.key, command, asked.now, cause=cause[:200], actor=actor)
        if outcome.refused is not None and is_ask:
            log.info("beside.refused", what=self._rules.what, code=outcome.refused.code)
        return self._rules.answer(asked.key, outcome)

    async def perform(
        self, perform: Performed, act: Callable[[Any, StateT], Awaitable[Any]]
    ) -> RecordedT:
        """Act on a step that is still open, and record what came of it.

        Raises:
            ApplicationError: The partner failed us; it says whether a retry makes sense.
        """
        return await alive(self._act_once(perform, act))

    async def decide(
        self, key: Key, command: Any, now: datetime, *, cause: str, actor: str = ENGINE
    ) -> Outcome[StateT]:
        """Let it decide, and write down what it decided.

        Raises:
            StoreUnavailable: The store did not answer; ask again, it is recorded once.
            Crowded: Too many others wrote at the same time; ask again.
        """
        for attempt in range(PATIENCE):
            await let_others_pass(attempt)
            known = await self.load(key)
            if cause in known.causes:
                return Outcome(known.state)  # our answer got lost, not our work
            decision = self._rules.decide(known.state, command, now)
            if isinstance(decision, Refused):
                return Outcome(known.state, decision)
            if not decision.events:
                return Outcome(known.state)
            new = as_stored(decision.events, key.tenant, key.name, actor, cause)
            try:
                await self._store.append(Append(key.name, known.version, new))
            except VersionConflict:
                continue
            types = [event.type for event in decision.events]
            log.info("beside.recorded", what=self._rules.what, types=types)
            return Outcome(decision.state)
        raise Crowded(f"{key.name}: others were faster {PATIENCE} times")

    async def load(self, key: Key) -> Known[StateT]:
        """Read one as it stands."""
        stored = (await self._store.read((key.name, 0)))[key.name]
        told = (self._rules.read(one.type, one.schema_version, one.data) for one in stored)
        causes = frozenset(one.causation_id for one in stored)
        return Known(self._rules.fold(told), len(stored), causes)

    async def _act_once(
        self, perform: Performed, act: Callable[[Any, StateT], Awaitable[Any]]
    ) -> RecordedT:
        known = await self.load(perform.key)
        if all(step.id != perform.step_id for step in self._rules.agenda(known.state)):
            return self._rules.answer(perform.key, Outcome(known.state))
        try:
            note = await act(perform, known.state)
        except PartnerFailure as failure:
            what, kind = self._rules.what, type(failure).__name__
            log.warning("beside.step_failed", what=what, failure=kind)
            raise as_application_error(failure) from failure
        cause = f"{perform.step_id}@{known.version}"[:200]
        outcome = await self.decide(perform.key, note, perform.now, cause=cause)
        return self._rules.answer(perform.key, outcome)

    def _read(self, asked: Asked) -> Any:
        match asked.kind:
            case "look":
                return None
            case "time":
                return self._rules.time_passed()
            case "failed_step":
                return self._rules.step_failed.model_validate_json(asked.body)
            case _:
                model = self._rules.updates.get(asked.name)
                if model is None:
                    return Refused(code="unknown_update", because="there is no such update")
                return read_as(model, asked.body)
