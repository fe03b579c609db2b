"""The polling twin of a webhook: what a partner says now, left in the inbox as if it were told.

A webhook may be lost for good after some days of trying; who is asked now and then misses
nothing. Both are read by the same lines, so that whichever is first counts.
"""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import structlog

from activities.event_store import StoreUnavailable
from activities.failures import PartnerFailure
from adapters.postgres.inbox import Inbox, Incoming
from adapters.warehouses.shipbob import ShipBob
from adapters.webhooks.event import Unreadable
from adapters.webhooks.shipbob_facts import return_facts
from api.clock import Clock
from api.settings import MAIN_ACCOUNT

EVERY_S = 900.0
FAR_BACK = timedelta(days=90)
"""How old a return may be that is still asked for: they filter by when it was made."""

log = structlog.get_logger()


async def poll_shipbob(
    inbox: Inbox,
    returns: AsyncIterator[Mapping[str, Any]],
    now: datetime,
    account: str = MAIN_ACCOUNT,
) -> Counter[str]:
    """Leave what ShipBob says of its returns; give how many were new, known, silent or odd.

    Args:
        inbox: Where it is left.
        returns: Their returns, as they stand.
        now: When they were asked.
        account: Under which account of theirs.
    """
    found: Counter[str] = Counter()
    async for told in returns:
        try:
            facts = [asdict(fact) for fact in return_facts(told)]
        except Unreadable as unreadable:
            log.warning("poll.unreadable", provider="shipbob", because=str(unreadable))
            found["odd"] += 1
            continue
        if not facts:
            found["silent"] += 1
            continue
        said = json.dumps(facts, sort_keys=True).encode()
        digest = hashlib.sha256(said)
        kept = await inbox.keep(
            Incoming(
                provider="shipbob",
                account=account,
                event_id=f"poll:{told['id']}:{digest.hexdigest()[:16]}",
                kind=f"return.{told['status']}",
                occurred_at=now,
                body_sha256=digest.digest(),
                facts=facts,
            )
        )
        found[kept] += 1
    return found


async def poll_regularly(inbox: Inbox, shipbob: ShipBob, clock: Clock, stop: asyncio.Event) -> None:
    """Ask ShipBob until `stop` is set; who does not answer is asked again the next time."""
    while not stop.is_set():
        try:
            now = await clock.now()
            found = await poll_shipbob(inbox, shipbob.returns(now - FAR_BACK), now)
            log.info("poll.done", provider="shipbob", **found)
        except (PartnerFailure, StoreUnavailable) as away:
            log.warning("poll.interrupted", provider="shipbob", error=type(away).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY_S)
