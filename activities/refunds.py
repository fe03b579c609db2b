"""Refunds that staff make without a return: recorded, sent once, and looked up before sent again."""

import asyncio
from collections.abc import Mapping
from weakref import WeakValueDictionary

import structlog
from pydantic import ValidationError
from temporalio import activity

from activities import ports
from activities.failures import AnswerLost, PartnerFailure
from activities.ledgers import OrderLedgers
from activities.steps import alive, defect
from activities.translation import as_application_error
from domain.misfits import in_words
from domain.orders.commands import OrderCommand
from domain.orders.ledger import Ledger
from domain.orders.refunds import commands as c
from domain.orders.refunds.agenda import amount_of, next_step
from domain.orders.refunds.asking import still_payable
from domain.orders.refunds.messages import (
    RefundPerform,
    RefundRecording,
    RefundStanding,
    standing_of,
)
from domain.orders.refunds.standing import StaffRefund
from domain.refusal import Refused
from domain.words import MoneyState

log = structlog.get_logger()

ENGINE = "system:backhaul"
_NEVER_SENT = frozenset({MoneyState.HELD, MoneyState.PLANNED})


class Refunds:
    """The activities of a refund's workflow. The order's ledger says what is still to be done."""

    def __init__(self, ledgers: OrderLedgers, gateways: Mapping[str, ports.PaymentGateway]) -> None:
        self._ledgers = ledgers
        self._gateways = gateways
        self._in_hand: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @activity.defn
    async def record_refund(self, recording: RefundRecording) -> RefundStanding:
        """Record what somebody asks of a refund, or that time has passed; a no is an answer.

        Idempotent on what is asked: the ledger knows each ask again.
        """
        key = recording.key
        if recording.kind == "look":
            return standing_of(await self._ledgers.look(key.tenant, key.order_id), key)
        command = _read(recording)
        if isinstance(command, Refused):
            ledger = await self._ledgers.look(key.tenant, key.order_id)
            return standing_of(ledger, key, command)
        asked_by = getattr(command, "actor", None)
        said = getattr(command, "request_id", "") or recording.now.isoformat()
        outcome = await self._ledgers.tell(
            key.tenant,
            key.order_id,
            command,
            actor=str(asked_by or ENGINE),
            cause=f"refund:{recording.kind}:{said}"[:200],
            now=recording.now,
        )
        return standing_of(outcome.ledger, key, outcome.refused)

    @activity.defn
    async def pay_refund(self, perform: RefundPerform) -> RefundStanding:
        """Send the money back, or learn why the provider will not, and record which.

        Idempotent on the instruction's id, as a return's `pay_out`: it is looked for before it
        is asked for, and money is never sent on what was true once.

        Raises:
            ApplicationError: The provider failed us; it says whether a retry makes sense.
        """
        return await self._once(perform, send=True)

    @activity.defn
    async def look_up_refund(self, perform: RefundPerform) -> RefundStanding:
        """Ask the provider for the truth about a refund. Changes nothing over there.

        Raises:
            ApplicationError: The provider failed us; it says whether a retry makes sense.
        """
        return await self._once(perform, send=False)

    async def _once(self, perform: RefundPerform, *, send: bool) -> RefundStanding:
        """Two attempts at once in this process act one after the other; some sell twice."""
        key = perform.key
        async with self._in_hand.setdefault(key.model_dump_json(), asyncio.Lock()):
            try:
                return await alive(self._act(perform, send=send))
            except PartnerFailure as failure:
                log.warning("refund.failed", failure=type(failure).__name__)
                raise as_application_error(failure) from failure

    async def _act(self, perform: RefundPerform, *, send: bool) -> RefundStanding:
        key = perform.key
        ledger = await self._ledgers.look(key.tenant, key.order_id)
        refund = ledger.refund(key.instruction_id) if ledger is not None else None
        if ledger is None or refund is None or refund.destination == "manual":
            return standing_of(ledger, key)
        step = next_step(ledger, key.instruction_id)
        if send and (step is None or not step.performs):
            return standing_of(ledger, key)  # another attempt has recorded it
        note = await (self._pay if send else self._look)(ledger, refund, perform)
        if note is None:
            return standing_of(ledger, key)
        outcome = await self._ledgers.tell(
            key.tenant,
            key.order_id,
            note,
            actor=ENGINE,
            cause=f"refund:{key.instruction_id}:{perform.now.isoformat()}"[:200],
            now=perform.now,
        )
        return standing_of(outcome.ledger, key, outcome.refused)

    async def _pay(
        self, ledger: Ledger, refund: StaffRefund, perform: RefundPerform
    ) -> OrderCommand:
        gateway, order = self._instruction(ledger, refund, perform)
        answer = await gateway.find_payout(order)
        if answer is None:
            never_sent = refund.state is MoneyState.PLANNED
            if never_sent and still_payable(ledger, refund.instruction_id) is not None:
                return c.NoteStaffRefundShort(instruction_id=refund.instruction_id)
            try:
                answer = await gateway.pay_out(order)
            except AnswerLost:
                if refund.state is MoneyState.UNKNOWN:
                    raise  # it is known to be unknown: look again, more and more slowly
                return c.NoteStaffRefund(instruction_id=order.instruction_id, state="unknown")
        return _noted(order, answer)

    async def _look(
        self, ledger: Ledger, refund: StaffRefund, perform: RefundPerform
    ) -> OrderCommand | None:
        gateway, order = self._instruction(ledger, refund, perform)
        answer = await gateway.find_payout(order)
        if answer is not None:
            return _noted(order, answer)
        if refund.state in _NEVER_SENT:
            return None  # a rumour: it still waits for whoever has to say yes, or for its turn
        # They had it once and do not know it now: it is sent again under the same id.
        return c.NoteStaffRefund(instruction_id=order.instruction_id, state="unknown")

    def _instruction(
        self, ledger: Ledger, refund: StaffRefund, perform: RefundPerform
    ) -> tuple[ports.PaymentGateway, ports.PayoutOrder]:
        gateway = self._gateways.get(refund.provider)
        if gateway is None:
            raise defect(f"no adapter for the payment provider {refund.provider}")
        order = ports.PayoutOrder(
            instruction_id=refund.instruction_id,
            payment_ref=refund.payment_ref,
            amount=amount_of(ledger, ledger.reservations[refund.instruction_id]),
            reference=perform.key.order_id,
            maybe_sent_for=perform.now - refund.sendable_since,
            payout_ref=refund.payout_ref,
        )
        return gateway, order


def _noted(order: ports.PayoutOrder, answer: ports.PayoutAnswer) -> c.NoteStaffRefund:
    return c.NoteStaffRefund(
        instruction_id=order.instruction_id,
        state=answer.state,
        payout_ref=answer.payout_ref[:200],
        reason=answer.reason[:200],
        amount=answer.amount,
    )


def _read(recording: RefundRecording) -> OrderCommand | Refused:
    """What is asked, and of this very refund; strict, as everything from outside."""
    instruction_id = recording.key.instruction_id
    if recording.kind == "late":
        return c.NoteStaffRefundLate(instruction_id=instruction_id)
    if recording.kind == "stuck":
        because = recording.body[:1_000] or "it does not go on"
        return c.NoteStaffRefundStuck(instruction_id=instruction_id, because=because)
    try:
        asked = c.STAFF_ASKS[recording.kind].model_validate_json(recording.body)
    except ValidationError as misfit:
        return Refused(code="invalid", because=in_words(misfit))
    if asked.instruction_id != instruction_id:
        because = f"instruction_id: the workflow id says {instruction_id}"
        return Refused(code="invalid", because=because)
    return asked
