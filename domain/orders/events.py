"""What happens to an order after it was sold: who claims its units, and where its money is.

One stream per order (`ledger_stream`), shared by all its returns, so that two of them, or a
return and a person, cannot take the same unit or pay the same cent.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from domain.model import Id, Minor, Moment, Quantity, Text, Value
from domain.orders.order import Order

SHIPPING = "shipping"
"""The key of the outbound shipping, a pot of its own."""

PartKey = Annotated[str, Field(pattern=r"^(shipping|unit:[^:]+:[1-9][0-9]{0,3})$")]


def ledger_stream(tenant: str, order_id: str) -> str:
    """Name the stream of an order's ledger."""
    return f"order:{tenant}:{order_id}"


def unit_key(line_id: str, ordinal: int) -> str:
    """Name one unit of the order as a part of an amount."""
    return f"unit:{line_id}:{ordinal}"


class ClaimedUnit(Value):
    """One unit as it was sold: which of the line's units, 1 … quantity."""

    line_id: Id
    ordinal: Quantity


class FundsPart(Value):
    """The part of an amount that one unit, or the shipping, brings back."""

    key: PartKey
    amount_minor: Minor


class _Event(Value):
    """Something that happened to one order; the store adds version, actor and cause."""

    schema_version: Literal[1] = 1
    order_id: Id
    occurred_at: Moment


class OrderRecorded(_Event):
    """The order as the shop tells it. Told again (a later delivery), the newest counts."""

    type: Literal["OrderRecorded"] = "OrderRecorded"
    order: Order


class UnitsClaimed(_Event):
    """A return has asked for these units; no other may, also after it is completed."""

    type: Literal["UnitsClaimed"] = "UnitsClaimed"
    return_id: Id
    units: Annotated[tuple[ClaimedUnit, ...], Field(min_length=1)]


class UnitsReleased(_Event):
    """A return lets go of units that never came back: declined, cancelled or expired."""

    type: Literal["UnitsReleased"] = "UnitsReleased"
    return_id: Id
    units: Annotated[tuple[ClaimedUnit, ...], Field(min_length=1)]


class FundsReserved(_Event):
    """An amount is set aside for one instruction before anybody is asked to pay it.

    `tender_id` is none where the value is given otherwise than back to a tender: in goods,
    or as store credit. It counts against its units and the order all the same.
    """

    type: Literal["FundsReserved"] = "FundsReserved"
    instruction_id: Id
    return_id: Id
    tender_id: Id | None = None
    amount_minor: Minor
    parts: Annotated[tuple[FundsPart, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if sum(part.amount_minor for part in self.parts) != self.amount_minor:
            raise ValueError("parts: do not add up to amount_minor")
        return self


class FundsReleased(_Event):
    """The instruction will not be paid, or was paid and came back: the amount is free again."""

    type: Literal["FundsReleased"] = "FundsReleased"
    instruction_id: Id
    because: Text


class FundsPaid(_Event):
    """The amount set aside for the instruction has reached the customer."""

    type: Literal["FundsPaid"] = "FundsPaid"
    instruction_id: Id


class ChargebackOpened(_Event):
    """The customer's bank takes money back on its own; it may not be paid twice meanwhile."""

    type: Literal["ChargebackOpened"] = "ChargebackOpened"
    chargeback_id: Id
    tender_id: Id
    amount_minor: Minor


class ChargebackClosed(_Event):
    """The bank has decided. `won`: the merchant keeps the money, and it is there again."""

    type: Literal["ChargebackClosed"] = "ChargebackClosed"
    chargeback_id: Id
    won: bool


LedgerEvent = (
    OrderRecorded
    | UnitsClaimed
    | UnitsReleased
    | FundsReserved
    | FundsReleased
    | FundsPaid
    | ChargebackOpened
    | ChargebackClosed
)

LEDGER_EVENT: TypeAdapter[LedgerEvent] = TypeAdapter(
    Annotated[LedgerEvent, Field(discriminator="type")]
)
"""Reads a stored event back: `LEDGER_EVENT.validate_json(text)`."""
