"""One decision while it is being made: each event is judged by its table on what led to it.

For the aggregates that live beside returns; a return's own is `domain.returns.unfolding`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar


class Moves(Protocol):
    """An event, as a table knows it."""

    @property
    def move(self) -> str:
        """Its word in the table."""


class WrongMoment(Exception):
    """The table does not allow the event now. Caught where the decision is made."""


StateT = TypeVar("StateT", bound=Any)
EventT = TypeVar("EventT", bound=Moves)


@dataclass
class Unfolded(Generic[StateT, EventT]):
    """What is known so far, and what has followed."""

    state: StateT
    now: datetime
    events: list[EventT] = field(default_factory=list)

    what: ClassVar[str]

    def allows(self, move: str) -> bool:
        """Whether the table allows this move now."""
        raise NotImplementedError

    def learn(self, event: EventT) -> StateT:
        """What is known after the event."""
        raise NotImplementedError

    def happened(self, event: EventT) -> None:
        """Add an event.

        Raises:
            WrongMoment: The table does not allow it now.
        """
        if not self.allows(event.move):
            where = self.state.life or "not there"
            raise WrongMoment(f"{event.move} is not possible now: the {self.what} is {where}")
        self.state = self.learn(event)
        self.events.append(event)
