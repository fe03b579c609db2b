"""Asks the returns of one merchant until they answer: a question may be asked again at any time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from api.client import Answer, ReturnsClient, Unavailable
from domain.returns.request import ReturnRequest

PATIENCE_S = 60.0
"""Real seconds: as long as everything may take to be started again after it was killed."""

PAUSE_S = 0.2


class Asking:
    """What shops, customers and staff ask. Each question has an id of its own, and acts once."""

    def __init__(self, returns: ReturnsClient, tenant: str) -> None:
        self._returns = returns
        self._tenant = tenant

    async def open(self, request: ReturnRequest) -> Answer:
        """Open a return; asked again it is the same return.

        Raises:
            Unavailable: Nobody answers.
        """
        return await _patiently(
            lambda: self._returns.open(
                request, tenant=self._tenant, request_id=f"{request.return_id}:open"
            )
        )

    async def ask(self, return_id: str, update: str, body: Mapping[str, Any]) -> Answer:
        """Ask a return something.

        Raises:
            Unavailable: Nobody answers.
        """
        return await _patiently(lambda: self._returns.ask(self._tenant, return_id, update, body))


async def _patiently(asked: Callable[[], Awaitable[Answer]]) -> Answer:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return await asked()
        except Unavailable:
            if time.monotonic() > until:
                raise
        await asyncio.sleep(PAUSE_S)
