"""The plain return beside the same flow on DBOS Transact, on the same PostgreSQL and partners.

CPU per return of everything that keeps it going: our worker, the Temporal server and PostgreSQL;
their program and PostgreSQL. And returns a second with as many at a time as keep the machine busy.
While one side has its turn, the other's program is stopped, so that what it costs to wait is not
paid by the wrong one. What the outside does, and what it costs to ask, is not counted.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import psutil
from dbos import DBOSClient, EnqueueOptions

from bench.comparison import WARM_UP, Side, engine
from bench.journey import PATIENCE_S, Journey
from bench.on_dbos import DECISION, QUEUE, STARTED, WORKFLOW, Sealing
from bench.pace import pace
from bench.promises import Promise, broken
from bench.shown import Report, beside
from bench.sizes import Sizes
from bench.stage import Stage, program, stage
from bench.turns import Block, in_turn
from bench.words import Json
from sandbox.control_client import SandboxControl

MOST_CPU, LEAST_PACE = 1.0, 1.0
OURS, THEIRS = "engine", "DBOS"
CONNECTIONS = 10


class DbosDoor:
    """A workflow's of DBOS: a queue that starts it, an event that answers, messages."""

    def __init__(self, client: DBOSClient) -> None:
        self._client = client

    async def open(self, return_id: str, asked: Json) -> Json:
        how: EnqueueOptions = {
            "queue_name": QUEUE,
            "workflow_name": WORKFLOW,
            "workflow_id": return_id,
        }
        await self._client.enqueue_async(how, return_id, asked["request"])
        answer: Json | None = await self._client.get_event_async(return_id, DECISION, PATIENCE_S)
        if answer is None:
            raise TimeoutError(f"{return_id}: no decision")
        return answer

    async def tell(self, return_id: str, signal: str, said: Json) -> None:
        key = f"{return_id}:{said['message_id']}"
        await self._client.send_async(return_id, said, signal, idempotency_key=key)

    async def ended(self, return_id: str) -> None:
        handle: Any = await self._client.retrieve_workflow_async(return_id)
        await handle.get_result()


@dataclass(frozen=True)
class _Runner:
    """One side's program, its returns, and what takes CPU for them."""

    worker: psutil.Process
    parts: tuple[str, ...]
    journey: Journey
    hurried: Journey


async def measure(*, returns: int, paced: int, rounds: int) -> Report:
    """Run it all on servers of its own.

    Args:
        returns: In each block of which the CPU is measured.
        paced: In each block of which the pace is.
        rounds: Blocks of each side, of either kind.
    """
    async with stage() as on, SandboxControl(on.sandbox_url) as sandbox:
        await sandbox.script("*", "refund.pending")
        async with engine(on, sandbox) as (side, sizes):
            with _stopped(side.worker):
                async with _dbos(on, sandbox, sizes) as theirs:
                    ours = _ours(side, sandbox)
                    with _stopped(theirs.worker):
                        cpu = await in_turn(
                            _blocks(on, ours, theirs, _cpu_ms, returns), rounds=rounds
                        )
                        paces = await in_turn(
                            _blocks(on, ours, theirs, _pace, paced), rounds=rounds
                        )
    tables = [
        beside(
            "one plain drop-off refund",
            "CPU, ms",
            {"per return": cpu},
            {"per return": f"at most {MOST_CPU}"},
        ),
        beside(
            "a busy machine", "returns/s", {"plain": paces}, {"plain": f"at least {LEAST_PACE}"}
        ),
    ]
    promises = [
        Promise("CPU per return beside DBOS", cpu.ratio(OURS, THEIRS), most=MOST_CPU),
        Promise("returns/s beside DBOS", paces.ratio(OURS, THEIRS), least=LEAST_PACE),
    ]
    return Report(tables, broken(promises))


def _ours(side: Side, sandbox: SandboxControl) -> _Runner:
    hurried = Journey(side.door, sandbox, prefix="P", pause_s=0.0)
    return _Runner(side.worker, ("worker", "temporal", "postgres"), side.journey, hurried)


@asynccontextmanager
async def _dbos(on: Stage, sandbox: SandboxControl, sizes: Sizes) -> AsyncIterator[_Runner]:
    """Their program, warm."""
    file = on.state / "sizes.json"
    file.write_text(sizes.model_dump_json())
    async with program(on, "dbos", "-m", "bench.on_dbos", str(file), says=STARTED) as worker:
        client = DBOSClient(
            system_database_url=on.env["DATABASE_URL"],
            serializer=Sealing(),
            system_database_pool_size=CONNECTIONS,
            use_listen_notify=True,
            application_name="bench",
        )
        try:
            door = DbosDoor(client)
            journey = Journey(door, sandbox, prefix="D")
            await journey.take(WARM_UP)
            hurried = Journey(door, sandbox, prefix="R", pause_s=0.0)
            yield _Runner(worker, ("worker", "postgres"), journey, hurried)
        finally:
            client.destroy()


def _blocks(
    on: Stage,
    ours: _Runner,
    theirs: _Runner,
    measured: Callable[[Stage, _Runner, int], Awaitable[float]],
    returns: int,
) -> dict[str, Block]:
    async def turn(runner: _Runner) -> float:
        runner.worker.resume()
        try:
            return await measured(on, runner, returns)
        finally:
            runner.worker.suspend()

    return {OURS: partial(turn, ours), THEIRS: partial(turn, theirs)}


async def _cpu_ms(on: Stage, runner: _Runner, returns: int) -> float:
    """Milliseconds of CPU that one return takes of all that keeps it going."""
    before = on.cpu_s(runner.worker)
    await runner.journey.take(returns)
    after = on.cpu_s(runner.worker)
    return sum(after[part] - before[part] for part in runner.parts) / returns * 1_000


async def _pace(_on: Stage, runner: _Runner, returns: int) -> float:
    return await pace(runner.hurried, returns)


@contextmanager
def _stopped(process: psutil.Process) -> Iterator[None]:
    """Let it do nothing, until the end: then it must be able to end."""
    process.suspend()
    try:
        yield
    finally:
        process.resume()
