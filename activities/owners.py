"""Writing to who looks after a merchant's server that it is told nothing any more."""

from typing import Protocol
from urllib.parse import urlsplit

import structlog
from temporalio import activity

from activities.failures import PartnerFailure
from activities.ports import Message, Notifier
from activities.steps import alive
from activities.translation import as_application_error
from domain.subscriptions.messages import FollowSubscription
from domain.subscriptions.standing import Subscription, SubscriptionKey

STOPPED = "subscription_stopped"
"""The letter."""

log = structlog.get_logger()


class Subscriptions(Protocol):
    """Who wants to be told, and who looks after it."""

    async def look(self, key: SubscriptionKey) -> Subscription | None: ...


class Owners:
    """The activity that writes to the owner of an endpoint."""

    def __init__(self, subscriptions: Subscriptions, notifier: Notifier) -> None:
        self._subscriptions = subscriptions
        self._notifier = notifier

    @activity.defn
    async def tell_owner(self, asked: FollowSubscription) -> None:
        """Write that it is stopped, under an id by which a second copy is dropped.

        Raises:
            ApplicationError: The mail server failed us.
        """
        await alive(self.tell(asked.key))

    async def tell(self, key: SubscriptionKey) -> None:
        """Write, where it is stopped and has an owner.

        Raises:
            ApplicationError: The mail server failed us.
        """
        found = await self._subscriptions.look(key)
        if found is None or found.state != "stopped" or not found.owner:
            return
        letter = Message(
            step_id=f"{key.name}:stopped:{found.since.isoformat()}",
            to=found.owner,
            name="",
            locale="en",
            template=STOPPED,
            facts=found.model_dump(include={"tenant", "subscription_id", "because"})
            | {"host": urlsplit(found.url).hostname or ""},  # the rest may hold a key of its own
        )
        try:
            await self._notifier.deliver(letter)
        except PartnerFailure as failure:
            about = {"tenant": key.tenant, "subscription_id": key.subscription_id}
            log.warning("subscription.owner_not_told", **about, failure=type(failure).__name__)
            raise as_application_error(failure) from failure
