"""From the request to its end: may the goods come back?"""

from typing import Literal

from domain.model import Country, Id, Minor, Moment, Short, Text, Value
from domain.money import Currency
from domain.policy.quote import Quote, RuleFired, Terms, UnitVerdict
from domain.policy.serving import Slot
from domain.returns.asking.request import Evidence
from domain.returns.events.base import Event
from domain.words import Method, Reason, Resolution


class RequestedUnit(Value):
    """One thing on its way back, with what label, customs and dock need to know of it."""

    unit: str  # "<line_id>/<n>", n = 1, 2 … within this return
    line_id: Id
    ordinal: int  # which unit of the order's line it claims
    sku: Short
    name: Short
    reason: Reason
    note: Text
    resolution: Resolution
    exchange_sku: Short = ""
    exchange_price_minor: Minor = 0  # net; 0: at the price of the unit
    exchange_tax_minor: Minor | None = None  # none: derived from the unit's
    weight_grams: int
    hs_code: Short
    origin_country: Country | None
    serials: tuple[Short, ...] = ()  # those sold on this line; none: not tracked


class ReturnRequested(Event):
    """Somebody wants to send goods back. The units are claimed on the order's ledger."""

    type: Literal["ReturnRequested"] = "ReturnRequested"
    tenant: Id
    return_id: Id
    order_id: Id
    customer_id: Id
    locale: str
    country: Country
    currency: Currency
    method: Method
    parcels: int
    units: tuple[RequestedUnit, ...]
    evidence: tuple[Evidence, ...] = ()
    by: Short = ""  # who asked, as kind:id
    slot: Slot | None = None  # in which the customer wants to be visited


class PolicyEvaluated(Event):
    """The policy in force at purchase was asked, once; its terms bind this return from now on."""

    type: Literal["PolicyEvaluated"] = "PolicyEvaluated"
    verdicts: tuple[UnitVerdict, ...]
    fired: tuple[RuleFired, ...]
    terms: Terms
    keep_item: bool


class QuoteIssued(Event):
    """The price the customer was shown. What is paid must equal it, adjustments apart."""

    type: Literal["QuoteIssued"] = "QuoteIssued"
    quote: Quote


class ReviewRequested(Event):
    """The policy leaves it to a person."""

    type: Literal["ReviewRequested"] = "ReviewRequested"
    because: Text


class ReturnApproved(Event):
    """The goods may come back, if they are handed over by `ship_by`."""

    type: Literal["ReturnApproved"] = "ReturnApproved"
    extent: Literal["full", "partial"]
    units: tuple[str, ...]
    keep_item: bool = False
    ship_by: Moment
    by: Short = ""  # the person who said yes; empty: the policy

    @property
    def move(self) -> str:
        return f"ReturnApproved({self.extent})"


class UnitDeclined(Event):
    """This unit may not come back, while others of the return may."""

    type: Literal["UnitDeclined"] = "UnitDeclined"
    unit: str
    code: Id
    because: Text


class ReturnDeclined(Event):
    """Nothing of it may come back, and why."""

    type: Literal["ReturnDeclined"] = "ReturnDeclined"
    code: Id
    because: Text


class PolicyOverridden(Event):
    """A person of the merchant's decided otherwise than the policy; the actor is recorded."""

    type: Literal["PolicyOverridden"] = "PolicyOverridden"
    because: Text
    by: Short = ""


class ReturnCancelled(Event):
    """The customer keeps the goods."""

    type: Literal["ReturnCancelled"] = "ReturnCancelled"
    because: Text


class ReturnExpired(Event):
    """Nothing was handed over by the date agreed."""

    type: Literal["ReturnExpired"] = "ReturnExpired"


Was = Literal[
    "expired", "expired_in_part", "cancelled", "cancelled_in_part", "declined", "completed"
]
"""How a return had ended; `in_part` where only some of its units had been welcome."""


class ReturnReopened(Event):
    """The story goes on after we thought it had ended."""

    type: Literal["ReturnReopened"] = "ReturnReopened"
    was: Was
    because: Text

    @property
    def move(self) -> str:
        return f"ReturnReopened({self.was})"


class ReturnCompleted(Event):
    """Every unit is explained and every promise kept: paid = quoted + adjusted."""

    type: Literal["ReturnCompleted"] = "ReturnCompleted"
    promised_minor: Minor
    paid_minor: Minor
