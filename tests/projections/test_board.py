"""Questions to the board: lists with filters and pages, and what is overdue."""

from datetime import timedelta

import pytest

from adapters.postgres.pool import Pool
from adapters.postgres.subscription import Subscription
from projections.board import Board, BoardFilter, InvalidCursor
from projections.return_board import ReturnBoard
from tests.projections.story import A_DAY, OPENED, Story

A_SECOND = timedelta(seconds=1)
SHIP_BY = OPENED + 14 * A_DAY


@pytest.fixture
async def board(pool: Pool, story: Story, subscription: Subscription) -> Board:
    """Three returns: one just opened, one on its way, one completed; each a day later."""
    await story.open("R-1", order_id="W-1")
    await story.open("R-2", order_id="W-2", at=OPENED + A_DAY)
    await story.label("R-2", "T2", at=OPENED + A_DAY)
    await story.scan("R-2", "T2", at=OPENED + 2 * A_DAY)
    await story.whole("R-3", order_id="W-3")
    await subscription.catch_up(ReturnBoard())
    return Board(pool)


async def listed(board: Board, **wanted: object) -> set[str]:
    page = await board.list_returns(BoardFilter.model_validate(wanted))
    return {row.return_id for row in page.rows}


FILTERS: list[tuple[dict[str, object], set[str]]] = [
    ({}, {"R-1", "R-2", "R-3"}),
    ({"tenant": "acme"}, {"R-1", "R-2", "R-3"}),
    ({"tenant": "brio"}, set()),
    ({"headline": "in_transit"}, {"R-2"}),
    ({"authorisation": "approved"}, {"R-1", "R-2", "R-3"}),
    ({"next_actor": "carrier"}, {"R-2"}),
    ({"next_action": "buy_label"}, {"R-1"}),
    ({"order_id": "W-3"}, {"R-3"}),
    ({"country": "FR"}, set()),
    ({"currency": "EUR"}, {"R-1", "R-2", "R-3"}),
    ({"method": "carrier_pickup"}, set()),
    ({"carrier": "swiftpost"}, {"R-1", "R-2", "R-3"}),
    ({"reason": "too_small"}, {"R-1", "R-2", "R-3"}),
    ({"reason": "defective"}, set()),
    ({"flag": "overdue"}, set()),
    ({"tracking_number": "T2"}, {"R-2"}),
    ({"closed": True}, {"R-3"}),
    ({"closed": False, "currency": "EUR"}, {"R-1", "R-2"}),
    ({"overdue_at": OPENED + 365 * A_DAY}, {"R-1", "R-2"}),
]


async def test_a_list_holds_what_was_asked_for(board: Board) -> None:
    for wanted, found in FILTERS:
        assert await listed(board, **wanted) == found, wanted


async def test_a_return_is_overdue_a_moment_after_it_was_due_and_not_before(
    pool: Pool, story: Story, subscription: Subscription
) -> None:
    await story.open("R-1")
    await story.label("R-1", "T1")
    await story.finish("R-1", at=OPENED)  # nothing of ours is left: the customer is to act
    await subscription.catch_up(ReturnBoard())
    board = Board(pool)
    [row] = (await board.list_returns()).rows
    assert (row.next_actor, row.due_at) == ("customer", SHIP_BY)
    assert await board.overdue(SHIP_BY) == ()
    assert await board.overdue(SHIP_BY + A_SECOND) == (row,)
    assert await board.overdue(SHIP_BY + A_SECOND, tenant="brio") == ()


async def test_the_longest_overdue_comes_first(board: Board) -> None:
    rows = await board.overdue(OPENED + 365 * A_DAY)
    assert [row.return_id for row in rows] == ["R-1", "R-2"]
    assert await board.overdue(OPENED + 365 * A_DAY, limit=1) == rows[:1]


async def test_pages_follow_each_other_newest_first_without_loss_or_repeat(
    pool: Pool, story: Story, subscription: Subscription
) -> None:
    for number in range(7):  # some in the same instant
        await story.open(f"R-{number}", order_id=f"W-{number}", at=OPENED + number // 3 * A_DAY)
    await subscription.catch_up(ReturnBoard())
    board, seen, cursor = Board(pool), [], ""
    while True:
        page = await board.list_returns(cursor=cursor, limit=2)
        seen += [row.return_id for row in page.rows]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert seen == ["R-6", "R-5", "R-4", "R-3", "R-2", "R-1", "R-0"]


@pytest.mark.parametrize(
    "cursor", ["x", "AAAA", "W10", "WzEsMiwzXQ", "WyIyMDMwLTAxLTAxVDAwOjAwOjAwIiwiYSIsImIiXQ", "é"]
)
async def test_a_cursor_of_somebody_elses_making_is_refused(board: Board, cursor: str) -> None:
    with pytest.raises(InvalidCursor, match=r"^cursor: "):
        await board.list_returns(cursor=cursor)
