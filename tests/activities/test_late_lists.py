"""What a provider lists late is not judged before it can be there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from activities.ports import Booked
from activities.reconciling import Reconciling
from adapters.memory.event_store import MemoryEventStore
from domain.reconciliation.books import BooksKey, Movement, OurBooks, Span
from domain.reconciliation.hints import Hint
from domain.reconciliation.messages import Compare, ComparedInFull
from tests.domain.reconciliation.pairs import UNTIL, VICTIM, WINDOW

A_DAY = timedelta(days=1)


@dataclass
class Lists:
    """A provider that lists nothing, and so late."""

    late: timedelta

    async def booked(self, since: datetime, until: datetime) -> Sequence[Booked]:
        return ()


class Ours:
    """One payout of ten days before."""

    async def read(self, books: BooksKey, listed: Sequence[Movement], window: Span) -> OurBooks:
        return OurBooks((VICTIM,))


class Nobody:
    """Whom nothing is told, since nothing that was found is for a return."""

    async def leave(self, books: BooksKey, hint: Hint) -> None:
        raise AssertionError(hint)


@pytest.mark.parametrize(
    ("late", "findings"), [(timedelta(0), 1), (9 * A_DAY, 1), (10 * A_DAY, 0), (200 * A_DAY, 0)]
)
async def test_a_payout_is_called_missing_only_where_the_list_would_show_it(
    late: timedelta, findings: int
) -> None:
    activities = Reconciling(MemoryEventStore(), Ours(), Nobody(), {"slow": Lists(late)})
    asked = Compare(tenant="acme", provider="slow", since=WINDOW.since, until=UNTIL)
    compared: ComparedInFull = await ActivityEnvironment().run(activities.compare_books, asked)
    assert compared.unresolved == findings
