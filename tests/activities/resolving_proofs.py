"""Coupons, repairs and goods that go back, each with a way to where it has to be done."""

from tests.activities.deeds import Deed, Trade, at_partner
from tests.activities.journey import Journey

MENDED = Trade("warehouse", ("repair",), "warehouse", "repair", "RepairStarted")
SENT_BACK = Trade("warehouse", ("send_back",), "warehouse", "send_back", "SendBackOrdered")
COUPON = Trade("storedvalue", ("credit",), "payments", "coupon", "CouponIssued")


async def order_repair(journey: Journey) -> Deed:
    await journey.labelled(line={"resolution": "repair", "reason": "defective"})
    await journey.arrives()
    return await at_partner(MENDED, journey, "order_repair")


async def send_back(journey: Journey) -> Deed:
    """The dock says what came too much; a person sends it to whose it is."""
    await journey.labelled()
    await journey.brings("HAT-1")
    (stray,) = await journey.told("UnexpectedUnitReceived")
    goes = {"stray_id": stray["stray_id"], "disposition": "return_to_customer"}
    await journey.accepted(journey.asking("match_unit", **goes))
    return await at_partner(SENT_BACK, journey, "send_back")


async def issue_coupon(journey: Journey) -> Deed:
    await journey.labelled(line={"resolution": "coupon"})
    await journey.arrives()
    (planned,) = await journey.told("CouponPlanned")
    key = planned["instruction_id"]
    return await at_partner(COUPON, journey, "issue_coupon", needle=key, fault_key=key)
