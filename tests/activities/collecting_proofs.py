"""What is asked of customers, each thing with a way to the point where it has to be done."""

from datetime import timedelta

from sandbox.checkout import EVERYBODYS
from sandbox.wire import digest
from tests.activities.deeds import Deed, Trade, at_partner
from tests.activities.journey import IN_ADVANCE, Journey
from tests.engine import TODAY

BILLED = Trade("gateway", ("bill",), "payments", "bill", "BillSent", records_its_doubt=True)
BILL_SEEN = Trade(
    "gateway", ("bill_list",), "payments", "bill_paid", "BillPaid",
    is_a_look=True, done_before=("bill",),
)  # fmt: skip
BILL_OFF = Trade(
    "gateway", ("bill_expire",), "payments", "bill_expired", "BillCancelled", found=False
)
HELD_READY = Trade("gateway", ("hold",), "payments", "hold", "HoldPlaced", records_its_doubt=True)
HOLD_SEEN = Trade(
    "gateway", ("hold_list",), "payments", "hold_released", "HoldLapsed",
    is_a_look=True, done_before=("hold",),
)  # fmt: skip
TAKEN = Trade("gateway", ("hold_take",), "payments", "hold_taken", "HoldTaken", found=False)
LET_GO = Trade(
    "gateway", ("hold_release",), "payments", "hold_released", "HoldReleased", found=False
)
TRACKED = Trade(
    "carrier", ("tracker_list",), "labels", "purchase", "CarrierAnswered",
    is_a_look=True, done_before=("buy",),
)  # fmt: skip


async def send_bill(journey: Journey) -> Deed:
    await journey.billed()
    return await at_partner(BILLED, journey, "send_bill")


async def look_up_bill(journey: Journey) -> Deed:
    """The customer has paid, and we have only heard a rumour of it."""
    await journey.billed()
    await journey.perform("send_bill")
    bill = (await journey.status()).bills[0].instruction_id
    await journey.stage.sandbox.pay_bill(bill)
    await journey.accepted(journey.telling("report_payout", instruction_id=bill))
    return await at_partner(BILL_SEEN, journey, "look_up_bill", fault_key=EVERYBODYS)


async def cancel_bill(journey: Journey) -> Deed:
    await journey.billed()
    await journey.perform("send_bill")
    await journey.cancelled()
    return await at_partner(BILL_OFF, journey, "cancel_bill")


async def place_hold(journey: Journey) -> Deed:
    await journey.open(line=IN_ADVANCE)
    await journey.perform("reserve")
    return await at_partner(HELD_READY, journey, "place_hold")


async def look_up_hold(journey: Journey) -> Deed:
    """The bank has let it go, and we have only heard a rumour of it."""
    await journey.sent_first()
    hold = (await journey.status()).holds[0].instruction_id
    await journey.stage.sandbox.expire_hold(hold)
    await journey.accepted(journey.telling("report_payout", instruction_id=hold))
    customer = f"cus_{digest('customer', journey.payment)[:24]}"
    return await at_partner(HOLD_SEEN, journey, "look_up_hold", fault_key=customer)


async def take_hold(journey: Journey) -> Deed:
    await journey.sent_first()
    later = TODAY + timedelta(days=60)
    await journey.accepted(journey.recording("deadline", now=later))
    await journey.perform("track", now=later)
    return await at_partner(TAKEN, journey, "take_hold")


async def release_hold(journey: Journey) -> Deed:
    await journey.open(line=IN_ADVANCE)
    await journey.perform("reserve")
    await journey.perform("place_hold")
    await journey.cancelled()
    await journey.perform("release_reservation")  # until then the article may be under way
    return await at_partner(LET_GO, journey, "release_hold")


async def track(journey: Journey) -> Deed:
    await journey.sent_first()
    await journey.accepted(journey.recording("deadline", now=TODAY + timedelta(days=60)))
    number = await journey.tracking_number()
    return await at_partner(TRACKED, journey, "track", fault_key=number)
