"""Two returns of one order at the same moment: the second is told what is left."""

import asyncio

from adapters.postgres.event_store import PostgresEventStore
from tests.engine import eventually
from tests.workflows.case import Case

ALL = [{"line_id": "1", "quantity": 3, "reason": "too_small"}]


async def test_a_unit_asked_for_by_two_returns_at_once_is_in_one(case: Case) -> None:
    other = case.sibling()
    answers = await asyncio.gather(case.open(lines=ALL), other.open(lines=ALL))
    assert sorted(answer["accepted"] for answer in answers) == [False, True]
    (refused,) = (answer for answer in answers if not answer["accepted"])
    assert refused["code"] == "nothing_left_to_return"
    assert "lines.0.quantity: 3 asked of line 1, 0 not yet in another return" in refused["because"]


async def test_three_returns_of_three_units_at_once_are_all_taken(case: Case) -> None:
    cases = [Case(case.engine, f"{case.return_id}-{n}", case.order_id, case.payment) for n in "abc"]
    answers = await asyncio.gather(*(each.open() for each in cases))
    assert {answer["accepted"] for answer in answers} == {True}
    fourth = await case.open()
    assert (fourth["accepted"], fourth["code"]) == (False, "nothing_left_to_return")


async def test_two_returns_that_race_for_the_same_money_never_pay_more_than_was_paid(
    case: Case, store: PostgresEventStore
) -> None:
    """Most of what was captured is gone: the bank took it back."""
    other = case.sibling()
    for each in (case, other):
        await each.received()
    lost = {"amount_minor": 18600 - 7000, "currency": "EUR"}
    for status in ("opened", "lost"):
        await case.tell("report_chargeback", payment_ref=case.payment, amount=lost, status=status)
    await eventually(lambda: bank_has_spoken(store, case), "recorded")
    await asyncio.gather(case.inspect(), other.inspect())
    for each in (case, other):
        await each.until(lambda s: bool(s["payouts"]), "payouts planned")
        await each.until_quiet()
    paid = sum(row["amount_minor"] for row in await case.refunds())
    assert paid <= 7000
    statuses = [await each.status() for each in (case, other)]
    held = [status["money"]["held_minor"] for status in statuses]
    assert sum(held) == sum(s["money"]["promised_minor"] for s in statuses) - paid
    assert sum(held) > 0


async def bank_has_spoken(store: PostgresEventStore, case: Case) -> bool:
    stream = f"order:acme:{case.order_id}"
    return any(
        event.type == "ChargebackClosed" for event in (await store.read((stream, 0)))[stream]
    )
