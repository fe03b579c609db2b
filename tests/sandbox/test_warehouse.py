from datetime import timedelta
from typing import Any

import httpx2

from tests.sandbox.partners import Partners
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import Sandbox


async def kinds(sandbox: Sandbox, reference: str) -> list[str]:
    rows = await sandbox.client.ledger("warehouse")
    return [row["kind"] for row in rows if row["reference"] == reference]


async def reserve(
    partners: Partners, sandbox: Sandbox, reference: str, sku: str, quantity: int = 1
) -> httpx2.Response:
    until = await sandbox.client.now() + timedelta(days=7)
    body = {"sku": sku, "quantity": quantity, "hold_until": until.isoformat()}
    return await partners.warehouse.put(f"/reservations/{reference}", json=body)


def order(sku: str, reservation_id: str = "") -> dict[str, Any]:
    recipient = {"name": "C", "city": "Paris"}
    return {
        "return_id": "R-1",
        "sku": sku,
        "quantity": 1,
        "reservation_id": reservation_id,
        "recipient": recipient,
    }


async def test_the_same_announcement_again_is_the_same(partners: Partners, shared: Sandbox) -> None:
    first = await partners.announce("R-same", ["T-1"])
    again = await partners.announce("R-same", ["T-1"])
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    found = await partners.warehouse.get("/announcements/announce:R-same")
    assert found.json()["id"] == first.json()["id"]
    assert await kinds(shared, "announce:R-same") == ["announced", "announced"]


async def test_a_reference_is_not_used_for_something_else(partners: Partners) -> None:
    await partners.announce("R-reused", ["T-1"])
    answer = await partners.announce("R-reused", ["T-2"])
    assert (answer.status_code, answer.json()["code"]) == (422, "reference_reused")


async def test_what_was_never_announced_is_not_found(partners: Partners) -> None:
    answer = await partners.warehouse.get("/announcements/announce:R-never")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_body_that_lacks_a_field_is_told_which(partners: Partners) -> None:
    answer = await partners.warehouse.put("/stock-moves/m-1", json={"return_id": "R-1"})
    assert (answer.status_code, answer.json()["field"]) == (422, "sku")


async def test_the_last_piece_is_reserved_once(partners: Partners, shared: Sandbox) -> None:
    await shared.client.stock("LAST", 1)
    assert (await reserve(partners, shared, "hold-1", "LAST")).status_code == 201
    refused = await reserve(partners, shared, "hold-2", "LAST")
    assert (refused.status_code, refused.json()["code"]) == (409, "out_of_stock")
    assert await kinds(shared, "hold-2") == ["out_of_stock"]


async def test_a_released_piece_can_be_had_by_another(partners: Partners, shared: Sandbox) -> None:
    await shared.client.stock("FREED", 1)
    held = (await reserve(partners, shared, "freed-1", "FREED")).json()["id"]
    for _ in range(2):
        assert (await partners.warehouse.delete(f"/reservations/by-id/{held}")).is_success
    assert (await reserve(partners, shared, "freed-2", "FREED")).status_code == 201
    assert await kinds(shared, "freed-1") == ["reserved", "released"]


async def test_a_reservation_ends_by_itself(own: Sandbox, outside: Partners) -> None:
    await own.client.stock("SHOE", 1)
    await reserve(outside, own, "hold-1", "SHOE")
    await own.client.advance(timedelta(days=8))
    assert (await reserve(outside, own, "hold-2", "SHOE")).status_code == 201


async def test_an_order_uses_what_was_held_for_it(own: Sandbox, outside: Partners) -> None:
    await own.client.stock("SHOE", 1)
    held = (await reserve(outside, own, "hold-1", "SHOE")).json()["id"]
    taken = await outside.warehouse.put("/orders/order-1", json=order("SHOE", held))
    assert taken.status_code == 201
    refused = await outside.warehouse.put("/orders/order-2", json=order("SHOE"))
    assert refused.json()["code"] == "out_of_stock"
    await own.client.advance(timedelta(days=8))
    assert await kinds(own, "hold-1") == ["reserved"]


async def test_a_no_can_become_a_yes_when_goods_come(own: Sandbox, outside: Partners) -> None:
    await own.client.stock("SHOE", 0)
    assert (await outside.warehouse.put("/orders/order-1", json=order("SHOE"))).status_code == 409
    await own.client.stock("SHOE", 1)
    assert (await outside.warehouse.put("/orders/order-1", json=order("SHOE"))).status_code == 201


async def test_a_replacement_leaves_a_day_after_it_is_ordered(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.script("R-1", "replacement.ships")
    await outside.warehouse.put("/orders/order-1", json=order("SHOE"))
    await own.client.advance(timedelta(days=1))
    (told,) = receiver.deliveries
    assert (told.body["type"], told.body["data"]["reference"]) == ("replacement.shipped", "order-1")
    assert await kinds(own, "order-1") == ["ordered", "shipped"]
