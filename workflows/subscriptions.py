"""The workflow of one subscription: it delivers, then waits for news or for the next attempt.

What waits, and how often it was tried, stands in the database: so a run can be followed by
another, or be started again, at any time. One that is not active is followed by nobody.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import ClassVar

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from domain.subscriptions.messages import Deliver, Delivered, FollowSubscription
    from domain.subscriptions.showing import as_details
    from domain.subscriptions.words import SUBSCRIPTION_TYPE
    from workflows.attributes import attributes_of_subscription
    from workflows.options import DELIVERING, tried


@workflow.defn(name=SUBSCRIPTION_TYPE)
class SubscriptionWorkflow:
    """Follows the events of a merchant for one endpoint, as long as the subscription is active."""

    longest_history: ClassVar[int] = 2_000
    """Events after which a run is followed by another."""

    look_anyway: ClassVar[timedelta] = timedelta(minutes=15)
    """Nobody may have told us that there is news."""

    def __init__(self) -> None:
        self._news = False

    @workflow.run
    async def run(self, start: FollowSubscription) -> str:
        """Deliver, turn after turn; answers why it is followed no more."""
        while True:
            self._news = False
            stands = await self._deliver(start)
            self._show(start, stands)
            if stands.state == "stopped":
                await self._tell_owner(start)
            if stands.state != "active" and not self._news:
                return stands.state or "deleted"
            if workflow.info().get_current_history_length() >= self.longest_history:
                workflow.continue_as_new(start)
            await self._wait(stands.next_at)

    @workflow.signal
    def news(self) -> None:
        """news: something happened, or somebody changed the subscription."""
        self._news = True

    def _show(self, start: FollowSubscription, stands: Delivered) -> None:
        """Say on its page in the UI how it stands; its URL is not said, that may hold a key."""
        present = workflow.info().typed_search_attributes
        if changed := attributes_of_subscription(present, start.tenant, stands):
            workflow.upsert_search_attributes(changed)
        workflow.set_current_details(as_details(stands))

    async def _deliver(self, start: FollowSubscription) -> Delivered:
        told: Delivered = await workflow.execute_activity(
            "deliver_events",
            Deliver(**start.model_dump(), now=workflow.now()),
            result_type=Delivered,
            **tried(DELIVERING["deliver_events"]),
            summary=f"deliver to {start.subscription_id}",
        )
        return told

    async def _tell_owner(self, start: FollowSubscription) -> None:
        """Write that it is stopped; who resumes it meanwhile waits for no mail server."""
        writing = workflow.start_activity(
            "tell_owner",
            start,
            **tried(DELIVERING["tell_owner"]),
            summary="tell the owner that it is stopped",
        )
        await workflow.wait_condition(lambda: writing.done() or self._news)
        if self._news:
            writing.cancel()
        with suppress(ActivityError):
            await writing

    async def _wait(self, next_at: datetime | None) -> None:
        """Until there is news, or the next attempt is due, or it is time to look anyway."""
        latest = workflow.now() + self.look_anyway
        wait = min(next_at or latest, latest) - workflow.now()
        if wait <= timedelta():
            return
        try:
            await workflow.wait_condition(
                lambda: self._news, timeout=wait, timeout_summary="until the next attempt"
            )
        except TimeoutError:
            return
