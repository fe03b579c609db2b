"""Runs the engine.

`python worker.py` takes everything from the environment (see `adapters.settings`), runs
until it is told to stop, and then finishes what is under way.
"""

import asyncio
import gc
import os
import signal
import sys
from contextlib import AsyncExitStack
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from adapters.logging import configure_logging
from adapters.postgres.data_keys import DataKeys
from adapters.postgres.pool import connect
from adapters.sealing.codec import converter_of
from adapters.sealing.wrapping import MasterKeys
from adapters.settings import Settings, SettingsError
from deploy.search_attributes import register_search_attributes
from wiring import Partners, partners
from workflows.names import partner_queue
from workflows.reconciliation import FindingWorkflow, ReconciliationWorkflow
from workflows.recoveries import RecoveryWorkflow
from workflows.refunds import RefundWorkflow
from workflows.returns import ReturnWorkflow

log = structlog.get_logger()

GRACE = timedelta(seconds=30)
"""How long steps under way may take to finish once we are told to stop."""

KEY_CONNECTIONS = 2
"""To the database, for the keys of payloads alone: a task never waits for a recording to end."""

PASSED_THROUGH = (
    "activities", "domain", "workflows", "pydantic", "pydantic_core", "structlog", "annotated_types",
)  # fmt: skip
"""Modules that workflows share with the process instead of importing them for every run."""

WORKFLOWS = (
    ReturnWorkflow,
    RecoveryWorkflow,
    RefundWorkflow,
    ReconciliationWorkflow,
    FindingWorkflow,
)

RETURNS = "returns"
"""The kind of queue that is no partner's: the workflows', and what is recorded for them."""


def workflow_runner() -> SandboxedWorkflowRunner:
    """Keep workflows from what would not be the same in a replay."""
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    )


def workers(
    client: Client, task_queue: str, able: Partners, works_on: frozenset[str] = frozenset()
) -> list[Worker]:
    """One worker for the workflows and their recordings, one for each kind of partner.

    Args:
        client: Connected to the server.
        task_queue: The workflows' own; partners' queues are named after it.
        able: What can be done.
        works_on: These kinds alone; none: all of them.

    Raises:
        SettingsError: There is no such kind.
    """
    kinds = {RETURNS, *able.by_queue}
    if works_on - kinds:
        raise SettingsError("BACKHAUL_WORKS_ON", f"of {', '.join(sorted(kinds))}")
    of_partners = [
        Worker(
            client,
            task_queue=partner_queue(task_queue, kind),
            activities=activities,
            max_concurrent_activities=50,
            graceful_shutdown_timeout=GRACE,
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
        workflow_runner=workflow_runner(),
        max_cached_workflows=2_000,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=5),
        graceful_shutdown_timeout=GRACE,
    )
    return [of_returns, *of_partners]


def collect_seldom() -> None:
    """Look for rubbish rarely: what was imported stays, and what returns leave is not circular.

    A full collection walks over every object of thousands of cached workflows.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until told to stop; then finish what is under way."""
    async with AsyncExitStack() as stack:
        url, migrate = settings.database_url, settings.sets_up
        pool = await connect(url, migrate=migrate, connections=KEY_CONNECTIONS)
        await stack.enter_async_context(pool)
        keys = DataKeys(pool, MasterKeys(*settings.master_keys))
        converter = converter_of(keys, settings.namespace, settings.payloads)
        client = await Client.connect(**settings.temporal_connect(), data_converter=converter)
        if settings.sets_up:
            await register_search_attributes(client)
        able = await stack.enter_async_context(partners(settings, converter=converter))
        for worker in workers(client, settings.task_queue, able, settings.works_on):
            await stack.enter_async_context(worker)
        collect_seldom()
        log.info("worker.started", task_queue=settings.task_queue)
        await stop.wait()
        log.info("worker.stopping")


async def main() -> int:
    """Run as a process of its own."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for told in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(told, stop.set)
    try:
        settings = Settings.from_env(os.environ)
        configure_logging(settings.log)
        await run(settings, stop)
    except SettingsError as wrong:
        sys.stderr.write(f"worker: {wrong}\n")
        return 2
    await asyncio.sleep(0.1)  # the SDK's threads end a moment after its last call
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
