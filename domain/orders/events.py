"""What happens to an order after it was sold: who claims its units, and where its money is.

One stream per order (`ledger_stream`), shared by all its returns, so that two of them, or a
return and a person, cannot take the same unit or pay the same cent.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from domain.model import Id, Minor, Moment, Quantity, Short, Text, Value
from domain.orders.base import OrderEvent
from domain.orders.order import Order
from domain.orders.refunds.events import (
    StaffRefundAnswered,
    StaffRefundApproved,
    StaffRefundDeclined,
    StaffRefundHeld,
    StaffRefundPlanned,
    StaffRefundReleased,
)

SHIPPING = "shipping"
"""The key of the outbound shipping, a pot of its own."""

PartKey = Annotated[
    str,
    Field(
        pattern=r"^(shipping|(unit|duties):[^:]+:[1-9][0-9]{0,3}|collected:[A-Za-z0-9._-]+)$",
        max_length=120,
    ),
]


def ledger_stream(tenant: str, order_id: str) -> str:
    """Name the stream of an order's ledger."""
    return f"order:{tenant}:{order_id}"


def unit_key(line_id: str, ordinal: int) -> str:
    """Name one unit of the order as a part of an amount."""
    return f"unit:{line_id}:{ordinal}"


def duties_key(line_id: str, ordinal: int) -> str:
    """Name the duty and import tax of one unit alone; they are a part of the unit's value."""
    return f"duties:{line_id}:{ordinal}"


def collected_key(collected_id: str) -> str:
    """Name a payment that was collected for a return, as a part of an amount: a pot of its own."""
    return f"collected:{collected_id}"


def is_pot(key: str) -> bool:
    """Whether a part belongs to no unit: the shipping, or a payment that was collected."""
    return key == SHIPPING or key.startswith("collected:")


class ClaimedUnit(Value):
    """One unit as it was sold: which of the line's units, 1 … quantity."""

    line_id: Id
    ordinal: Quantity


class FundsPart(Value):
    """The part of an amount that a unit, its duties alone, or the shipping brings back."""

    key: PartKey
    amount_minor: Minor


class OrderRecorded(OrderEvent):
    """The order as the shop tells it. Told again (a later delivery), the newest counts."""

    type: Literal["OrderRecorded"] = "OrderRecorded"
    order: Order


class UnitsClaimed(OrderEvent):
    """A return has asked for these units; no other may, also after it is completed."""

    type: Literal["UnitsClaimed"] = "UnitsClaimed"
    return_id: Id
    units: Annotated[tuple[ClaimedUnit, ...], Field(min_length=1)]


class UnitsReleased(OrderEvent):
    """A return lets go of units that never came back: declined, cancelled or expired."""

    type: Literal["UnitsReleased"] = "UnitsReleased"
    return_id: Id
    units: Annotated[tuple[ClaimedUnit, ...], Field(min_length=1)]


class FundsReserved(OrderEvent):
    """An amount is set aside for one instruction before anybody is asked to pay it.

    `tender_id` is none where the value is given otherwise than back to a tender: in goods,
    or as store credit. It counts against its units and the order all the same. `return_id` is
    none where staff give money back without a return; `because` then says why.
    """

    type: Literal["FundsReserved"] = "FundsReserved"
    instruction_id: Id
    return_id: Id | None = None
    tender_id: Id | None = None
    amount_minor: Minor
    parts: Annotated[tuple[FundsPart, ...], Field(min_length=1)]
    because: Text = ""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if sum(part.amount_minor for part in self.parts) != self.amount_minor:
            raise ValueError("parts: do not add up to amount_minor")
        return self


class FundsReleased(OrderEvent):
    """The instruction will not be paid, or was paid and came back: the amount is free again."""

    type: Literal["FundsReleased"] = "FundsReleased"
    instruction_id: Id
    because: Text


class FundsPaid(OrderEvent):
    """The amount set aside for the instruction has reached the customer."""

    type: Literal["FundsPaid"] = "FundsPaid"
    instruction_id: Id
    payout_ref: str = ""  # the provider's name for it, where one is known


class TenderTaken(Value):
    """What an outside refund took from one tender; none where nobody knows from which."""

    tender_id: Id | None = None
    amount_minor: Minor


class LineTaken(Value):
    """What an outside refund gave for a line; `quantity` 0 where it names no number of units."""

    line_id: Id
    quantity: Annotated[int, Field(ge=0, le=1_000)] = 0
    amount_minor: Minor


