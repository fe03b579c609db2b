"""What one more return costs while 100 others are open, and while 10,000 are.

The others are real: their events and their orders' ledgers stand in the store as the rules decided
them, up to the label that the customer has, and each has its workflow, which the server holds and
the worker started from its stream, with its timers and its place in the lists. Only the way there
was short: the events of one such return were written for each under its own name, with no partner
asked and no message sent. What is measured then goes the whole way.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count, islice
from statistics import median

from temporalio.contrib.pydantic import pydantic_data_converter

from activities.event_store import Append
from activities.known import return_stream
from activities.stored import AnyEvent, as_stored
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import connect
from bench.comparison import connected, engine
from bench.plain import waiting_return
from bench.promises import Promise, broken
from bench.shown import Report, table
from bench.stage import PARTS, Stage, stage
from bench.turns import spread
from bench.words import TENANT
from domain.orders.events import ledger_stream
from sandbox.control_client import SandboxControl
from workflows.names import TASK_QUEUE, WORKFLOW_TYPE, StartReturn, workflow_id

FEW = 100
MOST = 1.15
AT_ONCE = 40
NOBODY = "NOBODY-0"
"""The return whose events are written for each; its id stands nowhere else in them."""

LOOK_AGAIN_S = 0.5
WAITING = (
    'WorkflowType = "ReturnWorkflow" AND ExecutionStatus = "Running" AND NextAction IS NOT NULL'
)


async def measure(*, opened: int, returns: int, blocks: int) -> Report:
    """Run it all on servers of its own.

    Args:
        opened: How many are open in the end.
        returns: In each block.
        blocks: With few open, and as many with all.
    """
    async with stage() as on, SandboxControl(on.sandbox_url) as sandbox:
        await sandbox.script("*", "refund.pending")
        async with engine(on, sandbox) as (side, _sizes):
            names = (f"S-{number}" for number in count(1))
            await _open(on, islice(names, FEW), FEW)
            few = [await side.block(returns) for _ in range(blocks)]
            await _open(on, islice(names, opened - FEW), opened)
            many = [await side.block(returns) for _ in range(blocks)]
    rows = []
    for part in (*PARTS, ""):
        before, after = ([block.cpu_ms(part) for block in side] for side in (few, many))
        growth = median(after) / median(before)
        limit = "" if part else f"{MOST:.2f}"
        name = f"CPU of {part or 'all three'}, ms"
        rows.append([name, spread(before), spread(after), f"{growth:.2f}", limit])
    columns = ("per return", f"{FEW} open", f"{opened:,} open", "growth", "at most")
    promises = [Promise(f"growth from {FEW} to {opened:,} open", growth, most=MOST)]
    return Report([table("one more return", columns, rows)], broken(promises))


async def _open(on: Stage, names: Iterator[str], until: int) -> None:
    """Write what happened to each, start its workflow, and wait until so many know their step."""
    client = await connected(on, pydantic_data_converter)
    seed, places = _Seed(datetime.now(UTC)), asyncio.Semaphore(AT_ONCE)

    async with await connect(on.env["DATABASE_URL"], migrate=False) as pool:
        store = PostgresEventStore(pool)

        async def one(name: str) -> None:
            async with places:
                await store.append(*seed.appends(name))
                await client.start_workflow(
                    WORKFLOW_TYPE,
                    StartReturn(tenant=TENANT, return_id=name),
                    id=workflow_id(TENANT, name),
                    task_queue=TASK_QUEUE,
                )

        await asyncio.gather(*(one(name) for name in names))
    while (await client.count_workflows(WAITING)).count < until:  # noqa: ASYNC110 - nothing tells
        await asyncio.sleep(LOOK_AGAIN_S)


class _Seed:
    """One return's events, to be written under any name."""

    def __init__(self, now: datetime) -> None:
        self._of_return, self._of_order = waiting_return(NOBODY, now)

    def appends(self, name: str) -> list[Append]:
        stream = return_stream(TENANT, name)
        ledger = ledger_stream(TENANT, f"W-{name}")
        return [
            _append(stream, stream, self._of_return, name),
            _append(ledger, stream, self._of_order, name),
        ]


def _append(stream: str, correlation: str, events: Sequence[AnyEvent], name: str) -> Append:
    stored = as_stored(events, TENANT, correlation, "service:bench", "seed")
    return Append(
        stream, 0, tuple(replace(one, data=one.data.replace(NOBODY, name)) for one in stored)
    )
