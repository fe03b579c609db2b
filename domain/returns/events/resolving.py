"""Other answers than money for goods: coupons, repairs, goods that go back to the customer."""

from typing import Annotated, Literal

from pydantic import Field

from domain.model import Minor, Moment, Short, Text
from domain.money import Money
from domain.returns.events.base import Event


class CouponPlanned(Event):
    """A coupon is to be issued; what it is given for is reserved on the order's ledger."""

    type: Literal["CouponPlanned"] = "CouponPlanned"
    unit: str
    instruction_id: str
    amount: Money  # what can be bought with it
    value_minor: Annotated[int, Field(gt=0)]  # what of the unit it is given for
    valid_until: Moment


class CouponIssued(Event):
    """The customer has a coupon: no money, with a code and an end of its own."""

    type: Literal["CouponIssued"] = "CouponIssued"
    unit: str
    instruction_id: str
    amount: Money
    code: str
    coupon_ref: str
    valid_until: Moment


class CouponRefused(Event):
    """It cannot be issued; something else is offered."""

    type: Literal["CouponRefused"] = "CouponRefused"
    unit: str
    instruction_id: str
    value_minor: Minor
    because: Text


class RepairStarted(Event):
    """The warehouse has it repaired, under this order of theirs."""

    type: Literal["RepairStarted"] = "RepairStarted"
    unit: str
    repair_ref: str


class RepairCompleted(Event):
    """It works again, and goes back to the customer."""

    type: Literal["RepairCompleted"] = "RepairCompleted"
    unit: str
    note: Text = ""


class RepairFailed(Event):
    """It cannot be repaired; something else is offered."""

    type: Literal["RepairFailed"] = "RepairFailed"
    unit: str
    because: Text


class GoodsChosen(Event):
    """What the customer wants done with goods of theirs that were not accepted."""

    type: Literal["GoodsChosen"] = "GoodsChosen"
    unit: str
    choice: Literal["send_back", "leave"]
    because: Text = ""


class SendBackOrdered(Event):
    """The warehouse is to send a unit, or a stray, to the customer, under this order of theirs."""

    type: Literal["SendBackOrdered"] = "SendBackOrdered"
    subject: str
    order_ref: str


class GoodsSentBack(Event):
    """It is on its way to the customer."""

    type: Literal["GoodsSentBack"] = "GoodsSentBack"
    subject: str
    tracking_number: Short = ""


class ExchangeLossBooked(Event):
    """Giving money back took another amount of the merchant's currency than it had brought.

    The customer gets the currency that was paid, to the minor unit; the difference is the
    merchant's: a loss above zero, a gain below.
    """

    type: Literal["ExchangeLossBooked"] = "ExchangeLossBooked"
    instruction_id: str
    amount: Money  # what the customer got
    cost: Money  # what it took of the merchant's balance
    worth: Money  # what the same part had brought when it was paid, in the same currency
    loss_minor: int


ResolvingEvent = (
    ExchangeLossBooked
    | CouponPlanned
    | CouponIssued
    | CouponRefused
    | RepairStarted
    | RepairCompleted
    | RepairFailed
    | GoodsChosen
    | SendBackOrdered
    | GoodsSentBack
)
