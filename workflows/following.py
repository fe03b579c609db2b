"""What the workflows of claims and of lots share: each follows an agenda for months, and decides nothing.

A stream says all there is; so it can be started again at any time, and is, by the returns that
have news for it and by people who tell what came by post.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple

from temporalio import workflow
from temporalio.common import RawValue, SearchAttributeUpdate, TypedSearchAttributes
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from workflows.alarm import LONGEST_SUMMARY, Alarm
    from workflows.messages import in_clear
    from workflows.options import RECORD_DEADLINE, RECORD_RETRY, Trying, tried
    from workflows.traces import CURRENT, Trace, begin_trace

AGAIN = timedelta(hours=1)
"""Before a deadline is noted again that noting does not move, or a step that changed nothing."""


class Followed(NamedTuple):
    """One kind of stream: its words, and who records and performs."""

    what: str  # in words, for the screens
    records: str  # the activity that records
    record: type[Any]
    perform: type[Any]
    recorded: type[Any]
    answer: type[Any]
    status: type[Any]
    step_failed: type[Any]
    trying: Mapping[str, Trying]
    attributes: Callable[[TypedSearchAttributes, Any], list[SearchAttributeUpdate[Any]]]


class Following:
    """Follows one stream until nothing is left to do for anybody."""

    longest_history: ClassVar[int] = 2_000
    """Events after which a run is followed by another."""

    followed: ClassVar[Followed]

    def __init__(self, start: Any) -> None:
        is_its_own = workflow.info().workflow_id == start.key.name
        of = self.followed.what.lower()
        self.wrong_start = "" if is_its_own else f"workflow id: is of another {of}"
        self._start = start
        self._which: dict[str, Any] = start.model_dump()
        self._known: Any = None
        self._trace: Trace | None = None  # in which it was learnt
        self._details = ""
        self._news = False
        self._shown: Any = None
        self._alarm = Alarm(self._ring)
        self._not_before: datetime | None = None  # what changed nothing waits
        self.draining = False

    async def follow(self) -> str:
        """Follow the agenda; answers with the life it ended in."""
        if self.wrong_start:
            raise ApplicationError(self.wrong_start, type="wrong_start", non_retryable=True)
        await self._record("look")
        while not await self._is_over():
            self._show()
            await self._go_on()
            if workflow.info().get_current_history_length() >= self.longest_history:
                await self._continue_as_new()
        self._show()
        return str(self.status().life)

    # ── What the outside may ask and tell ─────────────────────────────────────────────────

    async def ask(self, name: str, body: str) -> Any:
        """Record what somebody says; the answer says what came of it."""
        recorded = await self._record("ask", name, body)
        return self.followed.answer.model_validate(recorded.model_dump(exclude={"details"}))

    @workflow.signal(dynamic=True)
    async def tell(self, _name: str, _arguments: Sequence[RawValue]) -> None:
        """news: there is something new in the stream."""
        await self._record("look")

    @workflow.query(name="status")
    def shown(self) -> RawValue:
        """How it stands."""
        return in_clear(self.status())

    def status(self) -> Any:
        """How it stands, as of the last recording."""
        return self.followed.status(**self._which) if self._known is None else self._known

    # ── Following ─────────────────────────────────────────────────────────────────────────

    async def _go_on(self) -> None:
        """Do what is ours to do; else wait for a message or for the next deadline."""
        self._news = False
        CURRENT.set(self._trace)
        agenda = self.status().agenda
        ours = next((step for step in agenda if step.performs), None)
        if ours is not None and self._may_act():
            await self._perform(ours)
        elif agenda:
            await self._wait(agenda[0])

    def _may_act(self) -> bool:
        return self._not_before is None or workflow.now() >= self._not_before

    async def _wait(self, step: Any) -> None:
        """Until there is news, or it is time; an alarm that rings too early is set anew."""
        at = (
            self._not_before if step.performs else max(step.due_at, self._not_before or step.due_at)
        )
        if at is not None and workflow.now() < at:
            self._alarm.set(at, workflow.now(), f"{step.owner}: {step.summary}")
            await workflow.wait_condition(lambda: self._news)
        elif not step.performs:
            await self._time_has_passed()

    def _ring(self) -> None:
        self._news = True

    async def _time_has_passed(self) -> None:
        before = self.status().version
        begin_trace("deadline")
        await self._record("time")
        self._settle(before)

    def _settle(self, before: int) -> None:
        """What has changed nothing is not done again and again."""
        still = self.status().version == before
        self._not_before = workflow.now() + AGAIN if still else None

    async def _perform(self, step: Any) -> None:
        before = self.status().version
        try:
            self._learn(await self._call(step, self.followed.trying[step.performs]))
        except ActivityError as failed:
            await self._went_wrong(step, failed)
            return
        self._settle(before)

    async def _call(self, step: Any, trying: Trying) -> Any:
        order = self.followed.perform(**self._which, step_id=step.id, now=workflow.now())
        left = step.due_at - workflow.now()
        return await workflow.execute_activity(
            step.performs,
            order,
            result_type=self.followed.recorded,
            activity_id=f"{step.id}@{self.status().version}",
            summary=step.summary[:LONGEST_SUMMARY],
            schedule_to_close_timeout=max(left, trying.deadline),
            **tried(trying, account=self.account_of(step)),
        )

    def account_of(self, _step: Any) -> str:
        """The contract with a carrier by which a step is done; empty: the one for most."""
        return ""

    async def _went_wrong(self, step: Any, failed: ActivityError) -> None:
        """Out of time: it is noted, and tried on. Out of sense: a person looks."""
        cause = failed.cause
        if isinstance(cause, ApplicationError) and cause.non_retryable:
            note = self.followed.step_failed(
                step_id=step.id,
                kind=(cause.type or "failure")[:200],
                because=cause.message[:1_000],
            )
            await self._record("failed_step", step.id, note.model_dump_json())
        else:
            await self._time_has_passed()

    async def _record(self, kind: str, name: str = "", body: str = "") -> Any:
        """The only way it changes."""
        asked = {**self._which, "now": workflow.now(), "kind": kind, "name": name, "body": body}
        recorded = await workflow.execute_local_activity(
            self.followed.records,
            self.followed.record.model_validate(asked),
            result_type=self.followed.recorded,
            start_to_close_timeout=RECORD_DEADLINE,
            retry_policy=RECORD_RETRY,
        )
        self._learn(recorded)
        return recorded

    def _learn(self, recorded: Any) -> None:
        """Keep the newest: a slow, older answer never overwrites it."""
        known = self._known
        if known is None or recorded.status.version >= known.version:
            if known is not None and recorded.status.version > known.version:
                self._not_before = None
            self._known, self._details = recorded.status, recorded.details
            self._trace = CURRENT.get()
        self._news = True

    async def _is_over(self) -> bool:
        """Whether nothing is left to do; messages are waited for."""
        if self.status().agenda:
            return False
        await workflow.wait_condition(workflow.all_handlers_finished)
        return not self.status().agenda

    async def _continue_as_new(self) -> None:
        """A new run takes over from the stream; updates are answered until the last moment."""
        self.draining = True
        await workflow.wait_condition(workflow.all_handlers_finished)
        self._show()
        workflow.continue_as_new(self._start)

    # ── What the UI shows ─────────────────────────────────────────────────────────────────

    def _show(self) -> None:
        status = self.status()
        if status is self._shown:
            return
        present = workflow.info().typed_search_attributes
        changed = self.followed.attributes(present, status)
        if changed:
            workflow.upsert_search_attributes(changed)
        self._shown = status
        # A summary given at the start is lost with the first run, so the details name it too.
        key = self._start.key
        which = f"{self.followed.what} `{key[1]}` of `{key.tenant}`"
        workflow.set_current_details(f"{self._details}\n\n{which}")
