"""What somebody may say of a subscription, and how it is shown to them."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.model import Moment, Value
from domain.subscriptions.public import TYPES
from domain.subscriptions.signing import live
from domain.subscriptions.standing import Backlog, State, Subscription

GROUPS = frozenset(f"{name.partition('.')[0]}.*" for name in TYPES)


def _known(event_type: str) -> str:
    if event_type not in TYPES and event_type not in GROUPS:
        raise ValueError("expected a type of docs/webhooks.md, or a group of them such as return.*")
    return event_type


Url = Annotated[str, Field(min_length=1, max_length=2_000)]
Owner = Annotated[str, Field(max_length=254, pattern=r"^([\x21-\x3f\x41-\x7e]+@[A-Za-z0-9.-]+)?$")]
Filter = Annotated[str, Field(max_length=100), AfterValidator(_known)]
Filters = Annotated[tuple[Filter, ...], Field(max_length=100)]


class SubscriptionWish(Value):
    """Tell `url` what happens, of these types or of all; `owner` is written to when it stops."""

    url: Url
    types: Filters = ()
    owner: Owner = ""


class RotationWish(Value):
    """Make a new secret; the one before signs beside it for so long. 0: at once no more."""

    overlap_hours: Annotated[int, Field(ge=0, le=24 * 7)] = 24


class ReplayWish(Value):
    """Deliver again, under the same ids, all that was recorded since."""

    since: Moment


class SubscriptionShown(BaseModel):
    """A subscription, as those see it who may look after it."""

    model_config = ConfigDict(frozen=True)

    subscription_id: str
    url: str
    types: tuple[str, ...]
    owner: str
    state: State
    because: str
    since: datetime
    live_secrets: int
    delivered_at: datetime | None
    waiting: int
    next_at: datetime | None
    problem: str


class SubscriptionMade(SubscriptionShown):
    """The same with the secret that was asked for: to be seen by who asked, and by nobody else.

    `secret` is none where the request is repeated after its secret was replaced.
    """

    secret: str | None


def shown(of: Subscription, backlog: Backlog, now: datetime) -> SubscriptionShown:
    """Show a subscription; its secrets are counted and not told."""
    said = of.model_dump(include=set(SubscriptionShown.model_fields))
    alive = len(live(of.secrets, now))
    return SubscriptionShown(**said, **backlog.model_dump(), live_secrets=alive)
