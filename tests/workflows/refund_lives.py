"""A refund by staff that two people let go, and that comes back, lived through for the replay."""

from collections.abc import Mapping

from temporalio.client import WorkflowHistory

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import connect
from tests.engine import Engine
from tests.workflows.desk import DEAR, Desk

REFUNDS = ("refund_by_staff", "refund_came_back")
"""The histories that `refunds` gives: the run until it is paid, and the one after late news."""


async def refunds(engine: Engine) -> Mapping[str, WorkflowHistory]:
    """Ask for it, let two others say yes, have it paid; then let it come back."""
    async with await connect(engine.settings.database_url) as pool:
        desk = await Desk.of(engine, PostgresEventStore(pool))
        await desk.knows_the_order(DEAR)
        await desk.refund(DEAR)
        for name in ("bert", "carla"):
            await desk.ask("approve", name)
        await desk.handle.result()
        paid = await desk.handle.fetch_history()
        await engine.sandbox.refund_outcome(desk.key, "failed", quiet=True)
        await desk.hear()
        await desk.until("reversed")
        await desk.handle.result()
        return dict(zip(REFUNDS, (paid, await desk.handle.fetch_history()), strict=True))
