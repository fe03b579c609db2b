"""Whatever is sent to a return is answered or recorded, and the return goes on."""

import json
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowUpdateFailedError
from temporalio.common import RawValue

from adapters.postgres.event_store import PostgresEventStore
from domain.returns.commands import SIGNALS, UPDATES
from domain.returns.commands.reports import MOST_LINES
from domain.returns.doors import BODY_LIMIT
from tests.engine import TODAY, eventually
from tests.workflows.case import Case

ASKED: dict[str, Any] = {"request_id": "q-1", "actor": {"kind": "staff", "id": "s-1"}}
TOLD: dict[str, Any] = {"message_id": "m-1", "occurred_at": TODAY.isoformat()}
NOT_JSON = RawValue(Payload(metadata={"encoding": b"binary/plain"}, data=b"\xff\xfe\x00 no json"))
HALF_JSON = RawValue(Payload(metadata={"encoding": b"json/plain"}, data=b'{"request_id": '))
TOO_LONG = "x" * BODY_LIMIT
"""With the name of its field and its brackets, a body of more than 64 KiB."""


async def asked(case: Case, name: str, *bodies: Any) -> dict[str, Any]:
    """Ask the running workflow; gives the answer, or the no that came before the door."""
    handle = case.engine.handle(case.return_id)
    try:
        answer: dict[str, Any] = await handle.execute_update(name, args=bodies)
    except WorkflowUpdateFailedError as failed:
        return {"accepted": False, "because": str(failed.cause)}
    return answer


async def is_well(case: Case) -> None:
    """It answers, and no workflow task of it has failed."""
    assert (await case.status())["headline"] == "label_ready"
    assert await case.events_named("WORKFLOW_TASK_FAILED") == 0


async def rejected(store: PostgresEventStore, case: Case) -> list[dict[str, Any]]:
    """The messages that made no sense, as they were recorded."""
    stream = f"return:acme:{case.return_id}"
    events = (await store.read((stream, 0)))[stream]
    return [json.loads(event.data) for event in events if event.type == "MessageRejected"]


@pytest.mark.parametrize("name", UPDATES)
async def test_an_update_that_makes_no_sense_is_answered_by_name(case: Case, name: str) -> None:
    await case.labelled()
    misfits: list[tuple[list[Any], str]] = [
        ([], "body: "),
        ([NOT_JSON], "body: "),
        ([HALF_JSON], "body: "),
        ([[ASKED]], "body: "),
        ([ASKED | {"surprise": 1}], "surprise: "),
        ([ASKED | {"actor": {"kind": "king", "id": "s-1"}}], "actor.kind: "),
        ([ASKED | {"request_id": ""}], "request_id: "),
        ([ASKED, ASKED], "positional arguments"),
        ([ASKED | {"because": TOO_LONG}], "body: "),
    ]
    for body, named in misfits:
        answer = await asked(case, name, *body)
        assert not answer["accepted"]
        assert named in answer["because"]
    await is_well(case)


async def test_an_update_that_is_too_large_never_enters_the_history(case: Case) -> None:
    await case.labelled()
    before = len(await case.history())
    answer = await asked(case, "cancel", ASKED | {"because": TOO_LONG})
    assert f"at most {BODY_LIMIT}" in answer["because"]
    await case.status()
    assert sum(event.ByteSize() for event in (await case.history())[before:]) < 2_000


async def test_an_update_that_nobody_knows_is_refused(case: Case) -> None:
    await case.labelled()
    answer = await asked(case, "abolish", ASKED)
    assert "abolish" in answer["because"]
    await is_well(case)


@pytest.mark.parametrize("name", [*SIGNALS, "report_weather"])
async def test_a_signal_that_makes_no_sense_is_recorded(
    case: Case, store: PostgresEventStore, name: str
) -> None:
    await case.labelled()
    bodies: list[list[Any]] = [
        [],
        [TOLD, TOLD],
        [NOT_JSON],
        [HALF_JSON],
        [[TOLD]],
        [TOLD | {"source": TOO_LONG}],
        [TOLD | {"surprise": 1}],
        [TOLD | {"status": "teleported"}],
    ]
    for body in bodies:
        await case.engine.tell(case.return_id, name, *body)

    async def all_recorded() -> list[dict[str, Any]]:
        found = await rejected(store, case)
        return found if len(found) >= len(bodies) else []

    found = await eventually(all_recorded, "recorded")
    assert len(found) == len(bodies)
    assert {event["message"] for event in found} == {name}
    assert all(event["because"] for event in found)
    assert "message_rejected" in (await case.status())["flags"]
    await is_well(case)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ([], "body: expected one JSON object, got 0"),
        ([TOLD, TOLD], "body: expected one JSON object, got 2"),
        ([TOLD | {"surprise": 1}], "surprise: "),
        ([TOLD | {"status": "teleported", "tracking_number": "1"}], "status: "),
        ([TOLD | {"status": "scanned", "tracking_number": "NOT-OURS"}], "tracking_number: "),
    ],
)
async def test_a_rejected_signal_says_why(
    case: Case, store: PostgresEventStore, body: list[Any], named: str
) -> None:
    await case.labelled()
    await case.engine.tell(case.return_id, "report_tracking", *body)
    found = await eventually(lambda: rejected(store, case), "recorded")
    assert named in found[0]["because"]


async def test_a_rejected_signal_keeps_the_id_it_gave_itself(
    case: Case, store: PostgresEventStore
) -> None:
    await case.labelled()
    await case.engine.tell(case.return_id, "report_tracking", TOLD | {"surprise": 1})
    found = await eventually(lambda: rejected(store, case), "recorded")
    assert found[0]["message_id"] == "m-1"


async def test_a_message_rejected_too_early_is_taken_later(case: Case) -> None:
    await case.open()
    number = (await case.until("label_ready"))["parcels"][0]["tracking_number"]
    await case.track("NOT-YET", "scanned", message_id="same")
    await case.until(lambda s: "message_rejected" in s["flags"], "rejected")
    await case.track(number, "scanned", message_id="same")
    await case.until("in_transit")


async def test_a_return_answers_after_a_receipt_of_twenty_thousand_things(case: Case) -> None:
    number = await case.labelled()
    await case.track(number, "scanned")
    await case.until("in_transit")
    await case.tell(
        "report_receipt",
        warehouse="hub-de",
        parcel={"tracking_number": number},
        units=[{"sku": f"SKU-{each}", "quantity": 1_000} for each in range(20)],
    )
    status = await case.until(lambda s: bool(s["strays"]), "counted")
    assert len(status["strays"]) + status["strays_more"] == 20
    answer = await case.ask("give_feedback", rating=5)
    assert answer["accepted"]
    assert await case.events_named("WORKFLOW_TASK_FAILED") == 0


async def test_a_receipt_with_too_many_lines_is_recorded_as_rejected(
    case: Case, store: PostgresEventStore
) -> None:
    await case.labelled()
    lines = [{"sku": f"SKU-{each}", "quantity": 1} for each in range(MOST_LINES + 1)]
    await case.tell("report_receipt", warehouse="hub-de", units=lines)
    (told,) = await eventually(lambda: rejected(store, case), "recorded")
    assert told["because"].startswith("units: ")
    await is_well(case)
