"""The one door through which a return changes: load, decide, append.

Idempotent on the cause: the id that the outside gave its message (`request_id`,
`message_id`), or the step and version for what our own activities note. A cause that is in
the stream already is answered with what is known, so a lost answer is found again.
"""

import json
from datetime import datetime
from typing import NamedTuple

import structlog

from activities.causes import (
    actor_of,
    cause_of,
    is_reused,
    printable,
    rejection_of,
    said_id,
)
from activities.circumstances import CarrierHistory, Circumstances, PolicySource
from activities.event_store import Append, EventStore, VersionConflict
from activities.known import Known, KnownReturns, return_stream
from activities.recorded import Perform, Recording
from activities.rivals import PATIENCE, Crowded, let_others_pass
from activities.stored import as_stored
from activities.subjects import Subjects
from activities.unplaced import Unplaced, UnplacedNews
from domain.orders.events import ledger_stream
from domain.orders.order import Customer
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.decider import Accepted, Command, decide
from domain.returns.doors import read_ask, read_report
from domain.returns.events import (
    Escalated,
    OfferMade,
    PayoutApproved,
    PayoutHeld,
    PayoutReleased,
)

log = structlog.get_logger()


_REUSED = Refused(
    code="id_reused", because="request_id, message_id: it was used before, to say something else"
)


class Outcome(NamedTuple):
    """What is known of the return afterwards; and the no, where it was one."""

    known: Known
    refused: Refused | None = None


