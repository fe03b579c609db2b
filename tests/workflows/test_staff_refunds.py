"""Refunds without a return, on the real server: two people, the real gateway's face, late news."""

from datetime import timedelta

import pytest

from activities.ledgers import OrderLedgers
from adapters.postgres.event_store import PostgresEventStore
from tests.engine import Engine, eventually
from tests.workflows.desk import DEAR, Desk
from tests.workflows.replaying import differences


@pytest.fixture
async def desk(engine: Engine, store: PostgresEventStore) -> Desk:
    return await Desk.of(engine, store)


async def test_it_is_paid_by_the_gateway_once_and_shown_in_the_ui(desk: Desk) -> None:
    await desk.knows_the_order()
    answer = await desk.refund(2_000)
    assert answer["step"]["summary"] == "send 20.00 EUR through stripe"
    assert await desk.handle.result() == "succeeded"
    [row] = await desk.booked()
    assert (row["amount_minor"], row["idempotency_key"]) == (2_000, desk.key)
    assert (await desk.standing()).payout_ref == row["refund_id"]
    history = await desk.handle.fetch_history()
    assert await differences(history) == []
    shown = str(await desk.handle.query("__temporal_workflow_metadata"))
    assert "20.00 EUR in all, back to t1 (stripe): stained" in shown
    assert "asked for by staff:anna" in shown


async def test_a_high_value_waits_for_two_others_and_is_then_paid(desk: Desk) -> None:
    await desk.knows_the_order(DEAR)
    answer = await desk.refund(DEAR)
    assert answer["step"]["action"] == "approve_refund"
    assert (await desk.ask("approve"))["code"] == "not_independent"
    assert (await desk.ask("approve", "bert"))["accepted"]
    assert (await desk.ask("approve", "bert"))["code"] == "same_person_twice"
    described = await desk.handle.describe()
    told = {key.name: value for key, value in described.typed_search_attributes}
    assert (told["NextActor"], told["Flags"]) == ("merchant", ["money_held"])
    assert await desk.booked() == []
    assert (await desk.ask("approve", "carla"))["step"]["performs"] == "pay_refund"
    assert await desk.handle.result() == "succeeded"
    assert [row["amount_minor"] for row in await desk.booked()] == [DEAR]


async def test_declined_it_is_never_sent(desk: Desk) -> None:
    await desk.knows_the_order(DEAR)
    await desk.refund(DEAR)
    assert (await desk.ask("decline", "bert", because="no photo"))["state"] == "cancelled"
    assert await desk.handle.result() == "cancelled"
    assert await desk.booked() == []


async def test_a_rumour_of_what_waits_for_people_sends_nothing(desk: Desk) -> None:
    await desk.knows_the_order(DEAR)
    await desk.refund(DEAR)
    await desk.hear()
    await eventually(desk.has_asked_the_provider, "asked")
    assert (await desk.standing()).state == "held"
    assert await desk.booked() == []


async def test_a_lost_answer_is_looked_for_and_not_sent_again(desk: Desk) -> None:
    await desk.knows_the_order()
    await desk.engine.sandbox.fault(
        "gateway", "refund", "cut_after", key=desk.case.order_id, times=1
    )
    await desk.refund(2_000)
    assert await desk.handle.result() == "succeeded"
    assert len(await desk.booked()) == 1
    stored = await desk.store.read((f"order:{desk.engine.tenant}:{desk.case.order_id}", 0))
    told = [event.type for events in stored.values() for event in events]
    assert told.count("FundsPaid") == 1


async def test_money_that_comes_back_days_later_is_free_again_and_before_a_person(
    desk: Desk,
) -> None:
    await desk.knows_the_order()
    await desk.refund(2_000)
    assert await desk.handle.result() == "succeeded"
    await desk.engine.sandbox.refund_outcome(desk.key, "failed", quiet=True)
    await desk.hear()
    known = await desk.until("reversed")
    assert known.reason == "came_back"
    ledger = await OrderLedgers(desk.store).look(desk.engine.tenant, desk.case.order_id)
    assert ledger is not None
    assert [raised.what for raised in ledger.open_concerns] == ["refund_failed"]


async def test_a_provider_that_settles_late_is_asked_when_its_time_is_up(desk: Desk) -> None:
    await desk.knows_the_order()
    await desk.engine.sandbox.script(desk.case.payment, "refund.pending")
    await desk.refund(2_000)
    await desk.until("pending")
    await desk.engine.sandbox.refund_outcome(desk.key, "succeeded", quiet=True)
    await desk.engine.env.fast_forward(desk.handle, timedelta(days=11))
    assert await desk.handle.result() == "succeeded"


async def test_cash_is_a_persons(desk: Desk) -> None:
    await desk.knows_the_order(kind="cash", provider="cash")
    answer = await desk.refund(2_000)
    assert answer["step"]["action"] == "pay_by_hand"
    assert (await desk.ask("paid", payout_ref="till 7"))["state"] == "succeeded"
    assert await desk.booked() == []


async def test_a_body_that_makes_no_sense_is_a_refusal_and_breaks_nothing(desk: Desk) -> None:
    await desk.knows_the_order()
    answer = await desk.ask("refund", parts=[], because="x", amount_minor=1)
    assert (answer["accepted"], answer["code"]) == (False, "invalid")
    assert (await desk.ask("approve", instruction_id="other"))["because"].startswith(
        "instruction_id: the workflow id says"
    )
    assert (await desk.refund(2_000))["accepted"]
