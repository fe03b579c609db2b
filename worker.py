"""Runs the engine.

`python worker.py` takes everything from the environment (see `adapters.settings`), runs
until it is told to stop, and then finishes what is under way. `python worker.py replay` says
whether this release can go on with what others have begun.
"""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import product

import structlog
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Interceptor, Replayer, Worker, WorkerDeploymentConfig
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from adapters.logging import configure_logging
from adapters.postgres.data_keys import DataKeys
from adapters.postgres.pool import connect
from adapters.postgres.rewrapping import assert_keys_open
from adapters.sealing.codec import converter_of
from adapters.sealing.wrapping import MasterKeys
from adapters.settings import Settings, SettingsError
from adapters.telemetry.doors import connecting, is_open
from adapters.telemetry.opening import telemetry
from deploy.search_attributes import register_search_attributes
from wiring import Partners, partners
from workflows.lots import LotWorkflow
from workflows.names import partner_queue
from workflows.reconciliation import FindingWorkflow, ReconciliationWorkflow
from workflows.recoveries import RecoveryWorkflow
from workflows.refunds import RefundWorkflow
from workflows.returns import ReturnWorkflow
from workflows.subscriptions import SubscriptionWorkflow
from workflows.traces import BEGIN, CURRENT

log = structlog.get_logger()

GRACE = timedelta(seconds=30)
"""How long steps under way may take to finish once we are told to stop."""

SAMPLE, OLD = 50, timedelta(days=7)
"""How many histories of each sort are replayed; begun before, it is an old one."""

KEY_CONNECTIONS = 2
"""To the database, for the keys of payloads alone: a task never waits for a recording to end."""

PASSED_THROUGH = (
    "activities", "domain", "workflows", "pydantic", "pydantic_core", "structlog", "annotated_types",
)  # fmt: skip
"""Modules that workflows share with the process instead of importing them for every run."""

WORKFLOWS = (
    ReturnWorkflow,
    RecoveryWorkflow,
    LotWorkflow,
    RefundWorkflow,
    ReconciliationWorkflow,
    FindingWorkflow,
    SubscriptionWorkflow,
)

WEBHOOKS = "webhooks"
"""The kind of queue in which merchants' servers are told what happened."""

RETURNS = "returns"
"""The kind of queue that is no partner's: the workflows', and what is recorded for them."""


def workflow_runner() -> SandboxedWorkflowRunner:
    """Keep workflows from what would not be the same in a replay."""
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    )


def tracing() -> list[Interceptor]:
    """Let be seen what a worker does, where somebody looks."""
    if not is_open():
        return []
    from adapters.telemetry.work import WorkTracing

    return [WorkTracing(CURRENT, BEGIN)]


def workers(
    client: Client,
    task_queue: str,
    able: Partners,
    works_on: frozenset[str] = frozenset(),
    release: str = "",
) -> list[Worker]:
    """One worker for the workflows and their recordings, one for each kind of partner.

    Args:
        client: Connected to the server.
        task_queue: The workflows' own; partners' queues are named after it.
        able: What can be done.
        works_on: These kinds alone; none: all of them.
        release: Which build this is, for the server to tell it from others.

    Raises:
        SettingsError: There is no such kind.
    """
    deployment = _deployment(task_queue, release)
    kinds = {RETURNS, *able.by_queue}
    if works_on - kinds:
        raise SettingsError("BACKHAUL_WORKS_ON", f"of {', '.join(sorted(kinds))}")
    of_partners = [
        Worker(
            client,
            task_queue=partner_queue(task_queue, kind),
            activities=activities,
            interceptors=tracing(),
            max_concurrent_activities=50,
            max_task_queue_activities_per_second=able.limits.get(kind),
            graceful_shutdown_timeout=GRACE,
            deployment_config=deployment,
        )
        for kind, activities in able.by_queue.items()
        if kind in (works_on or kinds)
    ]
    if works_on and RETURNS not in works_on:
        return of_partners
    of_returns = Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=able.here,
        interceptors=tracing(),
        workflow_runner=workflow_runner(),
        max_cached_workflows=2_000,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=5),
        graceful_shutdown_timeout=GRACE,
        deployment_config=deployment,
    )
    return [of_returns, *of_partners]


