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
    """What was decided in the unit's absence is decided anew, since it turned up."""

    type: Literal["DecisionReopened"] = "DecisionReopened"
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
