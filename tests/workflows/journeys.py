"""Ways that a return can go, each lived through from its opening to its end."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from sandbox.wire import digest
from tests.engine import TODAY
from tests.workflows.case import Case

Journey = Callable[[Case], Awaitable[Any]]


async def plain(case: Case) -> None:
    await case.paid()


async def pickup_trouble(case: Case) -> None:
    """Nobody is at home, then nobody comes, then it is taken."""
    await case.open(method="carrier_pickup")
    for code in ("customer_unreachable", "not_attempted"):
        number = await visit(case)
        await case.tell("report_pickup", tracking_number=number, status="failed", code=code)
    number = await visit(case)
    await case.tell("report_pickup", tracking_number=number, status="picked_up")
    await case.receive(number)
    await case.until("received")
    await case.inspect()
    await case.engine.ended(case.return_id)


async def visit(case: Case) -> str:
    """Wait until a visit is booked; gives the parcel's number."""
    status = await case.until("pickup_scheduled")
    await case.until_quiet()
    return str(status["parcels"][0]["tracking_number"])


async def dispute(case: Case) -> None:
    """A deduction, an appeal, and the rest of the money."""
    await case.received()
    await case.inspect("damaged")
    await case.engine.ended(case.return_id)
    await case.ask("dispute", unit="1/1", because="it came like that")
    await case.until("disputed")
    await case.ask("resolve_dispute", unit="1/1", outcome="upheld", because="the photo shows it")
    await case.engine.ended(case.return_id)


async def exchange(case: Case) -> None:
    line = {"line_id": "1", "quantity": 1, "reason": "too_small", "resolution": "exchange"}
    await case.received(lines=[line | {"exchange_for": {"sku": "SHOE-43"}}])
    await case.inspect()
    await case.engine.ended(case.return_id)


async def repair(case: Case) -> None:
    """It is mended, and goes back to whose it is."""
    await case.received(lines=[wanting("repair", "defective")])
    await case.inspect("used")
    order = str((await step_at(case, "repair"))["id"]).rpartition(":")[2]
    await case.tell("report_repair", repair_ref=order, status="repaired")
    await case.until_open("ship_back")
    [entry] = await case.booked("warehouse", "send_back")
    key = "bck_" + digest("send_back", entry["reference"])[:24]
    await case.tell("report_send_back", order_ref=key, tracking_number="SP1")
    await case.engine.ended(case.return_id)


async def coupon(case: Case) -> None:
    await case.received(lines=[wanting("coupon", "too_small")])
    await case.inspect()
    await case.engine.ended(case.return_id)


async def partial_refund(case: Case) -> None:
    """It is kept for a share of its value, once the customer has said yes."""
    await case.open(lines=[wanting("partial_refund", "not_as_described")])
    offer = await step_at(case, "answer_offer")
    answer = await case.ask(
        "accept_offer", offer_id=offer["subject"], actor={"kind": "customer", "id": "c-7"}
    )
    assert answer["accepted"], answer["because"]
    await case.engine.ended(case.return_id)


def wanting(resolution: str, reason: str) -> dict[str, Any]:
    return {"line_id": "1", "quantity": 1, "reason": reason, "resolution": resolution}


async def step_at(case: Case, action: str) -> dict[str, Any]:
    """Wait until there is such a step."""
    status = await case.until_open(action)
    [step] = [step for step in status["agenda"] if step["action"] == action]
    found: dict[str, Any] = step
    return found


async def cancelled(case: Case) -> None:
    await case.labelled()
    await case.ask("cancel")
    await case.until_open("answer_void")
    number = (await case.status())["parcels"][0]["tracking_number"]
    await case.tell("report_label", tracking_number=number, status="voided")
    await case.engine.ended(case.return_id)


async def expired(case: Case) -> None:
    await case.labelled()
    await case.later(days=15)
    await case.until_open("answer_void")
    await case.later(days=20)


async def bounce(case: Case) -> None:
    """Paid, closed, and back nine days later."""
    status = await case.paid()
    instruction = status["payouts"][0]["instruction_id"]
    await case.engine.sandbox.refund_outcome(instruction, "failed", failure_reason="unknown")
    await case.tell("report_payout", instruction_id=instruction)
    await case.until_open("choose_payout")
    await case.ask("choose_payout", instruction_id=instruction, destination="store_credit")
    await case.engine.ended(case.return_id)


async def lost(case: Case) -> None:
    number = await case.labelled()
    await case.track(number, "scanned")
    await case.until("in_transit")
    await case.later(days=40)
    await case.engine.ended(case.return_id)


async def nonsense(case: Case) -> None:
    """Messages that make no sense, and a question for nobody."""
    number = await case.labelled()
    await case.engine.tell(case.return_id, "report_weather", {"sunny": True})
    await case.engine.tell(case.return_id, "report_tracking")
    await case.ask("cancel", surprise=1)
    await arrive(case, number)


async def two_units(case: Case) -> None:
    """Two payouts' worth of units in two boxes, one of them damaged."""
    await case.labelled(lines=[{"line_id": "1", "quantity": 2, "reason": "too_small"}], parcels=2)
    status = await case.status()
    for parcel in status["parcels"]:
        await case.track(parcel["tracking_number"], "scanned")
        await case.receive(parcel["tracking_number"])
    await case.until("received")
    await case.inspect("like_new", 1)
    await case.inspect("damaged", 2)
    await case.engine.ended(case.return_id)


async def fails_on_the_way(case: Case) -> None:
    """A gateway's lost answer and a warehouse that is busy."""
    for face, operation, fault in (
        ("gateway", "refund", "cut_after"),
        ("warehouse", "announce", "throttle"),
    ):
        key = case.payment if face == "gateway" else case.return_id
        await case.engine.sandbox.fault(face, operation, fault, key=key, times=1, seconds=1)
    await case.paid()


async def many_runs(case: Case) -> None:
    """So many scans that runs follow runs."""
    number = await case.labelled()
    for n in range(120):
        seen = (TODAY + timedelta(minutes=n)).isoformat()
        status = "at_hub" if n % 2 else "scanned"
        await case.track(number, status, message_id=f"scan-{n}", occurred_at=seen)
    await arrive(case, number)


async def arrive(case: Case, number: str) -> None:
    """Let it come to its end: of a run that goes on, a history may be cut off in a task."""
    await case.receive(number)
    await case.until("received")
    await case.inspect()
    await case.engine.ended(case.return_id)


JOURNEYS: Mapping[str, Journey] = {
    "plain": plain,
    "pickup_trouble": pickup_trouble,
    "dispute": dispute,
    "exchange": exchange,
    "repair": repair,
    "coupon": coupon,
    "partial_refund": partial_refund,
    "cancelled": cancelled,
    "expired": expired,
    "bounce": bounce,
    "lost": lost,
    "nonsense": nonsense,
    "two_units": two_units,
    "fails_on_the_way": fails_on_the_way,
    "many_runs": many_runs,
}
