"""What a customer or a shop asks for when goods are to come back."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.channels import Contact
from domain.model import Id, Minor, Moment, Quantity, Short, Text, Value
from domain.orders.order import OrderSnapshot
from domain.words import Method, Reason, Resolution


class Evidence(Value):
    """A photo or document by reference; its content never travels with a message."""

    url_ref: Annotated[str, Field(min_length=1, max_length=500)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ExchangeFor(Value):
    """The article wanted instead. Without a price, or at that of the unit: an even exchange.

    `unit_price_minor` is net, like an order line's. Where `tax_minor` (on one unit) is not
    given, tax, duty and import tax are derived in proportion to the returned unit's.
    """

    sku: Annotated[Short, Field(min_length=1)]
    unit_price_minor: Minor = 0
    tax_minor: Minor | None = None


class RequestedLine(Value):
    """Some units of one order line, and why."""

    line_id: Id
    quantity: Quantity
    reason: Reason
    note: Text = ""
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=20)] = ()
    resolution: Resolution = Resolution.REFUND_ORIGINAL
    exchange_for: ExchangeFor | None = None

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        if self.reason is Reason.OTHER and not self.note.strip():
            raise ValueError("note: the reason `other` needs a note")
        if self.resolution is Resolution.EXCHANGE and self.exchange_for is None:
            raise ValueError("exchange_for: an exchange needs the article wanted instead")
        return self


MOST_UNITS = 100
"""Of one return. Each is a thing of its own with a verdict, and every answer tells of all.

With the longest names an order can have, an answer about so many has some 130 KB, a tenth of
what a Temporal history may hold of one return in one run; the server takes 2 MB at most.
"""


class ReturnRequest(Value):
    """The request as it comes through any door."""

    return_id: Id | None = None
    order_id: Id
    order: OrderSnapshot | None = None
    requested_at: Moment
    lines: Annotated[tuple[RequestedLine, ...], Field(min_length=1, max_length=200)]
    method: Method
    parcels: Annotated[int, Field(ge=1, le=20)] = 1
    pickup_from: Moment | None = None  # the start of one of the slots that were quoted
    contact: Contact | None = None  # how the customer wants to be told; else as the policy says

    @model_validator(mode="after")
    def _names_one_order(self) -> Self:
        if self.order is not None and self.order.order_id != self.order_id:
            raise ValueError("order.order_id: is not the order_id of the request")
        ids = [line.line_id for line in self.lines]
        if len(set(ids)) != len(ids):
            raise ValueError("lines: line_id is given twice")
        units = sum(line.quantity for line in self.lines)
        if units > MOST_UNITS:
            raise ValueError(
                f"lines: {units} units are asked for, at most {MOST_UNITS} are taken in one return"
            )
        if self.parcels > units:
            raise ValueError(
                f"parcels: {self.parcels} are more than the units asked for, which are {units}"
            )
        return self
