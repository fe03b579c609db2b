"""Money kept ready: placed once per instruction, then taken or let go."""

from collections.abc import Mapping

import structlog
from temporalio import activity

from activities import ports
from activities.failures import AnswerLost
from activities.known import Known
from activities.recorded import Perform, Recorded
from activities.recorder import Recorder
from activities.steps import Steps, defect
from domain.money import Money
from domain.returns.agenda import Step
from domain.returns.notes import NoteHold
from domain.words_of_money import HoldState

log = structlog.get_logger()


class Holding:
    """The activities that keep amounts ready, by the provider that the hold names."""

    def __init__(self, recorder: Recorder, collectors: Mapping[str, ports.Collector]) -> None:
        self._steps = Steps(recorder)
        self._collectors = collectors

    @activity.defn
    async def place_hold(self, perform: Perform) -> Recorded:
        """Keep an amount ready, or learn why the bank will not. Idempotent on the instruction."""
        return await self._steps.perform(perform, self._place)

    @activity.defn
    async def look_up_hold(self, perform: Perform) -> Recorded:
        """Ask the provider for the truth about a hold. Changes nothing over there."""
        return await self._steps.perform(perform, self._look)

    @activity.defn
    async def take_hold(self, perform: Perform) -> Recorded:
        """Take the amount. Idempotent: what was taken is not there to be taken twice."""
        return await self._steps.perform(perform, self._take)

    @activity.defn
    async def release_hold(self, perform: Perform) -> Recorded:
        """Let the amount go, or learn that it was taken. Idempotent: gone stays gone."""
        return await self._steps.perform(perform, self._release)

    async def _place(self, known: Known, step: Step, _perform: Perform) -> NoteHold:
        collector, order = self._hold(known, step)
        answer = await collector.find_hold(order)
        if answer is None:
            try:
                answer = await collector.place_hold(order)
            except AnswerLost:
                if known.state.holds[step.subject].state is HoldState.UNKNOWN:
                    raise  # it is known to be unknown: look again, more and more slowly
                return NoteHold(instruction_id=order.instruction_id, state="unknown")
        return _noted(order, answer)

    async def _look(self, known: Known, step: Step, _perform: Perform) -> NoteHold:
        collector, order = self._hold(known, step)
        answer = await collector.find_hold(order)
        if answer is None:
            return NoteHold(instruction_id=order.instruction_id, state="unknown")
        return _noted(order, answer)

    async def _take(self, known: Known, step: Step, _perform: Perform) -> NoteHold:
        to_take = known.state.holds[step.subject].to_take_minor
        collector, order = self._hold(known, step, to_take)
        return _noted(order, await collector.take_hold(order))

    async def _release(self, known: Known, step: Step, _perform: Perform) -> NoteHold:
        collector, order = self._hold(known, step)
        return _noted(order, await collector.release_hold(order))

    def _hold(
        self, known: Known, step: Step, amount_minor: int = 0
    ) -> tuple[ports.Collector, ports.HoldOrder]:
        state = known.state
        planned = state.holds[step.subject]
        collector = self._collectors.get(planned.provider)
        if collector is None:
            raise defect(f"no adapter that keeps amounts ready with {planned.provider}")
        amount = amount_minor or planned.amount_minor
        order = ports.HoldOrder(
            instruction_id=planned.instruction_id,
            payment_ref=planned.payment_ref,
            amount=Money(amount_minor=amount, currency=state.currency),
            reference=state.return_id,
        )
        return collector, order


def _noted(order: ports.HoldOrder, answer: ports.HoldAnswer) -> NoteHold:
    log.info(
        "hold.answered",
        answer=answer.state,
        instruction_id=order.instruction_id,
        amount_minor=order.amount.amount_minor,
        currency=order.amount.currency,
    )
    return NoteHold(
        instruction_id=order.instruction_id,
        state=answer.state,
        hold_ref=answer.hold_ref,
        payment_ref=answer.payment_ref,
        reason=answer.reason[:200],
        amount=answer.amount,
    )
