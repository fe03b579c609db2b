"""EasyPost's visits, as recorded and made like the recordings."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from activities.failures import Misspoken
from activities.ports import (
    PickupBooked,
    PickupRefused,
)
from tests.adapters.carriers.easypost_wire import (
    PICKUP,
    booked,
    easypost,
)
from tests.adapters.recordings import interactions, played
from tests.adapters.wire import in_turn, says


async def test_the_recorded_pickup_is_booked() -> None:
    recording = interactions("easypost/test_pickup_buy.yaml")[1:]
    async with easypost(played(recording)) as (carrier, wire):
        visit = await booked(carrier)
    midnight = datetime(2025, 3, 8, tzinfo=UTC)
    assert visit == PickupBooked(
        pickup_ref="pickup_97eb98f4c2004ede9f30e26ec4f63233",
        window_start=midnight,
        window_end=midnight,
    )
    assert json.loads(wire.requests[-1].body) == {"carrier": "USPS", "service": "NextDay"}


async def test_the_recorded_pickup_is_called_off() -> None:
    recording = interactions("easypost/test_pickup_cancel.yaml")[3:]
    async with easypost(played(recording)) as (carrier, wire):
        await carrier.cancel_pickup("pickup_7a497566ff634331bdaffdfe4ab10103")
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("status", "is_booked"),
    [("unknown", False), ("scheduled", True), ("failed", True), ("picked_up", True),
     ("canceled", False)],
)  # fmt: skip
async def test_a_visit_was_booked_even_if_it_has_failed_since(
    status: str, *, is_booked: bool
) -> None:
    stands = says(200, pickup(status))
    async with easypost(in_turn(stands)) as (carrier, _):
        assert (await carrier.find_pickup(PICKUP.offer_ref) is not None) == is_booked


async def test_a_visit_that_was_called_off_is_not_booked_again_for_the_same_step() -> None:
    async with easypost(in_turn(says(200, pickup("canceled")))) as (carrier, wire):
        assert await carrier.book_pickup(PICKUP) == PickupRefused(reason="other", theirs="canceled")
    assert len(wire.requests) == 1


@pytest.mark.parametrize("status", ["canceled", "picked_up", "failed"])
async def test_a_visit_that_is_over_needs_no_calling_off(status: str) -> None:
    no = says(422, {"error": {"code": "PICKUP.CANCEL.UNAVAILABLE"}})
    async with easypost(in_turn(no, says(200, pickup(status)))) as (carrier, _):
        await carrier.cancel_pickup("pickup_1")


async def test_a_visit_that_they_still_plan_was_not_called_off() -> None:
    no = says(422, {"error": {"code": "PICKUP.CANCEL.UNAVAILABLE"}})
    async with easypost(in_turn(no, says(200, pickup("scheduled")))) as (carrier, _):
        with pytest.raises(Misspoken, match=r"PICKUP\.CANCEL\.UNAVAILABLE"):
            await carrier.cancel_pickup("pickup_1")


def pickup(status: str) -> dict[str, Any]:
    return {
        "id": "pickup_1",
        "status": status,
        "min_datetime": "2025-03-08T09:00:00Z",
        "max_datetime": "2025-03-08T17:00:00Z",
        "pickup_rates": [],
    }
