"""What comes back: an answer, a price, or that nobody answers."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from domain.policy.quote import Quote, RuleFired, UnitVerdict
from domain.refusal import Refused
from domain.returns.shown.status import Status


class Answer(BaseModel):
    """What came of it. Not `accepted`: nothing happened, and `because` says why.

    `status` is how the return stands afterwards; none where the question never reached it.
    """

    model_config = ConfigDict(frozen=True)

    accepted: bool = True
    code: str = ""
    because: str = ""
    return_id: str = ""
    status: Status | None = None

    @classmethod
    def no(cls, refused: Refused, return_id: str = "") -> Self:
        """A refusal, as an answer."""
        return cls(accepted=False, code=refused.code, because=refused.because, return_id=return_id)

    @classmethod
    def read(cls, raw: bytes, return_id: str) -> Self:
        """Read what a return answered; what a newer engine adds to it is left out.

        Raises:
            ValidationError: It is no answer.
        """
        return cls.model_validate_json(raw, extra="ignore").model_copy(
            update={"return_id": return_id}
        )


class Quoted(BaseModel):
    """What a request would bring, if it were opened now. Nothing was recorded.

    Not `accepted`: it could not be opened at all. Else `outcome` is the policy's word.
    """

    model_config = ConfigDict(frozen=True)

    accepted: bool = True
    code: str = ""
    because: str = ""
    outcome: Literal["approved", "review", "declined", ""] = ""
    verdicts: tuple[UnitVerdict, ...] = ()
    fired: tuple[RuleFired, ...] = ()
    keep_item: bool = False
    quote: Quote | None = None


class Unavailable(Exception):
    """Somebody who is needed does not answer; the text says who, where, and for what.

    What was asked may have happened: ask again with the same `request_id` or `message_id`.
    """

    def __init__(self, who: str, tried: str, because: str) -> None:
        super().__init__(f"{tried}: {who}: {because}")
        self.who = who
        self.tried = tried
        self.because = because
