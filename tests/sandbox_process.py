"""A sandbox in a process of its own, for tests of any part."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from sandbox.control_client import SandboxControl
from sandbox.trust import authorities

ROOT = Path(__file__).parents[1]
READY_S = 20.0


@dataclass(frozen=True)
class Sandbox:
    """Where a running sandbox listens; `client` drives it."""

    url: str
    smtp_port: int
    client: SandboxControl


@dataclass(frozen=True)
class SandboxProcess(Sandbox):
    """One that can be killed."""

    process: asyncio.subprocess.Process

    async def kill(self) -> None:
        """Kill -9, and wait until it is gone."""
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def running_sandbox(
    state_dir: Path,
    *,
    webhook_url: str = "",
    seed: str = "tests",
    port: int | None = None,
    smtp_port: int | None = None,
) -> AsyncIterator[SandboxProcess]:
    """Start the real process on free ports, or on given ones after a kill; stop it at the end."""
    port, smtp_port = port or free_port(), smtp_port or free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        cwd=ROOT,
        env=os.environ
        | {
            "BACKHAUL_STATE": str(state_dir),
            "BACKHAUL_SANDBOX_PORT": str(port),
            "BACKHAUL_SMTP_PORT": str(smtp_port),
            "BACKHAUL_SANDBOX_SEED": seed,
            "BACKHAUL_WEBHOOK_URL": webhook_url,
        },
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with SandboxControl(url) as client:
            await until_healthy(url, lambda: process.returncode is None)
            yield SandboxProcess(url, smtp_port, client, process)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until_healthy(url: str, lives: Callable[[], bool]) -> None:
    """Wait until it answers.

    Raises:
        RuntimeError: It ended before it did.
    """
    async with (
        asyncio.timeout(READY_S),
        httpx2.AsyncClient(trust_env=False, verify=authorities()) as http,
    ):
        while lives():
            try:
                if (await http.get(f"{url}/healthz")).is_success:
                    return
            except httpx2.TransportError:
                await asyncio.sleep(0.02)
    raise RuntimeError("the sandbox ended before it was ready")
