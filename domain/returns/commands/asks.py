"""What may be asked of a return: somebody wants something and waits for the answer."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domain.channels import Contact
from domain.model import Moment, Short, Text
from domain.orders.order import PostalAddress
from domain.returns.asking.request import Evidence, ReturnRequest
from domain.returns.commands.base import Ask, Key
from domain.returns.events.customs import CustomsFacts
from domain.words import Disposition, Method, Resolution


class Open(Ask):
    """Goods are to come back."""

    request: ReturnRequest


class Approve(Ask):
    """A person says yes: to the request, or to units that wait for a decision."""

    units: tuple[str, ...] = ()
    because: Text = ""


class Decline(Ask):
    """A person says no: to the request, or to units that wait for a decision."""

    units: tuple[str, ...] = ()
    because: Annotated[Text, Field(min_length=1)]


class Cancel(Ask):
    """The customer keeps the goods."""

    because: Text = ""


class Override(Ask):
    """Staff decide otherwise than the policy, or settle a concern; always with a reason."""

    because: Annotated[Text, Field(min_length=1)]
    settles: str = ""  # a concern's id; empty: approve what the policy declined
    units: tuple[str, ...] = ()
    resolution: Resolution | None = None  # to be offered for these units instead
    share_bp: Annotated[int, Field(ge=0, le=10_000)] = 0  # of a partial refund
    carrier: Short = ""  # by which a parcel is to go instead
    service: Short = ""  # which of the carrier's, where it has several
    parcel_id: str = ""


class ChooseMethod(Ask):
    """Another way of handing over; or by which carrier of their own the customer sends it."""

    method: Method
    parcel_id: str = ""
    pickup_from: Moment | None = None  # the start of one of the slots that were quoted
    carrier: Short = ""  # the customer's own
    tracking_number: Short = ""

    @model_validator(mode="after")
    def _is_of_its_method(self) -> Self:
        if self.pickup_from is not None and self.method is not Method.CARRIER_PICKUP:
            raise ValueError("pickup_from: only carrier_pickup has a time")
        if (self.tracking_number or self.carrier) and self.method is not Method.OWN_CARRIER:
            raise ValueError("tracking_number: only own_carrier is told one; else it is ours")
        return self


class AcceptOffer(Ask):
    """Yes to another resolution."""

    offer_id: Key


class DeclineOffer(Ask):
    """No to another resolution."""

    offer_id: Key
    because: Text = ""


class CorrectAddress(Ask):
    """Where the carrier should come to. Kept with the person, never in an event."""

    address: PostalAddress
    parcel_id: str = ""


class DeclareGoods(Ask):
    """Say what customs must know of goods that come back over a border."""

    goods: Annotated[tuple[CustomsFacts, ...], Field(max_length=200)] = ()
    export_reference: Short = ""  # of the declaration under which they had left

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.goods and not self.export_reference:
            raise ValueError("goods: expected at least one, or an export_reference")
        return self


class ReschedulePickup(Ask):
    """Come another day."""

    not_before: Moment
    parcel_id: str = ""


class Dispute(Ask):
    """The customer does not agree with what was decided on a unit."""

    unit: Key
    because: Annotated[Text, Field(min_length=1)]
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=20)] = ()


class ResolveDispute(Ask):
    """The second decision on a unit."""

    unit: Key
    outcome: Literal["upheld", "denied"]
    because: Annotated[Text, Field(min_length=1)]


# The id of a stray is that of its receipt and a number.
StrayId = Annotated[str, Field(min_length=1, max_length=220, pattern=r"^[^\x00-\x1f\x7f]*$")]


class MatchUnit(Ask):
    """A stray is one of the units after all, or goes where `disposition` says.

    Where the stray is several things, one of them is the unit; a disposition is for the rest.
    """

    stray_id: StrayId
    unit: str = ""
    disposition: Disposition | None = None
    because: Text = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.unit) == (self.disposition is not None):
            raise ValueError("unit: give either a unit or a disposition")
        return self


class UnmatchUnit(Ask):
    """The match was wrong. `unit` says which, where several are matched to the stray."""

    stray_id: StrayId
    unit: str = ""
    because: Text = ""


class ReleasePayout(Ask):
    """Money that was held may go."""

    instruction_id: Key
    because: Text = ""


class ChoosePayout(Ask):
    """Another way for money that could not be placed or came back."""

    instruction_id: Key
    destination: Literal["store_credit", "gift_card", "manual", "tender"]
    tender_id: str = ""  # which of the order's payments, where it is not the same one
    because: Text = ""


class ChooseGoods(Ask):
    """What is to be done with a unit that was not accepted: it is the customer's."""

    unit: Key
    choice: Literal["send_back", "leave"]
    because: Text = ""


class WriteOffPayout(Ask):
    """Stuck money is not owed any more, and why. It takes two people to say so."""

    instruction_id: Key
    because: Annotated[Text, Field(min_length=1)]


class ChooseContact(Ask):
    """How the customer wants to be told from now on."""

    contact: Contact


class GiveFeedback(Ask):
    """What the customer thought of it."""

    rating: Annotated[int, Field(ge=1, le=5)]
    note: Text = ""
