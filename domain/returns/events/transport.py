"""The way back: parcels, labels, visits, scans."""

from typing import Literal

from domain.model import Id, Moment, Short, Text
from domain.policy.serving import Slot
from domain.returns.events.base import Event
from domain.words import Fault, Method, PickupException


class ParcelPlanned(Event):
    """A parcel is expected. `label` says that we buy its transport, `own` that we do not."""

    type: Literal["ParcelPlanned"] = "ParcelPlanned"
    parcel_id: Id
    transport: Literal["label", "own"]
    method: Method
    carrier: str = ""
    service: str = ""
    slot: Slot | None = None  # in which the customer wants to be visited

    @property
    def move(self) -> str:
        return f"ParcelPlanned({self.transport})"


class PickupScheduled(Event):
    """The carrier comes to the door in this window."""

    type: Literal["PickupScheduled"] = "PickupScheduled"
    parcel_id: Id
    pickup_id: str
    pickup_ref: str
    window_start: Moment
    window_end: Moment
    unwanted: bool = False  # nobody waited for it any more when we heard of it

    @property
    def move(self) -> str:
        return "PickupScheduled(unwanted)" if self.unwanted else "PickupScheduled"


class PickupFailed(Event):
    """Nobody took the parcel: why, whose fault, and whether it counts as an attempt."""

    type: Literal["PickupFailed"] = "PickupFailed"
    parcel_id: Id
    code: PickupException
    carrier_code: str
    fault: Fault
    counted: bool
    silent: bool = False  # nobody said so: the visit's window is over, that is all we know


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
    ship_by: Moment | None = None  # of a parcel that had come back: the new date
    slot: Slot | None = None

    @property
    def move(self) -> str:
        return f"CarrierSwitched({self.transport})"


class TrackingEntered(Event):
    """The customer says by which carrier of their own a parcel goes, and under which number."""

    type: Literal["TrackingEntered"] = "TrackingEntered"
    parcel_id: Id
    carrier: Short
    tracking_number: Short


class ParcelFollowed(Event):
    """Somebody tells us from now on what is seen of this number; or cannot (no reference)."""

    type: Literal["ParcelFollowed"] = "ParcelFollowed"
    parcel_id: Id
    tracking_number: Short
    tracker_ref: Short = ""


ScanStage = Literal[
    "in_transit", "at_hub", "customs_hold", "delivered_unscanned", "returned_to_customer"
]


class ParcelScanned(Event):
    """A carrier saw the parcel. The first scan is the hand-over, however late we hear of it."""

    type: Literal["ParcelScanned"] = "ParcelScanned"
    parcel_id: Id
    stage: ScanStage
    tracking_number: Short = ""  # as the carrier read it; none: it named the visit
    place: Short = ""
    carrier_code: Short = ""

    @property
    def move(self) -> str:
        return f"ParcelScanned({self.stage})"


class ParcelTraced(Event):
    """What a carrier tells late, or of a parcel that is here: kept for the record, moves nothing."""

    type: Literal["ParcelTraced"] = "ParcelTraced"
    parcel_id: Id
    stage: ScanStage | Literal["delayed", "lost"]
    place: Short = ""
    carrier_code: Short = ""


class ParcelDelayed(Event):
    """The parcel should be here by now, or the carrier says that something is wrong."""

    type: Literal["ParcelDelayed"] = "ParcelDelayed"
    parcel_id: Id
    because: Text
    silent: bool = False  # nobody said so: it should be here by now, that is all we know


class ParcelLost(Event):
    """The carrier cannot find it, or has been silent for too long."""

    type: Literal["ParcelLost"] = "ParcelLost"
    parcel_id: Id
    because: Text
    silent: bool = False  # nobody said so: nobody has seen it for too long


class ParcelFound(Event):
    """A parcel given up for lost is there after all."""

    type: Literal["ParcelFound"] = "ParcelFound"
    parcel_id: Id
    place: Short = ""


class TransportPrepared(Event):
    """A carrier has made an offer for a step, and nothing is bought yet.

    The step is carried out on this very offer, which a carrier sells once: so two who try at
    the same moment, and one who was taken for dead, buy one label and book one visit.
    """

    type: Literal["TransportPrepared"] = "TransportPrepared"
    step_id: str
    offer_ref: str  # the carrier's own id
    carrier: Short = ""
    service: Short = ""


class ReturnAnnounced(Event):
    """The warehouse knows what to expect."""

    type: Literal["ReturnAnnounced"] = "ReturnAnnounced"
    announcement_ref: str


TransportEvent = (
    ParcelPlanned
    | PickupScheduled
    | PickupFailed
    | PickupRescheduled
    | PickupCancelled
    | CarrierSwitched
    | TrackingEntered
    | ParcelFollowed
    | ParcelScanned
    | ParcelTraced
    | ParcelDelayed
    | ParcelLost
    | ParcelFound
    | TransportPrepared
    | ReturnAnnounced
)
