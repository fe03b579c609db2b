"""The lists of claims and of lots tell each as its stream does."""

from datetime import timedelta
from typing import Any

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool
from adapters.postgres.subscription import Subscription
from domain.lots.showing import status_of
from domain.lots.words import LotKey
from domain.recoveries.commands import OpenRecovery
from domain.recoveries.words import RecoveryKey
from domain.words import Disposition
from projections.claims import ClaimList, Claims
from projections.lots import LotBoard, LotList, LotRow
from projections.runner import rebuild
from tests.beside import stands
from tests.domain.lots.gathered import sent
from tests.domain.recoveries.claims import Claim, facts

LOT = sent(Disposition.LIQUIDATE)
KEY = LotKey("acme", "L-1")
A_SECOND = timedelta(seconds=1)


async def test_a_lot_is_told_alike_in_one_page_in_many_and_by_whoever_begins_in_the_middle(
    store: PostgresEventStore, pool: Pool, subscription: Subscription
) -> None:
    board = LotBoard()
    seen: list[LotRow] = []
    for place, event in enumerate(LOT.events):
        await stands(store, KEY, [event], after=place)
        await subscription.catch_up(board if place % 2 else LotBoard())
        seen += await LotList(pool).lots("acme")

    assert [row.version for row in seen] == list(range(1, len(LOT.events) + 1))
    assert seen[-1].model_dump().items() <= status_of(KEY, LOT.state).model_dump().items()
    await rebuild(pool, "lots")
    assert await LotList(pool).lots("acme") == (seen[-1],)


async def test_lots_are_found_by_what_is_left_to_do_by_kind_and_by_whether_somebody_is_late(
    store: PostgresEventStore, pool: Pool, subscription: Subscription
) -> None:
    await stands(store, KEY, LOT.events)
    await stands(store, LotKey("acme", "late"), sent(Disposition.DISPOSE).until_due().events)
    over = sent(Disposition.DONATE).says("accept", because="no receipt is needed")
    await stands(store, LotKey("acme", "over"), over.events)
    await stands(store, LotKey("brio", "theirs"), LOT.events)
    await subscription.catch_up(LotBoard())

    async def found(**wanted: Any) -> list[str]:
        lots = await LotList(pool).lots("acme", **wanted)
        return [one.lot_id for one in lots]

    assert await found(only_open=True) == ["L-1", "late"]
    assert (await found())[-1] == "over"
    assert await found(kind="donation") == ["over"]
    due = LOT.step.late_at
    assert await found(overdue_at=due) == ["late"]
    assert await found(overdue_at=due + A_SECOND) == ["L-1", "late"]


async def test_a_claim_is_told_alike_whoever_begins_in_the_middle(
    store: PostgresEventStore, pool: Pool, subscription: Subscription
) -> None:
    opened = Claim().when(OpenRecovery(facts=facts()))
    filed = opened.says("file", reference="theirs-1")
    key = RecoveryKey("acme", "C-1")
    await stands(store, key, opened.events)
    await subscription.catch_up(Claims())
    (before,) = await ClaimList(pool).claims("acme", only_open=True)
    await stands(store, key, filed.news, after=len(opened.events))
    await subscription.catch_up(Claims())
    (row,) = await ClaimList(pool).claims("acme", return_id="r-1")

    assert (before.life, row.life) == ("open", "filed")
    assert row.next_owner == "carrier"
