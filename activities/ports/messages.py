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


class Notifier(Protocol):
    """Delivers at least once; the id of the message lets a mailbox drop a second copy."""

    capabilities: Capabilities

    async def deliver(self, message: Message) -> str: ...
