"""The adapter for EasyPost on a wire, and what is ordered of it in its tests."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from activities.ports import (
    Address,
    LabelBought,
    LabelOrder,
    LabelRefused,
    PickupBooked,
    PickupOrder,
    PickupRefused,
    VoidOrder,
)
from adapters.carriers.easypost import EasyPostCarrier
from adapters.http import open_client
from tests.adapters.wire import Handler, Wire, in_turn, says, serving

CUSTOMER = Address(
    name="Elizabeth Swan", line1="179 N Harbor Dr", city="Redondo Beach", postcode="90277",
    region="CA", country="US",
)  # fmt: skip
HUB = Address(name="Hub", line1="1 Dock Rd", city="Reno", postcode="89501", country="US")
ORDER = LabelOrder(
    step_id="label/R-1/p1",
    carrier="USPS",
    service="First",
    sender=CUSTOMER,
    recipient=HUB,
    weight_grams=437,
)
VOID = VoidOrder(step_id="void/R-1/p1", label_ref="shp_700d2963c43b4847883c955eeb846b13")
PICKUP = PickupOrder(
    step_id="pickup/R-1/p1",
    label_ref="shp_2d1487afd0f541a4bcf9fecc1b02b28d",
    address=CUSTOMER,
    window_start=datetime(2025, 3, 8, 9, tzinfo=UTC),
    window_end=datetime(2025, 3, 8, 17, tzinfo=UTC),
)
NOT_FOUND = says(404, {"error": {"code": "NOT_FOUND"}})


@asynccontextmanager
async def easypost(handler: Handler) -> AsyncIterator[tuple[EasyPostCarrier, Wire]]:
    async with serving(handler) as wire, open_client() as client:
        yield EasyPostCarrier(client, base_url=wire.url, api_key="EZTK_test"), wire


def bought_rate(recording: list[dict[str, Any]]) -> dict[str, Any]:
    """Say which of the recorded rates was bought."""
    rate_id = json.loads(recording[1]["request"]["body"])["rate"]["id"]
    rates = json.loads(recording[0]["response"]["body"]["string"])["rates"]
    return next(rate for rate in rates if rate["id"] == rate_id)


async def bought(carrier: EasyPostCarrier, order: LabelOrder = ORDER) -> LabelBought | LabelRefused:
    """Prepared, then bought on what was prepared."""
    prepared = await carrier.prepare_label(order)
    if isinstance(prepared, LabelRefused):
        return prepared
    return await carrier.buy_label(order.model_copy(update={"offer_ref": prepared.offer_ref}))


async def booked(carrier: EasyPostCarrier) -> PickupBooked | PickupRefused:
    prepared = await carrier.prepare_pickup(PICKUP)
    if isinstance(prepared, PickupRefused):
        return prepared
    return await carrier.book_pickup(PICKUP.model_copy(update={"offer_ref": prepared.offer_ref}))


def refusing(code: str, status: int = 422) -> Handler:
    return in_turn(says(status, {"error": {"code": code, "message": "Ann, no"}}))
