"""What an operator does in Temporal's own UI: reset, terminate, cancel. No money, no end."""

import asyncio

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from adapters.postgres.event_store import PostgresEventStore
from domain.returns import rules
from domain.returns.telling import plan_notice
from domain.returns.unfolding import Unfolding
from tests.engine import Engine, eventually
from tests.workflows.case import PRICE_MINOR, Case
from tests.workflows.test_once import recorded


async def reset(case: Case, *, after: str = "") -> None:
    """Reset to the first task, or to the first one that ended after an event of that kind."""
    history = await case.history()
    kinds = [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history]
    start = kinds.index(after) if after else 0
    task = kinds.index("WORKFLOW_TASK_COMPLETED", start)
    described = await case.engine.handle(case.return_id).describe()
    await case.engine.env.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=case.engine.env.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=described.id, run_id=described.run_id),
            reason="an operator tries it",
            workflow_task_finish_event_id=history[task].event_id,
            request_id=f"{described.run_id}-{task}",
        )
    )


async def test_a_reset_to_the_first_task_after_settlement_pays_nothing(
    case: Case, store: PostgresEventStore
) -> None:
    await case.paid()
    before, labels = await recorded(store, case), await case.booked("labels")
    for _ in range(3):
        await reset(case)
        assert await case.engine.ended(case.return_id) == "completed"
    assert len(await case.refunds()) == 1
    assert await recorded(store, case) == before
    assert await case.booked("labels") == labels


async def test_a_reset_in_the_middle_goes_on_from_what_was_recorded(
    case: Case, store: PostgresEventStore
) -> None:
    number = await case.received()
    await reset(case, after="ACTIVITY_TASK_COMPLETED")
    status = await case.until("received")
    assert status["parcels"][0]["tracking_number"] == number
    await case.inspect()
    assert await case.engine.ended(case.return_id) == "completed"
    assert len(await case.refunds()) == len(await case.booked("labels", "purchase")) == 1


async def test_a_terminated_return_is_taken_up_again_by_the_next_update(case: Case) -> None:
    number = await case.labelled()
    await case.engine.handle(case.return_id).terminate("an operator tries it")
    answer = await case.ask("give_feedback", rating=3)
    assert answer["accepted"], answer["because"]
    assert answer["status"]["headline"] == "label_ready"
    await case.track(number, "scanned")
    await case.receive(number)
    await case.until("received")
    await case.inspect()
    assert await case.engine.ended(case.return_id) == "completed"
    assert (await case.status())["money"]["paid_minor"] == PRICE_MINOR


async def test_a_return_terminated_while_a_step_is_under_way_does_it_once(case: Case) -> None:
    """The attempt goes on; the next run's waits for it, and finds what it did."""
    await case.engine.sandbox.fault("carrier", "create", "slow", key=case.return_id, seconds=1)
    await case.open()

    async def sent() -> bool:
        fired = await case.engine.sandbox.fired()
        return any(case.return_id in hit["key"] for hit in fired)

    await eventually(sent, "sent")
    await case.engine.handle(case.return_id).terminate("an operator tries it")
    await case.ask("give_feedback", rating=3)
    await case.until("label_ready")
    assert len(await case.booked("labels", "purchase")) == 1


async def test_a_cancelled_workflow_is_taken_up_again_by_the_next_message(case: Case) -> None:
    """It is the workflow that was cancelled, and not the return."""
    number = await case.labelled()
    handle = case.engine.handle(case.return_id)
    await handle.cancel()

    async def over() -> bool:
        return (await handle.describe()).status is WorkflowExecutionStatus.CANCELED

    await eventually(over, "cancelled")
    await case.track(number, "scanned")
    assert (await case.until("in_transit"))["authorisation"] == "approved"


async def test_rules_without_an_end_fail_the_workflows_task_by_their_name(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen in the UI, and tried again: a release that mends it goes on."""
    case = await Case.of(engine)

    def babble(u: Unfolding) -> None:
        if u.state.return_id == case.return_id:
            plan_notice(u, "received", {})

    monkeypatch.setattr(rules, "RULES", (*rules.RULES, babble))
    opening = asyncio.create_task(case.open())

    async def failed() -> str:
        if not await _exists(case):
            return ""
        events = list(await case.history())
        told = [e.workflow_task_failed_event_attributes.failure.message for e in events]
        return next(filter(None, told), "")

    assert "babble" in await eventually(failed, "failed by name")
    opening.cancel()
    await engine.handle(case.return_id).terminate()  # the server would try again, more slowly


async def _exists(case: Case) -> bool:
    try:
        await case.engine.handle(case.return_id).describe()
    except RPCError:
        return False
    return True
