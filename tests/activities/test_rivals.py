"""Whoever came too late decides again on what is true now, and says so where that never ends."""

import json
from datetime import timedelta

import pytest

from activities import rivals
from activities.event_store import Append, VersionConflict
from activities.ledgers import OrderLedgers
from activities.recorded import Recording
from activities.recorder import Recorder
from activities.rivals import PATIENCE, Crowded
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.subjects import MemorySubjects
from adapters.memory.unplaced import MemoryUnplaced
from domain.orders.commands import ChargebackNews
from domain.orders.order import OrderSnapshot
from tests.engine import TODAY, order, request
from tests.projections.story import OnePolicy


class HotStore(MemoryEventStore):
    """A store in which somebody else writes to the order just before we do, so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times
        self.conflicts = 0
        self._rival = OrderLedgers(self)

    async def append(self, *appends: Append) -> None:
        ours = any(one.stream_id.startswith("return:") for one in appends)
        if ours and self.times:
            self.times -= 1
            news = ChargebackNews(
                chargeback_id="d1",
                tender_id="t1",
                amount_minor=100 + self.times % 2,
                status="opened",
                occurred_at=TODAY - timedelta(seconds=self.times),
            )
            cause = f"bank:{self.times}"
            outcome = await self._rival.tell(
                "acme", "W-1042", news, actor="service:bank", cause=cause, now=TODAY
            )
            assert outcome.events
        try:
            await super().append(*appends)
        except VersionConflict:
            self.conflicts += 1
            raise


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses are for others, of whom there are none that run at the same time here."""
    monkeypatch.setattr(rivals, "_LONGEST_PAUSE_S", 0.0)


def opening() -> Recording:
    asked = {"request_id": "q-1", "actor": {"kind": "customer", "id": "c-7"}, "request": request()}
    return Recording(
        tenant="acme", return_id="R-1", now=TODAY, kind="ask", name="open", body=json.dumps(asked)
    )


async def opened_beside(rival_writes: int) -> tuple[HotStore, Recorder]:
    """An order to which somebody else writes again and again, and who wants to open a return."""
    store = HotStore(rival_writes)
    sold = OrderSnapshot.model_validate_json(json.dumps(order()))
    await OrderLedgers(store, MemorySubjects()).take_in(
        sold, actor="service:shop", cause="import", now=TODAY
    )
    return store, Recorder(store, MemorySubjects(), OnePolicy(), MemoryUnplaced())


async def test_a_return_is_opened_once_however_often_others_are_faster() -> None:
    store, recorder = await opened_beside(PATIENCE - 1)
    outcome = await recorder.record(opening())
    assert outcome.refused is None
    assert store.conflicts == PATIENCE - 1
    stored = (await store.read(("return:acme:R-1", 0)))["return:acme:R-1"]
    assert [event.type for event in stored].count("ReturnRequested") == 1
    ledger = await OrderLedgers(store).look("acme", "W-1042")
    assert ledger is not None
    assert set(ledger.claims.values()) == {"R-1"}


async def test_who_is_never_fast_enough_has_written_nothing_and_is_told_so() -> None:
    store, recorder = await opened_beside(PATIENCE)
    with pytest.raises(Crowded, match="R-1"):
        await recorder.record(opening())
    assert (await store.read(("return:acme:R-1", 0)))["return:acme:R-1"] == ()
    assert (await recorder.record(opening())).refused is None
