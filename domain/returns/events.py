"""What can happen to a return. Past tense, business words, nothing ever edited.

`move` is the word by which the tables of `lifecycle` know an event: its type, with the
outcome in brackets where one type has several (`DecisionMade(rejected)`).
The store adds version, actor, cause and the time of recording.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from domain.model import Country, Id, Minor, Moment, Short, Text, Value
from domain.money import Currency, Money
from domain.policy.quote import Quote, RuleFired, Terms, UnitVerdict
from domain.returns.request import Evidence
from domain.words import (
    Decision,
    Disposition,
    Fault,
    Grade,
    Method,
    PickupException,
    Reason,
    Resolution,
)


class Event(Value):
    """Something that happened to one return."""

    schema_version: Literal[1] = 1
    occurred_at: Moment  # when it happened in the world, not when we heard of it

    @property
    def move(self) -> str:
        """The word by which the lifecycle tables know this event."""
        return type(self).__name__


# ── Authorisation ─────────────────────────────────────────────────────────────────────────


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


class ReturnCancelled(Event):
    """The customer keeps the goods."""

    type: Literal["ReturnCancelled"] = "ReturnCancelled"
    because: Text


class ReturnExpired(Event):
    """Nothing was handed over by the date agreed."""

    type: Literal["ReturnExpired"] = "ReturnExpired"


class ReturnReopened(Event):
    """The story goes on after we thought it had ended."""

    type: Literal["ReturnReopened"] = "ReturnReopened"
    was: Literal["expired", "cancelled", "declined", "completed"]
    because: Text

    @property
    def move(self) -> str:
        return f"ReturnReopened({self.was})"


class ReturnCompleted(Event):
    """Every unit is explained and every promise kept: paid = quoted + adjusted."""

    type: Literal["ReturnCompleted"] = "ReturnCompleted"
    promised_minor: Minor
    paid_minor: Minor


# ── The way back ──────────────────────────────────────────────────────────────────────────


class ParcelPlanned(Event):
    """A parcel is expected. `label` says that we buy its transport, `own` that we do not."""

    type: Literal["ParcelPlanned"] = "ParcelPlanned"
    parcel_id: Id
    transport: Literal["label", "own"]
    method: Method
    carrier: str = ""
    service: str = ""

    @property
    def move(self) -> str:
        return f"ParcelPlanned({self.transport})"


class LabelPurchased(Event):
    """Transport for one parcel is bought, once, under `label_id`."""

    type: Literal["LabelPurchased"] = "LabelPurchased"
    parcel_id: Id
    label_id: str
    label_ref: str
    carrier: str
    service: str
    tracking_number: str
    cost: Money
    document_ref: str
    code: str = ""
    expires_at: Moment | None = None


class LabelRefused(Event):
    """The carrier will not carry it: their reason in our words, and in theirs."""

    type: Literal["LabelRefused"] = "LabelRefused"
    parcel_id: Id
    label_id: str
    reason: PickupException
    theirs: Text


class LabelVoidRequested(Event):
    """This label must not be used any more; the carrier is to be asked for the money back."""

    type: Literal["LabelVoidRequested"] = "LabelVoidRequested"
    label_id: str
    because: Text


class LabelVoidSubmitted(Event):
    """The carrier has our wish and will say later."""

    type: Literal["LabelVoidSubmitted"] = "LabelVoidSubmitted"
    label_id: str


class LabelVoided(Event):
    """The carrier took the label back."""

    type: Literal["LabelVoided"] = "LabelVoided"
    label_id: str


class LabelVoidRejected(Event):
    """The carrier did not take the label back: it is paid for."""

    type: Literal["LabelVoidRejected"] = "LabelVoidRejected"
    label_id: str
    theirs: Text


class PickupScheduled(Event):
    """The carrier comes to the door in this window."""

    type: Literal["PickupScheduled"] = "PickupScheduled"
    parcel_id: Id
    pickup_id: str
    pickup_ref: str
    window_start: Moment
    window_end: Moment


class PickupFailed(Event):
    """Nobody took the parcel: why, whose fault, and whether it counts as an attempt."""

    type: Literal["PickupFailed"] = "PickupFailed"
    parcel_id: Id
    code: PickupException
    carrier_code: str
    fault: Fault
    counted: bool


class PickupRescheduled(Event):
    """A new visit is to be booked, not before this time."""

    type: Literal["PickupRescheduled"] = "PickupRescheduled"
    parcel_id: Id
    not_before: Moment
    because: Text


class PickupCancelled(Event):
    """The visit was called off with the carrier."""

    type: Literal["PickupCancelled"] = "PickupCancelled"
    parcel_id: Id
    pickup_ref: str


class CarrierSwitched(Event):
    """The parcel takes another carrier, or another method, from here on."""

    type: Literal["CarrierSwitched"] = "CarrierSwitched"
    parcel_id: Id
    transport: Literal["label", "own"]
    method: Method
    carrier: str
    service: str
    because: Text

    @property
    def move(self) -> str:
        return f"CarrierSwitched({self.transport})"


ScanStage = Literal[
    "in_transit", "at_hub", "customs_hold", "delivered_unscanned", "returned_to_customer"
]


class ParcelScanned(Event):
    """A carrier saw the parcel. The first scan is the hand-over, however late we hear of it."""

    type: Literal["ParcelScanned"] = "ParcelScanned"
    parcel_id: Id
    stage: ScanStage
    place: Short = ""
    carrier_code: Short = ""

    @property
    def move(self) -> str:
        return f"ParcelScanned({self.stage})"


class ParcelTraced(Event):
    """An older scan, told late: kept for the record, it moves nothing."""

    type: Literal["ParcelTraced"] = "ParcelTraced"
    parcel_id: Id
    stage: ScanStage
    place: Short = ""
    carrier_code: Short = ""


class ParcelDelayed(Event):
    """The parcel should be here by now, or the carrier says that something is wrong."""

    type: Literal["ParcelDelayed"] = "ParcelDelayed"
    parcel_id: Id
    because: Text


class ParcelLost(Event):
    """The carrier cannot find it, or has been silent for too long."""

    type: Literal["ParcelLost"] = "ParcelLost"
    parcel_id: Id
    because: Text


class ParcelFound(Event):
    """A parcel given up for lost is there after all."""

    type: Literal["ParcelFound"] = "ParcelFound"
    parcel_id: Id
    place: Short = ""


class ReturnAnnounced(Event):
    """The warehouse knows what to expect."""

    type: Literal["ReturnAnnounced"] = "ReturnAnnounced"
    announcement_ref: str


# ── Receipt ───────────────────────────────────────────────────────────────────────────────


class ParcelReceived(Event):
    """The dock has the parcel, announced or not. From here on its content is ours to explain."""

    type: Literal["ParcelReceived"] = "ParcelReceived"
    parcel_id: Id
    tracking_number: Short
    warehouse: Id
    receipt_id: str


class UnitReceived(Event):
    """A unit that was expected is there. An empty receipt_id: we know it from its inspection."""

    type: Literal["UnitReceived"] = "UnitReceived"
    unit: str
    parcel_id: str
    receipt_id: str
    serial: Short = ""
    condition: Short = ""


class UnitReceiptRetracted(Event):
    """The dock took back what it had reported."""

    type: Literal["UnitReceiptRetracted"] = "UnitReceiptRetracted"
    unit: str
    receipt_id: str
    because: Text


class UnitMissed(Event):
    """A unit that was expected is not there, and what is known of why."""

    type: Literal["UnitMissed"] = "UnitMissed"
    unit: str
    kind: Literal["short_shipped", "wrong_item", "lost_in_transit"]
    because: Text

    @property
    def move(self) -> str:
        return f"UnitMissed({self.kind})"


class UnexpectedUnitReceived(Event):
    """Something nobody announced was in the box. It is kept apart until somebody decides."""

    type: Literal["UnexpectedUnitReceived"] = "UnexpectedUnitReceived"
    stray_id: str
    parcel_id: str
    receipt_id: str
    sku: Short
    serial: Short = ""
    kind: Literal["surplus", "wrong_item"]


class UnitMatched(Event):
    """A person says that this stray is that unit."""

    type: Literal["UnitMatched"] = "UnitMatched"
    unit: str
    stray_id: str
    because: Text


class UnitUnmatched(Event):
    """A match was wrong; the stray is a stray again."""

    type: Literal["UnitUnmatched"] = "UnitUnmatched"
    unit: str
    stray_id: str
    because: Text


class StraySettled(Event):
    """What becomes of something nobody announced."""

    type: Literal["StraySettled"] = "StraySettled"
    stray_id: str
    disposition: Disposition
    because: Text


# ── Inspection and decision ───────────────────────────────────────────────────────────────


class UnitInspected(Event):
    """Somebody looked at the unit and says in what state it is."""

    type: Literal["UnitInspected"] = "UnitInspected"
    unit: str
    inspection_id: str
    grade: Grade
    inspector: Short
    warehouse: Id
    note: Text = ""
    serial: Short = ""
    photos: tuple[Evidence, ...] = ()
    suggested_disposition: Disposition | None = None


class ReasonRecoded(Event):
    """The inspection found another reason than the customer gave."""

    type: Literal["ReasonRecoded"] = "ReasonRecoded"
    unit: str
    was: Reason
    now: Reason


Verdict = Literal[
    Decision.ACCEPTED,
    Decision.ACCEPTED_WITH_DEDUCTION,
    Decision.REJECTED,
    Decision.NEEDS_REVIEW,
]


class DecisionMade(Event):
    """What the unit is worth to its sender: `share_bp` basis points of what was quoted."""

    type: Literal["DecisionMade"] = "DecisionMade"
    unit: str
    outcome: Verdict
    share_bp: int
    because: Text

    @property
    def move(self) -> str:
        return f"DecisionMade({self.outcome})"


class DecisionReopened(Event):
    """What was decided in the unit's absence is decided anew, since it turned up."""

    type: Literal["DecisionReopened"] = "DecisionReopened"
    unit: str
    because: Text


