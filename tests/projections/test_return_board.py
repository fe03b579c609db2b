"""The board shows each return as its stream tells it, whatever breaks in between."""

from collections.abc import Awaitable, Callable, Sequence

import pytest

from activities.event_store import StoredEvent
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Connection, Pool
from adapters.postgres.subscription import Subscription
from domain.returns.shown.status import status_of
from projections.board import Board, BoardRow
from projections.return_board import ReturnBoard
from tests.projections.dumps import dump
from tests.projections.story import A_DAY, OPENED, Story

DAYS: tuple[Callable[[Story], Awaitable[None]], ...] = (
    lambda story: story.open("R-1"),
    lambda story: story.label("R-1", "T1"),
    lambda story: story.scan("R-1", "T1"),
    lambda story: story.receive("R-1", "T1", {"SHIRT": 1}),
    lambda story: story.inspect("R-1"),
    lambda story: story.pay("R-1"),
    lambda story: story.finish("R-1"),
)


async def the_row(pool: Pool, return_id: str = "R-1", tenant: str = "acme") -> BoardRow:
    row = await Board(pool).get(tenant, return_id)
    assert row is not None
    return row


async def test_day_by_day_the_row_says_what_the_status_says(
    pool: Pool, story: Story, subscription: Subscription
) -> None:
    board, headlines = ReturnBoard(), []
    for happens in DAYS:
        await happens(story)
        await subscription.catch_up(board)
        row = await the_row(pool)
        status = status_of("acme", "R-1", await story.state("R-1"))
        shown = status.model_dump(include=set(BoardRow.model_fields) - {"tracking_numbers"})
        assert {name: getattr(row, name) for name in shown} == shown
        headlines.append(row.headline)
    assert headlines == [
        "approved", "label_ready", "in_transit", "received", "resolving", "resolving", "completed",
    ]  # fmt: skip


async def test_a_finished_return_is_told_with_its_parcel_its_money_and_its_times(
    pool: Pool, story: Story, store: PostgresEventStore, subscription: Subscription
) -> None:
    await story.whole()
    await subscription.catch_up(ReturnBoard())
    row = await the_row(pool)
    [events] = (await store.read(("return:acme:R-1", 0))).values()
    assert (row.carrier, row.tracking_numbers) == ("swiftpost", ("T-R-1",))
    assert (row.promised_minor, row.paid_minor, row.held_minor) == (510, 510, 0)
    assert (row.opened_at, row.completed_at) == (OPENED, OPENED + 6 * A_DAY)
    assert (row.updated_at, row.version) == (events[-1].recorded_at, len(events))
    assert (row.closed, row.next_actor, row.due_at) == (True, "", None)


async def test_returns_of_two_merchants_with_one_id_are_two_rows(
    pool: Pool, store: PostgresEventStore, subscription: Subscription
) -> None:
    await Story(store, tenant="acme").open("R-1")
    await Story(store, tenant="brio").whole("R-1")
    await subscription.catch_up(ReturnBoard())
    assert (await the_row(pool, tenant="acme")).headline == "approved"
    assert (await the_row(pool, tenant="brio")).headline == "completed"


async def test_thrown_away_and_rebuilt_the_board_is_the_same_to_the_byte(
    pool: Pool, story: Story, subscription: Subscription
) -> None:
    board = ReturnBoard()
    for happens in DAYS:  # one page for each
        await happens(story)
        await subscription.catch_up(board)
    await story.whole("R-2", order_id="W-2", skus={"SHIRT": 2, "SOCKS": 1})
    await subscription.catch_up(board)
    before = await dump(pool, "return_board")
    async with pool.connection() as connection:
        await connection.execute("UPDATE projections.return_board SET headline = 'worn'")
    await subscription.rebuild(ReturnBoard())
    assert await dump(pool, "return_board") == before
    assert before.count("completed") == 2


async def test_a_page_shows_its_own_moment_and_not_what_was_appended_since(
    pool: Pool, story: Story, store: PostgresEventStore, subscription: Subscription
) -> None:
    await subscription.catch_up(ReturnBoard())
    await story.whole()
    page = await store.feed(0)
    [labelled] = [n for n, event in enumerate(page, 1) if event.type == "LabelPurchased"]
    async with pool.connection() as connection:
        await ReturnBoard().apply(connection, page[labelled - 3 : labelled])
    row = await the_row(pool)
    assert (row.headline, row.version) == ("label_ready", page[labelled - 1].version)


class Dying(ReturnBoard):
    """Dies after it has written a page, before that page's place in the feed is written."""

    dies = True

    async def apply(self, connection: Connection, events: Sequence[StoredEvent]) -> None:
        await super().apply(connection, events)
        if self.dies:
            raise RuntimeError("the process dies here")


async def test_a_page_cut_off_before_its_checkpoint_is_undone_and_then_applied_once(
    pool: Pool, story: Story, subscription: Subscription
) -> None:
    await subscription.catch_up(ReturnBoard())
    await story.open("R-1")
    board = Dying()
    with pytest.raises(RuntimeError):
        await subscription.catch_up(board)
    assert await Board(pool).get("acme", "R-1") is None
    await story.label("R-1", "T1")  # the next page is longer than the one that was lost
    board.dies = False
    await subscription.catch_up(board)
    row = await the_row(pool)
    assert (row.headline, row.version) == ("label_ready", (await story.state("R-1")).version)


async def test_more_returns_than_are_remembered_are_read_again(
    pool: Pool, story: Story, subscription: Subscription
) -> None:
    board = ReturnBoard(keep=1)
    for return_id in ("R-1", "R-2"):
        await story.open(return_id, order_id=f"W-{return_id}")
    await subscription.catch_up(board)
    for happens in (story.label, story.scan):
        for return_id in ("R-1", "R-2"):
            await happens(return_id, f"T-{return_id}")
            await subscription.catch_up(board)
    assert [(await the_row(pool, each)).headline for each in ("R-1", "R-2")] == ["in_transit"] * 2


async def test_the_board_names_no_person(
    pool: Pool, story: Story, subscription: Subscription
) -> None:
    await story.whole()
    await subscription.catch_up(ReturnBoard())
    told = (await dump(pool, "return_board")).lower()
    assert "canary" not in told
    assert "c-1" not in told
