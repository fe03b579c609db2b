"""One decision while it is being made: each event is judged by the table on what led to it."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.recoveries.events import RecoveryEvent
from domain.recoveries.lifecycle import allows
from domain.recoveries.state import RecoveryState, evolve


class WrongRecoveryMoment(Exception):
    """The table does not allow the event now. Caught where the decision is made."""


@dataclass
class RecoveryUnfolding:
    """The claim so far, and what has followed."""

    state: RecoveryState
    now: datetime
    events: list[RecoveryEvent] = field(default_factory=list)

    def happened(self, event: RecoveryEvent) -> None:
        """Add an event.

        Raises:
            WrongRecoveryMoment: The table does not allow it now.
        """
        if not allows(self.state.life, event.move):
            where = self.state.life or "not there"
            raise WrongRecoveryMoment(f"{event.move} is not possible now: the recovery is {where}")
        self.state = evolve(self.state, event)
        self.events.append(event)