class DisputeOpened(Event):
    """The customer does not agree, and says why."""

    type: Literal["DisputeOpened"] = "DisputeOpened"
    unit: str
    dispute_id: str
    because: Text
    evidence: tuple[Evidence, ...] = ()


class DisputeResolved(Event):
    """A second decision. It never rewrites the first, and pays only the difference."""

    type: Literal["DisputeResolved"] = "DisputeResolved"
    unit: str
    dispute_id: str
    outcome: Literal["upheld", "denied"]
    because: Text

    @property
    def move(self) -> str:
        return f"DisputeResolved({self.outcome})"


class DispositionDecided(Event):
    """Where the unit goes from the inspection table."""

    type: Literal["DispositionDecided"] = "DispositionDecided"
    unit: str
    disposition: Disposition
    because: Text


class UnitRestocked(Event):
    """The unit can be sold again."""

    type: Literal["UnitRestocked"] = "UnitRestocked"
    unit: str
    move_ref: str


class UnitMoved(Event):
    """The unit left the inspection table for another place than the shelf."""

    type: Literal["UnitMoved"] = "UnitMoved"
    unit: str
    disposition: Disposition
    move_ref: str


# ── Money ─────────────────────────────────────────────────────────────────────────────────


class PayoutPart(Value):
    """The share of one unit (or of the outbound shipping) in a payout, after the label fee."""

    key: str  # a unit, or "shipping"
    amount_minor: Minor
    label_fee_minor: Minor = 0  # what the return label took from this part


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
    destination: Literal["tender", "store_credit", "manual"]
    tender_id: str = ""
    provider: str
    payment_ref: str
    amount_minor: Annotated[int, Field(gt=0)]
    currency: Currency
    parts: tuple[PayoutPart, ...]
    replaces: str = ""


