"""Labels: transport that is bought, used, or given back."""

from typing import Literal

from domain.model import Id, Moment, Text
from domain.money import Money
from domain.returns.events.base import Event
from domain.words import PickupException


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
    unwanted: bool = False  # its parcel had taken another way before we heard of it

    @property
    def move(self) -> str:
        return "LabelPurchased(unwanted)" if self.unwanted else "LabelPurchased"


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


LabelEvent = (
    LabelPurchased
    | LabelRefused
    | LabelVoidRequested
    | LabelVoidSubmitted
    | LabelVoided
    | LabelVoidRejected
)
