import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest

from deploy.local import with_running_stack

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class RunningStack:
    """A local stack in a process of its own, which can be killed."""

    process: asyncio.subprocess.Process
    children: list[psutil.Process]
    env: dict[str, str]


@pytest.fixture
def state(scratch: Path) -> Path:
    folder = scratch / f"state-{uuid4().hex[:8]}"
    folder.mkdir()
    return folder


@asynccontextmanager
async def running_stack(state: Path) -> AsyncIterator[RunningStack]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.local", "up", "--servers-only"),
        cwd=ROOT,
        env=os.environ | {"BACKHAUL_STATE": str(state)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    told = [line async for line in _up_to(process.stdout, b"Passwords")]
    children = psutil.Process(process.pid).children(recursive=True)
    try:
        assert children, b"".join(told).decode()
        yield RunningStack(process, children, with_running_stack({"BACKHAUL_STATE": str(state)}))
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


@pytest.fixture
async def start_stack(
    state: Path,
) -> AsyncIterator[Callable[[], Coroutine[Any, Any, RunningStack]]]:
    async with AsyncExitStack() as stacks:

        async def start() -> RunningStack:
            return await stacks.enter_async_context(running_stack(state))

        yield start


async def _up_to(stream: asyncio.StreamReader, last: bytes) -> AsyncIterator[bytes]:
    async for line in stream:
        yield line
        if line.startswith(last):
            return
