"""Labels: transport that is bought, used, or given back."""

from typing import Literal

from domain.model import Id, Moment, Text
from domain.money import Money
from domain.returns.events.base import Event
from domain.words import PickupException

Billed = Literal["on_purchase", "on_scan"]
"""When a carrier wants to be paid for a label."""


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
    expires_at: Moment | None = None  # by the carrier's word
    take_back_by: Moment | None = None  # until then it is given back in time, if it is not used
    billed: Billed = "on_purchase"
    asked: bool = False  # its carrier tells nothing by itself of what travels on it
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


class LabelExpired(Event):
    """It must not be used any more: its time is over, or nobody needs it and it costs nothing."""

    type: Literal["LabelExpired"] = "LabelExpired"
    label_id: str
    because: Text


class LabelCharged(Event):
    """It has travelled and is paid for only now: billed when scanned, or used though taken back."""

    type: Literal["LabelCharged"] = "LabelCharged"
    label_id: str
    cost: Money
    because: Text


class OfferDropped(Event):
    """What a carrier had prepared for a step was not bought, and nobody will buy it."""

    type: Literal["OfferDropped"] = "OfferDropped"
    step_id: str


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
    | LabelExpired
    | LabelCharged
    | OfferDropped
    | LabelRefused
    | LabelVoidRequested
    | LabelVoidSubmitted
    | LabelVoided
    | LabelVoidRejected
)
