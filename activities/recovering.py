"""Claims against carriers and customs: opened for a return, filed, followed; each once.

One door, as for a return: load, decide, append; known again by its cause. Every step looks
first whether it is still open, and asks the partner whether it was done.
"""

import asyncio
from datetime import datetime
from uuid import uuid4

from temporalio import activity

from activities import ports
from activities.beside import Aggregate, Beside, Outcome, Runs
from activities.event_store import EventStore
from activities.known import Known
from activities.recorded import Perform, Recorded
from activities.recorder import Recorder
from activities.steps import Steps, defect
from domain.money import Money
from domain.recoveries import commands as c
from domain.recoveries.agenda import recovery_agenda
from domain.recoveries.decider import decide
from domain.recoveries.events import read_recovery_event
from domain.recoveries.messages import PerformRecovery, RecordRecovery, RecoveryRecorded
from domain.recoveries.showing import as_markdown, status_of
from domain.recoveries.state import RecoveryState, fold
from domain.recoveries.words import RECOVERY_TYPE, RecoveryKey
from domain.returns import notes as n
from domain.returns.agenda import Step
from domain.returns.transport.recovering import causes, facts_of

LOOK_AGAIN_S = 0.5
LOOKS = 50
"""So long is waited for somebody who is about to file: longer than one call may take."""


def _answer(key: RecoveryKey, outcome: Outcome[RecoveryState]) -> RecoveryRecorded:
    status = status_of(key, outcome.state)
    refused = outcome.refused
    return RecoveryRecorded(
        accepted=refused is None,
        code=refused.code if refused else "",
        because=refused.because if refused else "",
        status=status,
        details=as_markdown(status),
    )


RECOVERY = Aggregate(
    what="recovery",
    read=read_recovery_event,
    fold=fold,
    decide=decide,
    updates=c.RECOVERY_UPDATES,
    time_passed=c.NoteTimePassed,
    step_failed=c.NoteRecoveryStepFailed,
    agenda=recovery_agenda,
    answer=_answer,
)


class Recoveries:
    """The activities of recoveries."""

    def __init__(
        self,
        store: EventStore,
        recorder: Recorder,
        claims: ports.Claims,
        runs: Runs,
        *,
        looks: int = LOOKS,
    ) -> None:
        self._door = Beside(store, RECOVERY)
        self._steps = Steps(recorder)
        self._claims = claims
        self._runs = runs
        self._looks = looks

    # ── For a return ──────────────────────────────────────────────────────────────────────

    @activity.defn
    async def open_recovery(self, perform: Perform) -> Recorded:
        """Open a claim beside the return, and have it followed. Idempotent on the claim."""
        return await self._steps.perform(perform, self._open)

    @activity.defn
    async def recall_recovery(self, perform: Perform) -> Recorded:
        """Tell a claim that its reason is gone. Idempotent on the step."""
        return await self._steps.perform(perform, self._recall)

    async def _open(self, known: Known, step: Step, perform: Perform) -> n.Note:
        cause = next(one for one in causes(known.state) if one.recovery_id == step.subject)
        if known.ledger is None:
            raise defect("the order is not known")
        order = known.ledger.order
        facts = facts_of(known.state, cause, order=order, channel=True, now=perform.now)
        await self._told(perform, step, c.OpenRecovery(facts=facts))
        return n.NoteRecovery(
            recovery_id=cause.recovery_id, kind=cause.kind, subject=cause.subject, state="begun"
        )

    async def _recall(self, known: Known, step: Step, perform: Perform) -> n.Note:
        recovery = known.state.recoveries[step.subject]
        because = f"{recovery.subject} of {known.state.return_id} is here, or on its way, after all"
        await self._told(perform, step, c.RecallRecovery(because=because))
        return n.NoteRecovery(
            recovery_id=recovery.recovery_id,
            kind=recovery.kind,
            subject=recovery.subject,
            state="recalled",
        )

    async def _told(self, perform: Perform, step: Step, command: c.RecoveryCommand) -> None:
        key = RecoveryKey(perform.tenant, step.subject)
        outcome = await self._door.decide(key, command, perform.now, cause=step.id[:200])
        if outcome.refused is not None:
            raise defect(outcome.refused.because)
        start = {"tenant": key.tenant, "recovery_id": key.recovery_id}
        await self._runs.wake(RECOVERY_TYPE, key.name, start, activity.info().task_queue)

    # ── For a recovery ────────────────────────────────────────────────────────────────────

    @activity.defn
    async def record_recovery(self, asked: RecordRecovery) -> RecoveryRecorded:
        """Record what came in. Idempotent on what caused it."""
        return await self._door.record(asked)

    @activity.defn
    async def file_claim(self, perform: PerformRecovery) -> RecoveryRecorded:
        """File a claim with the carrier. Idempotent on the parcel: it is looked for first."""
        return await self._door.perform(perform, self._file)

    @activity.defn
    async def look_up_claim(self, perform: PerformRecovery) -> RecoveryRecorded:
        """Ask how a claim stands. Changes nothing over there."""
        return await self._door.perform(perform, self._look_up)

    @activity.defn
    async def cancel_claim(self, perform: PerformRecovery) -> RecoveryRecorded:
        """Withdraw a claim. Idempotent: one that is withdrawn stays so."""
        return await self._door.perform(perform, self._cancel)

    async def _file(self, perform: PerformRecovery, state: RecoveryState) -> c.RecoveryNote:
        facts = state.facts
        order = ports.ClaimOrder(
            step_id=perform.key.name,
            cause="lost" if facts.cause == "lost" else "damaged",
            tracking_number=facts.tracking_number,
            label_ref=facts.label_ref,
            reference=facts.return_id,
            handed_over_at=facts.counted_from,
            goods=tuple(
                ports.ClaimedGoods(
                    name=unit.name,
                    sku=unit.sku,
                    value=Money(amount_minor=unit.amount_minor, currency=facts.currency),
                )
                for unit in facts.units
            ),
            amount=Money(amount_minor=facts.claimed_minor, currency=facts.currency),
        )
        answer = await self._found_or_filed(perform.key, order, perform.now)
        if isinstance(answer, ports.ClaimRefused):
            return c.NoteFilingRefused(theirs=answer.theirs[:200])
        return c.NoteFiled(reference=answer.claim_ref)

    async def _found_or_filed(
        self, key: RecoveryKey, order: ports.ClaimOrder, now: datetime
    ) -> ports.ClaimFiled | ports.ClaimRefused:
        """They keep no key of ours: who is second looks, and waits for whoever was first.

        One that died before it had filed is waited for as long as its call could take.
        """
        attempt = uuid4().hex
        begun = await self._door.decide(
            key, c.NoteFilingBegun(attempt=attempt), now, cause=f"filing:{attempt}"
        )
        waits = 0 if begun.state.filing == attempt else self._looks
        found = await self._claims.find_claim(order)
        while found is None and waits:
            waits -= 1
            await asyncio.sleep(LOOK_AGAIN_S)
            found = await self._claims.find_claim(order)
        return found or await self._filed(order)

    async def _filed(self, order: ports.ClaimOrder) -> ports.ClaimFiled | ports.ClaimRefused:
        """File it. Of two that were filed all the same, the first one stands.

        Whoever stood still between looking and filing, for longer than others wait, is second.
        """
        filed = await self._claims.file_claim(order)
        if isinstance(filed, ports.ClaimRefused):
            return filed
        first = await self._claims.find_claim(order)
        if first is None or first == filed:
            return filed
        await self._claims.cancel_claim(filed.claim_ref)
        return first

    async def _look_up(self, _perform: PerformRecovery, state: RecoveryState) -> c.RecoveryNote:
        return _standing(state, await self._claims.look_up_claim(state.reference))

    async def _cancel(self, _perform: PerformRecovery, state: RecoveryState) -> c.RecoveryNote:
        return _standing(state, await self._claims.cancel_claim(state.reference))


def _standing(state: RecoveryState, answer: ports.ClaimStanding) -> c.NoteStanding:
    granted = answer.granted
    if granted is not None and granted.currency != state.facts.currency:
        raise defect(f"they grant in {granted.currency} what is claimed in {state.facts.currency}")
    return c.NoteStanding(
        state=answer.state,
        granted_minor=granted.amount_minor if granted else None,
        theirs=answer.theirs[:500],
    )
