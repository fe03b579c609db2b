"""A return that lives long, or is flooded, goes on in another run; nothing is lost between."""

import asyncio
from datetime import timedelta

import pytest

from adapters.postgres.event_store import PostgresEventStore
from tests.engine import TODAY, eventually
from tests.workflows.case import Case, kinds
from tests.workflows.seen import details, shown
from workflows.returns import ReturnWorkflow

LIMIT = 100
MANY = 150  # enough to reach it, however many of them are recorded together


@pytest.fixture(autouse=True)
def short_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run be followed by another twenty times as soon as usual."""
    monkeypatch.setattr(ReturnWorkflow, "longest_history", LIMIT)


async def followed(case: Case) -> bool:
    return len(await case.runs()) > 1


async def scans(case: Case, number: str, count: int, first: int = 0) -> None:
    """Scan a parcel again and again, an hour apart, some at the same moment."""
    gate = asyncio.Semaphore(20)

    async def scan(n: int) -> None:
        async with gate:
            seen = (TODAY + timedelta(minutes=n)).isoformat()
            status = "at_hub" if n % 2 else "scanned"
            await case.track(number, status, message_id=f"scan-{n}", occurred_at=seen)

    await asyncio.gather(*(scan(n) for n in range(first, first + count)))


async def count(store: PostgresEventStore, case: Case, *types: str) -> int:
    stream = f"return:acme:{case.return_id}"
    return sum(event.type in types for event in (await store.read((stream, 0)))[stream])


async def told(store: PostgresEventStore, case: Case, least: int) -> int:
    """How many scans were recorded in whatever way, once there are so many."""
    found = await count(store, case, "ParcelScanned", "ParcelTraced")
    return found if found >= least else 0


@pytest.fixture
async def travelled(case: Case, store: PostgresEventStore) -> tuple[Case, str]:
    """A return whose parcel was seen again and again."""
    number = await case.labelled()
    await scans(case, number, MANY)
    await eventually(lambda: told(store, case, MANY), "recorded")
    await eventually(lambda: followed(case), "followed")
    return case, number


async def test_a_long_life_goes_on_in_another_run(travelled: tuple[Case, str]) -> None:
    case, number = travelled
    status = await case.status()
    assert status["parcels"][0]["tracking_number"] == number
    *before, _present = await case.runs()
    ends = {kind for run in before for kind in kinds(list(run.events)[-1:])}
    assert ends == {"WORKFLOW_EXECUTION_CONTINUED_AS_NEW"}


async def test_the_ui_shows_the_next_run_as_the_one_before(travelled: tuple[Case, str]) -> None:
    case, _ = travelled
    await eventually(lambda: details(case.run), "shown")
    seen, status = await shown(case.run), await case.status()
    assert (seen["Headline"], seen["NextActor"]) == ("in_transit", "carrier")
    assert seen["OrderId"] == case.order_id
    assert (await details(case.run)).startswith(f"## {status['headline'].replace('_', ' ')}")
    assert case.return_id in await details(case.run)


async def test_what_was_said_to_one_run_is_known_to_the_next(
    travelled: tuple[Case, str], store: PostgresEventStore
) -> None:
    case, number = travelled
    before = (await case.status())["version"]
    await scans(case, number, MANY)
    await case.receive(number)
    status = await case.until("received")
    assert await count(store, case, "ParcelScanned", "ParcelTraced") == MANY
    assert status["version"] > before


async def test_no_update_is_lost_between_two_runs(case: Case, store: PostgresEventStore) -> None:
    number = await case.labelled()
    flood = asyncio.create_task(scans(case, number, 120))
    answers = [
        await case.ask("give_feedback", rating=n % 5 + 1, request_id=f"f-{n}") for n in range(30)
    ]
    await flood
    assert {answer["accepted"] for answer in answers} == {True}
    assert await count(store, case, "FeedbackReceived") == 30
    await eventually(lambda: told(store, case, 120), "recorded")
    assert len(await case.runs()) > 1


async def test_a_run_of_long_answers_is_followed_by_another(
    case: Case, store: PostgresEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReturnWorkflow, "longest_history", 10_000)
    monkeypatch.setattr(ReturnWorkflow, "largest_history", 16 * 1024)
    number = await case.labelled()
    await scans(case, number, MANY)
    await eventually(lambda: told(store, case, MANY), "recorded")
    await eventually(lambda: followed(case), "followed")
    assert (await case.status())["parcels"][0]["tracking_number"] == number


async def test_a_flood_keeps_histories_bounded(case: Case, store: PostgresEventStore) -> None:
    number = await case.labelled()
    await scans(case, number, 500)
    await eventually(lambda: told(store, case, 500), "recorded")
    await case.receive(number)
    await case.until("received")
    await eventually(lambda: followed(case), "followed")
    lengths = [len(run.events) for run in await case.runs()]
    assert len(lengths) > 1
    assert max(lengths) < 700  # an event for each message, and hardly more
    assert lengths[-1] < 100
    assert await case.events_named("WORKFLOW_TASK_FAILED") == 0


async def test_a_step_under_way_is_not_done_again_beside_itself(
    case: Case, store: PostgresEventStore
) -> None:
    """A carrier without idempotency keys is slow when its run is followed by another."""
    await case.engine.sandbox.fault("carrier", "create", "slow", key=case.return_id, seconds=1.5)
    await case.open()
    await asyncio.gather(
        *(case.ask("give_feedback", rating=5, request_id=f"f-{n}") for n in range(40))
    )
    await eventually(lambda: followed(case), "followed")
    await case.until("label_ready")
    assert len(await case.booked("labels", "purchase")) == 1
    assert await count(store, case, "FeedbackReceived") == 40


async def test_what_waits_for_another_attempt_is_tried_by_the_next_run(case: Case) -> None:
    await case.engine.sandbox.fault(
        "warehouse", "announce", "throttle", key=case.return_id, seconds=2, times=1
    )
    number = await _labelled_only(case)
    await scans(case, number, MANY)
    await eventually(lambda: followed(case), "followed")
    await eventually(lambda: case.booked("warehouse", "announced"), "announced")
    await case.until_quiet()
    assert len(await case.booked("warehouse", "announced")) == 1


async def _labelled_only(case: Case) -> str:
    await case.open()
    return str((await case.until("label_ready"))["parcels"][0]["tracking_number"])
