"""Records the histories that `test_replay.py` replays: `python -m tests.workflows.record_histories`.

With names behind it, only those lives are recorded, and the others are left as they are. Each
is lived through once, on servers of its own, and the history of every run of it is kept as JSON.
Record anew only with a change that old runs need not survive: a history that
does not replay any more is a workflow on the road that breaks.
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from deploy.local import postgres
from deploy.local.children import start_process
from deploy.local.ports import free_port
from deploy.local.temporal import PROMPT_TIMERS, TIME_SKIPPING, temporal_cli
from deploy.search_attributes import SEARCH_ATTRIBUTES
from tests.engine import Engine, eventually, running_engine
from tests.workflows.case import Case
from tests.workflows.comparisons import COMPARISONS, comparisons
from tests.workflows.journeys import JOURNEYS
from tests.workflows.lot_lives import LOTS, lots
from tests.workflows.refund_lives import REFUNDS, refunds
from tests.workflows.subscription_lives import SUBSCRIPTIONS, subscriptions
from workflows.returns import ReturnWorkflow

ROOT = Path(__file__).parents[2]
HISTORIES = Path(__file__).parent / "histories"

SHORT_LIFE = 100
"""The events after which a run of `many_runs` is followed by another."""


async def histories_of(case: Case) -> list[WorkflowHistory]:
    """Every run of the return, the first one first."""
    client = case.engine.env.client
    handle = case.engine.handle(case.return_id)
    last = (await handle.describe()).run_id

    async def listed() -> list[str]:
        query = f'WorkflowId = "{handle.id}"'
        runs = [run.run_id async for run in client.list_workflows(query)]
        return runs if last in runs else []

    runs = await eventually(listed, "listed")
    found = [
        await client.get_workflow_handle(handle.id, run_id=run).fetch_history() for run in runs
    ]
    return sorted(found, key=lambda history: history.events[0].event_time.ToNanoseconds())


async def record(engine: Engine, name: str) -> None:
    """Live through one journey, and keep its histories."""
    case = await Case.of(engine)
    if name == "many_runs":
        ReturnWorkflow.longest_history = SHORT_LIFE
    await JOURNEYS[name](case)
    for number, history in enumerate(await histories_of(case), start=1):
        (HISTORIES / f"{name}.{number}.json").write_text(_without_the_recorder(history) + "\n")


def _without_the_recorder(history: WorkflowHistory) -> str:
    """As compact JSON, without the name and the folders of the machine it was recorded on."""
    told = json.loads(history.to_json(), object_hook=_anonymous)
    return json.dumps(told, separators=(",", ":"))


def _anonymous(value: dict[str, Any]) -> dict[str, Any]:
    if "identity" in value:
        value["identity"] = "a worker"
    if value.get("kind") == "TASK_QUEUE_KIND_STICKY":
        value["name"] = "sticky"
    if "stackTrace" in value:
        value["stackTrace"] = value["stackTrace"].replace(f"{ROOT}/", "")
    return value


Living = Callable[[Engine], Awaitable[Mapping[str, WorkflowHistory]]]

BESIDES: Mapping[tuple[str, ...], Living] = {
    COMPARISONS: comparisons, REFUNDS: refunds, LOTS: lots, SUBSCRIPTIONS: subscriptions,
}  # fmt: skip
"""What is lived through beside the journeys of returns, by the histories that come of it."""


async def _besides(engine: Engine, names: Collection[str]) -> AsyncIterator[tuple[str, str]]:
    """Give the history of each of them, of all where none is named."""
    for told, live in BESIDES.items():
        if not names or not set(told).isdisjoint(names):
            for name, history in (await live(engine)).items():
                yield name, _without_the_recorder(history)


@asynccontextmanager
async def servers(scratch: Path) -> AsyncIterator[tuple[WorkflowEnvironment, str]]:
    """A Temporal server and a database of their own."""
    data, port = scratch / "postgres", free_port()
    await postgres.make_data_directory(data, os.environ, sync=False)
    server = await start_process(
        postgres.postgres_server(data, port=port, env=os.environ),
        state=scratch,
        ready=postgres.postgres_is_ready(data, port=port),
    )
    try:
        async with await WorkflowEnvironment.start_time_skipping_v2(
            ts_config=TimeSkippingConfig(enabled=False),
            data_converter=pydantic_data_converter,
            search_attributes=tuple(SEARCH_ATTRIBUTES.values()),
            dev_server_existing_path=str(temporal_cli()),
            dev_server_extra_args=[
                *("--dynamic-config-value", TIME_SKIPPING),
                *("--dynamic-config-value", PROMPT_TIMERS),
            ],
        ) as env:
            yield env, postgres.database_url(data, port=port)
    finally:
        await server.stop()


async def main(names: Sequence[str]) -> None:
    """Record these journeys, or all, in place of what was recorded before."""
    for name in names or ("*",):
        for old in HISTORIES.glob(f"{name}.*.json"):
            old.unlink()
    with tempfile.TemporaryDirectory(prefix="backhaul-histories-") as folder:
        scratch = Path(folder)
        async with (
            servers(scratch) as (env, database_url),
            running_engine(env, database_url, scratch / "sandbox") as engine,
        ):
            for name in JOURNEYS:
                if not names or name in names:
                    await record(engine, name)
            async for name, history in _besides(engine, names):
                (HISTORIES / f"{name}.1.json").write_text(f"{history}\n")


if __name__ == "__main__":
    HISTORIES.mkdir(exist_ok=True)
    asyncio.run(main(sys.argv[1:]))