class PayoutHeld(Event):
    """Money that is owed and not sent, with the reason."""

    type: Literal["PayoutHeld"] = "PayoutHeld"
    instruction_id: str
    reason: Literal["shortfall", "chargeback", "staff"]
    because: Text
    amount_minor: Annotated[int, Field(gt=0)]
    currency: Currency
    parts: tuple[PayoutPart, ...]


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


# ── Goods instead of money ────────────────────────────────────────────────────────────────


class ReplacementReserved(Event):
    """The article wanted instead is held until the returned one is judged."""

    type: Literal["ReplacementReserved"] = "ReplacementReserved"
    unit: str
    sku: Short
    reservation_ref: str
    hold_until: Moment


class ReplacementUnavailable(Event):
    """There is nothing to send instead."""

    type: Literal["ReplacementUnavailable"] = "ReplacementUnavailable"
    unit: str
    sku: Short


class ReplacementOrdered(Event):
    """The goods instead are ordered."""

    type: Literal["ReplacementOrdered"] = "ReplacementOrdered"
    unit: str
    sku: Short
    order_ref: str


class ReplacementReleased(Event):
    """The stock held for a unit is free again."""

    type: Literal["ReplacementReleased"] = "ReplacementReleased"
    unit: str


class ReplacementShipped(Event):
    """The goods instead are on their way."""

    type: Literal["ReplacementShipped"] = "ReplacementShipped"
    unit: str
    tracking_number: Short = ""


