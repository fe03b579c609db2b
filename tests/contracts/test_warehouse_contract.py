"""What every warehouse's adapter owes the port, against a dock that keeps books of its own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from activities.failures import AnswerLost, Misspoken, Throttled, Unauthorised, Unavailable
from activities.ports import (
    Address,
    Announcement,
    ExpectedUnit,
    NotPossible,
    OutOfStock,
    RepairOrder,
    ReplacementOrder,
    ReplacementOrdered,
    Reservation,
    Reserved,
    SendBackOrder,
    StockMove,
    Warehouse,
)
from adapters.warehouses.rest import RestWarehouse
from tests.contracts.partners import LOST, NOTHING_HAPPENED, SHORT, Partners, Wrong

NEXT_YEAR = datetime(2031, 1, 1, tzinfo=UTC)
ANN = Address(name="Ann", line1="1 Rue", city="Lyon", postcode="69001", country="FR")


@pytest.fixture
def warehouse(partners: Partners, client: httpx2.AsyncClient) -> Warehouse:
    url = f"{partners.url}/warehouse/v1"
    return RestWarehouse(client, base_url=url, api_key="sandbox", deadline=SHORT)


def announcement(partners: Partners) -> Announcement:
    return Announcement(
        step_id=partners.new_id("announce"),
        return_id=partners.new_id("R"),
        order_id="W-1",
        warehouse="cologne",
        units=(ExpectedUnit(line_id="1", unit=1, sku="S-1", name="Shoe"),),
        tracking_numbers=("T1",),
    )


def move(partners: Partners) -> StockMove:
    return StockMove(
        step_id=partners.new_id("move"),
        return_id=partners.new_id("R"),
        warehouse="cologne",
        sku="S-1",
        quantity=1,
        disposition="restock",
        grade="like_new",
    )


def reservation(partners: Partners) -> Reservation:
    return Reservation(
        step_id=partners.new_id("reserve"),
        sku=partners.new_id("sku"),
        quantity=1,
        hold_until=NEXT_YEAR,
    )


def replacement(partners: Partners) -> ReplacementOrder:
    return ReplacementOrder(
        step_id=partners.new_id("replace"),
        return_id=partners.new_id("R"),
        sku=partners.new_id("sku"),
        quantity=1,
        reservation_ref="",
        recipient=ANN,
    )


def repair(partners: Partners) -> RepairOrder:
    return RepairOrder(
        step_id=partners.new_id("repair"),
        return_id=partners.new_id("R"),
        warehouse="hub-de",
        sku=partners.new_id("sku"),
        because="defective",
    )


def sending(partners: Partners) -> SendBackOrder:
    return SendBackOrder(
        step_id=partners.new_id("back"),
        return_id=partners.new_id("R"),
        warehouse="hub-de",
        sku=partners.new_id("sku"),
        recipient=ANN,
    )


# Each change: how it is ordered, done and found, its operation's name and its kind in the books.
CHANGES = {
    "announce": (announcement, "announce", "find_announcement", "announced"),
    "stock_move": (move, "move_stock", "find_move", "stock_move"),
    "reserve": (reservation, "reserve", "find_reservation", "reserved"),
    "order": (replacement, "order_replacement", "find_replacement", "ordered"),
    "repair": (repair, "order_repair", "find_repair", "repair"),
    "send_back": (sending, "send_back", "find_send_back", "send_back"),
}


class Change:
    """One thing that the port can do under an id."""

    def __init__(self, operation: str, warehouse: Warehouse, partners: Partners) -> None:
        make, do, find, self.kind = CHANGES[operation]
        self.operation = operation
        self.order: Any = make(partners)
        self._do, self._find = getattr(warehouse, do), getattr(warehouse, find)

    async def do(self) -> Any:
        return await self._do(self.order)

    async def find(self) -> Any:
        return await self._find(self.order)


@pytest.fixture(params=CHANGES)
def change(request: pytest.FixtureRequest, warehouse: Warehouse, partners: Partners) -> Change:
    return Change(request.param, warehouse, partners)


async def times(partners: Partners, change: Change) -> int:
    return await partners.booked("warehouse", change.kind, reference=change.order.step_id)


async def test_a_change_is_found_once_it_is_made_and_not_before(change: Change) -> None:
    assert await change.find() is None
    made = await change.do()
    assert made
    assert await change.find() == made


async def test_a_change_sent_twice_under_one_id_is_made_once(
    change: Change, warehouse: Warehouse, partners: Partners
) -> None:
    assert warehouse.capabilities.idempotency == "natural_key"
    assert await change.do() == await change.do()
    assert await times(partners, change) == 1


@pytest.mark.parametrize("fault", LOST)
async def test_a_change_whose_answer_is_lost_is_found_and_made_once(
    change: Change, partners: Partners, fault: str
) -> None:
    await partners.fail("warehouse", change.operation, fault, key=change.order.step_id)
    with pytest.raises(AnswerLost):
        await change.do()
    found = await change.find()
    assert found is not None
    assert await change.do() == found
    assert await times(partners, change) == 1


@pytest.mark.parametrize("wrong", NOTHING_HAPPENED, ids=lambda wrong: wrong[0])
async def test_where_nothing_happened_it_is_told_and_can_be_asked_again(
    change: Change, partners: Partners, wrong: Wrong
) -> None:
    fault, failure = wrong
    await partners.fail("warehouse", change.operation, fault, key=change.order.step_id)
    with pytest.raises(failure) as caught:
        await change.do()
    assert type(caught.value) is failure
    assert await change.find() is None
    assert await change.do()
    assert await times(partners, change) == 1


async def test_a_look_that_is_not_answered_changes_nothing(
    change: Change, partners: Partners
) -> None:
    await partners.fail("warehouse", "get", "silence_after", key=change.order.step_id)
    with pytest.raises(Unavailable):
        await change.find()


async def test_a_throttled_change_says_how_long_to_wait(change: Change, partners: Partners) -> None:
    key = change.order.step_id
    await partners.fail("warehouse", change.operation, "throttle", key=key, seconds=7)
    with pytest.raises(Throttled) as caught:
        await change.do()
    assert caught.value.retry_after == timedelta(seconds=7)


async def test_an_id_with_another_body_is_a_defect_and_changes_nothing(
    warehouse: Warehouse, partners: Partners
) -> None:
    first = move(partners)
    await warehouse.move_stock(first)
    with pytest.raises(Misspoken, match="reference_reused"):
        await warehouse.move_stock(first.model_copy(update={"quantity": 2}))
    assert await partners.booked("warehouse", "stock_move", reference=first.step_id) == 1


async def test_an_empty_shelf_is_an_answer(warehouse: Warehouse, partners: Partners) -> None:
    wanted, ordered = reservation(partners), replacement(partners)
    for sku in (wanted.sku, ordered.sku):
        await partners.control.stock(sku, 0)
    assert await warehouse.reserve(wanted) == OutOfStock(sku=wanted.sku)
    assert await warehouse.order_replacement(ordered) == OutOfStock(sku=ordered.sku)


async def test_goods_given_back_can_be_had_by_another(
    warehouse: Warehouse, partners: Partners
) -> None:
    first = reservation(partners)
    second = first.model_copy(update={"step_id": partners.new_id("reserve")})
    await partners.control.stock(first.sku, 1)
    held = await warehouse.reserve(first)
    assert isinstance(held, Reserved)
    assert await warehouse.reserve(second) == OutOfStock(sku=first.sku)
    await warehouse.release(held.reservation_ref)
    await warehouse.release(held.reservation_ref)
    assert isinstance(await warehouse.reserve(second), Reserved)
    assert await partners.booked("warehouse", "released", reference=first.step_id) == 1


async def test_goods_that_were_never_held_need_no_giving_back(warehouse: Warehouse) -> None:
    await warehouse.release("res_nobody")


async def test_held_goods_are_sent_and_not_taken_from_the_shelf_again(
    warehouse: Warehouse, partners: Partners
) -> None:
    wanted = reservation(partners)
    await partners.control.stock(wanted.sku, 1)
    held = await warehouse.reserve(wanted)
    assert isinstance(held, Reserved)
    order = replacement(partners).model_copy(
        update={"sku": wanted.sku, "reservation_ref": held.reservation_ref}
    )
    assert isinstance(await warehouse.order_replacement(order), ReplacementOrdered)


async def test_credentials_that_are_not_known_need_a_person(
    partners: Partners, client: httpx2.AsyncClient
) -> None:
    stranger = RestWarehouse(client, base_url=f"{partners.url}/warehouse/v1", api_key="wrong")
    with pytest.raises(Unauthorised):
        await stranger.announce(announcement(partners))


@pytest.mark.parametrize("kind", ["repair", "send_back"])
async def test_work_that_is_not_possible_is_refused_in_their_words(
    warehouse: Warehouse, partners: Partners, kind: str
) -> None:
    order = repair(partners) if kind == "repair" else sending(partners)
    await partners.control.script(order.return_id, f"{kind}.refused")
    if isinstance(order, RepairOrder):
        answer: object = await warehouse.order_repair(order)
    else:
        answer = await warehouse.send_back(order)
    assert isinstance(answer, NotPossible)
    assert answer.theirs
