"""News told to a return that nobody has opened: it may only be early, so it is kept.

A signal has no answer in which its sender would learn that the return is not known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class UnplacedNews:
    """What came by one signal, and why no return took it."""

    tenant: str
    return_id: str
    stream: str  # the return's; with it the news finds its place
    message: str  # the signal's name, as it was sent
    message_id: str  # tells it from other news; a repeat has the same
    occurred_at: datetime  # by the workflow's clock
    body: Mapping[str, Any] | None  # to be told once the return is opened; none of what is wrong
    code: str
    because: str


class Unplaced(Protocol):
    """Where such news is kept."""

    async def keep(self, news: UnplacedNews) -> None:
        """Write it down, once; when this returns it is durable.

        Raises:
            StoreUnavailable: The store did not answer; ask again.
        """
