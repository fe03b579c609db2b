"""News of our own making, left in the inbox: told to returns as a provider's webhook would be."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from adapters.postgres.inbox import Inbox, Incoming
from adapters.postgres.pool import Pool

OURS = "reconciliation"
"""The provider under which such news stand in the inbox; the account is the merchant's id."""


DOCK, EPCIS, SHEET = "dock", "epcis", "sheet"
"""Ways in for warehouses, for whoever may speak to our own doors: their account is the merchant."""

NAMES_ITS_MERCHANT = frozenset({OURS, DOCK, EPCIS, SHEET})


@dataclass(frozen=True, slots=True)
class Told:
    """What came by a way of our own, as the inbox keeps it."""

    way: str
    tenant: str
    event_id: str
    kind: str
    occurred_at: datetime
    facts: Sequence[Mapping[str, Any]]

    @property
    def incoming(self) -> Incoming:
        """The row; the same content has the same digest."""
        said = json.dumps(self.facts, sort_keys=True, default=str)
        return Incoming(
            provider=self.way,
            account=self.tenant,
            event_id=self.event_id,
            kind=self.kind,
            occurred_at=self.occurred_at,
            body_sha256=hashlib.sha256(said.encode()).digest(),
            facts=self.facts,
        )


class Books(Protocol):
    """Whose books the news comes from."""

    @property
    def tenant(self) -> str:
        """The merchant."""


class Hint(Protocol):
    """One signal, to the returns that a reference leads to."""

    @property
    def message_id(self) -> str:
        """Under which it counts once."""

    @property
    def signal(self) -> str:
        """Its name."""

    @property
    def reference_kind(self) -> str:
        """What the reference is."""

    @property
    def reference(self) -> str:
        """What leads to the returns."""

    @property
    def body(self) -> Mapping[str, Any]:
        """What the signal takes."""


class InboxTidings:
    """Keeps `activities.reconciling.Tidings`."""

    def __init__(self, pool: Pool) -> None:
        self._inbox = Inbox(pool)

    async def leave(self, books: Books, hint: Hint) -> None:
        fact = {
            "signal": hint.signal,
            "reference_kind": hint.reference_kind,
            "reference": hint.reference,
            "body": hint.body,
        }
        said = json.dumps(fact, sort_keys=True, default=str)
        await self._inbox.keep(
            Incoming(
                provider=OURS,
                account=books.tenant,
                event_id=hint.message_id,
                kind=hint.signal,
                occurred_at=datetime.fromisoformat(hint.body["occurred_at"]),
                body_sha256=hashlib.sha256(said.encode()).digest(),
                facts=[fact],
            )
        )
