"""Refunds by staff, each with a way to the point where it has something to do."""

from dataclasses import dataclass
from typing import Any

from activities.recorded import Recordings
from domain.orders.refunds.messages import RefundKey, RefundPerform, RefundRecording
from tests.activities.deeds import AtPartner, Deed, InBooks, Trade
from tests.activities.journey import TENANT, Journey
from tests.activities.stage import OneWorker
from tests.engine import TODAY

PAID = Trade("gateway", ("refund",), "payments", "refund", "FundsPaid", records_its_doubt=True)
ASKED = Trade("gateway", ("list",), "payments", "refund", "FundsPaid", is_a_look=True)


@dataclass
class OfOrder(AtPartner):
    """A step of a refund: what comes of it stands on the order's ledger."""

    @property
    def stream(self) -> str:
        return self.journey.ledger

    async def doubts(self, worker: OneWorker) -> bool:
        answered: Any = await self.by(worker)
        return bool(answered.state == "unknown")


@dataclass
class OnLedger(InBooks):
    """Something recorded of a refund: those of one process take turns before they write."""

    def writers(self, *workers: OneWorker) -> int:
        return len({id(worker) for worker in workers})


def key_of(journey: Journey) -> RefundKey:
    return RefundKey(
        tenant=TENANT, order_id=f"W-{journey.key}", instruction_id=f"staff-{journey.key}"
    )


def asking(journey: Journey) -> RefundRecording:
    key = key_of(journey)
    body = (
        f'{{"instruction_id": "{key.instruction_id}", "request_id": "r1", "because": "stained",'
        ' "actor": {"kind": "staff", "id": "s-1"},'
        ' "parts": [{"key": "unit:1:2", "amount_minor": 700}]}'
    )
    return RefundRecording(key=key, now=TODAY, kind="refund", body=body)


async def asked(journey: Journey) -> RefundPerform:
    """Its order is known by a return of another unit."""
    await journey.open()
    standing: Any = await journey.worker.attempt("record_refund", asking(journey))
    assert standing.step.performs == "pay_refund", standing
    return RefundPerform(key=key_of(journey), now=TODAY)


def _at_gateway(trade: Trade, journey: Journey, activity: str, perform: RefundPerform) -> Deed:
    return OfOrder(
        trade=trade,
        journey=journey,
        activity=activity,
        arguments=(perform,),
        needle=journey.payment,
        fault_key=f"W-{journey.key}" if trade is PAID else journey.payment,
    )


async def pay_refund(journey: Journey) -> Deed:
    return _at_gateway(PAID, journey, "pay_refund", await asked(journey))


async def look_up_refund(journey: Journey) -> Deed:
    """The bank has spoken, and we have only heard a rumour of it."""
    await journey.stage.sandbox.script(journey.payment, "refund.pending")
    perform = await asked(journey)
    await journey.worker.attempt("pay_refund", perform)
    await journey.stage.sandbox.refund_outcome(perform.key.instruction_id, "succeeded")
    return _at_gateway(ASKED, journey, "look_up_refund", perform)


async def record_refund(journey: Journey) -> Deed:
    await journey.open()
    recording = asking(journey)
    nothing, about = Recordings(recordings=()), recording.key.instruction_id
    return OnLedger(
        journey, nothing, "StaffRefundPlanned", journey.ledger, "record_refund", recording, about
    )
