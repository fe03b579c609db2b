"""What passes between a workflow and the activities that record and perform."""

import hashlib
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from domain.refusal import Refused
from domain.returns.money.explaining import Explanation, explain
from domain.returns.shown.status import Status, status_of
from domain.returns.state import ReturnState
from domain.words import Authorisation

ENDLESS = "EndlessRules"
"""The type of the failure of a recording that no retry mends: a defect of our rules."""


class Recording(BaseModel):
    """Something to be recorded, as it came in: the recorder reads it, not the workflow."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    return_id: str
    now: datetime  # the workflow's clock: a replay and a virtual week agree on it
    kind: Literal["ask", "report", "deadline", "failed_step", "look"]
    name: str = ""
    body: str = ""
    bodies: int = 1  # how many came; only one can be read


class Recordings(BaseModel):
    """Things to be recorded, in this order. One at least; of one return."""

    model_config = ConfigDict(frozen=True)

    recordings: tuple[Recording, ...]
    money_known: str = ""  # the mark of the explanation that the workflow has
    is_long: bool = False  # whether its history is; given back


class Perform(BaseModel):
    """A step of the agenda, to be performed. What it needs is read from the stream."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    return_id: str
    step_id: str
    now: datetime
    version: int = 0  # of the return, as whoever orders the step knows it
    money_known: str = ""


class Answer(BaseModel):
    """The answer of every update. Not accepted: nothing happened, and `because` says why."""

    model_config = ConfigDict(frozen=True)

    accepted: bool = True
    code: str = ""
    because: str = ""
    status: Status


class Recorded(Answer):
    """What was recorded, never what was intended.

    `money` explains it to the minor unit, and comes only where `money_mark`, which stands
    for it, is not the one that was known: it is long, and every answer stays in the history.
    """

    now: datetime  # when it was recorded, by the workflow's clock
    is_long: bool = False
    money: Explanation | None = None
    money_mark: str = ""

    @classmethod
    def read(cls, raw: bytes) -> Self:
        """Read it from a history, of which an older or a newer release may have written it.

        Raises:
            ValidationError: What is there does not fit; what is there besides is left out.
        """
        return cls.model_validate_json(raw, extra="ignore")

    @property
    def answer(self) -> Answer:
        """What whoever asked is told."""
        return Answer(
            accepted=self.accepted, code=self.code, because=self.because, status=self.status
        )


def recorded(
    tenant: str,
    return_id: str,
    state: ReturnState,
    refused: Refused | None = None,
    *,
    now: datetime,
    is_long: bool = False,
    money_known: str = "",
) -> Recorded:
    """Answer with how the return stands, and why not, where it was refused."""
    money = explain(state) if state.quote is not None else None
    mark = _mark(money) if money is not None else ""
    code, because = "", ""
    if refused is not None:
        code, because = refused.code, refused.because
    elif state.authorisation is Authorisation.DECLINED:
        code, because = "declined", state.ended_because
    return Recorded(
        accepted=refused is None,
        code=code,
        because=because,
        status=status_of(tenant, return_id, state),
        now=now,
        is_long=is_long,
        money=money if mark != money_known else None,
        money_mark=mark,
    )


def _mark(money: Explanation) -> str:
    return hashlib.sha256(money.model_dump_json().encode()).hexdigest()[:12]
