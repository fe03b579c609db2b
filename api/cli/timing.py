"""The time by which things are overdue: the sandbox's, where weeks may have been skipped."""

from datetime import UTC, datetime

import httpx2

from api.cli.desk import Desk
from api.clock import Clock, MachineClock, SandboxClock


async def engine_time(desk: Desk) -> datetime:
    """Now, as the engine's partners have it."""
    url = desk.returns.where.sandbox_url
    async with httpx2.AsyncClient(trust_env=False) as http:
        clock: Clock = SandboxClock(url, http) if url else MachineClock()
        return (await clock.now()).astimezone(UTC)
