"""Books of a merchant of a test's own, and what is found in them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

from temporalio.client import WorkflowHandle

from activities.event_store import EventStore
from domain.reconciliation.books import BooksKey
from domain.reconciliation.events import read_reconciliation_event
from domain.reconciliation.finding import Finding
from domain.reconciliation.messages import Compared, StartReconciliation
from domain.reconciliation.state import Findings, fold
from tests.engine import Engine
from tests.workflows.case import Case
from workflows.names import RECONCILIATION_TYPE, reconciliation_id

AFTER = timedelta(hours=6)
"""So much later the books are compared: what was to be told has been told, or never will be."""


@dataclass
class BooksOf:
    """A merchant that only one test has, at the gateway that all tests share."""

    engine: Engine
    store: EventStore
    provider: str = "stripe"

    @classmethod
    def of(cls, engine: Engine, store: EventStore) -> Self:
        return cls(replace(engine, tenant=f"t{uuid4().hex[:8]}"), store)

    @property
    def key(self) -> BooksKey:
        return BooksKey(self.engine.tenant, self.provider)

    async def paid(self) -> tuple[Case, dict[str, Any]]:
        """A return of this merchant's whose money is back; and its payout."""
        case = await Case.of(self.engine)
        order = {**case.order(), "tenant": self.engine.tenant}
        status = await case.paid(order=order)
        [payout] = status["payouts"]
        return case, payout

    async def start(self, until: datetime, run: str = "") -> WorkflowHandle[Any, Compared]:
        """Begin a comparison, under an id of its own where another runs."""
        client, queue = self.engine.env.client, self.engine.queue
        start = StartReconciliation(tenant=self.engine.tenant, provider=self.provider, until=until)
        return await client.start_workflow(
            RECONCILIATION_TYPE,
            start,
            id=f"{reconciliation_id(self.engine.tenant, self.provider)}{run}",
            task_queue=queue,
            result_type=Compared,
        )

    async def later(self, by: timedelta = AFTER) -> datetime:
        return await self.engine.sandbox.now() + by

    async def compared(self, until: datetime | None = None) -> Compared:
        """Compare once, and wait for what comes of it."""
        handle = await self.start(until or await self.later())
        async with asyncio.timeout(30):
            return await handle.result()

    async def recorded(self) -> Sequence[str]:
        """The types of what was recorded, less the comparisons themselves."""
        stored = (await self.store.read((self.key.stream, 0)))[self.key.stream]
        return [event.type for event in stored if event.type != "BooksCompared"]

    async def findings(self) -> Findings:
        stored = (await self.store.read((self.key.stream, 0)))[self.key.stream]
        return fold(
            read_reconciliation_event(event.type, event.schema_version, event.data)
            for event in stored
        )

    async def only(self) -> Finding:
        [known] = (await self.findings()).known.values()
        return known.finding
