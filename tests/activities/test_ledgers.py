"""Many who write to one order at once, on the real store: nobody over a cap, no news lost."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from activities.ledgers import LedgerOutcome, OrderLedgers
from activities.recorded import Recording
from activities.recorder import Outcome, Recorder
from adapters.policies import Policies
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool, connect
from adapters.postgres.unplaced import InboxUnplaced
from domain.orders import commands as c
from domain.orders.events import FundsPart, LineTaken, TenderTaken
from domain.orders.order import OrderSnapshot
from domain.orders.room import overdrawn, room
from tests.activities.journey import TENANT, Journey
from tests.activities.stage import Stage
from tests.domain.orders.orders import STAFF
from tests.engine import TODAY, order, request

ROOT = Path(__file__).parents[2]
WRITERS = 8


@pytest.fixture
async def pool(stage: Stage) -> AsyncIterator[Pool]:
    async with await connect(stage.database_url, connections=WRITERS) as opened:
        yield opened


@pytest.fixture
def writers(pool: Pool, stage: Stage) -> list[OrderLedgers]:
    """As many processes would be: each with a memory of its own, and no lock in common."""
    return [OrderLedgers(PostgresEventStore(pool), stage.subjects) for _ in range(WRITERS)]


def snapshot(**changed: Any) -> OrderSnapshot:
    """Three shoes, 186.00 in all."""
    key = uuid4().hex[:8]
    sold = order(order_id=f"W-{key}", **changed)
    sold["customer"]["customer_id"] = f"c-{key}"
    sold["tenders"][0]["payment_ref"] = f"pi_{key}"
    return OrderSnapshot.model_validate_json(json.dumps(sold))


async def known(ledgers: OrderLedgers, **changed: Any) -> OrderSnapshot:
    sold = snapshot(**changed)
    outcome = await ledgers.take_in(sold, actor="service:import", cause="import:1", now=TODAY)
    assert outcome.refused is None
    return sold


async def tell(ledgers: OrderLedgers, order_id: str, command: c.OrderCommand) -> LedgerOutcome:
    return await ledgers.tell(
        TENANT, order_id, command, actor="staff:s-1", cause=uuid4().hex, now=TODAY
    )


def refund(instruction_id: str, amount: int, key: str = "unit:1:1") -> c.RefundByStaff:
    part = FundsPart(key=key, amount_minor=amount)
    return c.RefundByStaff(
        instruction_id=instruction_id,
        actor=STAFF,
        request_id=instruction_id,
        parts=(part,),
        because="stained",
    )


async def test_of_many_who_refund_one_unit_at_once_as_many_are_paid_as_it_is_worth(
    writers: list[OrderLedgers],
) -> None:
    sold = await known(writers[0])
    ledger = await writers[0].look(TENANT, sold.order_id)
    assert ledger is not None
    worth = room(ledger).parts["unit:1:1"]
    each = worth // 3 - 7
    asked = [tell(one, sold.order_id, refund(f"s{n}", each)) for n, one in enumerate(writers * 2)]
    outcomes = await asyncio.gather(*asked)
    no = [outcome.refused for outcome in outcomes if outcome.refused is not None]
    assert len(no) == len(outcomes) - 3
    said = f"{each} EUR minor units asked of the unit 1 1, {worth - 3 * each} still available"
    assert {(refused.code, refused.because) for refused in no} == {("over_unit_cap", said)}
    stored = await writers[0].events(TENANT, sold.order_id)
    assert [event.version for event in stored] == list(range(1, len(stored) + 1))
    assert [event.type for event in stored].count("FundsReserved") == 3


async def test_what_asks_nobody_is_never_lost_among_those_who_race(
    writers: list[OrderLedgers],
) -> None:
    sold = await known(writers[0])
    tender_id = sold.tenders[0].tender_id
    asks: list[c.OrderCommand] = []
    for number in range(6):
        taken = TenderTaken(tender_id=tender_id, amount_minor=100 + number)
        line = LineTaken(line_id="1", quantity=1, amount_minor=50)
        asks.append(
            c.RecordOutsideRefund(
                refund_ref=f"re_{number}",
                made_in="shop",
                occurred_at=TODAY,
                tenders=(taken,),
                lines=(line,),
            )
        )
        asks.append(
            c.ChargebackNews(
                chargeback_id=f"dp_{number}",
                tender_id=tender_id,
                amount_minor=10,
                status="opened",
                occurred_at=TODAY + timedelta(hours=number),
            )
        )
        asks.append(refund(f"s{number}", 200, f"unit:1:{number % 3 + 1}"))
    outcomes = await asyncio.gather(
        *(tell(writers[n % WRITERS], sold.order_id, ask) for n, ask in enumerate(asks))
    )
    assert [outcome.refused for outcome in outcomes] == [None] * len(asks)
    ledger = await OrderLedgers(writers[0]._store).look(TENANT, sold.order_id)
    assert ledger is not None
    assert len(ledger.outside) == len(ledger.chargebacks) == len(ledger.reservations) == 6
    spent = sum(100 + n for n in range(6)) + 60 + 1_200
    assert room(ledger).order_minor == ledger.order.captured_minor - spent
    assert overdrawn(ledger) == ()


async def test_staff_and_a_return_cannot_both_give_back_one_unit(
    journey: Journey, stage: Stage, writers: list[OrderLedgers]
) -> None:
    """Whoever is first: the other is told, and what is set aside is within every cap."""
    await journey.record(journey.asking("open", request=journey.request()))
    order_id = f"W-{journey.key}"
    ledger = await writers[0].look(TENANT, order_id)
    assert ledger is not None
    parts = [(key, worth) for key, worth in room(ledger).parts.items() if key.startswith("unit")]
    asks = [
        tell(one, order_id, refund(f"s-{n}", worth, key))
        for n, one in enumerate(writers)
        for key, worth in parts
    ]
    again = journey.asking("open", request={**journey.request(), "return_id": "R-x"})
    outcomes, _ = await asyncio.gather(asyncio.gather(*asks), journey.record(again))
    paid = [outcome for outcome in outcomes if outcome.refused is None]
    assert len(paid) == len(parts)
    after = await OrderLedgers(stage.store).look(TENANT, order_id)
    assert after is not None
    assert overdrawn(after) == ()


async def test_of_many_returns_that_want_the_same_units_at_once_as_many_get_them_as_there_are(
    pool: Pool, stage: Stage
) -> None:
    """Eight processes, eight returns of one shoe each, of an order of three."""
    sold = json.loads(snapshot().model_dump_json())
    asks = [_opening(sold, f"R-{uuid4().hex[:8]}") for _ in range(WRITERS)]
    outcomes = await _record_at_once(pool, stage, asks)
    no = [outcome.refused for outcome in outcomes if outcome.refused is not None]
    assert {refused.code for refused in no} == {"nothing_left_to_return"}
    assert {refused.because.split(", ")[1] for refused in no} == {"0 not yet in another return"}
    assert len(no) == WRITERS - 3
    ledger = await OrderLedgers(stage.store).look(TENANT, sold["order_id"])
    assert ledger is not None
    assert sorted(ledger.claims) == [("1", 1), ("1", 2), ("1", 3)]
    winners = {ask.return_id for ask, o in zip(asks, outcomes, strict=True) if o.refused is None}
    assert set(ledger.claims.values()) == winners


async def _record_at_once(pool: Pool, stage: Stage, asks: Sequence[Recording]) -> list[Outcome]:
    """Each by a process of its own, with a memory that knows nothing of the others."""
    unplaced, policies = InboxUnplaced(pool), Policies.load()
    recorders = [
        Recorder(PostgresEventStore(pool), stage.subjects, policies, unplaced) for _ in asks
    ]
    return await asyncio.gather(
        *(one.record(ask) for one, ask in zip(recorders, asks, strict=True))
    )


def _opening(sold: dict[str, Any], return_id: str) -> Recording:
    asked = request(return_id, order_id=sold["order_id"], order=sold)
    actor = {"kind": "customer", "id": sold["customer"]["customer_id"]}
    body = {"request_id": return_id, "actor": actor, "request": asked}
    return Recording(
        tenant=TENANT,
        return_id=return_id,
        now=TODAY,
        kind="ask",
        name="open",
        body=json.dumps(body),
    )


async def test_money_that_went_back_past_us_stops_a_payout_on_its_way_to_the_provider(
    journey: Journey, stage: Stage, writers: list[OrderLedgers]
) -> None:
    await journey.received()
    order_id = f"W-{journey.key}"
    sent = await journey.order("pay_out")
    taken = TenderTaken(tender_id="t1", amount_minor=18_600)
    past_us = c.RecordOutsideRefund(
        refund_ref=f"re_{journey.key}", made_in="stripe", occurred_at=TODAY, tenders=(taken,)
    )
    await tell(writers[0], order_id, past_us)

    answer = await stage.first.attempt("pay_out", sent)

    assert [payout.state for payout in answer.status.payouts] == ["held"]
    [held] = await journey.told("PayoutHeld")
    assert held["reason"] == "shortfall"
    rows = await stage.sandbox.ledger("payments")
    moved = [row["kind"] for row in rows if row["payment_ref"] == journey.payment]
    assert moved == ["capture"]


async def test_processes_that_race_on_one_order_take_what_there_is_and_no_more(
    stage: Stage, writers: list[OrderLedgers]
) -> None:
    sold = await known(writers[0])
    ledger = await writers[0].look(TENANT, sold.order_id)
    assert ledger is not None
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.activities.racer",
            stage.database_url,
            sold.order_id,
            f"p{number}",
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        for number in range(3)
    ]
    told = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert sum(int(said) for _, said in told) == room(ledger).parts["unit:1:1"] // 500
    after = await OrderLedgers(stage.store).look(TENANT, sold.order_id)
    assert after is not None
    assert room(after).parts["unit:1:1"] == room(ledger).parts["unit:1:1"] % 500


# ── Orders that come in ───────────────────────────────────────────────────────────────────


async def test_an_order_that_many_take_in_at_once_is_recorded_once(
    writers: list[OrderLedgers],
) -> None:
    sold = snapshot()
    outcomes = await asyncio.gather(
        *(one.take_in(sold, actor="service:import", cause="import:1", now=TODAY) for one in writers)
    )
    assert sum(bool(outcome.events) for outcome in outcomes) == 1
    assert len(await writers[0].events(TENANT, sold.order_id)) == 1


async def test_a_person_is_kept_apart_and_not_put_back_by_an_order_told_anew(
    stage: Stage, writers: list[OrderLedgers]
) -> None:
    sold = await known(writers[0])
    customer_id = sold.customer.customer_id
    kept = await stage.subjects.get(TENANT, customer_id)
    assert kept is not None
    assert kept["name"] == sold.customer.name
    [event] = await writers[0].events(TENANT, sold.order_id)
    assert sold.customer.name not in event.data

    await stage.subjects.erase(TENANT, customer_id)
    changed = sold.model_copy(update={"deliveries": ()})
    outcome = await writers[1].take_in(changed, actor="service:import", cause="i:2", now=TODAY)
    assert [event.type for event in outcome.events] == ["OrderRecorded"]
    assert await stage.subjects.get(TENANT, customer_id) is None


async def test_nothing_is_kept_of_a_person_whose_order_is_refused(
    stage: Stage, writers: list[OrderLedgers]
) -> None:
    sold = await known(writers[0])
    other = sold.customer.model_copy(update={"customer_id": f"c-{uuid4().hex[:8]}"})
    changed = sold.model_copy(update={"currency": "USD", "customer": other})
    outcome = await writers[1].take_in(changed, actor="service:import", cause="i:2", now=TODAY)
    assert outcome.refused is not None
    assert outcome.refused.code == "order_contradicts"
    assert await stage.subjects.get(TENANT, other.customer_id) is None
