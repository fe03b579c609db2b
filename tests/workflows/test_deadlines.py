"""When time is up, whatever was waited for has its consequence: once, and never early."""

from datetime import timedelta
from typing import Any

from adapters.postgres.event_store import PostgresEventStore
from tests.engine import TODAY, eventually
from tests.workflows.case import Case


async def reminders(case: Case) -> list[dict[str, Any]]:
    rows = await case.engine.sandbox.ledger("mail")
    return [
        row for row in rows if row["template"] == "reminder" and case.return_id in row["step_id"]
    ]


def concerns(status: dict[str, Any]) -> list[str]:
    return [step["subject"] for step in status["agenda"] if step["action"] == "settle_concern"]


async def types(store: PostgresEventStore, case: Case) -> list[str]:
    stream = f"return:acme:{case.return_id}"
    return [event.type for event in (await store.read((stream, 0)))[stream]]


async def test_a_customer_is_reminded_once_and_not_before_the_day(case: Case) -> None:
    await case.labelled()
    await case.later(days=9, hours=23)
    assert await reminders(case) == []
    await case.later(hours=2)
    assert len(await eventually(lambda: reminders(case), "reminded")) == 1
    await case.later(days=2)
    assert len(await reminders(case)) == 1
    assert (await case.status())["headline"] == "label_ready"


async def test_what_is_not_handed_over_expires_and_its_label_goes_back(case: Case) -> None:
    await case.labelled()
    await case.later(days=14, hours=1)
    await case.until("expired")
    await eventually(lambda: case.booked("labels", "void_requested"), "given back")
    status = await case.until_quiet()
    assert status["next_action"] == "answer_void"


async def test_the_units_of_an_expired_return_may_be_asked_for_again(case: Case) -> None:
    await case.labelled(lines=[{"line_id": "1", "quantity": 3, "reason": "too_small"}])
    other = case.sibling()
    assert (await other.open())["code"] == "nothing_left_to_return"
    await case.later(days=15)
    await case.until("expired")
    assert (await other.open("open-2"))["accepted"]


async def test_a_handover_in_time_that_is_reported_late_reopens(case: Case) -> None:
    number = await case.labelled()
    await case.later(days=15)
    await case.until("expired")
    await case.track(number, "scanned", occurred_at=(TODAY + timedelta(days=13)).isoformat())
    status = await case.until("in_transit")
    assert status["authorisation"] == "approved"


async def test_goods_that_nobody_inspects_become_a_persons_concern(
    case: Case, store: PostgresEventStore
) -> None:
    await case.received()
    await case.later(days=4)
    status = await case.until(lambda s: "overdue" in s["flags"], "overdue")
    assert concerns(status) == ["overdue:inspect:1/1"]
    assert status["next_actor"] in {"merchant", "warehouse"}

    await case.inspect()
    assert await case.engine.ended(case.return_id) == "completed"
    assert (await types(store, case)).count("ConcernSettled") == 1


async def test_a_visit_that_nobody_hears_of_is_booked_again(case: Case) -> None:
    await case.open(method="carrier_pickup")
    await case.until("pickup_scheduled")
    await case.until_quiet()
    await case.later(days=4)
    await eventually(lambda: _visits(case, 2), "booked twice")


async def _visits(case: Case, at_least: int) -> list[dict[str, Any]]:
    rows = await case.booked("labels", "pickup_booked")
    return rows if len(rows) >= at_least else []


async def test_a_parcel_that_never_arrives_is_given_up_and_paid_for(case: Case) -> None:
    number = await case.labelled()
    await case.track(number, "scanned")
    await case.until("in_transit")
    await case.later(days=40)
    status = await case.until(lambda s: bool(s["payouts"]), "paid")
    assert status["units"][0]["receipt"] == "lost_in_transit"
    assert await case.engine.ended(case.return_id) == "completed"
    assert len(await case.refunds()) == 1


async def test_a_step_of_ours_that_is_late_is_told_and_goes_on(
    case: Case, store: PostgresEventStore
) -> None:
    """A partner wants more patience than there is: it is not pressed, and somebody knows."""
    await case.engine.sandbox.fault(
        "warehouse", "stock_move", "throttle", key=case.return_id, seconds=3_600, times=1
    )
    await case.received()
    await case.inspect(occurred_at=(TODAY - timedelta(hours=23, minutes=30)).isoformat())
    await case.until(lambda s: bool(s["payouts"]), "paid")
    await eventually(lambda: throttled(case), "refused")
    await case.later(minutes=20)
    assert concerns(await case.status()) == []
    await case.later(minutes=11)
    assert await case.engine.ended(case.return_id) == "completed"
    told = await types(store, case)
    assert [told.count(kind) for kind in ("DeadlineMissed", "Escalated", "ConcernSettled")] == [
        1
    ] * 3
    assert len(await throttled(case)) == 1
    assert len(await case.booked("warehouse", "stock_move")) == 1


async def throttled(case: Case) -> list[dict[str, Any]]:
    fired = await case.engine.sandbox.fired()
    return [hit for hit in fired if case.return_id in hit["key"] and hit["fault"] == "throttle"]


async def test_a_return_that_nobody_touches_keeps_a_short_history(case: Case) -> None:
    """A concern that nobody settles is late again and again, but never in a circle."""
    await case.received()
    await case.later(days=20)
    status = await case.until(lambda s: "overdue" in s["flags"], "overdue")
    assert status["closed"] is False
    assert len(await case.history()) < 300
    assert await case.events_named("WORKFLOW_TASK_FAILED") == 0
