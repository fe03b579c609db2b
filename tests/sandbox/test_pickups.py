from datetime import timedelta

import pytest

from sandbox.control_client import SandboxRefused
from tests.sandbox.partners import NOBODY_VISITS, Partners
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import Sandbox


async def visits(own: Sandbox, outside: Partners, script: str, times: int) -> list[str]:
    """Book a visit, and again after each one that fails; say what came of each."""
    await own.client.script("R-1", script)
    label = await outside.label("label:R-1:p1", "return_pickup")
    outcomes = []
    for attempt in range(times):
        start = await own.client.now() + timedelta(hours=3)
        await outside.book_visit(label["id"], f"visit:{attempt}", start)
        await own.client.advance(timedelta(days=1))
        shown = (await outside.carrier.get(f"/pickups/visit:{attempt}")).json()
        outcomes.append(shown["status"])
    return outcomes


async def test_a_visit_fails_twice_for_its_reasons_and_then_takes_the_parcel(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    outcomes = await visits(own, outside, "pickup.fails_twice", 3)
    assert outcomes == ["failed", "failed", "picked_up"]
    told = [one.body["result"] for one in receiver.deliveries if one.kind == "pickup.updated"]
    ends = [one for one in told if one["status"] != "scheduled"]
    assert [(one["status"], one["exception_code"], one["attempt"]) for one in ends] == [
        ("failed", "customer_unreachable", 1),
        ("failed", "not_attempted", 2),
        ("picked_up", None, 3),
    ]


async def test_a_parcel_that_was_fetched_goes_its_way_by_itself(
    own: Sandbox, outside: Partners
) -> None:
    await visits(own, outside, "pickup.ok", 1)
    await own.client.advance(timedelta(days=3))
    rows = await own.client.ledger("labels")
    assert [row["kind"] for row in rows] == [
        *("purchase", "pickup_booked", "picked_up", "scan", "scan", "delivered")
    ]


async def test_the_mismatch_at_the_door_is_told_once_and_then_the_parcel_is_taken(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    assert await visits(own, outside, "pickup.item_mismatch", 2) == ["failed", "picked_up"]
    codes = [
        one.body["result"]["exception_code"]
        for one in receiver.deliveries
        if one.kind == "pickup.updated" and one.body["result"]["status"] == "failed"
    ]
    assert codes == ["item_mismatch"]


async def test_a_cancelled_visit_does_not_take_place(own: Sandbox, outside: Partners) -> None:
    await own.client.script("R-1", "pickup.ok")
    label = await outside.label("label:R-1:p1", "return_pickup")
    start = await own.client.now() + timedelta(days=1)
    booked = (await outside.book_visit(label["id"], "visit:1", start)).json()
    cancelled = await outside.carrier.post(f"/pickups/{booked['id']}/cancel", json={})
    assert cancelled.json()["status"] == "canceled"
    await own.client.advance(timedelta(days=5))
    kinds = [row["kind"] for row in await own.client.ledger("labels")]
    assert kinds == ["purchase", "pickup_booked", "pickup_cancelled"]


async def test_a_driver_who_has_not_heard_that_it_is_off_takes_the_parcel(
    own: Sandbox, outside: Partners
) -> None:
    label = await outside.label("label:R-1:p1", "return_pickup")
    start = await own.client.now() + timedelta(hours=3)
    booked = (await outside.book_visit(label["id"], "visit-1", start)).json()
    await outside.carrier.post(f"/pickups/{booked['id']}/cancel", json={})
    await own.client.pickup_outcome("visit-1", "picked_up")
    kinds = [row["kind"] for row in await own.client.ledger("labels")]
    assert kinds == ["purchase", "pickup_booked", "pickup_cancelled", "picked_up", "scan"]
    assert await own.client.audit() == []
    with pytest.raises(SandboxRefused, match="one that is scheduled, not picked_up"):
        await own.client.pickup_outcome("visit-1", "picked_up")


async def test_booking_the_same_visit_again_books_it_once(
    partners: Partners, shared: Sandbox
) -> None:
    label = await partners.label("once-1", "return_pickup")
    start = await shared.client.now() + timedelta(days=1)
    booked = (await partners.book_visit(label["id"], "visit-once", start)).json()
    rate = booked["pickup_rates"][0]
    choice = {"carrier": rate["carrier"], "service": rate["service"]}
    again = await partners.carrier.post(f"/pickups/{booked['id']}/buy", json=choice)
    assert again.json()["confirmation"] == booked["confirmation"]
    rows = [row for row in await shared.client.ledger("labels") if row["reference"] == "once-1"]
    assert [row["kind"] for row in rows] == ["purchase", "pickup_booked"]


async def test_a_visit_where_nobody_goes_is_refused(partners: Partners, shared: Sandbox) -> None:
    label = await partners.label("far-3", "return_pickup")
    start = await shared.client.now() + timedelta(days=1)
    answer = await partners.book_visit(label["id"], "visit-far", start, NOBODY_VISITS)
    assert answer.json()["error"]["code"] == "ADDRESS.OUT_OF_SERVICE_AREA"


@pytest.mark.parametrize("code", ["weather", "address_issue"])
async def test_a_visit_can_be_driven_by_hand(own: Sandbox, outside: Partners, code: str) -> None:
    label = await outside.label("hand-1", "return_pickup")
    start = await own.client.now() + timedelta(days=1)
    booked = (await outside.book_visit(label["id"], "visit-hand", start)).json()
    await own.client.pickup_outcome("visit-hand", "failed", exception_code=code)
    row = (await own.client.ledger("labels"))[-1]
    assert (row["kind"], row["exception_code"], row["pickup_id"]) == (
        "pickup_failed",
        code,
        booked["id"],
    )
