"""A refund of an order of its own, as staff ask for it on the real server."""

import json
from typing import Any, Self
from uuid import uuid4

from temporalio.client import WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy

from activities.event_store import EventStore
from activities.ledgers import OrderLedgers
from domain.orders.order import OrderSnapshot
from domain.orders.refunds.standing import StaffRefund
from tests.engine import TODAY, Engine, eventually
from tests.workflows.case import Case, kinds
from workflows.names import REFUND_TYPE, refund_id

DEAR = 500_000
"""One unit of it is beyond what one person may give back."""


class Desk:
    """A refund of an order of its own, as staff ask for it."""

    def __init__(self, engine: Engine, store: EventStore, case: Case) -> None:
        self.engine, self.store, self.case = engine, store, case
        self.key = f"s-{uuid4().hex[:10]}"
        self.id = refund_id(engine.tenant, case.order_id, self.key)

    @classmethod
    async def of(cls, engine: Engine, store: EventStore) -> Self:
        """Of an order of three units, dear enough to take two people."""
        return cls(engine, store, await Case.of(engine, captured_minor=3 * DEAR + 600))

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

    async def has_asked_the_provider(self) -> bool:
        """Whether an activity has ended: recordings are local, and are none."""
        history = await self.handle.fetch_history()
        return kinds(list(history.events))["ACTIVITY_TASK_COMPLETED"] > 0

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
