"""What a recovery is asked and told: by its return, by people, and by what we did ourselves."""

from typing import Annotated, Literal

from pydantic import Field

from domain.model import Id, Minor, Short, Text, Value
from domain.money import Money
from domain.recoveries.facts import RecoveryFacts
from domain.returns.commands import Who
from domain.returns.commands.base import Key


class OpenRecovery(Value):
    """Its return has a reason to claim. Said again after it was recalled, it is opened again."""

    facts: RecoveryFacts


class RecallRecovery(Value):
    """The reason is gone: what was lost is found."""

    because: Text


class RecoveryAsk(Value):
    """What a person says. The same `request_id` counts once."""

    request_id: Key
    actor: Who


class FileRecovery(RecoveryAsk):
    """It is filed, or filed again after a no; `reference` is their number for it."""

    reference: Annotated[Short, Field(min_length=1)]


class AnswerRecovery(RecoveryAsk):
    """They have decided, or ask for more. Without an amount all that was claimed is granted."""

    verdict: Literal["granted", "refused", "asks"]
    amount: Money | None = None
    theirs: Text = ""


class BookRecoveryPayment(RecoveryAsk):
    """Money came in, or was credited; the same `reference` counts once."""

    amount: Money
    reference: Annotated[Short, Field(min_length=1)]


class WithdrawRecovery(RecoveryAsk):
    """They were told by hand that nothing is claimed any more; or nothing is to be filed."""

    because: Annotated[Text, Field(min_length=1)]


class CloseRecovery(RecoveryAsk):
    """It is given up, or what came is enough."""

    because: Annotated[Text, Field(min_length=1)]


class GiveBackRecovery(RecoveryAsk):
    """They have their money back, by this transfer."""

    reference: Annotated[Short, Field(min_length=1)]


class RetryRecovery(RecoveryAsk):
    """What failed is mended: try again."""


class RecoveryNote(Value):
    """What our own steps came to, and what time brought."""


class NoteTimePassed(RecoveryNote):
    """Whatever was due by now is late."""


class NoteFilingBegun(RecoveryNote):
    """An attempt is about to file it; the first that says so does."""

    attempt: Short


class NoteFiled(RecoveryNote):
    """The carrier took it."""

    reference: Id


class NoteFilingRefused(RecoveryNote):
    """The carrier does not take it from us."""

    theirs: Short


class NoteStanding(RecoveryNote):
    """How they say that it stands."""

    state: Literal["waiting", "asks", "granted", "refused", "cancelled"]
    granted_minor: Minor | None = None
    theirs: Text = ""


class NoteRecoveryStepFailed(RecoveryNote):
    """A step cannot be done without a person."""

    step_id: Short
    kind: Short
    because: Text


RecoveryCommand = OpenRecovery | RecallRecovery | RecoveryAsk | RecoveryNote

RECOVERY_UPDATES: dict[str, type[RecoveryAsk]] = {
    "file": FileRecovery,
    "answer": AnswerRecovery,
    "book_payment": BookRecoveryPayment,
    "withdraw": WithdrawRecovery,
    "close": CloseRecovery,
    "give_back": GiveBackRecovery,
    "retry": RetryRecovery,
}
"""The updates of a recovery's workflow, by name."""
