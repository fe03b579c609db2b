"""Comparing our books with a provider's, on a schedule; and what people say of what was found.

Each comparison is one short workflow with one activity: `workflows.names.reconciliation_id`.
What it found is in its details, and for good in the stream of findings.
"""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from domain.reconciliation.messages import (
        Compare,
        Compared,
        ComparedInFull,
        FindingAnswer,
        SettleFinding,
        StartReconciliation,
    )
    from workflows.attributes import DUE_AT, FLAGS, NEXT_ACTION, NEXT_ACTOR, TENANT
    from workflows.names import FINDING_TYPE, RECONCILIATION_TYPE
    from workflows.options import COMPARING, RECORD_DEADLINE, RECORD_RETRY, tried

FLAG = "finding"
"""In the lists of the Temporal UI: a comparison after which somebody has something to settle."""


@workflow.defn(name=RECONCILIATION_TYPE)
class ReconciliationWorkflow:
    """Compares once; a provider that is away is waited for, and later starts are skipped."""

    @workflow.run
    async def run(self, start: StartReconciliation) -> Compared:
        """Compare the last days; answers with what it came to."""
        until = start.until or workflow.now()
        asked = Compare(
            tenant=start.tenant,
            provider=start.provider,
            since=until - timedelta(days=start.days),
            until=until,
        )
        trying = COMPARING["compare_books"]
        compared: ComparedInFull = await workflow.execute_activity(
            "compare_books",
            asked,
            result_type=ComparedInFull,
            **tried(trying),
            summary=f"compare {start.days} days with {start.provider}",
        )
        workflow.upsert_search_attributes(_attributes(compared))
        workflow.set_current_details(compared.details)
        return compared.in_short


@workflow.defn(name=FINDING_TYPE)
class FindingWorkflow:
    """Records what a person says of one finding, and gives them the answer."""

    @workflow.run
    async def run(self, said: SettleFinding) -> FindingAnswer:
        """Record it; a no is an answer."""
        answer: FindingAnswer = await workflow.execute_local_activity(
            "settle_finding",
            said,
            result_type=FindingAnswer,
            start_to_close_timeout=RECORD_DEADLINE,
            retry_policy=RECORD_RETRY,
        )
        return answer


def _attributes(compared: Compared) -> list[SearchAttributeUpdate[Any]]:
    told: list[SearchAttributeUpdate[Any]] = [TENANT.value_set(compared.tenant)]
    if compared.due_at is None:
        return told
    return [
        *told,
        FLAGS.value_set([FLAG]),
        NEXT_ACTOR.value_set(compared.next_owner),
        NEXT_ACTION.value_set("settle_findings"),
        DUE_AT.value_set(compared.due_at),
    ]
