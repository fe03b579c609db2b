"""A comparison that finds something, and a person who settles it, lived through for the replay."""

from collections.abc import Mapping
from datetime import timedelta

from temporalio.client import WorkflowHistory

from domain.reconciliation.messages import Compared, SettleFinding, StartReconciliation
from tests.engine import Engine
from workflows.names import FINDING_TYPE, RECONCILIATION_TYPE, reconciliation_id

COMPARISONS = ("compared", "settled")
"""The histories that `comparisons` gives."""


async def comparisons(engine: Engine) -> Mapping[str, WorkflowHistory]:
    """Find a refund that somebody made by hand, and let a person resolve it."""
    await engine.sandbox.capture("pi_by_hand", 5000, "EUR")
    await engine.sandbox.refund_by_hand("pi_by_hand", 900, quiet=True)
    client, until = engine.env.client, await engine.sandbox.now() + timedelta(minutes=1)
    start = StartReconciliation(tenant=engine.tenant, provider="stripe", until=until)
    key = reconciliation_id(engine.tenant, "stripe")
    compared: Compared = await client.execute_workflow(
        RECONCILIATION_TYPE, start, id=key, task_queue=engine.queue, result_type=Compared
    )
    said = SettleFinding(
        tenant=engine.tenant,
        provider="stripe",
        finding_id=compared.findings[0].partition(" ")[0],
        verb="resolve",
        because="a courtesy",
        actor="staff:s-7",
        request_id="settled",
        now=until,
    )
    await client.execute_workflow(FINDING_TYPE, said, id="settled", task_queue=engine.queue)
    workflows = dict(zip(COMPARISONS, (key, "settled"), strict=True))
    return {
        name: await client.get_workflow_handle(workflow).fetch_history()
        for name, workflow in workflows.items()
    }
