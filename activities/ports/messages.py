"""What is asked of whoever delivers messages to people."""

from typing import Literal, Protocol

from pydantic import AwareDatetime

from activities.ports.base import Capabilities, Value
from activities.ports.carriers import Paper


class Message(Value):
    """A message to one customer; `facts` holds no personal data, the address comes last."""

    step_id: str
    to: str
    name: str
    locale: str
    template: str
    facts: dict[str, str]
    attached: Paper | None = None  # what is to be printed, where the channel holds papers


class NotTaken(Value):
    """That address is none, or will never take a message; `because` is a code, no address."""

    because: str


class Notifier(Protocol):
    """Delivers by one channel, under the step's id.

    Where a second copy is dropped by its id it is sent again after an unknown outcome; where
    it would be shown, the first is looked for. `Message.to` is an address of that channel.
    """

    capabilities: Capabilities

    async def deliver(self, message: Message) -> str | NotTaken: ...


Purpose = Literal["label", "feedback"]
"""What a link in a message may open, and nothing beside it."""


class Opens(Value):
    """What a link is for: one return's, by its customer, until then."""

    tenant: str
    return_id: str
    customer_id: str
    until: AwareDatetime


class Links(Protocol):
    """Makes addresses that open one thing; empty where nothing can be proven by them."""

    def to(self, purpose: Purpose, opens: Opens) -> str: ...
