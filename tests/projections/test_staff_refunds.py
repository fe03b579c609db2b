"""A refund by staff in our books: an instruction to a provider, of an order and of no return."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool
from domain.orders.events import FundsPaid, FundsPart, FundsReleased, FundsReserved, LedgerEvent
from domain.orders.refunds.events import (
    StaffRefundAnswered,
    StaffRefundHeld,
    StaffRefundPlanned,
    StaffRefundReleased,
)
from tests.projections.story import A_DAY, OPENED, Story
from tests.projections.test_payouts import LINE, NEVER, booked, read

PART = FundsPart(key="shipping", amount_minor=90)
STAFF: dict[str, Any] = {
    "order_id": "W-1", "occurred_at": OPENED, "instruction_id": "staff-1"
}  # fmt: skip
ASKED = (
    FundsReserved(**STAFF, amount_minor=90, parts=(PART,), tender_id="card", because="a courtesy"),
    StaffRefundPlanned(
        **STAFF, by="staff:s-7", destination="tender", provider="stripe", payment_ref="pi_card"
    ),
)
ANSWERED = StaffRefundAnswered(**STAFF, state="succeeded", payout_ref="re_staff")
PAID = (*ASKED, ANSWERED, FundsPaid(**STAFF, payout_ref="re_staff"))
HELD = StaffRefundHeld(**STAFF, reason="needs_approval", because="two", due_at=OPENED + A_DAY)
FAILED = StaffRefundAnswered(**STAFF, state="failed", reason="card_closed")
FREED = FundsReleased(**STAFF, because="bounced")


REFUNDS: Sequence[tuple[tuple[LedgerEvent, ...], str, datetime | None]] = (
    (ASKED, "planned", None),
    ((*ASKED, HELD), "held", None),
    ((*ASKED, HELD, StaffRefundReleased(**STAFF)), "planned", None),
    (PAID, "succeeded", OPENED),
    ((*PAID, FREED), "reversed", OPENED),
    ((*ASKED, FAILED, FREED), "failed", None),
    ((*ASKED, HELD, FREED), "cancelled", None),
)


@pytest.mark.parametrize("refund", REFUNDS, ids=lambda refund: refund[1])
async def test_a_refund_by_staff_is_an_instruction_to_its_provider_like_any_other(
    pool: Pool,
    story: Story,
    store: PostgresEventStore,
    refund: tuple[tuple[LedgerEvent, ...], str, datetime | None],
) -> None:
    told, state, answered_at = refund
    await story.open("R-1")
    await booked(store, *told)
    theirs = [replace(LINE, instruction_id="staff-1")]
    [known] = (await read(pool, theirs, NEVER)).payouts
    assert (known.order_id, known.return_id, known.amount.amount_minor) == ("W-1", "", 90)
    assert (known.state, known.answered_at, known.payment_ref) == (state, answered_at, "pi_card")
    assert (known.by_hand, known.can_ask) == (False, True)
    assert len((await read(pool)).payouts) == bool(answered_at)
