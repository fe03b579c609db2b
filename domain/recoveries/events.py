"""What happens to a claim. Past tense; nothing that was told is ever edited."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from domain.model import Minor, Moment, Short, Text, Value
from domain.recoveries.facts import RecoveryFacts
from domain.upcasting import EventReader, Upcasters


class _Event(Value):
    """Something that happened; the store adds version, actor and cause."""

    schema_version: Literal[1] = 1
    occurred_at: Moment

    @property
    def move(self) -> str:
        """The word by which the table of lives knows it."""
        return str(getattr(self, "type", ""))


class RecoveryOpened(_Event):
    """There is something to be claimed back."""

    type: Literal["RecoveryOpened"] = "RecoveryOpened"
    facts: RecoveryFacts


class RecoveryReopened(_Event):
    """Its reason had gone, and is there again: found, and lost again."""

    type: Literal["RecoveryReopened"] = "RecoveryReopened"
    facts: RecoveryFacts


class RecoveryRipened(_Event):
    """From now on it may be filed."""

    type: Literal["RecoveryRipened"] = "RecoveryRipened"


class RecoveryFilingBegun(_Event):
    """Somebody of ours is about to file it: whoever comes second looks and waits."""

    type: Literal["RecoveryFilingBegun"] = "RecoveryFilingBegun"
    attempt: Short


class RecoveryFiled(_Event):
    """They have it, under this reference of theirs."""

    type: Literal["RecoveryFiled"] = "RecoveryFiled"
    reference: Short
    by: Literal["system", "person"]


class FilingRefused(_Event):
    """They do not take it by this way: a person files it, or gives it up."""

    type: Literal["FilingRefused"] = "FilingRefused"
    theirs: Short


class RecoveryAnswered(_Event):
    """They have decided, or they ask for more (`asks`)."""

    type: Literal["RecoveryAnswered"] = "RecoveryAnswered"
    verdict: Literal["granted", "refused", "asks"]
    granted_minor: Minor = 0
    theirs: Text = ""

    @property
    def move(self) -> str:
        return f"RecoveryAnswered({self.verdict})"


class RecoveryCheckDue(_Event):
    """It is time to ask them how it stands."""

    type: Literal["RecoveryCheckDue"] = "RecoveryCheckDue"


class RecoveryChecked(_Event):
    """They were asked, and nothing has changed."""

    type: Literal["RecoveryChecked"] = "RecoveryChecked"


class RecoveryPaid(_Event):
    """Money came in; `full` where that is all that was granted."""

    type: Literal["RecoveryPaid"] = "RecoveryPaid"
    payment_ref: Short
    amount_minor: Annotated[int, Field(gt=0, le=10**12)]
    full: bool

    @property
    def move(self) -> str:
        return f"RecoveryPaid({'full' if self.full else 'part'})"


class RecoveryWithdrawalAsked(_Event):
    """Its reason is gone while they have it: they must be told."""

    type: Literal["RecoveryWithdrawalAsked"] = "RecoveryWithdrawalAsked"
    because: Text


class RecoveryWithdrawn(_Event):
    """Nothing is claimed any more."""

    type: Literal["RecoveryWithdrawn"] = "RecoveryWithdrawn"
    because: Text


class RecoveryOwedBack(_Event):
    """They have paid, and the reason is gone: the money is theirs."""

    type: Literal["RecoveryOwedBack"] = "RecoveryOwedBack"
    because: Text


class RecoveryGivenBack(_Event):
    """They have their money back."""

    type: Literal["RecoveryGivenBack"] = "RecoveryGivenBack"
    reference: Short


class RecoveryLapsed(_Event):
    """The last day on which it could be filed has passed."""

    type: Literal["RecoveryLapsed"] = "RecoveryLapsed"


class RecoveryClosed(_Event):
    """A person gives it up, or is content with what came."""

    type: Literal["RecoveryClosed"] = "RecoveryClosed"
    because: Text


class RecoveryOverdue(_Event):
    """A deadline has passed; from now on the merchant knows."""

    type: Literal["RecoveryOverdue"] = "RecoveryOverdue"
    step_id: Short
    owner: Short
    action: Short
    due_at: Moment


class RecoveryStepFailed(_Event):
    """A step of ours cannot be done without a person."""

    type: Literal["RecoveryStepFailed"] = "RecoveryStepFailed"
    step_id: Short
    kind: Short
    because: Text


class RecoveryRetried(_Event):
    """A person has looked at what failed: it is tried again."""

    type: Literal["RecoveryRetried"] = "RecoveryRetried"


RecoveryEvent = (
    RecoveryOpened
    | RecoveryReopened
    | RecoveryRipened
    | RecoveryFilingBegun
    | RecoveryFiled
    | FilingRefused
    | RecoveryAnswered
    | RecoveryCheckDue
    | RecoveryChecked
    | RecoveryPaid
    | RecoveryWithdrawalAsked
    | RecoveryWithdrawn
    | RecoveryOwedBack
    | RecoveryGivenBack
    | RecoveryLapsed
    | RecoveryClosed
    | RecoveryOverdue
    | RecoveryStepFailed
    | RecoveryRetried
)

RECOVERY_EVENT: TypeAdapter[RecoveryEvent] = TypeAdapter(
    Annotated[RecoveryEvent, Field(discriminator="type")]
)
"""Reads a stored event back."""

UPCASTERS: Upcasters = {}
"""None yet: every event is in its first version. Shapes are pinned by tests' golden files."""

_READER: EventReader[RecoveryEvent] = EventReader(RECOVERY_EVENT, UPCASTERS)


def read_recovery_event(event_type: str, schema_version: int, data: str | bytes) -> RecoveryEvent:
    """Read a stored event, whichever version it was stored in.

    Raises:
        ValidationError: It is none that this code knows: newer than it, or tampered with.
    """
    return _READER.read(event_type, schema_version, data)
