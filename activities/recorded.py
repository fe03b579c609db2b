"""What passes between a workflow and the activities that record and perform."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.returns.explaining import Explanation, explain
from domain.returns.state import ReturnState
from domain.returns.status import Status, status_of


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
    money: Explanation | None = None  # the derivation, to the minor unit; none before a quote


def recorded_of(
    tenant: str,
    return_id: str,
    state: ReturnState,
    *,
    accepted: bool = True,
    code: str = "",
    because: str = "",
) -> Recorded:
    """Sum up what is known of a return, as an answer."""
    return Recorded(
        accepted=accepted,
        code=code,
        because=because,
        status=status_of(tenant, return_id, state),
        money=explain(state) if state.quote is not None else None,
    )
