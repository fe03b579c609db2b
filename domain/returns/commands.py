"""What the outside may ask of a return (updates) or tell it (signals), as it is said.

Names and shapes are an interface: they are what travels in an update, a signal or an HTTP
body. `DOORS` maps each update's or signal's name to its shape.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domain.model import Id, Moment, Quantity, Short, Text, Value
from domain.money import Money
from domain.orders.order import PostalAddress
from domain.returns.request import Evidence, ReturnRequest
from domain.words import Disposition, Grade, Method, PickupException, Reason

Key = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Who(Value):
    """Who asks. `id` is an account's id, never a name or an address."""

    kind: Literal["customer", "staff", "service", "system"]
    id: Id

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


class Ask(Value):
    """Somebody wants something and waits for the answer. The same `request_id` acts once."""

    request_id: Key
    actor: Who
    occurred_at: Moment | None = None


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


class ChooseMethod(Ask):
    """Another way of handing over."""

    method: Method
    parcel_id: str = ""


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


class MatchUnit(Ask):
    """A stray is one of the units after all, or goes where `disposition` says."""

    stray_id: Key
    unit: str = ""
    disposition: Disposition | None = None
    because: Text = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.unit) == (self.disposition is not None):
            raise ValueError("unit: give either a unit or a disposition")
        return self


class UnmatchUnit(Ask):
    """The match was wrong."""

    stray_id: Key
    because: Text = ""


class ReleasePayout(Ask):
    """Money that was held may go."""

    instruction_id: Key
    because: Text = ""


class ChoosePayout(Ask):
    """Another way for money that could not be placed or came back."""

    instruction_id: Key
    destination: Literal["store_credit", "manual", "tender"]
    because: Text = ""


class GiveFeedback(Ask):
    """What the customer thought of it."""

    rating: Annotated[int, Field(ge=1, le=5)]
    note: Text = ""


class Report(Value):
    """Somebody tells what they saw. The same `message_id` counts once."""

    message_id: Key
    occurred_at: Moment
    source: Short = ""


class ReportTracking(Report):
    """A carrier saw a parcel, or says that it cannot find it."""

    tracking_number: Key
    status: Literal[
        "scanned",
        "at_hub",
        "customs_hold",
        "delayed",
        "delivered",
        "lost",
        "found",
        "returned_to_customer",
    ]
    place: Short = ""
    carrier_code: Short = ""


class ReportPickup(Report):
    """What came of a visit."""

    pickup_ref: Short = ""
    tracking_number: Short = ""
    status: Literal["failed", "picked_up", "cancelled"]
    code: PickupException | None = None
    carrier_code: Short = ""
    rebooked_for: Moment | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.status == "failed" and self.code is None:
            raise ValueError("code: a failed pickup needs its code")
        if not self.pickup_ref and not self.tracking_number:
            raise ValueError("pickup_ref: give the pickup or the tracking number")
        return self


class ReceivedParcel(Value):
    """The box."""

    tracking_number: Short = ""


class CountedUnits(Value):
    """What was counted in the box."""

    sku: Key
    line_id: str = ""
    serial: Short = ""
    quantity: Quantity
    condition: Short = ""


class ReportReceipt(Report):
    """What the dock found. Never refused for what it holds."""

    warehouse: Id
    parcel: ReceivedParcel = ReceivedParcel()
    returns: tuple[Id, ...] = ()
    units: Annotated[tuple[CountedUnits, ...], Field(max_length=500)]
    corrects: Short = ""


class InspectedUnit(Value):
    """What the inspector saw of one unit."""

    line_id: Id
    unit: Annotated[int, Field(ge=1)]
    serial: Short = ""
    grade: Grade
    found_reason: Reason | None = None
    note: Text = ""
    photos: Annotated[tuple[Evidence, ...], Field(max_length=20)] = ()
    suggested_disposition: Disposition | None = None


class ReportInspection(Report):
    """Somebody looked at units."""

    warehouse: Id
    return_id: Id
    inspector: Short
    units: Annotated[tuple[InspectedUnit, ...], Field(min_length=1, max_length=500)]


class ReportPayout(Report):
    """A hint that a payout has moved; the provider is asked for the truth."""

    payout_ref: Short = ""
    instruction_id: Short = ""
    status: Short = ""  # as the report has it: no news where that is what we know already

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if not self.payout_ref and not self.instruction_id:
            raise ValueError("payout_ref: give the payout or the instruction")
        return self


class ReportLabel(Report):
    """What the carrier says of a label that was to be voided."""

    tracking_number: Short = ""
    label_ref: Short = ""
    status: Literal["voided", "void_rejected"]
    carrier_code: Short = ""


class ReportReplacement(Report):
    """The article wanted instead is on its way."""

    order_ref: Key
    tracking_number: Short = ""


class ReportChargeback(Report):
    """The customer's bank took money back, or gave up doing so."""

    payment_ref: Key
    amount: Money
    status: Literal["opened", "won", "lost"]


UPDATES: Mapping[str, type[Ask]] = {
    "open": Open,
    "approve": Approve,
    "decline": Decline,
    "cancel": Cancel,
    "override": Override,
    "choose_method": ChooseMethod,
    "accept_offer": AcceptOffer,
    "decline_offer": DeclineOffer,
    "correct_address": CorrectAddress,
    "reschedule_pickup": ReschedulePickup,
    "dispute": Dispute,
    "resolve_dispute": ResolveDispute,
    "match_unit": MatchUnit,
    "unmatch_unit": UnmatchUnit,
    "release_payout": ReleasePayout,
    "choose_payout": ChoosePayout,
    "give_feedback": GiveFeedback,
}

SIGNALS: Mapping[str, type[Report]] = {
    "report_tracking": ReportTracking,
    "report_pickup": ReportPickup,
    "report_receipt": ReportReceipt,
    "report_inspection": ReportInspection,
    "report_payout": ReportPayout,
    "report_label": ReportLabel,
    "report_chargeback": ReportChargeback,
    "report_replacement": ReportReplacement,
}
