"""What is asked again when somebody was away: a server that was killed comes back in a moment."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx2
from temporalio.service import RPCError, RPCStatusCode

from activities.event_store import StoreUnavailable
from api.client import Unavailable

PATIENCE_S = 60.0
"""Real seconds: as long as everything may take to be started again after it was killed."""

PAUSE_S = 0.2

AWAY = (StoreUnavailable, Unavailable, httpx2.TransportError)
_NOT_NOW = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.ABORTED,
    }
)

T = TypeVar("T")


async def patiently(asked: Callable[[], Awaitable[T]]) -> T:
    """Ask until there is an answer. Only for what may be asked twice.

    Raises:
        StoreUnavailable, Unavailable, httpx2.TransportError, RPCError: Nobody came back.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return await asked()
        except AWAY:
            if time.monotonic() > until:
                raise
        except RPCError as error:
            if error.status not in _NOT_NOW or time.monotonic() > until:
                raise
        await asyncio.sleep(PAUSE_S)
