"""What passes between a subscription's workflow and the activity that delivers for it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from domain.subscriptions.standing import State, SubscriptionKey


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class FollowSubscription(_Message):
    """Which subscription the workflow is for; all else stands in the database."""

    tenant: str
    subscription_id: str

    @property
    def key(self) -> SubscriptionKey:
        """The same as a name."""
        return SubscriptionKey(self.tenant, self.subscription_id)


class Deliver(FollowSubscription):
    """Deliver what is due. `now` is the workflow's time: retries are counted by it."""

    now: datetime


class Delivered(_Message):
    """How the subscription stands after a turn."""

    state: State | None  # none: it was deleted
    because: str = ""  # why it is not active
    delivered_at: datetime | None = None  # when something was taken last
    waiting: int = 0
    next_at: datetime | None = None  # when the next is to be tried; none: nothing waits
    problem: str = ""  # what came of the last attempt at what waits longest
