"""Money back: sent once per instruction, and looked up before it is ever sent again."""

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
from domain.orders.caps import no_longer_covered
from domain.orders.letting_go import bank_disputes
from domain.returns.agenda import Step
from domain.returns.money.paying import STORE_CREDIT
from domain.returns.notes import Note, NoteCoupon, NotePayout, NotePayoutUncovered
from domain.words import MoneyState

log = structlog.get_logger()


class Payouts:
    """The activities that talk to payment providers, each known by the name orders use."""

    def __init__(self, recorder: Recorder, gateways: Mapping[str, ports.PaymentGateway]) -> None:
        self._steps = Steps(recorder)
        self._gateways = gateways

    @activity.defn
    async def pay_out(self, perform: Perform) -> Recorded:
        """Send the money back, or learn why the provider will not, and record which.

        Idempotent on the instruction's id: the provider keeps it, and we look for the payout
        before we ask for it, because a lost answer looks like no answer.
        """
        return await self._steps.perform(perform, self._pay)

    @activity.defn
    async def look_up_payout(self, perform: Perform) -> Recorded:
        """Ask the provider for the truth about a payout. Changes nothing over there."""
        return await self._steps.perform(perform, self._look)

    @activity.defn
    async def issue_coupon(self, perform: Perform) -> Recorded:
        """Have a coupon issued, or learn why not. Idempotent on the coupon's id, as `pay_out`."""
        return await self._steps.perform(perform, self._issue)

    async def _issue(self, known: Known, step: Step, _perform: Perform) -> Note:
        """A coupon is an account of its own at the provider of stored value."""
        coupon = known.state.coupons[step.subject]
        gateway = self._gateways.get(STORE_CREDIT)
        if gateway is None:
            raise defect("no adapter for a provider of stored value")
        order = ports.PayoutOrder(
            instruction_id=coupon.instruction_id,
            payment_ref=f"coupon:{coupon.instruction_id}",
            amount=coupon.amount,
            reference=known.state.return_id,
            valid_until=coupon.valid_until,
        )
        answer = await gateway.find_payout(order) or await gateway.pay_out(order)
        if answer.state not in {"succeeded", "failed", "cancelled"}:
            raise defect(f"a coupon that is {answer.state}: value is issued at once, or refused")
        return NoteCoupon(
            instruction_id=coupon.instruction_id,
            state="issued" if answer.state == "succeeded" else "refused",
            amount=answer.amount,
            coupon_ref=answer.payout_ref,
            code=answer.code,
            valid_until=answer.valid_until,
            reason=answer.reason[:200],
        )

    async def _pay(self, known: Known, step: Step, perform: Perform) -> Note:
        gateway, order = self._instruction(known, step, perform)
        answer = await gateway.find_payout(order)
        if answer is None:
            if _is_cancelled(known, step):
                return _never_sent(order)
            if _is_short(known, step):
                return NotePayoutUncovered(instruction_id=order.instruction_id)
            try:
                answer = await gateway.pay_out(order)
            except AnswerLost:
                if known.state.payouts[step.subject].state is MoneyState.UNKNOWN:
                    raise  # it is known to be unknown: look again, more and more slowly
                return NotePayout(instruction_id=order.instruction_id, state="unknown")
        return _noted(order, answer)

    async def _look(self, known: Known, step: Step, perform: Perform) -> Note:
        gateway, order = self._instruction(known, step, perform)
        answer = await gateway.find_payout(order)
        if answer is None and _is_cancelled(known, step):
            return _never_sent(order)
        if answer is None:
            # They had it once and do not know it now: it is sent again under the same id,
            # after another look.
            return NotePayout(instruction_id=order.instruction_id, state="unknown")
        return _noted(order, answer)

    def _instruction(
        self, known: Known, step: Step, perform: Perform
    ) -> tuple[ports.PaymentGateway, ports.PayoutOrder]:
        payout = known.state.payouts[step.subject]
        gateway = self._gateways.get(payout.provider)
        if gateway is None:
            raise defect(f"no adapter for the payment provider {payout.provider}")
        amount = Money(amount_minor=payout.amount_minor, currency=known.state.currency)
        order = ports.PayoutOrder(
            instruction_id=payout.instruction_id,
            payment_ref=payout.payment_ref,
            amount=amount,
            reference=known.state.return_id,
            maybe_sent_for=perform.now - (payout.sendable_since or perform.now),
            payout_ref=payout.payout_ref,
        )
        return gateway, order


def _is_short(known: Known, step: Step) -> bool:
    """Whether the order has too little left for what is about to be sent for the first time.

    Or whether the customer's bank disputes its payment: another return may have heard of it.

    What may have been sent already is not in question: it is looked up, not held.
    """
    payout = known.state.payouts[step.subject]
    if payout.state is not MoneyState.PLANNED or known.ledger is None:
        return False
    disputed = payout.destination == "tender" and bank_disputes(known.ledger, payout.tender_id)
    return disputed or no_longer_covered(known.ledger, step.subject) is not None


def _is_cancelled(known: Known, step: Step) -> bool:
    """Whether it was cancelled while it may have been on its way: it is not sent any more."""
    return known.state.payouts[step.subject].state is MoneyState.CANCELLED


def _never_sent(order: ports.PayoutOrder) -> Note:
    return NotePayout(instruction_id=order.instruction_id, state="cancelled")


def _noted(order: ports.PayoutOrder, answer: ports.PayoutAnswer) -> NotePayout:
    log.info(
        "payout.answered",
        answer=answer.state,
        instruction_id=order.instruction_id,
        amount_minor=order.amount.amount_minor,
        currency=order.amount.currency,
    )
    return NotePayout(
        instruction_id=order.instruction_id,
        state=answer.state,
        payout_ref=answer.payout_ref,
        reason=answer.reason[:200],
        code=answer.code,
        amount=answer.amount,
        cost=answer.cost,
        worth=answer.worth,
    )
