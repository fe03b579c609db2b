"""The servers that both workers share, and the CPU that each of them takes."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psutil

from deploy.local import LocalStack
from deploy.local.ports import LOOPBACK, free_port

ROOT = Path(__file__).parents[1]
READY_S = 90.0
LOOK_AGAIN_S = 0.02
PARTS = ("worker", "temporal", "postgres")


@dataclass(frozen=True)
class Stage:
    """Servers that run, and what a program must find in its environment to use them."""

    state: Path
    env: Mapping[str, str]

    @property
    def sandbox_url(self) -> str:
        return self.env["BACKHAUL_SANDBOX_URL"]

    def cpu_s(self, worker: psutil.Process) -> dict[str, float]:
        """Seconds of CPU that each part has taken in its life so far."""
        servers = {
            child.name(): child
            for child in psutil.Process().children()
            if child.name() in {"temporal", "postgres"}
        }
        return {"worker": _cpu_s(worker)} | {
            name: _cpu_s(process) for name, process in sorted(servers.items())
        }


def _cpu_s(process: psutil.Process) -> float:
    """Its own and its children's, those that ended before included."""
    while True:
        ended = process.cpu_times()
        try:
            alive = [ended, *(child.cpu_times() for child in process.children(recursive=True))]
        except psutil.NoSuchProcess:  # one has just ended, and is its parent's now
            continue
        return (
            sum(times.user + times.system for times in alive)
            + ended.children_user
            + ended.children_system
        )


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """Start PostgreSQL, Temporal and the sandbox on a folder that is thrown away."""
    state = Path(tempfile.mkdtemp(prefix="backhaul-bench-"))
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TEMPORAL_", "BACKHAUL_")) and name != "DATABASE_URL"
    }
    try:
        async with LocalStack.at(state, env=ours) as stack:
            port, smtp_port = free_port(), free_port()
            env = stack.environment | {
                "BACKHAUL_SANDBOX_PORT": str(port),
                "BACKHAUL_SANDBOX_URL": f"http://{LOOPBACK}:{port}",
                "BACKHAUL_SMTP_PORT": str(smtp_port),
                "BACKHAUL_SANDBOX_SEED": "bench",
                "BACKHAUL_WEBHOOK_URL": "",
                "BACKHAUL_LOG": "json",
            }
            async with program(Stage(state, env), "sandbox", "-m", "sandbox"):
                await _until_answered(f"{env['BACKHAUL_SANDBOX_URL']}/healthz")
                yield Stage(state, env)
    finally:
        shutil.rmtree(state, ignore_errors=True)


@asynccontextmanager
async def program(
    on: Stage, name: str, *arguments: str, says: str = "", env: Mapping[str, str] | None = None
) -> AsyncIterator[psutil.Process]:
    """Run one of our programs until the context is left; enter it once it `says` something."""
    told = on.state / f"{name}.log"
    with told.open("wb") as log:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=ROOT,
            env={**on.env, **(env or {}), "PYTHONUNBUFFERED": "1"},
            stdout=log,
            stderr=log,
        )
    try:
        async with asyncio.timeout(READY_S):
            while says and says.encode() not in told.read_bytes():
                if child.returncode is not None:
                    raise RuntimeError(f"{name} ended: {told.read_text(errors='replace')[-2000:]}")
                await asyncio.sleep(LOOK_AGAIN_S)
        yield psutil.Process(child.pid)
    finally:
        if child.returncode is None:
            child.send_signal(signal.SIGTERM)
        await child.wait()


async def _until_answered(url: str) -> None:
    async with asyncio.timeout(READY_S), httpx2.AsyncClient(trust_env=False) as http:
        while True:
            try:
                if (await http.get(url)).is_success:
                    return
            except httpx2.TransportError:
                await asyncio.sleep(LOOK_AGAIN_S)
