"""What happens to a refund that staff make without a return, from the ask to the money.

The amount is set aside by `FundsReserved` when it is asked for; `FundsPaid` says that the
customer has it, and `FundsReleased` that it will not go, or came back.
"""

from typing import Literal

from domain.model import Id, Moment, Short, Text
from domain.orders.base import OrderEvent

HeldFor = Literal["needs_approval", "disputed", "shortfall"]


class StaffRefundPlanned(OrderEvent):
    """Somebody of the merchant's gives money back: through which payment, and who asked for it.

    `manual` is handed over by a person: behind cash and a bank transfer there is no machine.
    """

    type: Literal["StaffRefundPlanned"] = "StaffRefundPlanned"
    instruction_id: Id
    by: Short
    destination: Literal["tender", "manual"]
    provider: Id
    payment_ref: Short


class StaffRefundHeld(OrderEvent):
    """It waits for people: for two of them, or for one to decide what becomes of it."""

    type: Literal["StaffRefundHeld"] = "StaffRefundHeld"
    instruction_id: Id
    reason: HeldFor
    because: Text
    due_at: Moment


class StaffRefundApproved(OrderEvent):
    """One person says yes; the same request counts once."""

    type: Literal["StaffRefundApproved"] = "StaffRefundApproved"
    instruction_id: Id
    by: Short
    request_id: Short
    because: Text = ""


class StaffRefundReleased(OrderEvent):
    """Everybody who had to has said yes: it may be paid."""

    type: Literal["StaffRefundReleased"] = "StaffRefundReleased"
    instruction_id: Id


class StaffRefundDeclined(OrderEvent):
    """It will not be paid: somebody says no, or takes it back before it was sent."""

    type: Literal["StaffRefundDeclined"] = "StaffRefundDeclined"
    instruction_id: Id
    by: Short
    because: Text


class StaffRefundAnswered(OrderEvent):
    """What the provider says of it, or that it did not answer; what follows is its own event."""

    type: Literal["StaffRefundAnswered"] = "StaffRefundAnswered"
    instruction_id: Id
    state: Literal["unknown", "submitted", "pending", "requires_action", "succeeded", "failed"]
    payout_ref: Short = ""
    reason: Short = ""
