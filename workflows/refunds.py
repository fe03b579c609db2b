"""The workflow of a refund that staff make without a return: it follows the order's ledger.

Whose turn it is, and until when, is the ledger's to say; this adds durability and time. It
can be picked up from the ledger at any point, and is started again by late news.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue, SearchAttributeUpdate
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.orders.refunds.agenda import RefundStep
    from domain.orders.refunds.commands import STAFF_ASKS
    from domain.orders.refunds.messages import (
        RefundKey,
        RefundPerform,
        RefundRecording,
        RefundStanding,
    )
    from workflows import attributes as shown
    from workflows.messages import NO_BODY, asks_of, in_clear
    from workflows.names import REFUND_TYPE
    from workflows.options import (
        LONGEST_PAUSE,
        RECORD_DEADLINE,
        RECORD_RETRY,
        REFUNDING,
        tried,
    )
    from workflows.traces import CURRENT, Trace, begin_trace

AGAIN = timedelta(days=1)
"""How often a provider that still has not settled is asked, after its time is up."""


@workflow.defn(name=REFUND_TYPE)
class RefundWorkflow:
    """Follows one refund until the money is there, or free again."""

    @workflow.init
    def __init__(self, _start: RawValue = NO_BODY) -> None:
        kind, *names = workflow.info().workflow_id.split(":")
        fits = kind == "refund" and len(names) == 3 and all(names)  # noqa: PLR2004 as its id says
        self.draining = False
        self.wrong_start = "" if fits else "workflow id: expected refund:{tenant}:{order}:{id}"
        tenant, order_id, instruction_id = names if fits else ("", "", "")
        self._key = RefundKey(tenant=tenant, order_id=order_id, instruction_id=instruction_id)
        self._standing: RefundStanding | None = None
        self._trace: Trace | None = None  # in which it was learnt
        self._news = False  # somebody has heard something: the provider is asked
        self._moved = False
        self._times = 0
        self._late_with: RefundStep | None = None
        self._recording = asyncio.Lock()

    @workflow.run
    async def run(self, _start: RawValue = NO_BODY) -> str:
        """Follow the refund; answers with the state it ended in."""
        if self.wrong_start:
            raise ApplicationError(self.wrong_start, type="wrong_start", non_retryable=True)
        await workflow.wait_condition(
            lambda: self._standing is not None or workflow.all_handlers_finished()
        )
        if self._standing is None:
            await self.record("look")
        while not await self._is_over():
            await self._go_on()
            if workflow.info().is_continue_as_new_suggested() and not self._news:
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(args=[])
        return self._known.state

    refund = asks_of("refund", STAFF_ASKS)
    approve = asks_of("approve", STAFF_ASKS)
    decline = asks_of("decline", STAFF_ASKS)
    paid = asks_of("paid", STAFF_ASKS)

    @workflow.signal(dynamic=True)
    async def tell(self, _name: str, _arguments: Sequence[RawValue]) -> None:
        """report_payout: whatever is said, the provider is asked for the truth."""
        self._trace = CURRENT.get()
        self._news = True

    @workflow.query
    def status(self) -> RawValue:
        """How the refund stands."""
        return in_clear(self._known)

    @property
    def _known(self) -> RefundStanding:
        return self._standing or RefundStanding()

    async def ask(self, name: str, body: str) -> RefundStanding:
        """Record what somebody says; the answer says how it stands then."""
        return await self.record(name, body)

    async def record(self, kind: str, body: str = "") -> RefundStanding:
        """Record it when its turn comes; gives how the refund stands then."""
        async with self._recording:
            asked = RefundRecording(key=self._key, now=workflow.now(), kind=kind, body=body)
            standing: RefundStanding = await workflow.execute_local_activity(
                "record_refund",
                asked,
                result_type=RefundStanding,
                start_to_close_timeout=RECORD_DEADLINE,
                retry_policy=RECORD_RETRY,
            )
            self._learn(standing)
            return standing

    def _learn(self, standing: RefundStanding) -> None:
        before, self._standing = self._standing, standing
        self._trace = CURRENT.get()
        self._moved = True
        if standing.state and (before is None or before.details != standing.details):
            workflow.set_current_details(standing.details)
            workflow.upsert_search_attributes(_attributes(self._key, standing))

    async def _is_over(self) -> bool:
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._known.step is None and not self._news

    async def _go_on(self) -> None:
        """Ask the provider, where somebody has heard something; else do, or wait for, the step."""
        CURRENT.set(self._trace)
        step = self._known.step
        if self._news:
            self._news = False
            await self._perform("look_up_refund", "ask the provider for the truth")
        elif step is not None and step.performs:
            await self._pause(step)
            await self._perform(step.performs, step.summary)
        elif step is not None:
            await self._wait(step)

    async def _pause(self, step: RefundStep) -> None:
        """A step that comes again waits, ever longer: nothing here turns in circles."""
        if self._times:
            pause = min(timedelta(seconds=2 ** min(self._times - 1, 12)), LONGEST_PAUSE)
            await self._until(workflow.now() + pause, f"again: {step.summary}")
        self._times += 1

    async def _wait(self, step: RefundStep) -> None:
        """For people, or for the provider; whoever is late is told of, and then asked daily."""
        self._times = 0
        until = step.due_at
        if self._late_with == step:
            until = workflow.now() + AGAIN
        if await self._until(until, f"{step.actor}: {step.summary}"):
            return
        self._late_with = step
        begin_trace("deadline")
        await self.record("late")
        if step.action == "settle_refund":
            await self._perform("look_up_refund", "ask whether it is settled by now")

    async def _until(self, at: datetime, summary: str) -> bool:
        """Wait until then; True where something came in before."""
        self._moved = False
        try:
            await workflow.wait_condition(
                lambda: self._moved or self._news,
                timeout=max(at - workflow.now(), timedelta(0)),
                timeout_summary=summary[:200],
            )
        except TimeoutError:
            return False
        return True

    async def _perform(self, name: str, summary: str) -> None:
        """One activity; what no attempt will mend is put before a person, and tried again later."""
        trying = REFUNDING[name]
        try:
            standing: RefundStanding = await workflow.execute_activity(
                name,
                RefundPerform(key=self._key, now=workflow.now(), summary=summary),
                result_type=RefundStanding,
                summary=summary[:200],
                schedule_to_close_timeout=timedelta(days=1),
                **tried(trying),
            )
        except ActivityError as failed:
            cause = failed.cause
            kind = getattr(cause, "type", None) or type(cause).__name__
            await self.record("stuck", f"{summary}: {kind}: {getattr(cause, 'message', '')}")
            await self._until(workflow.now() + LONGEST_PAUSE, f"later: {summary}")
            return
        self._learn(standing)


def _attributes(key: RefundKey, standing: RefundStanding) -> list[SearchAttributeUpdate[Any]]:
    told: list[SearchAttributeUpdate[Any]] = [
        shown.TENANT.value_set(key.tenant),
        shown.ORDER_ID.value_set(key.order_id),
        shown.CURRENCY.value_set(standing.currency),
        shown.REFUND_MINOR.value_set(standing.amount_minor),
    ]
    step = standing.step
    if step is None:
        over = (shown.NEXT_ACTOR, shown.NEXT_ACTION, shown.DUE_AT, shown.FLAGS)
        return [*told, *(attribute.value_unset() for attribute in over)]
    held = ["money_held"] if standing.state == "held" else []
    return [
        *told,
        shown.NEXT_ACTOR.value_set(step.actor),
        shown.NEXT_ACTION.value_set(step.action),
        shown.DUE_AT.value_set(step.due_at),
        shown.FLAGS.value_set(held) if held else shown.FLAGS.value_unset(),
    ]
