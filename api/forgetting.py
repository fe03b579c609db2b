"""Keys of who is forgotten, destroyed when their time has come: by whichever process is alive."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import structlog

from activities.event_store import EventStore, StoreUnavailable
from activities.known import KnownReturns
from adapters.postgres.erasures import Erasures
from domain.returns.agenda import is_closed
from projections.streams import return_of

EVERY_S = 30.0

log = structlog.get_logger()


async def destroy_due(erasures: Erasures, store: EventStore, now: datetime) -> int:
    """Destroy what is due; give how many keys that were.

    Late news may have begun a return again since the wish: its workflow reads its own history by
    the key until it has ended, so for so long the key stays.
    """
    begun_again = [file for file in await erasures.due(now) if await _is_open(store, file)]
    return await erasures.destroy_due(now, except_for=begun_again)


async def _is_open(store: EventStore, file: str) -> bool:
    """Whether it is that of a return which somebody still has to do something about."""
    key = return_of(file)
    if key is None:
        return False
    state = (await KnownReturns(store).load(*key)).state
    return state.terms is not None and not is_closed(state)


async def keep_destroying(erasures: Erasures, store: EventStore, stop: asyncio.Event) -> None:
    """Destroy what is due until `stop` is set. Two that do it at once destroy it once."""
    while not stop.is_set():
        try:
            if destroyed := await destroy_due(erasures, store, datetime.now(UTC)):
                log.info("keys.destroyed", dropped=destroyed)
        except StoreUnavailable as away:
            log.warning("keys.kept", error=type(away).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY_S)
