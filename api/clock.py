"""What time it is, for judging whether a signature is of now and whether a step is overdue."""

from datetime import UTC, datetime
from typing import Protocol

import httpx2

PATIENCE_S = 2.0


class Clock(Protocol):
    async def now(self) -> datetime:
        """Tell the time, aware."""


class MachineClock:
    """The clock of this machine: the one that real partners sign by."""

    async def now(self) -> datetime:
        return datetime.now(UTC)


class SandboxClock:
    """The clock of the simulated partners, which may be weeks ahead of the machine's.

    They sign by it. Where they do not answer, they send nothing either, and it is the
    machine's time.
    """

    def __init__(self, sandbox_url: str, http: httpx2.AsyncClient) -> None:
        self._url = f"{sandbox_url}/_sandbox/clock"
        self._http = http

    async def now(self) -> datetime:
        try:
            answer = await self._http.get(self._url, timeout=PATIENCE_S)
            told = datetime.fromisoformat(answer.raise_for_status().json()["now"])
        except (httpx2.HTTPError, ValueError, KeyError, TypeError):
            return datetime.now(UTC)
        return told if told.tzinfo is not None else told.replace(tzinfo=UTC)
