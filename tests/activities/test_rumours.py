"""What is heard of a refund is no proof of it: the provider is asked, and is believed."""

from typing import Any

from tests.activities import refund_proofs as refunds
from tests.activities.journey import Journey


async def test_a_rumour_of_a_refund_that_was_never_sent_changes_nothing(journey: Journey) -> None:
    perform = await refunds.asked(journey)
    standing: Any = await journey.worker.attempt("look_up_refund", perform)
    assert (standing.state, standing.step.performs) == ("planned", "pay_refund")
