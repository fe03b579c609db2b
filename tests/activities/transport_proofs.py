"""Labels and visits, led to the point where something is to be done with the carrier."""

import pytest
from temporalio.exceptions import ApplicationError

from activities.steps import key_of
from tests.activities.deeds import Deed, Trade, at_partner
from tests.activities.journey import Journey

LABEL = Trade("carrier", ("create", "buy"), "labels", "purchase", "LabelPurchased")
VOID = Trade("carrier", ("refund",), "labels", "void_requested", "LabelVoidSubmitted")
LOOKED = Trade(
    "carrier",
    ("get",),
    "labels",
    "purchase",
    "LabelPurchased",
    is_a_look=True,
    done_before=("buy",),
)
VISIT = Trade(
    "carrier", ("pickup_create", "pickup_buy"), "labels", "pickup_booked", "PickupScheduled"
)
LOOKED_VISIT = Trade(
    "carrier",
    ("pickup_get",),
    "labels",
    "pickup_booked",
    "PickupScheduled",
    is_a_look=True,
    done_before=("pickup_buy",),
)
NO_VISIT = Trade(
    "carrier", ("pickup_cancel",), "labels", "pickup_cancelled", "PickupCancelled", found=False
)


FOLLOWED = Trade("carrier", ("follow",), "labels", "followed", "ParcelFollowed", found=False)


async def follow_parcel(journey: Journey) -> Deed:
    await journey.open(method="own_carrier")
    number = f"JD{journey.key}"
    entered = journey.asking("choose_method", method="own_carrier", tracking_number=number)
    await journey.accepted(entered)
    return await at_partner(FOLLOWED, journey, "follow_parcel", needle=number, fault_key=number)


async def buy_label(journey: Journey) -> Deed:
    await journey.open()
    return await at_partner(LABEL, journey, "buy_label")


async def look_up_label(journey: Journey) -> Deed:
    """It was bought, nobody heard of it, and the customer keeps the goods."""
    await journey.open()
    key = key_of(await journey.order("buy_label"))
    await journey.stage.sandbox.fault("carrier", "buy", "500_after", key=key, times=1)
    with pytest.raises(ApplicationError):
        await journey.perform("buy_label")
    await journey.cancelled()
    return await at_partner(LOOKED, journey, "look_up_label", fault_key=key)


async def void_label(journey: Journey) -> Deed:
    await journey.labelled()
    await journey.cancelled()
    return await at_partner(VOID, journey, "void_label")


async def book_pickup(journey: Journey) -> Deed:
    await journey.labelled(method="carrier_pickup")
    return await at_partner(VISIT, journey, "book_pickup")


async def look_up_pickup(journey: Journey) -> Deed:
    """It was booked, nobody heard of it, and the customer keeps the goods."""
    await journey.labelled(method="carrier_pickup")
    key = key_of(await journey.order("book_pickup"))
    await journey.stage.sandbox.fault("carrier", "pickup_buy", "500_after", key=key, times=1)
    with pytest.raises(ApplicationError):
        await journey.perform("book_pickup")
    await journey.cancelled()
    return await at_partner(LOOKED_VISIT, journey, "look_up_pickup", fault_key=key)


async def cancel_pickup(journey: Journey) -> Deed:
    await journey.labelled(method="carrier_pickup")
    await journey.perform("book_pickup")
    await journey.cancelled()
    return await at_partner(NO_VISIT, journey, "cancel_pickup")
