"""The list of findings tells each as its stream does."""

from collections.abc import Sequence
from datetime import timedelta

from activities.event_ids import new_event_id
from activities.event_store import Append, NewEvent
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool
from adapters.postgres.subscription import Subscription
from domain.reconciliation.books import BooksKey
from domain.reconciliation.comparing import compare
from domain.reconciliation.deciding import acknowledge, note_comparison, resolve
from domain.reconciliation.events import ReconciliationEvent
from domain.reconciliation.state import Findings as Known
from domain.reconciliation.state import fold
from domain.refusal import Refused
from projections.findings import FindingList, Findings
from tests.domain.reconciliation.pairs import KEY, LINE, UNTIL, WINDOW, Pair
from tests.domain.reconciliation.test_deciding import AGREED, ORPHANED, RETURNED
from tests.projections.dumps import dump

A_DAY = timedelta(days=1)


class Stream:
    """A stream of findings in the store."""

    def __init__(self, store: PostgresEventStore, books: BooksKey = KEY) -> None:
        self.store, self.books = store, books
        self.known, self.version = Known(), 0

    async def compared(self, pair: Pair) -> None:
        comparison = compare(self.books, pair.ours, pair.theirs, WINDOW)
        await self.told(note_comparison(self.known, comparison, WINDOW, UNTIL))

    async def told(
        self, events: Sequence[ReconciliationEvent | Refused], actor: str = "system:backhaul"
    ) -> None:
        happened = [event for event in events if not isinstance(event, Refused)]
        new = tuple(
            NewEvent(
                event_id=new_event_id(),
                type=event.type,
                schema_version=event.schema_version,
                occurred_at=event.occurred_at,
                actor=actor,
                causation_id="told",
                correlation_id=self.books.stream,
                tenant=self.books.tenant,
                data=event.model_dump_json(),
            )
            for event in happened
        )
        await self.store.append(Append(self.books.stream, self.version, new))
        self.version += len(new)
        self.known = fold(happened, self.known)

    @property
    def key(self) -> str:
        return next(iter(self.known.known))


async def test_a_finding_is_listed_with_its_owner_its_sums_and_its_time(
    pool: Pool, store: PostgresEventStore, subscription: Subscription
) -> None:
    await Stream(store).compared(RETURNED)
    await subscription.catch_up(Findings())
    [row] = await FindingList(pool).findings("acme")
    assert (row.kind, row.severity, row.owner, row.life) == (
        "state_differs", "high", "merchant", "open",
    )  # fmt: skip
    assert (row.due_at, row.opened_at) == (UNTIL + A_DAY, UNTIL)
    assert (row.return_id, row.ours, row.their_state) == ("R-0", LINE.amount, "failed")
    [compared] = await FindingList(pool).comparisons("acme")
    assert (compared.until, compared.ours, compared.findings) == (WINDOW.until, 2, 1)


async def test_what_people_say_is_listed_with_who_said_it(
    pool: Pool, store: PostgresEventStore, subscription: Subscription
) -> None:
    stream, listed = Stream(store), FindingList(pool)
    await stream.compared(ORPHANED)
    said = acknowledge(stream.known, stream.key, "asked the desk", UNTIL)
    await stream.told([said], "staff:s-7")
    await subscription.catch_up(Findings())
    [row] = await listed.findings("acme")
    assert (row.life, row.said, row.actor) == ("acknowledged", "asked the desk", "staff:s-7")
    assert row.due_at == UNTIL + 7 * A_DAY
    await stream.told([resolve(stream.known, stream.key, "a courtesy", UNTIL)], "staff:s-8")
    await subscription.catch_up(Findings())
    [row] = await listed.findings("acme")
    assert (row.life, row.due_at, row.actor) == ("resolved", None, "staff:s-8")
    assert await listed.findings("acme", only_open=True) == ()


async def test_what_is_overdue_is_listed_apart_and_other_merchants_see_none_of_it(
    pool: Pool, store: PostgresEventStore, subscription: Subscription
) -> None:
    await Stream(store).compared(ORPHANED)
    await Stream(store, BooksKey("acme", "adyen")).compared(AGREED)
    await subscription.catch_up(Findings())
    listed = FindingList(pool)
    assert await listed.findings("acme", overdue_at=UNTIL + A_DAY) == ()
    assert len(await listed.findings("acme", overdue_at=UNTIL + 2 * A_DAY)) == 1
    assert await listed.findings("acme", provider="adyen") == ()
    assert await listed.findings("brio") == ()
    assert len(await listed.comparisons("acme")) == 2


async def test_thrown_away_and_rebuilt_the_list_is_the_same_to_the_byte(
    pool: Pool, store: PostgresEventStore, subscription: Subscription
) -> None:
    stream = Stream(store)
    for pair in (RETURNED, AGREED, ORPHANED, RETURNED):
        await stream.compared(pair)
        await subscription.catch_up(Findings())
    tables = ("finding", "comparison")
    before = await dump(pool, *tables)
    await subscription.rebuild(Findings())
    assert await dump(pool, *tables) == before
    assert before.count("finding:") == 2
