"""Keys of who is forgotten, destroyed when their time has come: by whichever process is alive."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import structlog

from activities.event_store import StoreUnavailable
from adapters.postgres.erasures import Erasures

EVERY_S = 30.0

log = structlog.get_logger()


async def keep_destroying(erasures: Erasures, stop: asyncio.Event) -> None:
    """Destroy what is due until `stop` is set. Two that do it at once destroy it once."""
    while not stop.is_set():
        try:
            if destroyed := await erasures.destroy_due(datetime.now(UTC)):
                log.info("keys.destroyed", dropped=destroyed)
        except StoreUnavailable as away:
            log.warning("keys.kept", error=type(away).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY_S)
