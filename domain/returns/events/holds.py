"""Money kept ready while goods are sent first, and what became of it; and the carrier's word."""

from typing import Annotated, Literal

from pydantic import Field

from domain.model import Id, Short, Text
from domain.money import Currency
from domain.returns.events.base import Event


class HoldPlanned(Event):
    """One instruction: keep the worth of a unit ready on what the order was paid with."""

    type: Literal["HoldPlanned"] = "HoldPlanned"
    instruction_id: str
    unit: str
    provider: Id
    payment_ref: Short
    amount_minor: Annotated[int, Field(gt=0)]
    currency: Currency
    replaces: str = ""  # the hold that lapses soon, or has


class HoldPlaced(Event):
    """The amount is kept ready; a bank lets that lapse after some days."""

    type: Literal["HoldPlaced"] = "HoldPlaced"
    instruction_id: str
    hold_ref: Short


class HoldUnknown(Event):
    """We asked, and the answer was lost. It is looked up before it is asked again."""

    type: Literal["HoldUnknown"] = "HoldUnknown"
    instruction_id: str


class HoldRefused(Event):
    """The bank's no, to keeping the amount ready or to giving it."""

    type: Literal["HoldRefused"] = "HoldRefused"
    instruction_id: str
    reason: Short


class HoldCalledIn(Event):
    """It is to be taken, or so much of it: what was sent first is not paid with goods."""

    type: Literal["HoldCalledIn"] = "HoldCalledIn"
    instruction_id: str
    amount_minor: Annotated[int, Field(gt=0)]
    because: Text


class HoldTaken(Event):
    """The amount was taken; the payment is a tender of the order from now on."""

    type: Literal["HoldTaken"] = "HoldTaken"
    instruction_id: str
    payment_ref: Short
    amount_minor: Annotated[int, Field(gt=0)]


class HoldLetGo(Event):
    """It is not needed any more; the provider is told."""

    type: Literal["HoldLetGo"] = "HoldLetGo"
    instruction_id: str
    because: Text


class HoldReleased(Event):
    """The customer has the use of the amount again."""

    type: Literal["HoldReleased"] = "HoldReleased"
    instruction_id: str


class HoldLapsed(Event):
    """The bank keeps it ready no more, and nobody had asked it to stop."""

    type: Literal["HoldLapsed"] = "HoldLapsed"
    instruction_id: str


class HoldNewsHeard(Event):
    """Somebody says that a hold has moved: a hint; the provider is asked."""

    type: Literal["HoldNewsHeard"] = "HoldNewsHeard"
    instruction_id: str
    source: Short


class HoldChecked(Event):
    """The provider was asked after a hint, and nothing has changed."""

    type: Literal["HoldChecked"] = "HoldChecked"
    instruction_id: str


class CarrierAsked(Event):
    """The day has come and nobody has seen the parcel: its carrier is asked before anything."""

    type: Literal["CarrierAsked"] = "CarrierAsked"
    parcel_id: str


class CarrierAnswered(Event):
    """What its carrier knows of it: whether it has moved at all."""

    type: Literal["CarrierAnswered"] = "CarrierAnswered"
    parcel_id: str
    has_moved: bool


HoldEvent = (
    HoldPlanned
    | HoldPlaced
    | HoldUnknown
    | HoldRefused
    | HoldCalledIn
    | HoldTaken
    | HoldLetGo
    | HoldReleased
    | HoldLapsed
    | HoldNewsHeard
    | HoldChecked
    | CarrierAsked
    | CarrierAnswered
)
