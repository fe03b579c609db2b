"""What is said twice happens once, also to a return that had ended; late news opens it again."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import WithStartWorkflowOperation, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError

from adapters.postgres.event_store import PostgresEventStore
from tests.engine import TODAY, Engine, eventually
from tests.workflows.case import PRICE_MINOR, Case

FEEDBACK: dict[str, Any] = {"rating": 5, "request_id": "thanks"}


async def recorded(store: PostgresEventStore, case: Case, kind: str = "") -> list[str]:
    """The types of what is in the return's stream."""
    stream = f"return:acme:{case.return_id}"
    events = (await store.read((stream, 0)))[stream]
    return [event.type for event in events if not kind or event.type == kind]


async def asked_under_another_id(case: Case, update: str, body: dict[str, Any]) -> dict[str, Any]:
    """Ask in a way that Temporal itself does not recognise as a repeat."""
    asked = {"actor": {"kind": "staff", "id": "s-1"}, **body}
    answer: dict[str, Any] = await case.engine.handle(case.return_id).execute_update(
        update, asked, id=uuid4().hex
    )
    return answer


async def test_the_same_request_id_acts_once(case: Case, store: PostgresEventStore) -> None:
    await case.labelled()
    for _ in range(3):
        assert (await asked_under_another_id(case, "give_feedback", FEEDBACK))["accepted"]
    assert await recorded(store, case, "FeedbackReceived") == ["FeedbackReceived"]


async def test_the_same_message_id_counts_once(case: Case, store: PostgresEventStore) -> None:
    number = await case.labelled()
    for _ in range(3):
        await case.track(number, "scanned", message_id="scan-1")
    later = (TODAY + timedelta(hours=1)).isoformat()
    await case.track(number, "at_hub", message_id="scan-2", occurred_at=later)
    await case.until(lambda s: s["parcels"][0]["logistics"] == "at_hub", "at the hub")
    assert len(await recorded(store, case, "ParcelScanned")) == 2


async def test_an_opening_said_twice_at_once_is_one_return(
    case: Case, store: PostgresEventStore
) -> None:
    answers = await asyncio.gather(*(case.open(f"open-{n}") for n in range(2)))
    assert {answer["accepted"] for answer in answers} == {True}
    # The later answer may know more already: the label is bought in a moment.
    assert {answer["status"]["return_id"] for answer in answers} == {case.return_id}
    assert len(await recorded(store, case, "ReturnRequested")) == 1


async def test_an_opening_that_is_repeated_later_is_answered_again(case: Case) -> None:
    await case.paid()
    for request_id in ("open-1", "open-2"):
        again = await case.open(request_id)
        assert again["accepted"], again["because"]
    assert await case.engine.ended(case.return_id) == "completed"
    assert len(await case.refunds()) == 1


async def test_what_was_said_before_the_end_is_known_after_it(
    case: Case, store: PostgresEventStore
) -> None:
    number = await case.received()
    await case.ask("give_feedback", **FEEDBACK)
    await case.track(number, "at_hub", message_id="scan-9")
    await case.inspect()
    await case.engine.ended(case.return_id)
    before = await recorded(store, case)

    await case.ask("give_feedback", **FEEDBACK)
    await case.track(number, "at_hub", message_id="scan-9")
    assert await case.engine.ended(case.return_id) == "completed"
    assert await recorded(store, case) == before


async def test_an_update_of_an_ended_return_is_answered_and_it_ends_again(
    case: Case, store: PostgresEventStore
) -> None:
    await case.paid()
    answer = await case.ask("give_feedback", **FEEDBACK)
    assert (answer["accepted"], answer["status"]["headline"]) == (True, "completed")
    assert await case.engine.ended(case.return_id) == "completed"
    assert (await recorded(store, case))[-1] == "FeedbackReceived"


