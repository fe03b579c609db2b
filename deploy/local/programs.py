"""The engine's own programs, run beside the servers: sandbox partners, worker and API."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2
import structlog

from adapters.settings import port
from deploy.local.children import Program
from deploy.local.ports import LOOPBACK
from deploy.local.stack import LocalStack, together

log = structlog.get_logger()

ROOT = Path(__file__).parents[2]
WORKER_GRACE_S = 35.0  # its own grace for running activities is 30 s


async def start_programs(stack: LocalStack) -> None:
    """Start sandbox, worker and API on `stack`, announce where they listen, apply schedules.

    `BACKHAUL_SANDBOX_URL` in the surroundings replaces the sandbox.

    Raises:
        ChildFailed: One of them ended before it was ready; its last lines are told.
        SettingsError: A port in the environment makes no sense.
    """
    api_port = stack.api_port
    api_url = f"http://{LOOPBACK}:{api_port}"
    stack.announce({"BACKHAUL_API_PORT": str(api_port), "BACKHAUL_API_URL": api_url})
    if not stack.environment.get("BACKHAUL_SANDBOX_URL"):
        await _start_sandbox(stack, api_url)
    await together(
        stack.start(_program(stack, "worker", "worker.py"), _prints(stack, "worker.started")),
        stack.start(_program(stack, "api", "-m", "api"), _answers(f"{api_url}/healthz")),
    )
    await _apply_schedules(stack)


async def _start_sandbox(stack: LocalStack, api_url: str) -> None:
    env = stack.environment
    sandbox_port = stack.port("sandbox", port(env, "BACKHAUL_SANDBOX_PORT", default=8090))
    smtp_port = stack.port("smtp", port(env, "BACKHAUL_SMTP_PORT", default=2525))
    sandbox_url = f"http://{LOOPBACK}:{sandbox_port}"
    stack.announce(
        {
            "BACKHAUL_SANDBOX_PORT": str(sandbox_port),
            "BACKHAUL_SANDBOX_URL": sandbox_url,
            "BACKHAUL_SMTP_HOST": LOOPBACK,
            "BACKHAUL_SMTP_PORT": str(smtp_port),
            "BACKHAUL_WEBHOOK_URL": f"{api_url}/v1/webhooks",
        }
    )
    await stack.start(
        _program(stack, "sandbox", "-m", "sandbox"), _answers(f"{sandbox_url}/healthz")
    )


async def _apply_schedules(stack: LocalStack) -> None:
    """Have done regularly what is to be; a stack without it works, and says so."""
    told = stack.state / "logs" / "schedules.log"
    with told.open("ab") as log_file:
        applying = await asyncio.create_subprocess_exec(
            *(sys.executable, "starter.py", "schedules", "apply"),
            cwd=ROOT,
            env=stack.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log_file,
            stderr=log_file,
        )
        if await applying.wait():
            log.warning("schedules.not_applied", told_in=str(told))


def _program(stack: LocalStack, name: str, *arguments: str) -> Program:
    return Program(
        name,
        [sys.executable, *arguments],
        {**stack.environment, "PYTHONUNBUFFERED": "1"},
        cwd=ROOT,
        grace_s=WORKER_GRACE_S,
    )


def _answers(url: str) -> Callable[[], Awaitable[bool]]:
    async def ready() -> bool:
        try:
            async with httpx2.AsyncClient(timeout=2, trust_env=False) as client:
                return (await client.get(url)).is_success
        except httpx2.TransportError:
            return False

    return ready


def _prints(stack: LocalStack, line: str) -> Callable[[], Awaitable[bool]]:
    """Wait for a line in the worker's log that was not there before."""
    path = stack.state / "logs" / "worker.log"
    seen_bytes = path.stat().st_size if path.exists() else 0

    async def ready() -> bool:
        if not path.exists():
            return False
        with path.open("rb") as file:
            rolled = os.fstat(file.fileno()).st_size < seen_bytes
            file.seek(0 if rolled else seen_bytes)
            return line.encode() in file.read()

    return ready
