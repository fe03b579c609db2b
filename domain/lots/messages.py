"""What passes between a lot's workflow and the activities that record and perform."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.lots.showing import LotStatus
from domain.lots.words import LotKey


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class StartLot(_Message):
    """Which lot the workflow is for; all else is in its stream."""

    tenant: str
    lot_id: str

    @property
    def key(self) -> LotKey:
        """The same as a name."""
        return LotKey(self.tenant, self.lot_id)


class RecordLot(StartLot):
    """Something to be recorded, as it came in: the door reads it, not the workflow."""

    now: datetime
    kind: Literal["ask", "time", "failed_step", "look"]
    name: str = ""
    body: str = ""


class PerformLot(StartLot):
    """A step of the agenda, to be performed. What it needs is read from the stream."""

    step_id: str
    now: datetime


class LotAnswer(_Message):
    """The answer of every update. Not accepted: nothing happened, and `because` says why."""

    accepted: bool = True
    code: str = ""
    because: str = ""
    status: LotStatus


class LotRecorded(LotAnswer):
    """The same, with what the Temporal UI shows of it."""

    details: str  # Markdown
