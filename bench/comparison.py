"""Blocks of returns by either worker in turn, and the ratios of their pairs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from statistics import median

import psutil
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter

from bench import sealing
from bench.bare import LISTED, WORKFLOW
from bench.bare_worker import QUEUE, STARTED
from bench.doors import TemporalDoor
from bench.journey import Journey
from bench.sizes import Sizes, sizes_of
from bench.stage import PARTS, Stage, program, stage
from sandbox.control_client import SandboxControl
from workflows.names import TASK_QUEUE, WORKFLOW_TYPE

MOST_EVENTS = 80
MOST_RATIO = 1.25
WARM_UP = 30
"""Returns before the first block: modules are imported, statements prepared."""


@dataclass(frozen=True)
class Block:
    """What some returns took."""

    returns: int
    cpu_s: dict[str, float]
    events: list[int]
    history_bytes: list[int]

    def cpu_ms(self, part: str = "") -> float:
        """Per return; of all parts, without a name."""
        parts = [part] if part else PARTS
        return sum(self.cpu_s[name] for name in parts) / self.returns * 1_000


@dataclass
class Comparison:
    """Blocks that ran in turn."""

    engine: list[Block] = field(default_factory=list)
    bare: list[Block] = field(default_factory=list)
    listed: list[Block] = field(default_factory=list)
    """The bare one, and the server's lists say how it stands, as they do of the engine's."""

    def ratios(self, part: str = "", *, listed: bool = False) -> list[float]:
        """By pair; of all parts, without a name; beside the bare one, or the listed one."""
        pairs = zip(self.engine, self.listed if listed else self.bare, strict=True)
        return [one.cpu_ms(part) / other.cpu_ms(part) for one, other in pairs]

    def broken(self) -> list[str]:
        """Name the promises that do not hold."""
        events = max(max(block.events) for block in self.engine)
        found = []
        if events > MOST_EVENTS:
            found.append(f"{events} history events, at most {MOST_EVENTS} are promised")
        ratio = median(self.ratios())  # so that one disturbed block does not decide
        if ratio > MOST_RATIO:
            found.append(f"{ratio:.2f} times the CPU, at most {MOST_RATIO} are promised")
        return found


@dataclass
class Side:
    """One of the two workers, running."""

    journey: Journey
    door: TemporalDoor
    worker: psutil.Process
    on: Stage

    async def block(self, returns: int) -> Block:
        """Take some returns through, and see what that took."""
        before = self.on.cpu_s(self.worker)
        ended = await self.journey.take(returns)
        after = self.on.cpu_s(self.worker)
        histories = [await self.door.handle(one).fetch_history() for one in ended]
        return Block(
            returns=returns,
            cpu_s={part: after[part] - before[part] for part in PARTS},
            events=[len(history.events) for history in histories],
            history_bytes=[
                sum(event.ByteSize() for event in history.events) for history in histories
            ],
        )


async def compare(*, returns: int, pairs: int) -> Comparison:
    """Run it all on servers of its own: each side's turn, and then the other way round."""
    result = Comparison()
    async with stage() as on, SandboxControl(on.sandbox_url) as sandbox:
        await sandbox.script("*", "refund.pending")
        async with (
            engine(on, sandbox) as (ours, sizes),
            bare(on, sandbox, sizes) as (plain, listed),
        ):
            turns = [(ours, result.engine), (plain, result.bare), (listed, result.listed)]
            for _ in range(pairs):
                for side, blocks in turns:
                    blocks.append(await side.block(returns))
                turns.reverse()
    return result


@asynccontextmanager
async def engine(
    on: Stage, sandbox: SandboxControl, *, prefix: str = "E"
) -> AsyncIterator[tuple[Side, Sizes]]:
    """The engine's worker, warm; and how large what it writes is."""
    async with program(on, "worker", "worker.py", says="worker.started") as worker:
        client = await connected(on, pydantic_data_converter)
        door = TemporalDoor(client, workflow=WORKFLOW_TYPE, queue=TASK_QUEUE)
        journey = Journey(door, sandbox, prefix=prefix)
        one = (await journey.take(WARM_UP))[-1]
        history = await door.handle(one).fetch_history()
        sizes = await sizes_of(history, on.env["DATABASE_URL"], one)
        yield Side(journey, door, worker, on), sizes


@asynccontextmanager
async def bare(
    on: Stage, sandbox: SandboxControl, sizes: Sizes
) -> AsyncIterator[tuple[Side, Side]]:
    """The bare worker, warm, with the one kind of its returns and the other."""
    file = on.state / "sizes.json"
    file.write_text(sizes.model_dump_json())
    arguments = ("-m", "bench.bare_worker", str(file))
    async with program(on, "bare", *arguments, says=STARTED) as worker:
        client = await connected(on, sealing.converter())
        door = TemporalDoor(client, workflow=WORKFLOW, queue=QUEUE)
        plain, listed = (
            Journey(door, sandbox, prefix=prefix) for prefix in ("B", LISTED.removesuffix("-"))
        )
        await plain.take(WARM_UP)
        await listed.take(WARM_UP)
        yield Side(plain, door, worker, on), Side(listed, door, worker, on)


async def connected(on: Stage, converter: DataConverter) -> Client:
    return await Client.connect(on.env["TEMPORAL_ADDRESS"], data_converter=converter)
