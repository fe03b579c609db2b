"""`python -m api` in a process of its own, started again whenever it dies."""

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from deploy.local.children import Child, Program, start_process
from deploy.local.ports import free_port

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class ApiProcess:
    """The doors of a process that may be killed."""

    child: Child
    url: str


@asynccontextmanager
async def running_api(environment: Mapping[str, str], folder: Path) -> AsyncIterator[ApiProcess]:
    """Serve on a free port, and wait until it is ready; stop it at the end."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"

    async def answers() -> bool:
        try:
            async with httpx2.AsyncClient(trust_env=False, timeout=5) as http:
                return (await http.get(f"{url}/readyz")).is_success
        except httpx2.TransportError:
            return False

    told = {**environment, "BACKHAUL_API_PORT": str(port)}
    program = Program("api", [sys.executable, "-m", "api"], told, cwd=ROOT)
    child = await start_process(program, state=folder, ready=answers)
    try:
        yield ApiProcess(child, url)
    finally:
        await child.stop()
