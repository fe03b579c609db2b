"""Refunds that staff make without a return: each has a workflow, which is asked."""

from collections.abc import AsyncIterator
from typing import Any

from temporalio.common import WorkflowIDReusePolicy

from api.client.books import Books
from api.client.reviving import Opened
from api.client.surroundings import Surroundings
from api.client.temporal import Returns, Updating
from domain.orders.refunds.commands import StaffAsk
from domain.orders.refunds.messages import RefundKey, RefundStanding
from domain.refusal import Refused
from domain.returns.commands import Who
from workflows.names import REFUND_TYPE, refund_id


class StaffRefunds:
    """`ReturnsClient.orders.refunds`. Every method may raise `Unavailable`."""

    def __init__(self, where: Surroundings, actor: Who, books: Books, running: Returns) -> None:
        self._where = where
        self._books = books
        self.actor = actor
        self._running = running

    async def ask(self, tenant: str, order_id: str, kind: str, asked: StaffAsk) -> RefundStanding:
        """Ask for a refund, say yes or no to it, or that it was paid by hand.

        Args:
            tenant: Whose order it is.
            order_id: Which order.
            kind: A name of `domain.orders.refunds.commands.STAFF_ASKS`.
            asked: Its body; the same `request_id` acts once.
        """
        key = RefundKey(tenant=tenant, order_id=order_id, instruction_id=asked.instruction_id)
        told = await self._running.asked(
            REFUND_TYPE,
            self._start(key),
            Updating(kind, f"{kind}-{asked.request_id}"[:200], asked.model_dump_json().encode()),
            f"{kind} {asked.instruction_id}",
        )
        if isinstance(told, Refused):
            return RefundStanding(accepted=False, code=told.code, because=told.because)
        return RefundStanding.model_validate_json(told, extra="ignore")

    async def open_ones(self, tenant: str | None) -> AsyncIterator[Opened]:
        """Give the refunds that wait for anybody, of one merchant or of all."""
        async for key in self._books.open_refunds(tenant):
            yield Opened(REFUND_TYPE, self._start(key))

    def _start(self, key: RefundKey) -> dict[str, Any]:
        return {
            "id": refund_id(key.tenant, key.order_id, key.instruction_id),
            "task_queue": self._where.task_queue,
            "id_reuse_policy": WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            "static_summary": f"Refund of order {key.order_id}",
            "static_details": f"Staff give money back without a return: {key.instruction_id}",
        }
