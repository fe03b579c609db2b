"""A sandbox within the tests' own process: quick to start, and listening on real sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sandbox.control_client import SandboxControl
from sandbox.server import open_sandbox
from sandbox.settings import Settings
from tests.sandbox_process import Sandbox, free_port, until_healthy


@asynccontextmanager
async def sandbox_here(state: Path, *, webhook_url: str) -> AsyncIterator[Sandbox]:
    port, smtp_port = free_port(), free_port()
    settings = Settings.from_env(
        {
            "BACKHAUL_STATE": str(state),
            "BACKHAUL_SANDBOX_PORT": str(port),
            "BACKHAUL_SMTP_PORT": str(smtp_port),
            "BACKHAUL_SANDBOX_SEED": "tests",
            "BACKHAUL_WEBHOOK_URL": webhook_url,
        }
    )
    url = f"http://127.0.0.1:{port}"
    async with open_sandbox(settings) as running, SandboxControl(url) as client:
        await until_healthy(url, lambda: not running.done())
        yield Sandbox(url, smtp_port, client)
