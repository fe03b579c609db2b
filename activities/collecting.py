"""Money asked for: one bill per instruction, looked for before it is sent, called off if unwanted."""

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
from domain.returns.notes import NoteBill
from domain.words_of_money import BillState

log = structlog.get_logger()


class Collecting:
    """The activities that ask customers for money, by the provider that the bill names."""

    def __init__(self, recorder: Recorder, collectors: Mapping[str, ports.Collector]) -> None:
        self._steps = Steps(recorder)
        self._collectors = collectors

    @activity.defn
    async def send_bill(self, perform: Perform) -> Recorded:
        """Ask the customer for money by a link, and record the link.

        Idempotent on the instruction's id: the provider keeps it, and we look for the bill
        before we send it, because a lost answer looks like no answer.
        """
        return await self._steps.perform(perform, self._send)

    @activity.defn
    async def look_up_bill(self, perform: Perform) -> Recorded:
        """Ask the provider for the truth about a bill. Changes nothing over there."""
        return await self._steps.perform(perform, self._look)

    @activity.defn
    async def cancel_bill(self, perform: Perform) -> Recorded:
        """Call a bill off, or learn that it was paid. Idempotent: what is off stays off."""
        return await self._steps.perform(perform, self._cancel)

    async def _send(self, known: Known, step: Step, _perform: Perform) -> NoteBill:
        collector, bill = self._bill(known, step)
        answer = await collector.find_bill(bill)
        if answer is None:
            try:
                answer = await collector.send_bill(bill)
            except AnswerLost:
                if known.state.bills[step.subject].state is BillState.UNKNOWN:
                    raise  # it is known to be unknown: look again, more and more slowly
                return NoteBill(instruction_id=bill.instruction_id, state="unknown")
        return _noted(bill, answer)

    async def _look(self, known: Known, step: Step, _perform: Perform) -> NoteBill:
        collector, bill = self._bill(known, step)
        answer = await collector.find_bill(bill)
        if answer is None:  # its link is over and the bill is not: it is sent anew
            return NoteBill(instruction_id=bill.instruction_id, state="unknown")
        return _noted(bill, answer)

    async def _cancel(self, known: Known, step: Step, _perform: Perform) -> NoteBill:
        collector, bill = self._bill(known, step)
        return _noted(bill, await collector.cancel_bill(bill))

    def _bill(self, known: Known, step: Step) -> tuple[ports.Collector, ports.Bill]:
        state = known.state
        planned = state.bills[step.subject]
        collector = self._collectors.get(planned.provider)
        if collector is None:
            raise defect(f"no adapter that collects by {planned.provider}")
        bill = ports.Bill(
            instruction_id=planned.instruction_id,
            amount=Money(amount_minor=planned.amount_minor, currency=state.currency),
            reference=state.return_id,
            because=f"Exchange for order {state.order_id}",
            expires_at=planned.pay_by,
        )
        return collector, bill


def _noted(bill: ports.Bill, answer: ports.BillAnswer) -> NoteBill:
    log.info(
        "bill.answered",
        answer=answer.state,
        instruction_id=bill.instruction_id,
        amount_minor=bill.amount.amount_minor,
        currency=bill.amount.currency,
    )
    return NoteBill(
        instruction_id=bill.instruction_id,
        state=answer.state,
        bill_ref=answer.bill_ref,
        url=answer.url,
        payment_ref=answer.payment_ref,
        amount=answer.amount,
    )
