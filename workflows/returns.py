"""The workflow of one return: it follows the agenda, and decides nothing.

What was recorded says what must happen next; this adds durability, time and concurrency.
A return can be picked up from its stream at any point: after its workflow had ended and
late news came, or on a new cluster after the old one was lost.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError

with workflow.unsafe.imports_passed_through():
    from activities.recorded import Perform, Recorded, Recording
    from domain.returns.agenda import Step
    from domain.returns.explaining import Explanation
    from domain.returns.markdown import as_markdown
    from domain.returns.notes import NoteStepFailed
    from domain.returns.status import Status
    from workflows.attributes import attributes_of
    from workflows.messages import asks, text_of
    from workflows.names import WORKFLOW_TYPE, StartReturn, partner_queue
    from workflows.options import (
        LOCAL_TRY,
        ONCE,
        PERFORMING,
        RECORD_DEADLINE,
        RECORD_RETRY,
        retrying,
    )

LONGEST_HISTORY = 2_000
"""Events after which a run is followed by another, long before the server's own limit."""

SELDOM = timedelta(hours=1)
"""How often a deadline is noted that noting does not move."""


@workflow.defn(name=WORKFLOW_TYPE)
class ReturnWorkflow:
    """Follows one return until nothing is left to do for anybody."""

    @workflow.init
    def __init__(self, start: StartReturn) -> None:
        self._start = start
        self._known: Recorded | None = None
        self._one_at_a_time = asyncio.Lock()
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._news = False
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at: datetime | None = None
        self._quiet_until: datetime | None = None
        self._shown: Status | None = None
        self.draining = False

    @workflow.run
    async def run(self, start: StartReturn) -> str:
        """Follow the agenda of the return; answers with the headline it ended with."""
        await self._get_to_know()
        while not await self._is_over():
            self._begin()
            self._show()
            await self._something_new()
            if self._must_continue_as_new():
                await self._continue_as_new()
        self._show()
        return self._status.headline

    async def _get_to_know(self) -> None:
        """An opening that came with the start says all there is; else the stream is asked."""
        await workflow.wait_condition(
            lambda: self._known is not None or workflow.all_handlers_finished()
        )
        if self._known is None:
            await self._record(self._recording("look"))

    # ── What the outside may ask and tell ─────────────────────────────────────────────────

    open = asks("open")
    approve = asks("approve")
    decline = asks("decline")
    cancel = asks("cancel")
    override = asks("override")
    choose_method = asks("choose_method")
    accept_offer = asks("accept_offer")
    decline_offer = asks("decline_offer")
    correct_address = asks("correct_address")
    reschedule_pickup = asks("reschedule_pickup")
    dispute = asks("dispute")
    resolve_dispute = asks("resolve_dispute")
    match_unit = asks("match_unit")
    unmatch_unit = asks("unmatch_unit")
    release_payout = asks("release_payout")
    choose_payout = asks("choose_payout")
    give_feedback = asks("give_feedback")

    async def ask(self, name: str, body: str) -> Recorded:
        """Record what somebody asks; the answer says what came of it."""
        return await self._record(self._recording("ask", name, body))

    @workflow.signal(dynamic=True)
    async def tell(self, name: str, arguments: Sequence[RawValue]) -> None:
        """report_tracking, report_pickup, report_receipt, report_inspection, report_payout,
        report_label, report_chargeback or report_replacement: one JSON object each."""
        body = text_of(arguments[0]) if len(arguments) == 1 else ""
        await self._record(self._recording("report", name, body))

    @workflow.query
    def status(self) -> Status:
        """How the return stands: headline, axes, agenda, money."""
        return self._status

    @workflow.query
    def explain_money(self) -> Explanation | None:
        """Where every minor unit comes from; none before a price was quoted."""
        return self._known.money if self._known else None

    # ── Following ─────────────────────────────────────────────────────────────────────────

    @property
    def _status(self) -> Status:
        if self._known is None:
            return Status(tenant=self._start.tenant, return_id=self._start.return_id)
        return self._known.status

    def _recording(self, kind: str, name: str = "", body: str = "") -> Recording:
        return Recording.model_validate(
            {
                "tenant": self._start.tenant,
                "return_id": self._start.return_id,
                "now": workflow.now(),
                "kind": kind,
                "name": name,
                "body": body,
            }
        )

    async def _record(self, recording: Recording) -> Recorded:
        """The only way this return changes. In the order in which things came in."""
        async with self._one_at_a_time:
            recorded: Recorded = await workflow.execute_local_activity(
                "record",
                recording,
                result_type=Recorded,
                start_to_close_timeout=RECORD_DEADLINE,
                retry_policy=RECORD_RETRY,
            )
        self._learn(recorded)
        return recorded

    def _learn(self, recorded: Recorded) -> None:
        """Keep the newest: a slow, older answer never overwrites it."""
        if self._known is None or recorded.status.version >= self._known.status.version:
            self._known = recorded
        self._news = True

    def _begin(self) -> None:
        """Start what is ours to do; a step already under way is left alone."""
        for step in self._status.agenda:
            if step.performs and step.id not in self._under_way:
                self._under_way[step.id] = asyncio.create_task(self._perform(step))

    async def _perform(self, step: Step) -> None:
        """One step is one activity: it acts once on the step's id and records what came of it."""
        before = self._status.version
        try:
            recorded = await self._try_here(step) or await self._try(step)
            self._learn(recorded)
            is_open = any(again.id == step.id for again in recorded.status.agenda)
            if is_open and recorded.status.version == before:
                await self._give_to_a_person(step, "unsettled", "it was done and is still open")
        except ActivityError as failed:
            await self._went_wrong(step, failed)
        finally:
            del self._under_way[step.id]
            self._news = True

    def _order(self, step: Step) -> Perform:
        start = self._start
        return Perform(
            tenant=start.tenant, return_id=start.return_id, step_id=step.id, now=workflow.now()
        )

    async def _try(self, step: Step) -> Recorded:
        trying = PERFORMING[step.performs]
        recorded: Recorded = await workflow.execute_activity(
            step.performs,
            self._order(step),
            result_type=Recorded,
            task_queue=partner_queue(workflow.info().task_queue, trying.queue),
            summary=step.summary[:200],
            start_to_close_timeout=trying.deadline,
            schedule_to_close_timeout=max(step.due_at - workflow.now(), trying.deadline),
            retry_policy=retrying(trying),
        )
        return recorded

    async def _try_here(self, step: Step) -> Recorded | None:
        """A light step is tried once on the spot; what goes wrong is the ordinary way's to mend."""
        if not PERFORMING[step.performs].local_first:
            return None
        try:
            recorded: Recorded = await workflow.execute_local_activity(
                step.summary[:200],  # a local activity's name is all of it that the UI shows
                self._order(step),
                result_type=Recorded,
                start_to_close_timeout=LOCAL_TRY,
                retry_policy=ONCE,
            )
        except ActivityError as failed:
            if isinstance(failed.cause, CancelledError):
                raise
            return None
        return recorded

    async def _went_wrong(self, step: Step, failed: ActivityError) -> None:
        """Out of time: the deadline is noted and it goes on. Out of sense: a person looks."""
        cause = failed.cause
        if isinstance(cause, CancelledError):
            return
        if isinstance(cause, ApplicationError):
            await self._give_to_a_person(step, cause.type or "failure", cause.message)
        else:
            await self._record(self._recording("deadline"))

    async def _give_to_a_person(self, step: Step, kind: str, because: str) -> None:
        note = NoteStepFailed(step_id=step.id, kind=kind[:200], because=because[:1_000])
        await self._record(self._recording("failed_step", step.id, note.model_dump_json()))

    async def _something_new(self) -> None:
        """Wait for a message, for the end of a step, or for the next deadline."""
        due = self._next_due()
        if due is not None and due <= workflow.now():
            await self._note_deadline()
            return
        if due is not None:
            self._set_alarm(due)
        await workflow.wait_condition(lambda: self._news)
        self._news = False

    async def _note_deadline(self) -> None:
        """Whatever is due is late now. What even that does not move is left for an hour."""
        before = self._status.version
        await self._record(self._recording("deadline"))
        if self._status.version == before:
            self._quiet_until = workflow.now() + SELDOM

    def _next_due(self) -> datetime | None:
        """The next deadline of anybody; a step of ours that is under way has its own."""
        due = min((s.due_at for s in self._status.agenda if not s.performs), default=None)
        return max(due, self._quiet_until) if due and self._quiet_until else due

    def _set_alarm(self, due: datetime) -> None:
        """One timer, moved only to be earlier: one that rings too early is set anew."""
        if self._alarm_at is not None and self._alarm_at <= due:
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm_at = due
        self._alarm = asyncio.create_task(self._ring(due))

    async def _ring(self, at: datetime) -> None:
        first = next(s for s in self._status.agenda if not s.performs)
        summary = f"{first.actor}: {first.summary}"
        await workflow.sleep(at - workflow.now(), summary=summary[:200])
        self._alarm_at = None
        self._alarm = None
        self._news = True

    async def _is_over(self) -> bool:
        """Whether nothing is left to do, for us or for anybody; messages are waited for."""
        if self._under_way or not (self._status.closed or self._is_empty()):
            return False
        await workflow.wait_condition(workflow.all_handlers_finished)
        return not self._under_way and (self._status.closed or self._is_empty())

    def _is_empty(self) -> bool:
        """Whether nobody opened this return, and whoever tried was answered."""
        return self._status.version == 0

    # ── Long lives ────────────────────────────────────────────────────────────────────────

    def _must_continue_as_new(self) -> bool:
        info = workflow.info()
        too_long = info.get_current_history_length() >= LONGEST_HISTORY
        return too_long or info.is_continue_as_new_suggested()

    async def _continue_as_new(self) -> None:
        """A new run takes over from the stream; what was under way is found again by its id."""
        self.draining = True
        for task in list(self._under_way.values()):
            task.cancel()
        await workflow.wait_condition(
            lambda: not self._under_way and workflow.all_handlers_finished()
        )
        workflow.continue_as_new(self._start)

    # ── What the UI shows ─────────────────────────────────────────────────────────────────

    def _show(self) -> None:
        if self._shown is self._status:
            return
        changed = attributes_of(self._shown, self._status)
        if changed:
            workflow.upsert_search_attributes(changed)
        workflow.set_current_details(as_markdown(self._status))
        self._shown = self._status
