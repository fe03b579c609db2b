"""What passes between a recovery's workflow and the activities that record and perform."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.recoveries.showing import RecoveryStatus
from domain.recoveries.words import RecoveryKey


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class StartRecovery(_Message):
    """Which recovery the workflow is for; all else is in its stream."""

    tenant: str
    recovery_id: str

    @property
    def key(self) -> RecoveryKey:
        """The same as a name."""
        return RecoveryKey(self.tenant, self.recovery_id)


class RecordRecovery(StartRecovery):
    """Something to be recorded, as it came in: the door reads it, not the workflow."""

    now: datetime
    kind: Literal["ask", "time", "failed_step", "look"]
    name: str = ""
    body: str = ""


class PerformRecovery(StartRecovery):
    """A step of the agenda, to be performed. What it needs is read from the stream."""

    step_id: str
    now: datetime


class RecoveryAnswer(_Message):
    """The answer of every update. Not accepted: nothing happened, and `because` says why."""

    accepted: bool = True
    code: str = ""
    because: str = ""
    status: RecoveryStatus


class RecoveryRecorded(RecoveryAnswer):
    """The same, with what the Temporal UI shows of it."""

    details: str  # Markdown
