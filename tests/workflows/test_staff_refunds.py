"""Refunds without a return, on the real server: two people, the real gateway's face, late news."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy

from activities.ledgers import OrderLedgers
from adapters.postgres.event_store import PostgresEventStore
from domain.orders.order import OrderSnapshot
from domain.orders.refunds.standing import StaffRefund
from tests.engine import TODAY, Engine, eventually
from tests.workflows.case import Case
from tests.workflows.replaying import differences
from workflows.names import REFUND_TYPE, refund_id

DEAR = 500_000
"""One unit of it is beyond what one person may give back."""


class Desk:
    """A refund of an order of its own, as staff ask for it."""

    def __init__(self, engine: Engine, store: PostgresEventStore, case: Case) -> None:
        self.engine, self.store, self.case = engine, store, case
        self.key = f"s-{uuid4().hex[:10]}"
        self.id = refund_id(engine.tenant, case.order_id, self.key)

    async def knows_the_order(self, unit_minor: int = 5_000, **tender: Any) -> None:
        sold = self.case.order()
        [line] = sold["lines"]
        line |= {"unit_price_minor": unit_minor, "tax_minor": 0}
        paid = 3 * unit_minor + sold["shipping"]["net_minor"] + sold["shipping"]["tax_minor"]
        sold["tenders"][0] |= {"captured_minor": paid, **tender}
        snapshot = OrderSnapshot.model_validate_json(json.dumps(sold))
        await OrderLedgers(self.store).take_in(
            snapshot, actor="service:shop", cause=f"i:{self.key}", now=TODAY
        )

    async def ask(self, kind: str, by: str = "anna", **said: Any) -> dict[str, Any]:
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            REFUND_TYPE,
            id=self.id,
            task_queue=self.engine.queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        who = {"actor": {"kind": "staff", "id": by}, "instruction_id": self.key}
        answer: dict[str, Any] = await self.engine.env.client.execute_update_with_start_workflow(
            kind, {**who, "request_id": uuid4().hex, **said}, start_workflow_operation=start
        )
        return answer

    async def refund(self, amount: int) -> dict[str, Any]:
        part = {"key": "unit:1:1", "amount_minor": amount}
        return await self.ask("refund", parts=[part], because="stained")

    async def standing(self) -> StaffRefund:
        ledger = await OrderLedgers(self.store).look(self.engine.tenant, self.case.order_id)
        known = ledger.refund(self.key) if ledger is not None else None
        assert known is not None
        return known

    async def until(self, state: str) -> StaffRefund:
        async def stands() -> StaffRefund | None:
            known = await self.standing()
            return known if known.state == state else None

        found = await eventually(stands, state)
        assert found is not None
        return found

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.engine.env.client.get_workflow_handle(self.id)

    async def booked(self) -> list[dict[str, Any]]:
        return await self.case.booked("payments", "refund")

    async def hear(self) -> None:
        """A webhook has come in about it."""
        await self.engine.env.client.start_workflow(
            REFUND_TYPE,
            id=self.id,
            task_queue=self.engine.queue,
            start_signal="report_payout",
            start_signal_args=[{"payout_ref": "any"}, "and another"],
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )


@pytest.fixture
async def desk(engine: Engine, store: PostgresEventStore) -> Desk:
    return Desk(engine, store, await Case.of(engine, captured_minor=3 * DEAR + 600))


async def test_it_is_paid_by_the_gateway_once_and_shown_in_the_ui(desk: Desk) -> None:
    await desk.knows_the_order()
    answer = await desk.refund(2_000)
    assert answer["step"]["summary"] == "send 20.00 EUR through stripe"
    assert await desk.handle.result() == "succeeded"
    [row] = await desk.booked()
    assert (row["amount_minor"], row["idempotency_key"]) == (2_000, desk.key)
    assert (await desk.standing()).payout_ref == row["refund_id"]
    history = await desk.handle.fetch_history()
    assert await differences(history) == []
    shown = str(await desk.handle.query("__temporal_workflow_metadata"))
    assert "20.00 EUR in all, back to t1 (stripe): stained" in shown
    assert "asked for by staff:anna" in shown


async def test_a_high_value_waits_for_two_others_and_is_then_paid(desk: Desk) -> None:
    await desk.knows_the_order(DEAR)
    answer = await desk.refund(DEAR)
    assert answer["step"]["action"] == "approve_refund"
    assert (await desk.ask("approve"))["code"] == "not_independent"
    assert (await desk.ask("approve", "bert"))["accepted"]
    assert (await desk.ask("approve", "bert"))["code"] == "same_person_twice"
    described = await desk.handle.describe()
    told = {key.name: value for key, value in described.typed_search_attributes}
    assert (told["NextActor"], told["Flags"]) == ("merchant", ["money_held"])
    assert await desk.booked() == []
    assert (await desk.ask("approve", "carla"))["step"]["performs"] == "pay_refund"
    assert await desk.handle.result() == "succeeded"
    assert [row["amount_minor"] for row in await desk.booked()] == [DEAR]


async def test_declined_it_is_never_sent(desk: Desk) -> None:
    await desk.knows_the_order(DEAR)
    await desk.refund(DEAR)
    assert (await desk.ask("decline", "bert", because="no photo"))["state"] == "cancelled"
    assert await desk.handle.result() == "cancelled"
    assert await desk.booked() == []


async def test_a_lost_answer_is_looked_for_and_not_sent_again(desk: Desk) -> None:
    await desk.knows_the_order()
    await desk.engine.sandbox.fault(
        "gateway", "refund", "cut_after", key=desk.case.order_id, times=1
    )
    await desk.refund(2_000)
    assert await desk.handle.result() == "succeeded"
    assert len(await desk.booked()) == 1
    stored = await desk.store.read((f"order:{desk.engine.tenant}:{desk.case.order_id}", 0))
    told = [event.type for events in stored.values() for event in events]
    assert told.count("FundsPaid") == 1


async def test_money_that_comes_back_days_later_is_free_again_and_before_a_person(
    desk: Desk,
) -> None:
    await desk.knows_the_order()
    await desk.refund(2_000)
    assert await desk.handle.result() == "succeeded"
    await desk.engine.sandbox.refund_outcome(desk.key, "failed", quiet=True)
    await desk.hear()
    known = await desk.until("reversed")
    assert known.reason == "came_back"
    ledger = await OrderLedgers(desk.store).look(desk.engine.tenant, desk.case.order_id)
    assert ledger is not None
    assert [raised.what for raised in ledger.open_concerns] == ["refund_failed"]


async def test_a_provider_that_settles_late_is_asked_when_its_time_is_up(desk: Desk) -> None:
    await desk.knows_the_order()
    await desk.engine.sandbox.script(desk.case.payment, "refund.pending")
    await desk.refund(2_000)
    await desk.until("pending")
    await desk.engine.sandbox.refund_outcome(desk.key, "succeeded", quiet=True)
    await desk.engine.env.fast_forward(desk.handle, timedelta(days=11))
    assert await desk.handle.result() == "succeeded"


async def test_cash_is_a_persons(desk: Desk) -> None:
    await desk.knows_the_order(kind="cash", provider="cash")
    answer = await desk.refund(2_000)
    assert answer["step"]["action"] == "pay_by_hand"
    assert (await desk.ask("paid", payout_ref="till 7"))["state"] == "succeeded"
    assert await desk.booked() == []


async def test_a_body_that_makes_no_sense_is_a_refusal_and_breaks_nothing(desk: Desk) -> None:
    await desk.knows_the_order()
    answer = await desk.ask("refund", parts=[], because="x", amount_minor=1)
    assert (answer["accepted"], answer["code"]) == (False, "invalid")
    assert (await desk.ask("approve", instruction_id="other"))["because"].startswith(
        "instruction_id: the workflow id says"
    )
    assert (await desk.refund(2_000))["accepted"]
