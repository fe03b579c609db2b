"""A payout that was cancelled is never sent, whoever still has the order to send it."""

import json
from typing import Any

from tests.activities.journey import Journey


async def test_an_order_to_pay_that_is_tried_after_the_payout_was_cancelled_only_looks(
    journey: Journey,
) -> None:
    await journey.received()
    order = await journey.order("pay_out")
    mistake: dict[str, Any] = {"message_id": "oops", "warehouse": "hub-de"}
    seen = {**mistake, "return_id": journey.return_id, "inspector": "w-17"}
    taken_back = journey.telling("report_inspection", retracts="report_inspection", **seen)
    await journey.accepted(taken_back)
    assert await journey.told("PayoutCancelled")
    recorded = await journey.worker.attempt("pay_out", order, nth=2)
    assert [payout.state for payout in recorded.status.payouts] == ["cancelled"]
    assert not [step for step in recorded.status.agenda if step.subject == order.step_id[7:]]
    booked = await journey.stage.sandbox.ledger("payments")
    kinds = [row["kind"] for row in booked if journey.payment in json.dumps(row)]
    assert kinds == ["capture"]