class Recorder:
    """Loads, decides, appends. Holds what it knows of recent returns, checked at each use."""

    def __init__(
        self,
        store: EventStore,
        subjects: Subjects,
        policies: PolicySource,
        unplaced: Unplaced,
        history: CarrierHistory | None = None,
    ) -> None:
        self._store = store
        self._subjects = subjects
        self._circumstances = Circumstances(policies, subjects, history)
        self._unplaced = unplaced
        self._known = KnownReturns(store)

    async def look(self, tenant: str, return_id: str) -> Known:
        """What is known of a return now."""
        return await self._known.load(tenant, return_id)

    def at_hand(self, tenant: str, return_id: str) -> Known | None:
        """What was known of a return last, here; others may know more by now."""
        return self._known.at_hand(tenant, return_id)

    async def person(self, tenant: str, customer_id: str) -> Customer | None:
        """Who the customer is; none once they were forgotten."""
        kept = await self._subjects.get(tenant, customer_id)
        return Customer.model_validate_json(json.dumps(kept)) if kept else None

    async def record(self, recording: Recording) -> Outcome:
        """Record what came in through an update, a signal or a timer.

        Raises:
            StoreUnavailable: The store did not answer; ask again, it is recorded once.
            Crowded: Too many others wrote at the same time; ask again.
        """
        if recording.kind == "look":
            return Outcome(await self._known.load(recording.tenant, recording.return_id))
        command = _read(recording)
        if isinstance(command, Refused):
            return await self._misfit(recording, command)
        outcome = await self.decide(recording, command, recording.now, cause_of(recording, command))
        if recording.kind == "report" and outcome.refused is not None:
            return await self._misfit(recording, outcome.refused)
        return outcome

    async def decide(
        self, asked: Recording | Perform, command: Command, now: datetime, cause: str
    ) -> Outcome:
        """Let the return decide, and write down what it decided.

        Args:
            asked: On whose behalf; says which return it is.
            command: What the return is told.
            now: When.
            cause: The id of what caused it; what is recorded under it is not recorded again.

        Raises:
            StoreUnavailable: The store did not answer; ask again, it is recorded once.
            Crowded: Too many others wrote at the same time; ask again.
        """
        at_hand = self._known.at_hand(asked.tenant, asked.return_id)
        news = at_hand is not None and cause not in at_hand.causes
        if at_hand is not None and news and not is_reused(cause, at_hand.causes):
            outcome = await self._attempt(asked, at_hand, command, now, cause, sure=False)
            if outcome is not None and outcome.known is not at_hand:
                return outcome  # it was written, so nobody had been faster
        order_id = command.request.order_id if isinstance(command, c.Open) else ""
        for attempt in range(PATIENCE):
            await let_others_pass(attempt)
            known = await self._known.load(asked.tenant, asked.return_id, order_id)
            if cause in known.causes and not isinstance(command, c.Open):
                return Outcome(known)  # our answer got lost, not our work
            if is_reused(cause, known.causes):
                return Outcome(known, _REUSED)
            outcome = await self._attempt(asked, known, command, now, cause)
            if outcome is not None:
                return outcome
        raise Crowded(f"return {asked.return_id}: others were faster {PATIENCE} times")

    async def _attempt(
        self,
        asked: Recording | Perform,
        known: Known,
        command: Command,
        now: datetime,
        cause: str,
        *,
        sure: bool = True,
    ) -> Outcome | None:
        """Decide on what is known, and write; none where somebody was faster.

        What comes back with the very `known` it was given was not written: a no, or no news,
        which holds only if what is known is the newest.
        """
        which = (asked.tenant, asked.return_id)
        asking = await self._circumstances.asked(*which, command, now, known)
        decision = decide(known.state, known.ledger, asking)
        if isinstance(decision, Refused):
            log.info("command.refused", code=decision.code, command=type(command).__name__)
            return Outcome(known, decision)
        if not decision.events and not decision.ledger_events:
            return Outcome(known)
        if isinstance(command, c.Open):
            await self._keep_person(asked.tenant, command)
        elif isinstance(command, c.CorrectAddress):
            await self._keep_address(asked.tenant, known.state.customer_id, command)
        if not sure and _leans_on_the_order(decision):
            return None
        try:
            await self._append(asked, known, decision, actor=actor_of(command), cause=cause)
        except VersionConflict:  # decide again on what is true now
            return None
        learned = self._known.learn(asked.tenant, asked.return_id, known, decision, cause)
        return Outcome(learned)

    async def _append(
        self,
        of: Recording | Perform,
        known: Known,
        decision: Accepted,
        *,
        actor: str,
        cause: str,
    ) -> None:
        """Write both streams, or neither."""
        stream = return_stream(of.tenant, of.return_id)
        ledger = ledger_stream(of.tenant, decision.state.order_id)
        of_return = as_stored(decision.events, of.tenant, stream, actor, cause)
        of_order = as_stored(decision.ledger_events, of.tenant, stream, actor, cause)
        appends = [
            Append(name, version, events)
            for name, version, events in (
                (stream, known.version, of_return),
                (ledger, known.ledger_version, of_order),
            )
            if events
        ]
        if appends:
            await self._store.append(*appends)
        if of_return:
            log.info("events.recorded", types=[event.type for event in of_return])

    async def _keep_person(self, tenant: str, ask: c.Open) -> None:
        """What is personal goes to the subject store, under the person's own key.

        Before the events, which are of no use without an address; and not for a request that
        is refused, nor again for one that is repeated, when the address may have changed.
        """
        if ask.request.order is not None:
            customer = ask.request.order.customer
            await self._subjects.put(tenant, customer.customer_id, customer.model_dump(mode="json"))

    async def _keep_address(self, tenant: str, customer: str, ask: c.CorrectAddress) -> None:
        """Before the event, as the person is kept: a repeat must not bring an old one back."""
        kept = await self._subjects.get(tenant, customer)
        if kept is not None:
            address = ask.address.model_dump(mode="json")
            await self._subjects.put(tenant, customer, {**kept, "address": address})

    async def _misfit(self, recording: Recording, refused: Refused) -> Outcome:
        """An update gets its no as an answer; a signal has no answer, so its no is an event."""
        known = await self._known.load(recording.tenant, recording.return_id)
        if recording.kind != "report":
            return Outcome(known, refused)
        if not known.version:
            await self._keep_unplaced(recording, refused)
            return Outcome(known, refused)
        note = n.NoteRejectedMessage(
            message=printable(recording.name),
            message_id=printable(said_id(recording.body, "message_id")),
            code=refused.code,
            because=refused.because,
            occurred_at=recording.now,
        )
        outcome = await self.decide(recording, note, recording.now, rejection_of(recording))
        return Outcome(outcome.known, refused)

    async def _keep_unplaced(self, recording: Recording, refused: Refused) -> None:
        """Nobody opened this return. What is only too early is told again once somebody does."""
        command = _read(recording)
        early = refused.code == "unknown_return" and not isinstance(command, Refused)
        cause = (
            rejection_of(recording)
            if isinstance(command, Refused)
            else cause_of(recording, command)
        )
        await self._unplaced.keep(
            UnplacedNews(
                tenant=recording.tenant,
                return_id=recording.return_id,
                stream=return_stream(recording.tenant, recording.return_id),
                message=printable(recording.name),
                message_id=printable(cause),
                occurred_at=recording.now,
                body=json.loads(recording.body) if early else None,
                code=refused.code,
                because=printable(refused.because, 1_000),
            )
        )
        log.warning("message.unplaced", return_id=recording.return_id, signal=recording.name)


def _leans_on_the_order(decision: Accepted) -> bool:
    """Whether it may rest on an order's ledger that the append would not check."""
    leans = PayoutHeld | PayoutApproved | PayoutReleased | Escalated | OfferMade
    leaning = any(isinstance(event, leans) for event in decision.events)
    return leaning and not decision.ledger_events


def _read(recording: Recording) -> Command | Refused:
    if recording.bodies != 1:
        return Refused(
            code="invalid", because=f"body: expected one JSON object, got {recording.bodies}"
        )
    match recording.kind:
        case "ask":
            return read_ask(recording.name, recording.body)
        case "report":
            return read_report(recording.name, recording.body)
        case "failed_step":
            return n.NoteStepFailed.model_validate_json(recording.body)
        case _:
            return n.NoteDeadline()
