"""Goods instead of money, and offers where neither is as asked."""

from typing import Literal

from domain.model import Minor, Moment, Short, Text
from domain.returns.events.base import Event
from domain.returns.events.money import Destination
from domain.words import Resolution


class ReplacementReserved(Event):
    """The article wanted instead is held until the returned one is judged."""

    type: Literal["ReplacementReserved"] = "ReplacementReserved"
    unit: str
    sku: Short
    reservation_ref: str
    hold_until: Moment


class ReservationEnding(Event):
    """The stock is held until too soon: it is set free, and held anew if there is some."""

    type: Literal["ReservationEnding"] = "ReservationEnding"
    unit: str


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
    """Another resolution for a unit is offered, or another way for money that is stuck.

    What becomes of it when nobody answers by `answer_by` is said in it: silence is consent
    only where the customer gets the very money that they paid.
    """

    type: Literal["OfferMade"] = "OfferMade"
    offer_id: str
    unit: str = ""
    resolution: Resolution | None = None
    because: Text
    answer_by: Moment
    kind: Literal["out_of_stock", "not_paid", "hold_refused", "resolution", "payout_way"] = (
        "out_of_stock"
    )
    if_silent: Literal["accepted", "lapsed"] = "accepted"
    instruction_id: str = ""
    destination: Destination | Literal[""] = ""
    tender_id: str = ""
    share_bp: int = 0  # of the unit's value
    amount_minor: Minor = 0
    by: Short = ""


class OfferAccepted(Event):
    """The unit is resolved, or the money goes, as offered."""

    type: Literal["OfferAccepted"] = "OfferAccepted"
    offer_id: str
    unit: str = ""
    resolution: Resolution | None = None
    by: Short = ""


class OfferDeclined(Event):
    """The customer wants it otherwise; a person takes it from here."""

    type: Literal["OfferDeclined"] = "OfferDeclined"
    offer_id: str
    unit: str = ""
    because: Text


class OfferLapsed(Event):
    """Nobody answered, or it can no longer be kept; whoever made it has the next word."""

    type: Literal["OfferLapsed"] = "OfferLapsed"
    offer_id: str
    because: Text
