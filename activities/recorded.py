"""What passes between a workflow and the activities that record and perform."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.returns.status import Status


class Recording(BaseModel):
    """Something to be recorded, as it came in: the recorder reads it, not the workflow."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    return_id: str
    now: datetime  # the workflow's clock: a replay and a virtual week agree on it
    kind: Literal["ask", "report", "deadline", "failed_step", "look"]
    name: str = ""
    body: str = ""


class Perform(BaseModel):
    """A step of the agenda, to be performed. What it needs is read from the stream."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    return_id: str
    step_id: str
    now: datetime


class Recorded(BaseModel):
    """What was recorded, never what was intended; the answer of every update."""

    model_config = ConfigDict(frozen=True)

    accepted: bool = True
    code: str = ""
    because: str = ""
    status: Status
