"""One decision while it is being made: the state so far, and what has followed.

Handlers and rules add events through `happened`, so that each event is judged by the
tables on the state that the earlier ones led to.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from domain.orders.concerns import escalations
from domain.orders.events import LedgerEvent
from domain.orders.ledger import Ledger
from domain.orders.ledger import evolve as evolve_ledger
from domain.policy.outlook import NOTHING_KNOWN, Outlook
from domain.policy.policy import Policy
from domain.returns.events import Event
from domain.returns.evolve import evolve, forbidden_axis
from domain.returns.state import ReturnState


class WrongMomentError(Exception):
    """An event that the tables do not allow now. Caught where the decision is made."""

    def __init__(self, event: Event, axis: str, state: ReturnState) -> None:
        super().__init__(f"no {event.move} now: {axis} does not allow it")
        self.axis = axis
        self.because = (
            f"{event.move} is not possible now ({axis}), the return is {state.authorisation}"
        )


@dataclass
class Unfolding:
    """The state, the order's ledger and the circumstances; grows as events follow."""

    state: ReturnState
    ledger: Ledger | None
    now: datetime
    policy: Policy
    by: str = ""  # who asks, as kind:id; empty where nobody does: a report, a note, a rule
    outlook: Outlook = NOTHING_KNOWN
    events: list[Event] = field(default_factory=list)
    ledger_events: list[LedgerEvent] = field(default_factory=list)

    def happened(self, *events: Event) -> None:
        """Add events, each allowed by the tables after the ones before.

        Raises:
            WrongMomentError: The tables do not allow one of them now.
        """
        for event in events:
            axis = forbidden_axis(self.state, event)
            if axis is not None:
                raise WrongMomentError(event, axis, self.state)
            self.state = evolve(self.state, event)
            self.events.append(event)

    def booked(self, *events: LedgerEvent) -> None:
        """Add events to the order's ledger, in the same transaction."""
        before = self.ledger
        for event in events:
            self.ledger = evolve_ledger(self.ledger, event)
            self.ledger_events.append(event)
        if self.ledger is not None:
            for concern in escalations(before, self.ledger, events, self.now):
                self.ledger = evolve_ledger(self.ledger, concern)
                self.ledger_events.append(concern)

    @property
    def books(self) -> Ledger:
        """The order's ledger; there is one as soon as a return was opened."""
        if self.ledger is None:
            raise ValueError("the order has no ledger yet")
        return self.ledger

    def made_id(self, kind: str, number: int) -> str:
        """Make the id of a new thing: the same on every attempt, another for every thing."""
        name = f"backhaul:{self.state.tenant}:{self.state.return_id}:{kind}:{number}"
        return str(uuid5(NAMESPACE_URL, name))
