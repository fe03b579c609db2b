"""What the dock found in the boxes."""

from typing import Annotated, Literal

from pydantic import Field

from domain.model import Id, Short, Text
from domain.returns.events.base import Event
from domain.words import Disposition


class ParcelReceived(Event):
    """The dock has the parcel, announced or not. From here on its content is ours to explain."""

    type: Literal["ParcelReceived"] = "ParcelReceived"
    parcel_id: Id
    tracking_number: Short
    warehouse: Id
    receipt_id: str
    corrects: str = ""  # an earlier receipt, which does not count any more


class ReceiptRetracted(Event):
    """A report says nothing: it only takes another back, or was replaced before it came.

    The number that it read on the box counts for whatever took its place, if that read none.
    """

    type: Literal["ReceiptRetracted"] = "ReceiptRetracted"
    receipt_id: str  # the earlier one that it takes back, if any
    message_id: str
    tracking_number: Short = ""


class ParcelReceiptRetracted(Event):
    """Every report of this parcel was taken back: the dock does not have it after all."""

    type: Literal["ParcelReceiptRetracted"] = "ParcelReceiptRetracted"
    parcel_id: Id
    receipt_id: str
    stage: Literal[  # where its carrier last saw it
        "in_transit",
        "at_hub",
        "customs_hold",
        "delivered_unscanned",
        "returned_to_customer",
        "never_scanned",
    ]

    @property
    def move(self) -> str:
        return f"ParcelReceiptRetracted({self.stage})"


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
    """Something nobody announced was in the box. It is kept apart until somebody decides.

    All of one article in one receipt is one stray, however many there are of it.
    """

    type: Literal["UnexpectedUnitReceived"] = "UnexpectedUnitReceived"
    stray_id: str
    parcel_id: str
    receipt_id: str
    sku: Short
    serial: Short = ""
    quantity: Annotated[int, Field(ge=1)] = 1
    kind: Literal["surplus", "wrong_item"]


class UnitMatched(Event):
    """A person says that this stray, or one of it, is that unit."""

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
    """What becomes of something nobody announced: of all that is no unit."""

    type: Literal["StraySettled"] = "StraySettled"
    stray_id: str
    quantity: Annotated[int, Field(ge=1)] = 1
    disposition: Disposition
    because: Text


class StrayRetracted(Event):
    """The report that told of it was taken back: so many of it never came."""

    type: Literal["StrayRetracted"] = "StrayRetracted"
    stray_id: str
    quantity: Annotated[int, Field(ge=1)]
    because: Text


ReceiptEvent = (
    ParcelReceived
    | ReceiptRetracted
    | ParcelReceiptRetracted
    | UnitReceived
    | UnitReceiptRetracted
    | UnitMissed
    | UnexpectedUnitReceived
    | StrayRetracted
    | UnitMatched
    | UnitUnmatched
    | StraySettled
)
