"""A refund by staff as it stands on an order's ledger, written without anybody's asking."""

from datetime import datetime
from typing import Any

from activities.event_store import EventStore
from activities.ledgers import OrderLedgers
from domain.orders.commands import NoteStaffRefund, RefundByStaff
from domain.orders.events import FundsPart
from tests.domain.orders.orders import STAFF
from tests.projections.story import OnePolicy


async def refunded(
    store: EventStore, tenant: str, order_id: str, key: str, at: datetime, **answer: Any
) -> None:
    """Let staff ask for a little money back, and the provider answer."""
    ledgers = OrderLedgers(store, policies=OnePolicy())
    part = FundsPart(key="unit:1:1", amount_minor=1)
    asked = RefundByStaff(
        instruction_id=key, actor=STAFF, request_id=key, parts=(part,), because="a courtesy"
    )
    said = NoteStaffRefund.model_validate({"instruction_id": key, **answer})
    for command in (asked, said):
        outcome = await ledgers.tell(
            tenant, order_id, command, actor="staff:s-1", cause=key, now=at
        )
        assert outcome.refused is None, outcome.refused