def _deployment(task_queue: str, release: str) -> WorkerDeploymentConfig | None:
    """A return outlives many releases, so it goes on with the newest at its next step."""
    if not release:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name=task_queue, build_id=release),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )


def collect_seldom() -> None:
    """Look for rubbish rarely: what was imported stays, and what returns leave is not circular.

    A full collection walks over every object of thousands of cached workflows.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Client]:
    """A client that reads and writes payloads as this engine does."""
    url, migrate = settings.database_url, settings.sets_up
    async with await connect(url, migrate=migrate, connections=KEY_CONNECTIONS) as pool:
        wrapper = MasterKeys(*settings.master_keys)
        await assert_keys_open(pool, wrapper)
        keys = DataKeys(pool, wrapper)
        converter = converter_of(keys, settings.namespace, settings.payloads)
        yield await Client.connect(
            **settings.temporal_connect(), data_converter=converter, **connecting()
        )


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until told to stop; then finish what is under way."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(connected(settings))
        if settings.sets_up:
            await register_search_attributes(client)
        outside = partners(settings, converter=client.data_converter)
        able = await stack.enter_async_context(outside)
        queue, works_on = settings.task_queue, settings.works_on
        for worker in workers(client, queue, able, works_on, settings.release):
            await stack.enter_async_context(worker)
        if not works_on or WEBHOOKS in works_on:
            beside = await stack.enter_async_context(asyncio.TaskGroup())
            ringing = able.bell.run(partner_queue(queue, WEBHOOKS), stop)
            beside.create_task(ringing, name="bell")
        collect_seldom()
        log.info("worker.started", task_queue=queue, release=settings.release)
        await stop.wait()
        log.info("worker.stopping")


async def replay(client: Client, most: int = SAMPLE) -> AsyncIterator[tuple[str, str]]:
    """Play histories of each kind through this code: new and old ones, open and ended ones.

    Yields:
        A workflow's id, and why this code cannot go on with it; nothing, where it can.
    """
    replayer = Replayer(
        workflows=WORKFLOWS,
        workflow_runner=workflow_runner(),
        data_converter=client.data_converter,
        namespace=client.namespace,
    )
    long_ago = (datetime.now(UTC) - OLD).isoformat()
    for workflow, open_or_not, new_or_not in product(WORKFLOWS, ("=", "!="), (">", "<=")):
        query = (
            f"WorkflowType = '{workflow.__name__}' AND ExecutionStatus {open_or_not} 'Running'"
            f" AND StartTime {new_or_not} '{long_ago}'"
        )
        histories = client.list_workflows(query, limit=most).map_histories()
        async with replayer.workflow_replay_iterator(histories) as played:
            async for one in played:
                yield one.history.workflow_id, str(one.replay_failure or "")


async def gate(settings: Settings) -> int:
    """Say which workflows this release cannot go on with; 1 where there are any."""
    played, unfit = 0, []
    async with connected(settings) as client:
        async for workflow, why in replay(client):
            played += 1
            if why:
                unfit.append(workflow)
                log.error("replay.unfit", workflow_id=workflow, because=why)
    log.info("replay.done", played=played, unfit=len(unfit))
    return 1 if unfit else 0


async def work(settings: Settings) -> int:
    """Run as a process of its own, until a signal."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for told in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(told, stop.set)
    with telemetry("worker"):
        await run(settings, stop)
    return 0


async def main(arguments: Sequence[str]) -> int:
    """Give 0 when done, 1 where a replay fails, 2 for what makes no sense."""
    ways = {(): work, ("replay",): gate}
    if tuple(arguments) not in ways:
        sys.stderr.write("usage: python worker.py [replay]\n")
        return 2
    try:
        settings = Settings.from_env(os.environ)
        configure_logging(settings.log)
        ended = await ways[tuple(arguments)](settings)
    except SettingsError as wrong:
        sys.stderr.write(f"worker: {wrong}\n")
        return 2
    await asyncio.sleep(0.1)  # the SDK's threads end a moment after its last call
    return ended


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
