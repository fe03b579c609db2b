"""The names by which a return's workflow is started and found. An interface: kept stable."""

from pydantic import BaseModel, ConfigDict

from domain.keys import RETURN_TYPE

WORKFLOW_TYPE = RETURN_TYPE
TASK_QUEUE = "returns"
RECONCILIATION_TYPE = "ReconciliationWorkflow"
FINDING_TYPE = "FindingWorkflow"
REFUND_TYPE = "RefundWorkflow"
RECONCILED = ("stripe", "stored_value", "easypost")
"""The providers whose books are compared where nothing else is said: all of them tell theirs."""


class StartReturn(BaseModel):
    """Which return the workflow is for; all else is in the return's stream."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    return_id: str


def workflow_id(tenant: str, return_id: str) -> str:
    """The workflow of a return; the same for every run it ever has."""
    return f"return:{tenant}:{return_id}"


def reconciliation_id(tenant: str, provider: str) -> str:
    """The comparison of a merchant's books with a provider's, and the schedule of it.

    What a schedule starts has the time of its start behind this.
    """
    return f"reconcile:{tenant}:{provider}"


def named_by(workflow: str) -> StartReturn | None:
    """Which return a workflow is of, by its id; none where it is no id of a return's."""
    kind, tenant, return_id, *more = [*workflow.split(":"), "", ""]
    if kind != "return" or not tenant or not return_id or any(more):
        return None
    return StartReturn(tenant=tenant, return_id=return_id)


def refund_id(tenant: str, order_id: str, instruction_id: str) -> str:
    """The workflow of a refund that staff make without a return."""
    return f"refund:{tenant}:{order_id}:{instruction_id}"


def partner_queue(base: str, partner: str, account: str = "") -> str:
    """The task queue of one kind of partner: `carrier`, `payment`, `warehouse`, `mail`,
    `webhooks`.

    What is done by a contract of its own (`account`) has a queue, and a quota, of its own.
    """
    return "-".join(filter(None, (partner, account, base)))
