"""The workflow of one return: it follows the agenda, and decides nothing.

What was recorded says what must happen next; this adds durability, time and concurrency.
A return can be picked up from its stream at any point: after its workflow had ended and
late news came, or on a new cluster after the old one was lost.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.recorded import Answer, Perform, Recorded, Recording, Recordings
    from domain.keys import NEWS
    from domain.returns.agenda import Step
    from domain.returns.money.explaining import Explanation
    from domain.returns.notes import NoteStepFailed
    from domain.returns.shown.markdown import as_markdown
    from domain.returns.shown.status import Status
    from workflows.alarm import Alarm
    from workflows.attributes import attributes_of
    from workflows.here import Here
    from workflows.messages import NO_BODY, asks, in_clear, misfit_of, text_of
    from workflows.names import WORKFLOW_TYPE, StartReturn, named_by
    from workflows.performing import Performing
    from workflows.traces import CURRENT, Trace, begin_trace

SELDOM = timedelta(hours=1)
"""How often a deadline is noted that noting does not move."""


@workflow.defn(name=WORKFLOW_TYPE)
class ReturnWorkflow:
    """Follows one return until nothing is left to do for anybody."""

    longest_history: ClassVar[int] = 2_000
    """Events after which a run is followed by another, long before the server's own limit."""

    largest_history: ClassVar[int] = 512 * 1024
    """Bytes after which it is: an answer about many units is long, and every one is kept."""

    @workflow.init
    def __init__(self, start: RawValue = NO_BODY) -> None:
        which = named_by(workflow.info().workflow_id)
        self.wrong_start = misfit_of(which, start)
        self._start = which or StartReturn(tenant="", return_id="")
        self._last: Recorded | None = None
        self._trace: Trace | None = None  # in which it was learnt
        self._money: Explanation | None = None
        self._money_known = ""
        self._here = Here(self)
        self.now = workflow.info().workflow_start_time
        self._performing = Performing(self)
        self._alarm = Alarm(self._time_has_passed)
        self._rang = False
        self._is_long = False
        self._news = False
        self._quiet: tuple[int, datetime] | None = None
        self._shown: Status | None = None  # in the details
        self._listed: Status | None = None  # in the search attributes
        self.draining = False

    @workflow.run
    async def run(self, _start: RawValue = NO_BODY) -> str:
        """Follow the agenda of the return; answers with the headline it ended with."""
        if self.wrong_start:
            # Two workflows of one return would each do what only one may do.
            raise ApplicationError(self.wrong_start, type="wrong_start", non_retryable=True)
        await self._get_to_know()
        while not await self._is_over():
            CURRENT.set(self._trace)
            self._performing.begin(self.known.agenda)
            self._show()
            await self._something_new()
            if self._is_long:
                await self._continue_as_new()
        self._show()
        return self.known.headline

    async def _get_to_know(self) -> None:
        """An opening that came with the start says all there is; else the stream is asked."""
        await workflow.wait_condition(
            lambda: self._last is not None or workflow.all_handlers_finished()
        )
        if self._last is None:
            await self._record("look")

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
    declare_goods = asks("declare_goods")
    reschedule_pickup = asks("reschedule_pickup")
    dispute = asks("dispute")
    resolve_dispute = asks("resolve_dispute")
    match_unit = asks("match_unit")
    unmatch_unit = asks("unmatch_unit")
    release_payout = asks("release_payout")
    choose_payout = asks("choose_payout")
    write_off_payout = asks("write_off_payout")
    choose_goods = asks("choose_goods")
    choose_contact = asks("choose_contact")
    give_feedback = asks("give_feedback")

    async def ask(self, name: str, body: str) -> Answer:
        """Record what somebody asks; the answer says what came of it."""
        return (await self._record("ask", name, body)).answer

    @workflow.signal(dynamic=True)
    async def tell(self, name: str, arguments: Sequence[RawValue]) -> None:
        """report_tracking, report_pickup, report_receipt, report_inspection, report_payout,
        report_replacement, report_repair, report_send_back, report_label or report_chargeback:
        one JSON object each; news: there is something new in the stream.
        """
        if name == NEWS:  # somebody else wrote to the stream
            await self._record("look")
            return
        body = text_of(arguments[0]) if arguments else ""
        await self._record("report", name, body, bodies=len(arguments))

    @workflow.query
    def status(self) -> RawValue:
        """How the return stands: headline, axes, agenda, money."""
        self._must_know()
        return in_clear(self.known)

    @workflow.query
    def explain_money(self) -> RawValue | None:
        """Where every minor unit comes from; nothing where no return was opened."""
        self._must_know()
        return None if self._money is None else in_clear(self._money)

    def _must_know(self) -> None:
        """A run that has just begun does not say that there is no such return."""
        if self._last is None:
            raise ApplicationError("what was recorded is being read: ask again", type="reading")

    # ── Following ─────────────────────────────────────────────────────────────────────────

    @property
    def known(self) -> Status:
        """How the return stands, as of the last recording."""
        if self._last is None:
            return Status(tenant=self._start.tenant, return_id=self._start.return_id)
        return self._last.status

    async def _record(self, kind: str, name: str = "", body: str = "", bodies: int = 1) -> Recorded:
        """The only way this return changes. In the order in which things came in."""
        recording = {
            "tenant": self._start.tenant,
            "return_id": self._start.return_id,
            "now": workflow.now(),
            "kind": kind,
            "name": name,
            "body": body,
            "bodies": bodies,
        }
        return await self._here.record(Recording.model_validate(recording))

    async def perform_here(self, name: str, order: Perform) -> Recorded:
        """Perform a light step on this worker; what it recorded is learnt."""
        return await self._here.perform(name, order)

    def together(self, recordings: Sequence[Recording]) -> Recordings:
        """What the recording activity is told, besides what is to be recorded."""
        info = workflow.info()
        too_long = (
            info.get_current_history_length() >= self.longest_history
            or info.get_current_history_size() >= self.largest_history
        )
        return Recordings(
            recordings=tuple(recordings),
            money_known=self._money_known,
            is_long=too_long or info.is_continue_as_new_suggested(),
        )

    def learn(self, recorded: Recorded) -> None:
        """Keep the newest: a slow, older answer never overwrites it.

        The time and the length of the history are taken from what was recorded too. A replay
        passes over tasks that only kept a recording alive, and would read both a little
        differently: what was due then might not be due now.
        """
        self.now = max(self.now, recorded.now)
        self._is_long = self._is_long or recorded.is_long
        if self._last is None or recorded.status.version >= self._last.status.version:
            self._last, self._trace = recorded, CURRENT.get()
            if recorded.money is not None:
                self._money, self._money_known = recorded.money, recorded.money_mark
            elif recorded.money_mark != self._money_known:
                self._money_known = ""  # it changed and changed back meanwhile: ask anew
        self.wake()

    def _time_has_passed(self) -> None:
        self._rang = True
        self.wake()

    def wake(self) -> None:
        """Look at the agenda again."""
        self._news = True

    def order(self, step: Step) -> Perform:
        """What an activity is told of a step: which, and when it was begun."""
        return Perform(
            tenant=self._start.tenant,
            return_id=self._start.return_id,
            step_id=step.id,
            now=self.now,
            version=self.known.version,
            money_known=self._money_known,
        )

    async def note_failed(self, step: Step, note: NoteStepFailed) -> None:
        """A person has to look at a step before it is tried again."""
        await self._record("failed_step", step.id, note.model_dump_json())

    async def note_deadline(self) -> None:
        """Whatever is due is late now. What even that does not move is left for an hour."""
        before = self.known.version
        begin_trace("deadline")
        await self._record("deadline", str(before))
        is_due = any(step.due_at <= self.now for step in self.known.agenda if not step.performs)
        if is_due and self.known.version == before:
            self._quiet = (before, self.now + SELDOM)

    async def _something_new(self) -> None:
        """Wait for a message, for the end of a step, or for the next deadline."""
        first = next((step for step in self._by_due() if not step.performs), None)
        rang, self._rang = self._rang, False
        if first is not None:
            due = self._heard_at(first)
            if due <= self.now or rang:
                await self.note_deadline()
                return
            self._alarm.set(due, self.now, f"{first.actor}: {first.summary}")
        await workflow.wait_condition(lambda: self._news)
        self._news = False

    def _by_due(self) -> Sequence[Step]:
        """The agenda, the most pressing first. A step of ours under way has its own deadline."""
        return sorted(self.known.agenda, key=lambda step: step.due_at)

    def _heard_at(self, step: Step) -> datetime:
        """When its deadline is noted: when it is due, but not again and again to no effect."""
        if self._quiet is not None and self._quiet[0] == self.known.version:
            return max(step.due_at, self._quiet[1])
        return step.due_at

    async def _is_over(self) -> bool:
        """Whether nothing is left to do, for us or for anybody; messages are waited for."""
        if not self._is_done():
            return False
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._is_done()

    def _is_done(self) -> bool:
        """Whether all is done, or nobody ever opened this return."""
        return self._performing.is_idle() and (self.known.closed or self.known.version == 0)

    # ── Long lives ────────────────────────────────────────────────────────────────────────

    async def _continue_as_new(self) -> None:
        """A new run takes over from the stream; updates are answered until the last moment."""
        await self._performing.wind_down()
        self.draining = True
        await workflow.wait_condition(workflow.all_handlers_finished)
        self._show()
        workflow.continue_as_new(self._start)

    # ── What the UI shows ─────────────────────────────────────────────────────────────────

    def _show(self) -> None:
        delayed = self._performing.is_delayed()
        present = workflow.info().typed_search_attributes
        changed = attributes_of(present, self._listed, self.known, delayed=delayed)
        if changed:
            workflow.upsert_search_attributes(changed)
            self._listed = self.known
        if self._shown is not self.known:
            # A summary given at the start is lost with the first run, so the details name it too.
            which = f"Return `{self._start.return_id}` of `{self._start.tenant}`"
            workflow.set_current_details(f"{as_markdown(self.known)}\n\n{which}")
            self._shown = self.known
