"""The warehouse's answers in our words."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from activities.failures import Misspoken
from activities.ports import (
    Address,
    Announcement,
    ExpectedUnit,
    OutOfStock,
    ReplacementOrder,
    ReplacementOrdered,
    Reservation,
    Reserved,
    StockMove,
)
from adapters.http import open_client
from adapters.warehouses.rest import RestWarehouse
from tests.adapters.wire import Handler, Wire, in_turn, says, serving

ANNOUNCEMENT = Announcement(
    step_id="announce/R-1",
    return_id="R-1",
    order_id="W-1",
    warehouse="reno",
    units=(ExpectedUnit(line_id="1", unit=1, sku="S", name="Shoe"),),
    tracking_numbers=("T1",),
)
MOVE = StockMove(
    step_id="move/R-1/1", return_id="R-1", warehouse="reno", sku="S", quantity=1,
    disposition="restock", grade="like_new",
)  # fmt: skip
RESERVATION = Reservation(
    step_id="reserve/R-1", sku="S", quantity=1, hold_until=datetime(2026, 4, 1, tzinfo=UTC)
)
REPLACEMENT = ReplacementOrder(
    step_id="replace/R-1", return_id="R-1", sku="S", quantity=1, reservation_ref="res_1",
    recipient=Address(name="Ann", line1="1 St", city="Lyon", postcode="69001", country="FR"),
)  # fmt: skip
EMPTY = says(409, {"code": "out_of_stock"})


@asynccontextmanager
async def warehouse(handler: Handler) -> AsyncIterator[tuple[RestWarehouse, Wire]]:
    async with serving(handler) as wire, open_client() as client:
        yield RestWarehouse(client, base_url=wire.url, api_key="sandbox"), wire


async def test_what_is_expected_is_put_under_our_step() -> None:
    async with warehouse(in_turn(says(201, {"id": "ann_1"}))) as (partner, wire):
        assert await partner.announce(ANNOUNCEMENT) == "ann_1"
    [sent] = wire.requests
    assert (sent.method, sent.target) == ("PUT", "/announcements/announce%2FR-1")
    assert json.loads(sent.body) == {
        "return_id": "R-1",
        "order_id": "W-1",
        "warehouse": "reno",
        "units": [{"line_id": "1", "unit": 1, "sku": "S", "name": "Shoe", "serial": ""}],
        "tracking_numbers": ["T1"],
    }


async def test_a_replacement_names_the_goods_that_are_held_for_it() -> None:
    async with warehouse(in_turn(says(201, {"id": "ord_1"}))) as (partner, wire):
        assert await partner.order_replacement(REPLACEMENT) == ReplacementOrdered(order_ref="ord_1")
    sent = json.loads(wire.requests[0].body)
    assert sent["reservation_id"] == "res_1"
    assert sent["recipient"]["name"] == "Ann"


async def test_an_empty_shelf_is_an_answer() -> None:
    async with warehouse(in_turn(EMPTY, EMPTY)) as (partner, _):
        assert await partner.reserve(RESERVATION) == OutOfStock(sku="S")
        assert await partner.order_replacement(REPLACEMENT) == OutOfStock(sku="S")


async def test_what_is_in_their_books_is_found_by_our_step() -> None:
    async with warehouse(lambda _request: says(200, {"id": "x_1"})) as (partner, wire):
        assert await partner.find_announcement(ANNOUNCEMENT) == "x_1"
        assert await partner.find_move(MOVE) == "x_1"
        assert await partner.find_reservation(RESERVATION) == Reserved(reservation_ref="x_1")
        assert await partner.find_replacement(REPLACEMENT) == ReplacementOrdered(order_ref="x_1")
    assert [request.path for request in wire.requests] == [
        "/announcements/announce/R-1",
        "/stock-moves/move/R-1/1",
        "/reservations/reserve/R-1",
        "/orders/replace/R-1",
    ]


async def test_what_is_not_in_their_books_is_not_found() -> None:
    async with warehouse(lambda _request: says(404)) as (partner, _):
        assert await partner.find_announcement(ANNOUNCEMENT) is None
        assert await partner.find_move(MOVE) is None
        assert await partner.find_reservation(RESERVATION) is None
        assert await partner.find_replacement(REPLACEMENT) is None


@pytest.mark.parametrize("said", [says(204), says(404)])
async def test_held_goods_are_given_back_once_or_again(said: list[bytes]) -> None:
    async with warehouse(in_turn(said)) as (partner, wire):
        await partner.release("res/1")
    assert wire.requests[0].target == "/reservations/by-id/res%2F1"


@pytest.mark.parametrize(
    "said", [says(422, {"code": "reference_reused"}), says(409, {"code": "odd"}), says(200, {})]
)
async def test_what_we_do_not_understand_is_a_defect(said: list[bytes]) -> None:
    async with warehouse(lambda _request: said) as (partner, _):
        with pytest.raises(Misspoken):
            await partner.move_stock(MOVE)
        with pytest.raises(Misspoken):
            await partner.reserve(RESERVATION)


async def test_goods_that_they_will_not_take_back_are_a_defect() -> None:
    async with warehouse(in_turn(says(409, {"code": "shipped"}))) as (partner, _):
        with pytest.raises(Misspoken, match="shipped"):
            await partner.release("res_1")
