"""What is asked of customers, each thing with a way to the point where it has to be done."""

from sandbox.checkout import EVERYBODYS
from tests.activities.deeds import Deed, Trade, at_partner
from tests.activities.journey import Journey

BILLED = Trade("gateway", ("bill",), "payments", "bill", "BillSent", records_its_doubt=True)
BILL_SEEN = Trade(
    "gateway", ("bill_list",), "payments", "bill_paid", "BillPaid",
    is_a_look=True, done_before=("bill",),
)  # fmt: skip
BILL_OFF = Trade(
    "gateway", ("bill_expire",), "payments", "bill_expired", "BillCancelled", found=False
)


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
