"""Who was told, who is late, who has to look."""

from typing import Annotated, Literal

from pydantic import Field

from domain.model import Id, Moment, Short, Text
from domain.returns.events.base import Event


class NoticePlanned(Event):
    """The customer is to be told, in these words' template and with these facts."""

    type: Literal["NoticePlanned"] = "NoticePlanned"
    notice_id: str
    template: Id
    facts: dict[str, str]


class CustomerNotified(Event):
    """The message left the house."""

    type: Literal["CustomerNotified"] = "CustomerNotified"
    notice_id: str
    delivery_ref: str


class ReminderSent(Event):
    """The message that left the house was a reminder."""

    type: Literal["ReminderSent"] = "ReminderSent"
    notice_id: str
    delivery_ref: str


class DeadlineCounted(Event):
    """A step's time begins now: we have only just heard of what it follows from."""

    type: Literal["DeadlineCounted"] = "DeadlineCounted"
    step_id: str


class DeadlineMissed(Event):
    """Somebody's time is up and the step still open."""

    type: Literal["DeadlineMissed"] = "DeadlineMissed"
    step_id: str
    actor: Short
    action: Short
    due_at: Moment


class Escalated(Event):
    """A person of the merchant's has to look: a concern is open until it is settled by name."""

    type: Literal["Escalated"] = "Escalated"
    concern_id: str
    what: Id
    because: Text


class ConcernSettled(Event):
    """A person looked, and says what it was."""

    type: Literal["ConcernSettled"] = "ConcernSettled"
    concern_id: str
    because: Text


class MessageRejected(Event):
    """A message made no sense here; it is kept by name, and the return goes on."""

    type: Literal["MessageRejected"] = "MessageRejected"
    message: Short
    message_id: Short
    code: Id
    because: Text


class FeedbackReceived(Event):
    """What the customer thought of it."""

    type: Literal["FeedbackReceived"] = "FeedbackReceived"
    rating: Annotated[int, Field(ge=1, le=5)]
    note: Text = ""
