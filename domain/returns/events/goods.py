"""Goods instead of money, and offers where neither is as asked."""

from typing import Literal

from domain.model import Moment, Short, Text
from domain.returns.events.base import Event
from domain.words import Resolution


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
