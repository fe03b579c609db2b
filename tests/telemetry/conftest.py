"""A return that is looked at: opened over HTTP, told by a webhook, paid on the real engine."""

import base64
import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from temporalio.client import Client, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from adapters.postgres.pool import connect
from adapters.telemetry.doors import connecting, show
from adapters.telemetry.opening import ENDPOINT, INTERVAL, telemetry
from api.access.rights import Role
from api.client import ReturnsClient
from api.doors import Doors
from projections.readings import read_all
from projections.runner import catch_up
from tests.activities.test_privacy import PERSON
from tests.api.serving import serving
from tests.api.signed import SECRETS, tracker
from tests.databases import new_database
from tests.engine import eventually, running_engine
from tests.telemetry.receiver import Told, receiving
from tests.workflows.case import Case


@dataclass(frozen=True)
class Looked:
    """What was told of the run, all of it, and what it was about."""

    told: Told
    return_id: str
    history: WorkflowHistory


@pytest.fixture(scope="session")
async def looked(
    temporal_env: WorkflowEnvironment, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Looked]:
    url = await new_database(database_url, "looked")
    folder: Path = tmp_path_factory.mktemp("looked")
    with receiving() as (address, told):
        with telemetry("tests", {ENDPOINT: address, INTERVAL: "100"}):
            return_id, history = await _run(temporal_env, url, folder, told)
        gc.collect()  # the SDK tells its metrics for as long as a client of it is held
        yield Looked(told, return_id, history)


async def _run(
    env: WorkflowEnvironment, url: str, folder: Path, told: Told
) -> tuple[str, WorkflowHistory]:
    server = env.client.service_client.config.target_host
    client = await Client.connect(server, data_converter=pydantic_data_converter, **connecting())
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(running_engine(env, url, folder, client=client))
        pool = await stack.enter_async_context(await connect(url))
        surroundings = {
            "TEMPORAL_ADDRESS": server,
            "DATABASE_URL": url,
            "BACKHAUL_TASK_QUEUE": engine.queue,
            "BACKHAUL_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
            "BACKHAUL_PAYLOADS": "readable",
            "BACKHAUL_STATE": str(folder / "no-stack"),
        }
        returns = await stack.enter_async_context(await ReturnsClient.connect(surroundings))
        outward = await stack.enter_async_context(httpx2.AsyncClient(trust_env=False))
        await catch_up(pool)
        doors = Doors(
            pool=pool,
            temporal=client,
            returns=returns,
            http=outward,
            webhook_secrets=SECRETS,
            task_queue=engine.queue,
        )
        http = await stack.enter_async_context(serving(doors, relaying=True))
        case = await Case.of(engine)
        await _journey(case, doors, http)
        await catch_up(pool)
        show(await read_all(pool))
        count = len(told.labels.get("backhaul_returns_overdue", ()))

        async def again() -> bool:
            return len(told.labels.get("backhaul_refund_time_seconds", ())) > 0 and (
                len(told.labels.get("backhaul_returns_overdue", ())) > count
            )

        await eventually(again, "told how things stand")
        return case.return_id, (await case.runs())[0]


async def _journey(case: Case, doors: Doors, http: httpx2.AsyncClient) -> None:
    key = await doors.keys.make("acme", "tests", Role.BACKEND, datetime.now(UTC), None)
    wish = case.request()
    wish["order"]["customer"] |= PERSON
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "k-1"}
    answer = await http.post("/v1/returns", json=wish, headers=headers)
    assert answer.status_code == 201, answer.text
    status = await case.until("label_ready")
    quiet = await case.until_quiet()
    number = status["parcels"][0]["tracking_number"]
    await catch_up(doors.pool)
    scanned = tracker(number, event_id=f"evt_{case.return_id}")
    taken = await http.post(scanned.path, content=scanned.raw, headers=dict(scanned.headers))
    assert taken.status_code == 202, taken.text
    await case.until(lambda s: s["version"] > quiet["version"], "heard of the scan")
    other = case.sibling()
    await other.open()  # stays open: what is not there is not counted
    await case.receive(number)
    await case.until("received")
    await case.inspect()
    await case.engine.ended(case.return_id)
