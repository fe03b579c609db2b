"""Something that is to be done once, whose worker is killed at a moment of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy

from domain.lots.messages import PerformLot, StartLot
from domain.lots.words import LOT_TYPE
from domain.orders.refunds.messages import RefundPerform
from domain.reconciliation.messages import Compare, StartReconciliation
from domain.recoveries.messages import PerformRecovery, StartRecovery
from domain.recoveries.words import RECOVERY_TYPE
from sandbox.checkout import EVERYBODYS
from tests.activities.deeds import AtPartner, AtStore, InBooks
from tests.activities.halting_worker import Halt, When
from tests.activities.journey import TENANT, Journey
from tests.workflows.case import kinds
from workflows.names import (
    RECONCILIATION_TYPE,
    REFUND_TYPE,
    WORKFLOW_TYPE,
    StartReturn,
    reconciliation_id,
    refund_id,
    workflow_id,
)

LATER_THAN_THE_TEST_S = 600.0


class Moment(StrEnum):
    """Where an attempt is when its worker is killed."""

    ASKING = "before they have done it"
    UNHEARD = "after they did it, before their answer is heard"
    UNWRITTEN = "after their answer, before it is recorded"
    UNTOLD = "after it was recorded, before anybody is told"


FAULTS: Mapping[Moment, Mapping[str, Any]] = {
    Moment.ASKING: {"fault": "slow", "seconds": LATER_THAN_THE_TEST_S},
    Moment.UNHEARD: {"fault": "silence_after"},
}
"""What the partner does, so that a worker waits there."""

HALTS: Mapping[Moment, When] = {Moment.UNWRITTEN: "before", Moment.UNTOLD: "after"}
"""Where the worker's own store stands still."""


@dataclass(repr=False, eq=False)
class Death:
    """A deed, and the moment of it."""

    name: str
    deed: AtPartner | AtStore
    moment: Moment

    def __repr__(self) -> str:
        return f"{self.name}, {self.moment}, {self.deed.stream}"

    @property
    def journey(self) -> Journey:
        return self.deed.journey

    @property
    def event(self) -> str:
        return self.deed.trade.event if isinstance(self.deed, AtPartner) else self.deed.event

    @property
    def halt(self) -> Halt | None:
        when = HALTS.get(self.moment)
        return Halt(self.deed.stream, self.event, when) if when else None

    async def lay_in_wait(self) -> None:
        """Let the partner do what the worker is to be killed by, once."""
        if self.moment in FAULTS:
            assert isinstance(self.deed, AtPartner)
            trade, fault = self.deed.trade, FAULTS[self.moment]
            await self.journey.stage.sandbox.fault(
                trade.face, trade.operations[-1], **fault, key=self.deed.fault_key, times=1
            )

    async def has_come(self, log: str) -> bool:
        """Whether a worker stands there."""
        if self.halt is not None:
            return self.halt.said in log
        assert isinstance(self.deed, AtPartner)
        rules = await self.journey.stage.sandbox.faults()
        return any(
            (rule["key"], rule["operation"], rule["fault"])
            == (self.deed.fault_key, self.deed.trade.operations[-1], FAULTS[self.moment]["fault"])
            and rule["fired"]
            for rule in rules
        )

    @property
    def is_shared(self) -> bool:
        """Whether others ask for the same under the same name: it waits alone."""
        return isinstance(self.deed, AtPartner) and self.deed.fault_key == EVERYBODYS

    @property
    def is_light(self) -> bool:
        """Whether the workflow's own worker tries it first, and only for a moment."""
        return isinstance(self.deed, AtPartner) and self.deed.trade.face == "mail"

    async def begin(self, client: Client, queue: str) -> None:
        """Let its workflow find out from the stream what is to be done, and order it."""
        await self.lay_in_wait()
        kind, name, start = self._workflow()
        await client.start_workflow(
            kind,
            start,
            id=name,
            task_queue=queue,
            start_signal="report_payout" if self.name == "look_up_refund" else None,
            # A claim's and a lot's was begun by the return, where no worker listens.
            id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
        )

    def handle(self, client: Client) -> WorkflowHandle[Any, Any]:
        return client.get_workflow_handle(self._workflow()[1])

    async def is_over(self, client: Client) -> bool:
        """Whether it is recorded, and no attempt of anything is waited for."""
        _, recorded = await self.deed.times()
        described = await self.handle(client).describe()
        return recorded > 0 and not described.raw_description.pending_activities

    async def tasks_failed(self, client: Client) -> int:
        history = await self.handle(client).fetch_history()
        return kinds(list(history.events))["WORKFLOW_TASK_FAILED"]

    def _workflow(self) -> tuple[str, str, Any]:
        """Whose step it is: the type, the id and the start."""
        asked = self.deed.arguments[0] if isinstance(self.deed, AtPartner) else _asked(self.deed)
        match asked:
            case PerformRecovery():
                start = StartRecovery(tenant=asked.tenant, recovery_id=asked.recovery_id)
                return RECOVERY_TYPE, asked.key.name, start
            case PerformLot():
                lot = StartLot(tenant=asked.tenant, lot_id=asked.lot_id)
                return LOT_TYPE, asked.key.name, lot
            case RefundPerform(key=key):
                return REFUND_TYPE, refund_id(key.tenant, key.order_id, key.instruction_id), {}
            case Compare():
                compared = StartReconciliation(
                    tenant=asked.tenant, provider=asked.provider, until=asked.until
                )
                name = reconciliation_id(asked.tenant, asked.provider)
                return RECONCILIATION_TYPE, name, compared
            case _:
                of = StartReturn(tenant=TENANT, return_id=self.journey.return_id)
                return WORKFLOW_TYPE, workflow_id(of.tenant, of.return_id), of


def _asked(deed: AtStore) -> Any:
    return deed.asked_for if isinstance(deed, InBooks) else None


def moment_of(deed: AtPartner | AtStore, turn: int) -> Moment:
    """One of its moments after the other; what is done with the store alone has but two."""
    moments = tuple(Moment) if isinstance(deed, AtPartner) else tuple(HALTS)
    return moments[turn % len(moments)]
