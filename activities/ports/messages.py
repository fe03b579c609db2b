"""What is asked of whoever delivers messages to people."""

from typing import Protocol

from activities.ports.base import Capabilities, Value


class Message(Value):
    """A message to one customer; `facts` holds no personal data, the address comes last."""

    step_id: str
    to: str
    name: str
    locale: str
    template: str
    facts: dict[str, str]


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
