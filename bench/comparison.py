"""Blocks of returns by either worker in turn, and the ratios of their pairs."""

from dataclasses import dataclass, field
from statistics import median
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter

from bench.bare import WORKFLOW
from bench.bare_worker import QUEUE, STARTED
from bench.journey import Journey
from bench.sizes import Sizes, sizes_of
from bench.stage import PARTS, Stage, program, stage
from sandbox.control_client import SandboxControl
from workflows.names import TASK_QUEUE, WORKFLOW_TYPE

MOST_EVENTS = 80
MOST_RATIO = 1.25
WARM_UP = 30
"""Returns before a block is measured: modules are imported, statements prepared."""


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
    """Blocks that ran one after the other: engine, bare, engine, bare …"""

    engine: list[Block] = field(default_factory=list)
    bare: list[Block] = field(default_factory=list)

    def ratio(self, part: str = "") -> float:
        """The median over the pairs, so that one disturbed block does not decide."""
        pairs = zip(self.engine, self.bare, strict=True)
        return median(one.cpu_ms(part) / other.cpu_ms(part) for one, other in pairs)

    def broken(self) -> list[str]:
        """Name the promises that do not hold."""
        events = max(max(block.events) for block in self.engine)
        found = []
        if events > MOST_EVENTS:
            found.append(f"{events} history events, at most {MOST_EVENTS} are promised")
        if self.ratio() > MOST_RATIO:
            found.append(f"{self.ratio():.2f} times the CPU, at most {MOST_RATIO} are promised")
        return found


@dataclass
class _Bench:
    on: Stage
    client: Client
    sandbox: SandboxControl
    returns: int

    async def engine(self, number: int) -> tuple[Block, Sizes]:
        """A block by the engine's worker, and how large what it wrote is."""
        async with program(self.on, "worker", "worker.py", says="worker.started") as worker:
            journey = self._journey(WORKFLOW_TYPE, TASK_QUEUE, f"E{number}")
            block, ended = await self._measured(journey, worker)
            one = ended[-1]
            return_id = one.id.rpartition(":")[2]
            sizes = await sizes_of(
                await one.fetch_history(), self.on.env["DATABASE_URL"], return_id
            )
            return block, sizes

    async def bare(self, number: int, sizes: Sizes) -> Block:
        """A block by the bare worker."""
        file = self.on.state / "sizes.json"
        file.write_text(sizes.model_dump_json())
        arguments = ("-m", "bench.bare_worker", str(file))
        async with program(self.on, "bare", *arguments, says=STARTED) as worker:
            journey = self._journey(WORKFLOW, QUEUE, f"B{number}")
            return (await self._measured(journey, worker))[0]

    def _journey(self, workflow: str, queue: str, prefix: str) -> Journey:
        return Journey(self.client, self.sandbox, workflow=workflow, queue=queue, prefix=prefix)

    async def _measured(
        self, journey: Journey, worker: Any
    ) -> tuple[Block, list[WorkflowHandle[Any, Any]]]:
        await journey.take(WARM_UP)
        before = self.on.cpu_s(worker)
        ended = await journey.take(self.returns)
        after = self.on.cpu_s(worker)
        histories = [await handle.fetch_history() for handle in ended]
        return Block(
            returns=self.returns,
            cpu_s={part: after[part] - before[part] for part in PARTS},
            events=[len(history.events) for history in histories],
            history_bytes=[
                sum(event.ByteSize() for event in history.events) for history in histories
            ],
        ), ended


async def compare(*, returns: int, pairs: int) -> Comparison:
    """Run it all on servers of its own."""
    result = Comparison()
    async with stage() as on, SandboxControl(on.sandbox_url) as sandbox:
        client = await Client.connect(
            on.env["TEMPORAL_ADDRESS"], data_converter=pydantic_data_converter
        )
        await sandbox.script("*", "refund.pending")
        bench = _Bench(on, client, sandbox, returns)
        for number in range(pairs):
            block, sizes = await bench.engine(number)
            result.engine.append(block)
            result.bare.append(await bench.bare(number, sizes))
    return result
