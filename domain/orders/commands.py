"""What may be asked of an order's ledger, or told to it, outside of any return."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domain.model import Id, Minor, Moment, Short, Text, Value
from domain.orders.events import LineTaken, TenderTaken
from domain.orders.order import Order
from domain.orders.refunds.commands import (
    ApproveStaffRefund,
    DeclineStaffRefund,
    NoteStaffRefund,
    NoteStaffRefundLate,
    NoteStaffRefundShort,
    NoteStaffRefundStuck,
    RefundByStaff,
    StaffRefundPaid,
)

Because = Annotated[Text, Field(min_length=1)]

__all__ = [
    "ApproveStaffRefund",
    "ChargebackNews",
    "DeclineStaffRefund",
    "NoteStaffRefund",
    "NoteStaffRefundLate",
    "NoteStaffRefundShort",
    "NoteStaffRefundStuck",
    "OrderCommand",
    "OutsideRefundCameBack",
    "RecordOrder",
    "RecordOutsideRefund",
    "RefundByStaff",
    "SettleConcern",
    "StaffRefundPaid",
]


class RecordOrder(Value):
    """The order as the shop tells it now."""

    order: Order


class RecordOutsideRefund(Value):
    """Money went back past us. The tenders are what was paid; lines and shipping, what for.

    What neither a line nor the shipping explains is unallocated: it counts against the
    order and its tenders alone.
    """

    refund_ref: Id
    also_known_as: Annotated[tuple[Id, ...], Field(max_length=20)] = ()
    made_in: Annotated[Short, Field(min_length=1)]
    occurred_at: Moment
    tenders: Annotated[tuple[TenderTaken, ...], Field(min_length=1, max_length=20)]
    lines: Annotated[tuple[LineTaken, ...], Field(max_length=500)] = ()
    shipping_minor: Minor = 0

    @property
    def amount_minor(self) -> int:
        """All that went back."""
        return sum(taken.amount_minor for taken in self.tenders)

    @property
    def unallocated_minor(self) -> int:
        """What of it nothing explains."""
        lines = sum(line.amount_minor for line in self.lines)
        return self.amount_minor - lines - self.shipping_minor

    @model_validator(mode="after")
    def _explains_no_more_than_was_paid(self) -> Self:
        if self.amount_minor < 1:
            raise ValueError("tenders: expected an amount above 0 in all")
        if self.unallocated_minor < 0:
            raise ValueError("lines, shipping_minor: more than the tenders add up to")
        return self


class OutsideRefundCameBack(Value):
    """An outside refund bounced, or was undone."""

    refund_ref: Id
    occurred_at: Moment
    because: Text = ""


class ChargebackNews(Value):
    """What the customer's bank says of one dispute; may come in any order."""

    chargeback_id: Id
    tender_id: Id
    amount_minor: Minor
    status: Literal["opened", "won", "lost"]
    occurred_at: Moment


class SettleConcern(Value):
    """A person has looked at what went over a cap."""

    concern_id: Id
    because: Because


OrderCommand = (
    RecordOrder
    | RefundByStaff
    | ApproveStaffRefund
    | DeclineStaffRefund
    | StaffRefundPaid
    | NoteStaffRefund
    | NoteStaffRefundShort
    | NoteStaffRefundStuck
    | NoteStaffRefundLate
    | RecordOutsideRefund
    | OutsideRefundCameBack
    | ChargebackNews
    | SettleConcern
)
