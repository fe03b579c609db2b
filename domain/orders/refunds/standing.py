"""How a refund by staff stands: folded from its events, beside the amount set aside for it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from domain.orders.refunds.events import (
    StaffRefundAnswered,
    StaffRefundApproved,
    StaffRefundDeclined,
    StaffRefundHeld,
    StaffRefundPlanned,
    StaffRefundReleased,
)
from domain.words import MoneyState

RefundEvent = (
    StaffRefundPlanned
    | StaffRefundHeld
    | StaffRefundApproved
    | StaffRefundReleased
    | StaffRefundDeclined
    | StaffRefundAnswered
)


@dataclass(frozen=True, slots=True)
class StaffRefund:
    """A refund by staff, as far as it has come."""

    instruction_id: str
    by: str
    destination: Literal["tender", "manual"]
    provider: str
    payment_ref: str
    since: datetime  # when it came into this state
    sendable_since: datetime  # planned, or last released: they cannot have had it before
    state: MoneyState = MoneyState.PLANNED
    reason: str = ""  # why it is held, or why it failed
    because: str = ""  # the same in a sentence
    approved_by: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()  # the ids of the yeses
    payout_ref: str = ""


def planned(event: StaffRefundPlanned) -> StaffRefund:
    """A refund as it begins."""
    return StaffRefund(
        instruction_id=event.instruction_id,
        by=event.by,
        destination=event.destination,
        provider=event.provider,
        payment_ref=event.payment_ref,
        since=event.occurred_at,
        sendable_since=event.occurred_at,
    )


def moved(refund: StaffRefund, event: RefundEvent) -> StaffRefund:
    """Fold one of its own events."""
    at = event.occurred_at
    match event:
        case StaffRefundHeld():
            held = replace(refund, state=MoneyState.HELD, since=at)
            return replace(held, reason=event.reason, because=event.because)
        case StaffRefundApproved():
            return replace(
                refund,
                approved_by=(*refund.approved_by, event.by),
                requests=(*refund.requests, event.request_id),
            )
        case StaffRefundReleased():
            return replace(
                refund, state=MoneyState.PLANNED, since=at, sendable_since=at, reason="", because=""
            )
        case StaffRefundDeclined():
            over = replace(refund, state=MoneyState.CANCELLED, since=at)
            return replace(over, reason="declined", because=event.because)
        case StaffRefundAnswered():
            return replace(
                refund,
                state=MoneyState(event.state),
                since=at,
                reason=event.reason,
                payout_ref=event.payout_ref or refund.payout_ref,
            )
        case StaffRefundPlanned():
            return refund


def paid(refund: StaffRefund, payout_ref: str, at: datetime) -> StaffRefund:
    """The customer has it."""
    ref = payout_ref or refund.payout_ref
    return replace(refund, state=MoneyState.SUCCEEDED, since=at, reason="", payout_ref=ref)


def set_free(refund: StaffRefund, because: str, at: datetime) -> StaffRefund:
    """Nothing is set aside for it any more: it came back, or was never paid."""
    if refund.state is MoneyState.SUCCEEDED:
        back = replace(refund, state=MoneyState.REVERSED, since=at)
        return replace(back, reason="came_back", because=because)
    if refund.state in {MoneyState.FAILED, MoneyState.CANCELLED}:
        return refund
    return replace(refund, state=MoneyState.CANCELLED, since=at, because=because)
