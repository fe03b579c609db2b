"""What staff ask of a refund without a return, and what our own activities note of it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from domain.model import Id, Short, Text, Value
from domain.money import Money
from domain.orders.events import FundsPart
from domain.who import Who

Because = Annotated[Text, Field(min_length=1)]


class _Ask(Value):
    """Somebody wants something of a refund. The same `request_id` acts once."""

    instruction_id: Id
    actor: Who
    request_id: Annotated[Short, Field(min_length=1)]


class RefundByStaff(_Ask):
    """Give money back without a return: set aside under every cap, and paid by its provider.

    `tender_id` may be left out where the order was paid with one tender. From the limit of the
    policy on, two others have to say yes first. The same ask is one refund.
    """

    tender_id: Id | None = None
    parts: Annotated[tuple[FundsPart, ...], Field(min_length=1, max_length=500)]
    because: Because


class ApproveStaffRefund(_Ask):
    """One person's yes to a refund that waits for people."""

    because: Text = ""


class DeclineStaffRefund(_Ask):
    """It will not be paid; or one that was paid by hand came back."""

    because: Because


class StaffRefundPaid(_Ask):
    """It was handed over by a person, under this reference of the bank's or the till's."""

    payout_ref: Annotated[Short, Field(min_length=1)]


StaffAsk = RefundByStaff | ApproveStaffRefund | DeclineStaffRefund | StaffRefundPaid

STAFF_ASKS: Mapping[str, type[StaffAsk]] = {
    "refund": RefundByStaff,
    "approve": ApproveStaffRefund,
    "decline": DeclineStaffRefund,
    "paid": StaffRefundPaid,
}
"""The updates of a refund's workflow, each with the shape of its body."""


class NoteStaffRefund(Value):
    """What the provider answered; `unknown` where it did not."""

    instruction_id: Id
    state: Literal[
        "unknown", "submitted", "pending", "requires_action", "succeeded", "failed", "cancelled"
    ]
    payout_ref: Short = ""
    reason: Short = ""
    amount: Money | None = None


class NoteStaffRefundShort(Value):
    """Before it was sent for the first time, it was asked whether it still may be."""

    instruction_id: Id


class NoteStaffRefundStuck(Value):
    """The provider, or we, did what makes no sense: a person has to look."""

    instruction_id: Id
    because: Text


class NoteStaffRefundLate(Value):
    """Time has passed."""

    instruction_id: Id