class OutsideRefundRecorded(OrderEvent):
    """Money went back past us: in the shop platform, or in the gateway's dashboard.

    It happened, so it is never refused, and may be more than a cap allows. `lines`,
    `shipping_minor` and `unallocated_minor` are as it was told; `parts` says which units
    they were laid on then. Told again with another content, the newest counts.
    """

    type: Literal["OutsideRefundRecorded"] = "OutsideRefundRecorded"
    refund_ref: Id
    also_known_as: tuple[Id, ...] = ()
    made_in: Short
    amount_minor: Minor
    tenders: Annotated[tuple[TenderTaken, ...], Field(min_length=1)]
    lines: tuple[LineTaken, ...] = ()
    shipping_minor: Minor = 0
    unallocated_minor: Minor = 0
    parts: tuple[FundsPart, ...] = ()

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        named = sum(line.amount_minor for line in self.lines) + self.shipping_minor
        if sum(taken.amount_minor for taken in self.tenders) != self.amount_minor:
            raise ValueError("tenders: do not add up to amount_minor")
        if named + self.unallocated_minor != self.amount_minor:
            raise ValueError("lines, shipping_minor, unallocated_minor: do not add up")
        if sum(part.amount_minor for part in self.parts) != named:
            raise ValueError("parts: do not add up to the lines and the shipping")
        return self


class OutsideRefundReturned(OrderEvent):
    """An outside refund came back, or was undone: its amount is free again."""

    type: Literal["OutsideRefundReturned"] = "OutsideRefundReturned"
    refund_ref: Id
    because: Text = ""


class PaymentCollected(OrderEvent):
    """The customer paid more for a return: a difference, or goods that never came back.

    From now on it is a tender like those the order was paid with, under the id of the
    instruction that collected it: it can be given back, to itself, and only as far as it goes.
    """

    type: Literal["PaymentCollected"] = "PaymentCollected"
    collected_id: Id
    return_id: Id
    provider: Id
    payment_ref: Short
    amount_minor: Annotated[int, Field(gt=0)]


class ChargebackOpened(OrderEvent):
    """The customer's bank takes money back on its own; it may not be paid twice meanwhile."""

    type: Literal["ChargebackOpened"] = "ChargebackOpened"
    chargeback_id: Id
    tender_id: Id
    amount_minor: Minor


class ChargebackClosed(OrderEvent):
    """The bank has decided. `won`: the merchant keeps the money, and it is there again."""

    type: Literal["ChargebackClosed"] = "ChargebackClosed"
    chargeback_id: Id
    won: bool


class OverCap(Value):
    """A cap that more was taken from than it holds."""

    cap: Short  # as "tender t1", "unit 1 2", "shipping", "order"
    by_minor: Annotated[int, Field(ge=1)]


class OrderEscalated(OrderEvent):
    """A person has to look: at what went over a cap, or at a refund by staff.

    `over` names the caps that something went over which nobody could refuse; `instruction_id`
    the refund that waits for two people, is late, stands still, or came back.
    """

    type: Literal["OrderEscalated"] = "OrderEscalated"
    concern_id: Id
    what: Literal["over_cap", "refund_held", "refund_late", "refund_stuck", "refund_failed"] = (
        "over_cap"
    )
    instruction_id: Id | None = None
    because: Text
    over: tuple[OverCap, ...] = ()
    due_at: Moment


class OrderConcernSettled(OrderEvent):
    """Somebody has looked, and says what came of it."""

    type: Literal["OrderConcernSettled"] = "OrderConcernSettled"
    concern_id: Id
    because: Annotated[Text, Field(min_length=1)]


LedgerEvent = (
    OrderRecorded
    | UnitsClaimed
    | UnitsReleased
    | FundsReserved
    | FundsReleased
    | FundsPaid
    | OutsideRefundRecorded
    | OutsideRefundReturned
    | PaymentCollected
    | StaffRefundPlanned
    | StaffRefundHeld
    | StaffRefundApproved
    | StaffRefundReleased
    | StaffRefundDeclined
    | StaffRefundAnswered
    | ChargebackOpened
    | ChargebackClosed
    | OrderEscalated
    | OrderConcernSettled
)

LEDGER_EVENT: TypeAdapter[LedgerEvent] = TypeAdapter(
    Annotated[LedgerEvent, Field(discriminator="type")]
)
"""Reads a stored event back: `LEDGER_EVENT.validate_json(text)`."""