class OfferMade(Event):
    """Another resolution is offered for a unit; unanswered, it holds from `answer_by` on."""

    type: Literal["OfferMade"] = "OfferMade"
    offer_id: str
    unit: str
    resolution: Resolution
    because: Text
    answer_by: Moment


class OfferAccepted(Event):
    """The unit is resolved as offered."""

    type: Literal["OfferAccepted"] = "OfferAccepted"
    offer_id: str
    unit: str
    resolution: Resolution


class OfferDeclined(Event):
    """The customer wants it otherwise; a person takes it from here."""

    type: Literal["OfferDeclined"] = "OfferDeclined"
    offer_id: str
    unit: str
    because: Text


# ── People and time ───────────────────────────────────────────────────────────────────────


class NoticePlanned(Event):
    """The customer is to be told, in these words' template and with these facts."""

    type: Literal["NoticePlanned"] = "NoticePlanned"
    notice_id: str
    template: Id
    facts: dict[str, str]


class CustomerNotified(Event):
    """The message left the house."""

    type: Literal["CustomerNotified"] = "CustomerNotified"
    notice_id: str
    delivery_ref: str


class ReminderSent(Event):
    """The message that left the house was a reminder."""

    type: Literal["ReminderSent"] = "ReminderSent"
    notice_id: str
    delivery_ref: str


class DeadlineMissed(Event):
    """Somebody's time is up and the step still open."""

    type: Literal["DeadlineMissed"] = "DeadlineMissed"
    step_id: str
    actor: Short
    action: Short
    due_at: Moment


class Escalated(Event):
    """A person of the merchant's has to look: a concern is open until it is settled by name."""

    type: Literal["Escalated"] = "Escalated"
    concern_id: str
    what: Id
    because: Text


class ConcernSettled(Event):
    """A person looked, and says what it was."""

    type: Literal["ConcernSettled"] = "ConcernSettled"
    concern_id: str
    because: Text


class MessageRejected(Event):
    """A message made no sense here; it is kept by name, and the return goes on."""

    type: Literal["MessageRejected"] = "MessageRejected"
    message: Short
    message_id: Short
    code: Id
    because: Text


class FeedbackReceived(Event):
    """What the customer thought of it."""

    type: Literal["FeedbackReceived"] = "FeedbackReceived"
    rating: Annotated[int, Field(ge=1, le=5)]
    note: Text = ""


ReturnEvent = Annotated[
    ReturnRequested
    | PolicyEvaluated
    | QuoteIssued
    | ReviewRequested
    | ReturnApproved
    | UnitDeclined
    | ReturnDeclined
    | PolicyOverridden
    | ReturnCancelled
    | ReturnExpired
    | ReturnReopened
    | ReturnCompleted
    | ParcelPlanned
    | LabelPurchased
    | LabelRefused
    | LabelVoidRequested
    | LabelVoidSubmitted
    | LabelVoided
    | LabelVoidRejected
    | PickupScheduled
    | PickupFailed
    | PickupRescheduled
    | PickupCancelled
    | CarrierSwitched
    | ParcelScanned
    | ParcelTraced
    | ParcelDelayed
    | ParcelLost
    | ParcelFound
    | ReturnAnnounced
    | ParcelReceived
    | UnitReceived
    | UnitReceiptRetracted
    | UnitMissed
    | UnexpectedUnitReceived
    | UnitMatched
    | UnitUnmatched
    | StraySettled
    | UnitInspected
    | ReasonRecoded
    | DecisionMade
    | DecisionReopened
    | DisputeOpened
    | DisputeResolved
    | DispositionDecided
    | UnitRestocked
    | UnitMoved
    | QuoteAdjusted
    | PayoutPlanned
    | PayoutHeld
    | PayoutReleased
    | PayoutSubmitted
    | PayoutUnknown
    | PayoutPending
    | PayoutRequiresAction
    | PayoutSucceeded
    | PayoutFailed
    | PayoutCancelled
    | PayoutNewsHeard
    | PayoutChecked
    | StoreCreditIssued
    | ReplacementReserved
    | ReplacementUnavailable
    | ReplacementOrdered
    | ReplacementReleased
    | ReplacementShipped
    | OfferMade
    | OfferAccepted
    | OfferDeclined
    | NoticePlanned
    | CustomerNotified
    | ReminderSent
    | DeadlineMissed
    | Escalated
    | ConcernSettled
    | MessageRejected
    | FeedbackReceived,
    Field(discriminator="type"),
]

EVENTS: TypeAdapter[ReturnEvent] = TypeAdapter(ReturnEvent)
