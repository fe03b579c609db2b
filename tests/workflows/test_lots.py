"""A lot has a workflow of its own: begun by its first unit's return, followed to its last word."""

from datetime import timedelta

import pytest

from tests.engine import Engine
from tests.workflows.case import Case
from tests.workflows.lot_lives import disposed_together, gathered, proven, say, standing
from tests.workflows.replaying import differences


@pytest.fixture(scope="module")
def engine(engine_apart: Engine) -> Engine:
    return engine_apart


async def test_a_return_to_the_vendor_is_taken_credited_short_disputed_and_paid_in_full(
    case: Case,
) -> None:
    lot_id, lot = await gathered(case, "return_to_vendor")
    engine = case.engine
    await engine.sandbox.script(lot_id, "lot.short", percent=50, rest_after=20)
    assert (await case.status())["headline"] == "completed"
    assert (await say(lot, "close"))["accepted"]
    agreed = await standing(lot, "hand_over")
    assert agreed["reference"].startswith("lot_")
    assert (await say(lot, "hand_over", tracking_number="PD-1"))["accepted"]
    await engine.sandbox.advance(timedelta(days=7))
    await engine.env.fast_forward(lot, timedelta(days=3))
    short = await standing(lot, "settle_finding")
    assert short["paid_minor"] * 2 == short["due_minor"]
    disputed = await say(lot, "dispute_finding", finding_id="short", because="all were sent")
    assert disputed["accepted"], disputed["because"]
    await engine.sandbox.advance(timedelta(days=20))
    amount = {"amount_minor": short["due_minor"] - short["paid_minor"], "currency": "EUR"}
    told = await say(lot, "book_proceeds", amount=amount, reference="cn-2")
    assert told["accepted"], told["because"]
    assert await lot.result() == "settled"
    assert await differences(await lot.fetch_history()) == []


async def test_two_returns_share_a_disposal_that_is_over_with_its_certificate(case: Case) -> None:
    lot_id, lot = await disposed_together(case)
    assert (await standing(lot, "hand_over"))["units"] == 2
    assert (await say(lot, "accept", because="no matter"))["code"] == "certificate_needed"
    await proven(case, lot)
    assert await lot.result() == "settled"
    status = await lot.query("status")
    assert status["certificate"].startswith("CERT-")
    rows = await case.engine.sandbox.ledger("warehouse")
    taken = [row for row in rows if row["kind"] == "lot_taken" and row["lot_id"] == lot_id]
    assert len(taken) == 2


async def test_what_is_told_of_a_lot_that_makes_no_sense_is_refused_and_it_goes_on(
    case: Case,
) -> None:
    _, lot = await gathered(case, "liquidate")
    answer = await say(lot, "book_cost", amount=5, reference="x")
    assert (answer["accepted"], answer["code"]) == (False, "invalid")
    assert answer["because"].startswith("amount")
    assert (await say(lot, "hand_over"))["code"] == "wrong_moment"
    assert (await say(lot, "dissolve", because="kept", goes="resale_hold"))["accepted"]
    assert await lot.result() == "dissolved"
    status = await case.until(lambda s: s["units"][0]["disposition"] == "resale_hold", "told")
    assert status["headline"] == "completed"


async def test_what_people_take_out_of_a_lot_is_put_aside_and_its_return_knows(case: Case) -> None:
    lot_id, lot = await gathered(case, "donate")
    key = f"{case.return_id}:1/1"
    assert (await say(lot, "take_out", key=key, because="it is broken"))["accepted"]
    status = await case.until(lambda s: s["units"][0]["disposition"] == "quarantine", "told")
    assert status["units"][0]["lot_id"] == ""
    assert (await say(lot, "close"))["accepted"]
    assert await lot.result() == "dissolved"
    rows = await case.engine.sandbox.ledger("warehouse")
    put = [row for row in rows if row["kind"] == "stock_move" and row["return_id"] == lot_id]
    assert [row["disposition"] for row in put] == ["quarantine"]
