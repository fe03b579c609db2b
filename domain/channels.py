"""How customers are told, and when a text would wake them."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from domain.model import Short, Value


class Channel(StrEnum):
    """How a customer is told."""

    MAIL = "mail"
    SMS = "sms"


Wish = Literal["mail", "sms", "none"]
"""How somebody wants to be told; `none`: only what they must be told."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones is an OSError
        raise ValueError(
            "expected a time zone as the IANA names it, such as Europe/Paris"
        ) from None
    return name


Zone = Annotated[Short, AfterValidator(_zone)]


class Contact(Value):
    """What a customer, or whoever opens a return for them, says of how to tell them."""

    channel: Wish
    time_zone: Zone | None = None  # by whose clock it is night; without it the policy's


class QuietHours(Value):
    """When no text is sent, by the customer's own clock. A mail wakes nobody."""

    from_hour: Annotated[int, Field(ge=0, le=23)]
    until_hour: Annotated[int, Field(ge=0, le=23)]

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.from_hour == self.until_hour:
            raise ValueError("until_hour: is from_hour, so that no text would ever be sent")
        return self

    def over_at(self, now: datetime, zone: str) -> datetime | None:
        """Say when they are over, by the wall clock of that day; None outside of them."""
        local = now.astimezone(ZoneInfo(zone))
        after, before = local.hour >= self.from_hour, local.hour < self.until_hour
        over_midnight = self.from_hour > self.until_hour
        if not (after or before if over_midnight else after and before):
            return None
        day = local.date() + timedelta(days=0 if before else 1)
        return datetime.combine(day, time(self.until_hour), local.tzinfo).astimezone(UTC)


AttachUpTo = Annotated[int, Field(ge=0, le=5_120)]
"""How large a label goes with its mail, in units of 1,024 bytes; a larger one is a link."""


AskAfter = Annotated[int, Field(ge=1, le=90)]


class MessageTerms(Value):
    """How one return's customer is told where they say nothing; the part of a policy that binds."""

    channel: Channel = Channel.MAIL
    quiet: QuietHours | None = None
    attach_up_to_kb: AttachUpTo = 1_024
    ask_opinion_after_days: AskAfter | None = None  # of the end; none: nobody is asked
    time_zone: Zone = "UTC"  # of the customer's country, as the policy has it
