"""What is promised, and what became of every instruction to pay it."""

from typing import Annotated, Literal

from pydantic import Field

from domain.model import Id, Minor, Short, Text, Value
from domain.money import Currency, Money
from domain.returns.events.base import Event

Destination = Literal["tender", "store_credit", "gift_card", "manual"]
"""Back to what was paid with; value in an account; value that anybody with its code claims; by
hand."""


class PayoutPart(Value):
    """The share of one unit (or of the outbound shipping) in a payout, after the label fee."""

    key: str  # a unit, or "shipping"
    amount_minor: Minor
    label_fee_minor: int = 0  # what the return label took from it; below 0: given back with it


class QuoteAdjusted(Event):
    """The promise changed, for a reason. `key` is a unit, "shipping" or "label_fee"."""

    type: Literal["QuoteAdjusted"] = "QuoteAdjusted"
    key: str
    amount_minor: int  # signed; for the label fee a plus lowers the fee
    reason: Id
    because: Text


class PayoutPlanned(Event):
    """One instruction to one destination; its funds are reserved on the order's ledger."""

    type: Literal["PayoutPlanned"] = "PayoutPlanned"
    instruction_id: str
    destination: Destination
    tender_id: str = ""
    provider: str
    payment_ref: str
    amount_minor: Annotated[int, Field(gt=0)]
    currency: Currency
    parts: tuple[PayoutPart, ...]
    replaces: str = ""
    chosen_by: Short = ""  # who said that it goes there; empty: the policy
    consent: Literal["", "customer", "policy"] = ""  # to another way than it was paid


class PayoutHeld(Event):
    """Money that is owed and not sent, with the reason."""

    type: Literal["PayoutHeld"] = "PayoutHeld"
    instruction_id: str
    reason: Literal["shortfall", "chargeback", "needs_approval", "receipt_corrected"]
    because: Text
    amount_minor: Annotated[int, Field(gt=0)]
    currency: Currency
    parts: tuple[PayoutPart, ...]


class PayoutApproved(Event):
    """One person's yes to let an amount go, or to give it up; it takes two different ones."""

    type: Literal["PayoutApproved"] = "PayoutApproved"
    instruction_id: str
    what: Literal["release", "write_off"]
    by: Short
    because: Text = ""


class PayoutReleased(Event):
    """A hold is over."""

    type: Literal["PayoutReleased"] = "PayoutReleased"
    instruction_id: str
    because: Text


class PayoutSubmitted(Event):
    """The provider has the instruction, and will say later what came of it."""

    type: Literal["PayoutSubmitted"] = "PayoutSubmitted"
    instruction_id: str
    payout_ref: str


class PayoutUnknown(Event):
    """We asked, and the answer was lost. It is looked up before it is sent again."""

    type: Literal["PayoutUnknown"] = "PayoutUnknown"
    instruction_id: str


class PayoutPending(Event):
    """The provider works on it."""

    type: Literal["PayoutPending"] = "PayoutPending"
    instruction_id: str
    payout_ref: str


class PayoutRequiresAction(Event):
    """The provider waits for the customer."""

    type: Literal["PayoutRequiresAction"] = "PayoutRequiresAction"
    instruction_id: str
    payout_ref: str


class PayoutSucceeded(Event):
    """The provider says that the money is on its way to the customer."""

    type: Literal["PayoutSucceeded"] = "PayoutSucceeded"
    instruction_id: str
    payout_ref: str


class PayoutFailed(Event):
    """The provider's no, or a bounce long after its yes. The money is still owed."""

    type: Literal["PayoutFailed"] = "PayoutFailed"
    instruction_id: str
    payout_ref: str
    reason: Short


class PayoutCancelled(Event):
    """Not sent, and not to be sent."""

    type: Literal["PayoutCancelled"] = "PayoutCancelled"
    instruction_id: str
    because: Text


class PayoutNewsHeard(Event):
    """Somebody says that a payout has moved: a hint, and the provider is asked for the truth."""

    type: Literal["PayoutNewsHeard"] = "PayoutNewsHeard"
    instruction_id: str
    source: Short


class PayoutChecked(Event):
    """The provider was asked after a hint, and nothing has changed."""

    type: Literal["PayoutChecked"] = "PayoutChecked"
    instruction_id: str


class StoreCreditIssued(Event):
    """Value to spend with the merchant, claimable with `code`."""

    type: Literal["StoreCreditIssued"] = "StoreCreditIssued"
    instruction_id: str
    amount: Money
    code: str
