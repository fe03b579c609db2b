"""What a unit is worth: seen, decided, disputed, put away."""

from typing import Literal

from domain.model import Id, Short, Text
from domain.policy.inspecting import CheckResult
from domain.policy.recovery import Recovery
from domain.returns.asking.request import Evidence
from domain.returns.events.base import Event
from domain.words import Decision, Disposition, Grade, Reason


class UnitInspected(Event):
    """Somebody looked at the unit and says in what state it is."""

    type: Literal["UnitInspected"] = "UnitInspected"
    unit: str
    inspection_id: str
    grade: Grade
    inspector: Short
    warehouse: Id
    note: Text = ""
    serial: Short = ""
    lot: Short = ""
    checks: tuple[CheckResult, ...] = ()
    photos: tuple[Evidence, ...] = ()
    suggested_disposition: Disposition | None = None
    found_reason: Reason | None = None  # why it came back, where the inspector says so


class InspectionRetracted(Event):
    """An earlier inspection does not count any more, of whichever units it was.

    What takes its place, if anything does, is told by the same message.
    """

    type: Literal["InspectionRetracted"] = "InspectionRetracted"
    inspection_id: str
    message_id: str  # the one that takes it back


class ReasonRecoded(Event):
    """The inspection found another reason than the customer gave."""

    type: Literal["ReasonRecoded"] = "ReasonRecoded"
    unit: str
    was: Reason
    now: Reason


Verdict = Literal[
    Decision.ACCEPTED,
    Decision.ACCEPTED_WITH_DEDUCTION,
    Decision.REJECTED,
    Decision.NEEDS_REVIEW,
]


class DecisionMade(Event):
    """What the unit is worth to its sender: `share_bp` basis points of what was quoted."""

    type: Literal["DecisionMade"] = "DecisionMade"
    unit: str
    outcome: Verdict
    share_bp: int
    because: Text
    by: Short = ""  # the person who decided; empty: the rules

    @property
    def move(self) -> str:
        return f"DecisionMade({self.outcome})"


class DecisionReopened(Event):
    """What was decided is decided anew: the unit turned up, or what it was decided on is gone."""

    type: Literal["DecisionReopened"] = "DecisionReopened"
    unit: str
    because: Text


class VerdictKept(Event):
    """The verdict stands, though what is known of the unit now would give another one.

    Something was given for it already, or a person had decided.
    """

    type: Literal["VerdictKept"] = "VerdictKept"
    unit: str
    because: Text


class DisputeOpened(Event):
    """The customer does not agree, and says why."""

    type: Literal["DisputeOpened"] = "DisputeOpened"
    unit: str
    dispute_id: str
    because: Text
    evidence: tuple[Evidence, ...] = ()


class DisputeResolved(Event):
    """A second decision. It never rewrites the first, and pays only the difference."""

    type: Literal["DisputeResolved"] = "DisputeResolved"
    unit: str
    dispute_id: str
    outcome: Literal["upheld", "denied"]
    because: Text
    by: Short = ""

    @property
    def move(self) -> str:
        return f"DisputeResolved({self.outcome})"


class DispositionDecided(Event):
    """Where the unit goes from the inspection table."""

    type: Literal["DispositionDecided"] = "DispositionDecided"
    unit: str
    disposition: Disposition
    because: Text
    compared: tuple[Recovery, ...] = ()  # what each way out would bring, the best first


class UnitRestocked(Event):
    """The unit can be sold again."""

    type: Literal["UnitRestocked"] = "UnitRestocked"
    unit: str
    move_ref: str


class UnitMoved(Event):
    """The unit left the inspection table for another place than the shelf."""

    type: Literal["UnitMoved"] = "UnitMoved"
    unit: str
    disposition: Disposition
    move_ref: str


class DispositionWithdrawn(Event):
    """Nothing says any more where the unit goes; it is on the inspection table."""

    type: Literal["DispositionWithdrawn"] = "DispositionWithdrawn"
    unit: str
    because: Text


class MoveWithdrawn(Event):
    """The unit was put where it does not belong: the move is to be taken back."""

    type: Literal["MoveWithdrawn"] = "MoveWithdrawn"
    unit: str
    because: Text


class UnitMovedBack(Event):
    """A move was taken back: the unit is on the inspection table again, and on no shelf."""

    type: Literal["UnitMovedBack"] = "UnitMovedBack"
    unit: str
    move_ref: str
    reverses: str  # the move that it took back


InspectionEvent = (
    UnitInspected
    | InspectionRetracted
    | ReasonRecoded
    | DecisionMade
    | DecisionReopened
    | VerdictKept
    | DisputeOpened
    | DisputeResolved
    | DispositionDecided
    | DispositionWithdrawn
    | UnitRestocked
    | UnitMoved
    | MoveWithdrawn
    | UnitMovedBack
)