async def test_a_refund_that_bounces_after_the_end_opens_the_return_again(case: Case) -> None:
    status = await case.paid()
    instruction = status["payouts"][0]["instruction_id"]
    await case.engine.sandbox.refund_outcome(
        instruction, "failed", failure_reason="expired_or_canceled_card"
    )
    await case.tell("report_payout", instruction_id=instruction)
    status = await case.until_open("choose_payout")
    assert status["closed"] is False
    assert status["money"]["paid_minor"] == 0

    answer = await case.ask(
        "choose_payout", instruction_id=instruction, destination="store_credit", because="bounced"
    )
    assert answer["accepted"], answer["because"]
    assert await case.engine.ended(case.return_id) == "completed"
    assert (await case.status())["money"]["paid_minor"] == PRICE_MINOR
    assert len(await case.refunds()) == 1


@pytest.mark.parametrize("update", ["cancel", "approve", "give_feedback"])
async def test_an_update_of_a_return_that_nobody_opened_is_refused(
    case: Case, store: PostgresEventStore, update: str
) -> None:
    answer = await case.ask(update, **(FEEDBACK if update == "give_feedback" else {}))
    assert (answer["accepted"], answer["code"]) == (False, "unknown_return")
    await case.engine.ended(case.return_id)
    assert await recorded(store, case) == []


async def test_a_signal_for_a_return_that_nobody_opened_leaves_nothing(
    case: Case, store: PostgresEventStore
) -> None:
    await case.track("SP1", "scanned")
    await case.engine.ended(case.return_id)
    assert await recorded(store, case) == []


async def test_an_opening_that_is_refused_leaves_nothing(
    case: Case, store: PostgresEventStore
) -> None:
    answer = await case.open(lines=[{"line_id": "9", "quantity": 1, "reason": "too_small"}])
    assert (answer["accepted"], answer["code"]) == (False, "unknown_line")
    assert "lines.0.line_id" in answer["because"]
    await case.engine.ended(case.return_id)
    assert await recorded(store, case) == []
    answer = await case.open("open-2")
    assert answer["accepted"], answer["because"]


async def test_a_scan_of_a_return_that_had_expired_is_known_to_the_next_run(case: Case) -> None:
    await case.open()
    number = (await case.until("label_ready"))["parcels"][0]["tracking_number"]
    await case.later(days=15)
    await case.until("expired")
    await case.track(number, "scanned", occurred_at=TODAY.isoformat())
    status = await case.until("transit_exception")  # handed over in time, and silent since then
    assert status["authorisation"] == "approved"


@pytest.mark.parametrize("arguments", [[], [{}], ["acme"], [None]], ids=repr)
async def test_a_return_is_named_by_its_workflow_whatever_it_is_started_with(
    engine: Engine, case: Case, arguments: list[Any]
) -> None:
    """Who starts it from the UI or another language needs no shape but the id."""
    await engine.env.client.start_workflow(
        "ReturnWorkflow",
        args=arguments,
        id=f"return:acme:{case.return_id}",
        task_queue=engine.queue,
        start_signal="report_tracking",
        start_signal_args=[{}],
    )
    assert (await case.open())["accepted"]
    assert await case.events_named("WORKFLOW_TASK_FAILED") == 0


@pytest.mark.parametrize(
    ("named", "field"),
    [({"return_id": "R-other"}, "return_id"), ({"tenant": "other"}, "tenant")],
)
async def test_an_argument_that_names_another_return_is_told_so(
    engine: Engine, case: Case, named: dict[str, str], field: str
) -> None:
    start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        "ReturnWorkflow",
        {"tenant": "acme", "return_id": case.return_id} | named,
        id=f"return:acme:{case.return_id}",
        task_queue=engine.queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await engine.env.client.execute_update_with_start_workflow(
            "open", {}, start_workflow_operation=start
        )
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "wrong_start"
    assert refused.value.cause.message.startswith(f"{field}: ")


async def test_two_workflows_of_one_return_cannot_be(engine: Engine, case: Case) -> None:
    handle = await engine.env.client.start_workflow(
        "ReturnWorkflow",
        {"tenant": "acme", "return_id": case.return_id},
        id=f"return:acme:{case.return_id}-other",
        task_queue=engine.queue,
    )

    async def status() -> str:
        told = (await handle.describe()).status
        return told.name if told is not None and told.name != "RUNNING" else ""

    assert await eventually(status, "ended") == "FAILED"
