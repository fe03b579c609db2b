"""News for returns that nobody has opened, kept in the inbox until somebody does.

It stands there quarantined, for a person to see. The relay tells it to its return when that
begins, however late; what cannot be read stays where it is, with the reason.
"""

import hashlib
import json

from activities.unplaced import UnplacedNews
from adapters.postgres.inbox import Inbox, Incoming
from adapters.postgres.pool import Pool

BY_SIGNAL = "signal"
"""The provider under which such news stands in the inbox; the account is the merchant's id."""


class InboxUnplaced:
    """Keeps `activities.unplaced.Unplaced`."""

    def __init__(self, pool: Pool) -> None:
        self._inbox = Inbox(pool)

    async def keep(self, news: UnplacedNews) -> None:
        """Write it down, once; told to its return in the order in which it came."""
        facts = []
        if news.body is not None:
            fact = {"reference_kind": "return", "reference": news.return_id}
            facts = [{"signal": news.message, **fact, "body": news.body}]
        said = json.dumps([news.message, news.body, news.because], sort_keys=True)
        event = Incoming(
            provider=BY_SIGNAL,
            account=news.tenant,
            event_id=f"{news.return_id} {news.message_id}",
            kind=news.message,
            occurred_at=news.occurred_at,
            body_sha256=hashlib.sha256(said.encode()).digest(),
            facts=facts,
            awaits=news.stream if facts else None,
        )
        await self._inbox.keep(event, "quarantined", f"{news.code}: {news.because}")
