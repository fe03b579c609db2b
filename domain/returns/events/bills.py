"""Money that the customer is asked for by a link, and what became of it."""

from typing import Annotated, Literal

from pydantic import Field

from domain.model import Id, Moment, Short, Text, Value
from domain.money import Currency
from domain.returns.events.base import Event

BILLED_FEE = "label_fee"
"""The part of a bill that is the return label's fee."""


class BillPart(Value):
    """What of a bill is for which unit's dearer article, or for the label."""

    key: str  # a unit, or "label_fee"
    amount_minor: Annotated[int, Field(gt=0)]


class BillPlanned(Event):
    """One instruction to one provider: ask the customer for this, to be paid by `pay_by`."""

    type: Literal["BillPlanned"] = "BillPlanned"
    instruction_id: str
    provider: Id
    amount_minor: Annotated[int, Field(gt=0)]
    currency: Currency
    parts: tuple[BillPart, ...]
    pay_by: Moment


class BillSent(Event):
    """The provider has the bill, and the customer can pay it at `url`."""

    type: Literal["BillSent"] = "BillSent"
    instruction_id: str
    bill_ref: Short
    url: str


class BillUnknown(Event):
    """We asked, and the answer was lost. It is looked up before it is sent again."""

    type: Literal["BillUnknown"] = "BillUnknown"
    instruction_id: str


class BillPaid(Event):
    """The customer has paid; the payment is a tender of the order from now on."""

    type: Literal["BillPaid"] = "BillPaid"
    instruction_id: str
    bill_ref: Short
    payment_ref: Short


class BillWithdrawn(Event):
    """It is not to be paid any more; the provider is told, and says what it finds."""

    type: Literal["BillWithdrawn"] = "BillWithdrawn"
    instruction_id: str
    code: Literal["unpaid", "not_needed", "smaller"]  # smaller: another follows once it is off
    because: Text


class BillCancelled(Event):
    """It cannot be paid any more."""

    type: Literal["BillCancelled"] = "BillCancelled"
    instruction_id: str


class BillExpired(Event):
    """Its time is over at the provider's."""

    type: Literal["BillExpired"] = "BillExpired"
    instruction_id: str


class BillNewsHeard(Event):
    """Somebody says that a bill was paid or is over: a hint; the provider is asked."""

    type: Literal["BillNewsHeard"] = "BillNewsHeard"
    instruction_id: str
    source: Short


class BillChecked(Event):
    """The provider was asked after a hint, and nothing has changed."""

    type: Literal["BillChecked"] = "BillChecked"
    instruction_id: str


class DifferenceBorne(Event):
    """A deduction would have made the article dearer; the merchant bears it, the price stands."""

    type: Literal["DifferenceBorne"] = "DifferenceBorne"
    unit: str
    amount_minor: int  # below zero: a second verdict leaves less of it
    reason: Id
    because: Text


BillEvent = (
    BillPlanned
    | BillSent
    | BillUnknown
    | BillPaid
    | BillWithdrawn
    | BillCancelled
    | BillExpired
    | BillNewsHeard
    | BillChecked
    | DifferenceBorne
)
