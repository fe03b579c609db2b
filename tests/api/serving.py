"""The API served for a test, on a socket of its own."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx2
import uvicorn

from api.app import create_app
from api.doors import Doors

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
"""When all webhooks of these tests are sent."""


@dataclass
class StandingClock:
    """Stands still until it is set."""

    at: datetime

    async def now(self) -> datetime:
        return self.at


@asynccontextmanager
async def serving(doors: Doors, *, relaying: bool) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(doors, relaying=relaying)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        task = asyncio.create_task(server.serve(sockets=[listening]))
        async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=30) as caller:
            yield caller
        server.should_exit = True
        await task
