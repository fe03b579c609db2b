"""What is done regularly: one schedule for each merchant and provider, made once."""

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from domain.reconciliation.messages import StartReconciliation
from workflows.names import RECONCILIATION_TYPE, reconciliation_id

CATCH_UP = timedelta(days=2)
"""A start that was missed is made up for so long; one comparison covers weeks anyway."""


class Applied(BaseModel):
    """A schedule as it is now."""

    model_config = ConfigDict(frozen=True)

    schedule: str
    outcome: Literal["created", "updated"]
    every_hours: float
    days: int


def details_of(start: StartReconciliation) -> str:
    """What the Temporal UI says of a comparison, whatever comes of it."""
    return (
        f"The last {start.days} days of both are compared; "
        "what differs is for a person: `python starter.py findings --open`"
    )


async def apply_schedule(
    client: Client, start: StartReconciliation, every: timedelta, task_queue: str
) -> Applied:
    """Create a schedule, or make the one that exists as it should be; a paused one stays paused."""
    key = reconciliation_id(start.tenant, start.provider)
    wanted = _schedule(key, start, every, task_queue)
    outcome: Literal["created", "updated"] = "created"
    try:
        await client.create_schedule(key, wanted)
    except ScheduleAlreadyRunningError:
        outcome = "updated"

        def change(known: ScheduleUpdateInput) -> ScheduleUpdate:
            wanted.state = known.description.schedule.state
            return ScheduleUpdate(schedule=wanted)

        await client.get_schedule_handle(key).update(change)
    hours = every.total_seconds() / 3_600
    return Applied(schedule=key, outcome=outcome, every_hours=hours, days=start.days)


def _schedule(key: str, start: StartReconciliation, every: timedelta, task_queue: str) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            RECONCILIATION_TYPE,
            start,
            id=key,
            task_queue=task_queue,
            static_summary=f"Books of {start.tenant} and {start.provider}",
            static_details=details_of(start),
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )
