"""What can happen to a return. Past tense, business words, nothing ever edited.

`move` is the word by which the tables of `lifecycle` know an event: its type, with the
outcome in brackets where one type has several (`DecisionMade(rejected)`).
The store adds version, actor, cause and the time of recording.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from domain.returns.events.authorisation import (
    PolicyEvaluated,
    PolicyOverridden,
    QuoteIssued,
    RequestedUnit,
    ReturnApproved,
    ReturnCancelled,
    ReturnCompleted,
    ReturnDeclined,
    ReturnExpired,
    ReturnReopened,
    ReturnRequested,
    ReviewRequested,
    UnitDeclined,
)
from domain.returns.events.base import Event
from domain.returns.events.bills import BillEvent
from domain.returns.events.customs import CustomsDocumentIssued, GoodsDeclared
from domain.returns.events.gathering import BesideEvent
from domain.returns.events.goods import (
    OfferAccepted,
    OfferDeclined,
    OfferLapsed,
    OfferMade,
    ReplacementOrdered,
    ReplacementReleased,
    ReplacementReserved,
    ReplacementShipped,
    ReplacementUnavailable,
    ReservationEnding,
)
from domain.returns.events.holds import HoldEvent
from domain.returns.events.inspection import (
    DecisionMade,
    DecisionReopened,
    DispositionDecided,
    DisputeOpened,
    DisputeResolved,
    InspectionEvent,
    ReasonRecoded,
    UnitInspected,
    UnitMoved,
    UnitRestocked,
    Verdict,
)
from domain.returns.events.labels import (
    LabelCharged,
    LabelEvent,
    LabelExpired,
    LabelPurchased,
    LabelRefused,
    LabelVoided,
    LabelVoidRejected,
    LabelVoidRequested,
    LabelVoidSubmitted,
    OfferDropped,
)
from domain.returns.events.money import (
    PayoutApproved,
    PayoutCancelled,
    PayoutChecked,
    PayoutFailed,
    PayoutHeld,
    PayoutNewsHeard,
    PayoutPart,
    PayoutPending,
    PayoutPlanned,
    PayoutReleased,
    PayoutRequiresAction,
    PayoutSubmitted,
    PayoutSucceeded,
    PayoutUnknown,
    QuoteAdjusted,
    StoreCreditIssued,
)
from domain.returns.events.people import (
    ConcernSettled,
    CustomerNotified,
    DeadlineCounted,
    DeadlineMissed,
    Escalated,
    FeedbackReceived,
    MessageRejected,
    NoticePlanned,
    ReminderSent,
)
from domain.returns.events.reaching import ReachingEvent
from domain.returns.events.receipt import (
    ParcelReceiptRetracted,
    ParcelReceived,
    ReceiptEvent,
    ReceiptRetracted,
    StrayRetracted,
    StraySettled,
    UnexpectedUnitReceived,
    UnitMatched,
    UnitMissed,
    UnitReceiptRetracted,
    UnitReceived,
    UnitUnmatched,
)
from domain.returns.events.resolving import ResolvingEvent
from domain.returns.events.transport import (
    CarrierSwitched,
    ParcelDelayed,
    ParcelFollowed,
    ParcelFound,
    ParcelLost,
    ParcelPlanned,
    ParcelScanned,
    ParcelTraced,
    PickupCancelled,
    PickupFailed,
    PickupRescheduled,
    PickupScheduled,
    ReturnAnnounced,
    ScanStage,
    TrackingEntered,
    TransportEvent,
    TransportPrepared,
)

ReturnEvent = Annotated[
    ResolvingEvent
    | ReturnRequested
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
    | LabelEvent
    | TransportEvent
    | BesideEvent
    | CustomsDocumentIssued
    | GoodsDeclared
    | ReceiptEvent
    | InspectionEvent
    | QuoteAdjusted
    | PayoutPlanned
    | PayoutHeld
    | PayoutApproved
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
    | BillEvent
    | HoldEvent
    | ReplacementReserved
    | ReplacementUnavailable
    | ReservationEnding
    | ReplacementOrdered
    | ReplacementReleased
    | ReplacementShipped
    | OfferMade
    | OfferAccepted
    | OfferDeclined
    | OfferLapsed
    | NoticePlanned
    | ReachingEvent
    | CustomerNotified
    | ReminderSent
    | DeadlineCounted
    | DeadlineMissed
    | Escalated
    | ConcernSettled
    | MessageRejected
    | FeedbackReceived,
    Field(discriminator="type"),
]

EVENTS: TypeAdapter[ReturnEvent] = TypeAdapter(ReturnEvent)

__all__ = [
    "EVENTS",
    "CarrierSwitched",
    "ConcernSettled",
    "CustomerNotified",
    "DeadlineCounted",
    "DeadlineMissed",
    "DecisionMade",
    "DecisionReopened",
    "DispositionDecided",
    "DisputeOpened",
    "DisputeResolved",
    "Escalated",
    "Event",
    "FeedbackReceived",
    "LabelCharged",
    "LabelExpired",
    "LabelPurchased",
    "LabelRefused",
    "LabelVoidRejected",
    "LabelVoidRequested",
    "LabelVoidSubmitted",
    "LabelVoided",
    "MessageRejected",
    "NoticePlanned",
    "OfferAccepted",
    "OfferDeclined",
    "OfferDropped",
    "OfferLapsed",
    "OfferMade",
    "ParcelDelayed",
    "ParcelFollowed",
    "ParcelFound",
    "ParcelLost",
    "ParcelPlanned",
    "ParcelReceiptRetracted",
    "ParcelReceived",
    "ParcelScanned",
    "ParcelTraced",
    "PayoutApproved",
    "PayoutCancelled",
    "PayoutChecked",
    "PayoutFailed",
    "PayoutHeld",
    "PayoutNewsHeard",
    "PayoutPart",
    "PayoutPending",
    "PayoutPlanned",
    "PayoutReleased",
    "PayoutRequiresAction",
    "PayoutSubmitted",
    "PayoutSucceeded",
    "PayoutUnknown",
    "PickupCancelled",
    "PickupFailed",
    "PickupRescheduled",
    "PickupScheduled",
    "PolicyEvaluated",
    "PolicyOverridden",
    "QuoteAdjusted",
    "QuoteIssued",
    "ReasonRecoded",
    "ReceiptRetracted",
    "ReminderSent",
    "ReplacementOrdered",
    "ReplacementReleased",
    "ReplacementReserved",
    "ReplacementShipped",
    "ReplacementUnavailable",
    "RequestedUnit",
    "ReservationEnding",
    "ReturnAnnounced",
    "ReturnApproved",
    "ReturnCancelled",
    "ReturnCompleted",
    "ReturnDeclined",
    "ReturnEvent",
    "ReturnExpired",
    "ReturnReopened",
    "ReturnRequested",
    "ReviewRequested",
    "ScanStage",
    "StoreCreditIssued",
    "StrayRetracted",
    "StraySettled",
    "TrackingEntered",
    "TransportPrepared",
    "UnexpectedUnitReceived",
    "UnitDeclined",
    "UnitInspected",
    "UnitMatched",
    "UnitMissed",
    "UnitMoved",
    "UnitReceiptRetracted",
    "UnitReceived",
    "UnitRestocked",
    "UnitUnmatched",
    "Verdict",
]
