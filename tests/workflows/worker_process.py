"""A worker in a process of its own, for tests that kill it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.engine import eventually

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class WorkerProcess:
    """A worker that runs."""

    process: asyncio.subprocess.Process
    log: Path

    async def kill(self) -> None:
        """Kill -9, and wait until it is gone."""
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def running_worker(
    environment: Mapping[str, str], log: Path, program: Sequence[str] = ("worker.py",)
) -> AsyncIterator[WorkerProcess]:
    """Start a worker and wait until it works; kill it at the end, if it still runs."""
    with log.open("ab") as lines:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *program,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=lines,
            stderr=lines,
        )
    try:
        await _until_it_says("worker.started", process, log)
        yield WorkerProcess(process, log)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _until_it_says(word: str, process: asyncio.subprocess.Process, log: Path) -> None:
    async def said() -> str:
        told = await asyncio.to_thread(log.read_text)
        if process.returncode is not None:
            raise RuntimeError(f"the worker ended with {process.returncode}:\n{told[-3_000:]}")
        return word if word in told else ""

    await eventually(said, word)
