"""A subscription as it stands, and what waits for it."""

from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from domain.subscriptions.signing import Secret

State = Literal["active", "paused", "stopped"]
"""`paused` by a person; `stopped` by us, because nobody took what was sent."""


class SubscriptionKey(NamedTuple):
    """Which subscription, of whom."""

    tenant: str
    subscription_id: str

    @property
    def name(self) -> str:
        """The workflow that follows it; the same for every run it ever has."""
        return f"subscription:{self.tenant}:{self.subscription_id}"


class Subscription(BaseModel):
    """Who is told, of what, where; and whether it works."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    subscription_id: str
    url: str
    types: tuple[str, ...]  # filters; none: everything
    owner: str = ""  # the mail address of who looks after the endpoint; empty: nobody is written to
    state: State
    because: str  # why it is not active
    since: datetime  # of the state
    delivered_at: datetime | None = None  # when something was taken last
    position: int  # of the feed: all that is public was taken in up to there
    secrets: tuple[Secret, ...]  # the newest first

    @property
    def key(self) -> SubscriptionKey:
        """Which it is."""
        return SubscriptionKey(self.tenant, self.subscription_id)


class Backlog(BaseModel):
    """What is still to be delivered."""

    model_config = ConfigDict(frozen=True)

    waiting: int = 0
    next_at: datetime | None = None  # of the next attempt
    problem: str = ""  # what came of the last attempt at what waits longest


class Waiting(BaseModel):
    """A message that is due: the first that waits of its return."""

    model_config = ConfigDict(frozen=True)

    position: int
    stream_id: str
    version: int
    attempts: int
    first_at: datetime | None
