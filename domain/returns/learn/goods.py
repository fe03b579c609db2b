"""What the events about goods instead of money teach."""

from dataclasses import replace
from typing import Any

from domain.returns import events as e
from domain.returns.learn._with import with_unit
from domain.returns.state import Offer, Replacement, ReturnState


def _replacement(state: ReturnState, unit: str, life: str, **learned: Any) -> ReturnState:
    known = state.units[unit].replacement or Replacement(state.units[unit].asked.sku, "")
    return with_unit(state, unit, replacement=replace(known, life=life, **learned))


def _ended(
    state: ReturnState, event: e.ReplacementUnavailable | e.ReplacementReleased
) -> dict[str, Any]:
    goods = state.units[event.unit].replacement
    attempts = goods.ended if goods else 0
    return {"ended": attempts + 1, "free_since": event.occurred_at, "ending": False}


def ending(state: ReturnState, event: e.ReservationEnding) -> ReturnState:
    return _replacement(state, event.unit, "reserved", ending=True)


def reserved(state: ReturnState, event: e.ReplacementReserved) -> ReturnState:
    return _replacement(
        state,
        event.unit,
        "reserved",
        sku=event.sku,
        reservation_ref=event.reservation_ref,
        hold_until=event.hold_until,
    )


def unavailable(state: ReturnState, event: e.ReplacementUnavailable) -> ReturnState:
    return _replacement(state, event.unit, "unavailable", sku=event.sku, **_ended(state, event))


def ordered(state: ReturnState, event: e.ReplacementOrdered) -> ReturnState:
    return _replacement(
        state,
        event.unit,
        "ordered",
        sku=event.sku,
        order_ref=event.order_ref,
        sent_at=event.occurred_at,
    )


def released(state: ReturnState, event: e.ReplacementReleased) -> ReturnState:
    return _replacement(state, event.unit, "released", **_ended(state, event))


def shipped(state: ReturnState, event: e.ReplacementShipped) -> ReturnState:
    return _replacement(state, event.unit, "shipped")


def offered(state: ReturnState, event: e.OfferMade) -> ReturnState:
    offer = Offer(
        event.offer_id,
        event.unit,
        event.resolution,
        event.answer_by,
        kind=event.kind,
        if_silent=event.if_silent,
        instruction_id=event.instruction_id,
        destination=event.destination,
        tender_id=event.tender_id,
        share_bp=event.share_bp,
        amount_minor=event.amount_minor,
        by=event.by,
    )
    return replace(state, offers={**state.offers, event.offer_id: offer})


def offer_accepted(state: ReturnState, event: e.OfferAccepted) -> ReturnState:
    offer = replace(state.offers[event.offer_id], answer="accepted")
    state = replace(state, offers={**state.offers, event.offer_id: offer})
    if event.resolution is None:
        return state
    return with_unit(state, event.unit, resolution=event.resolution)


def offer_declined(state: ReturnState, event: e.OfferDeclined) -> ReturnState:
    offer = replace(state.offers[event.offer_id], answer="declined")
    return replace(state, offers={**state.offers, event.offer_id: offer})


def offer_lapsed(state: ReturnState, event: e.OfferLapsed) -> ReturnState:
    offer = replace(state.offers[event.offer_id], answer="lapsed")
    return replace(state, offers={**state.offers, event.offer_id: offer})
