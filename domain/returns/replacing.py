"""Goods instead of money: held at approval, sent after the verdict, offered otherwise if gone."""

from datetime import timedelta

from domain.orders.events import FundsPart, FundsReserved, unit_key
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import (
    OfferMade,
    ReplacementOrdered,
    ReplacementReleased,
    ReplacementReserved,
    ReplacementShipped,
    ReplacementUnavailable,
)
from domain.returns.inspecting import is_final
from domain.returns.notes import NoteReplacement, NoteReservation, NoteReservationReleased
from domain.returns.paying import funds_paid
from domain.returns.state import ReturnState, Unit
from domain.returns.unfolding import Unfolding
from domain.words import Decision, Resolution

GOODS = frozenset({Resolution.EXCHANGE, Resolution.REPLACEMENT})
"""The resolutions that send an article out."""


def wants_goods(unit: Unit) -> bool:
    """Whether the unit is answered with another article."""
    return unit.approved and unit.resolution in GOODS and unit.replacement is not None


def is_earned(unit: Unit) -> bool:
    """Whether the verdict allows the article to be sent."""
    return unit.decision in {
        Decision.ACCEPTED,
        Decision.ACCEPTED_WITH_DEDUCTION,
        Decision.APPEAL_UPHELD,
    }


def may_be_tried(state: ReturnState, unit: Unit) -> bool:
    """Whether there may be goods to send: nobody has asked yet, or there is stock after all.

    That is so when the customer declined what was offered instead, and the person who was
    told of it has settled the concern.
    """
    goods = unit.replacement
    if goods is None or goods.life != "unavailable":
        return goods is not None and goods.life in {"", "reserved"}
    if not state.is_approved:
        return False
    offers = [offer for offer in state.offers.values() if offer.unit == unit.id]
    return all(
        offer.answer == "declined" and f"offer:{offer.offer_id}" not in state.concerns
        for offer in offers
    )


def attempt(state: ReturnState, unit: Unit) -> str:
    """Tell a further attempt to find the goods from the ones before."""
    offers = sum(offer.unit == unit.id for offer in state.offers.values())
    return f":{offers + 1}" if offers else ""


def must_release(state: ReturnState, unit: Unit) -> bool:
    """Whether stock is held for a unit that nothing will be sent for."""
    held = unit.replacement is not None and unit.replacement.life == "reserved"
    no_more = not state.is_approved or not wants_goods(unit)
    return held and (no_more or (is_final(unit) and not is_earned(unit)))


def note_reservation(u: Unfolding, note: NoteReservation) -> Refused | None:
    """The article is held, or there is none: then money is offered instead."""
    unit = u.state.units[note.unit]
    reserved = unit.replacement is not None and unit.replacement.life == "reserved"
    if unit.replacement is None or reserved or not may_be_tried(u.state, unit):
        return None
    if note.reservation_ref:
        u.happened(
            ReplacementReserved(
                occurred_at=u.now,
                unit=unit.id,
                sku=unit.replacement.sku,
                reservation_ref=note.reservation_ref,
                hold_until=note.hold_until,
            )
        )
    else:
        _nothing_to_send(u, unit)
    return None


def _nothing_to_send(u: Unfolding, unit: Unit) -> None:
    sku = unit.replacement.sku if unit.replacement else unit.asked.sku
    u.happened(ReplacementUnavailable(occurred_at=u.now, unit=unit.id, sku=sku))
    if not u.state.is_approved:
        return
    u.happened(
        OfferMade(
            occurred_at=u.now,
            offer_id=u.made_id("offer", len(u.state.offers) + 1),
            unit=unit.id,
            resolution=Resolution.REFUND_ORIGINAL,
            because=f"{sku} is not to be had any more",
            answer_by=u.now + timedelta(days=u.state.agreed.customer_answer_days),
        ),
    )


def note_replacement(u: Unfolding, note: NoteReplacement) -> Refused | None:
    """The article is ordered; on the order's ledger its value is given, in goods."""
    unit = u.state.units[note.unit]
    if unit.replacement is None or not may_be_tried(u.state, unit):
        return None
    if not note.order_ref:
        _nothing_to_send(u, unit)
        return None
    u.happened(
        ReplacementOrdered(
            occurred_at=u.now,
            unit=unit.id,
            sku=unit.replacement.sku,
            order_ref=note.order_ref,
        )
    )
    _give_in_goods(u, unit)
    return None


def report_replacement(u: Unfolding, report: c.ReportReplacement) -> Refused | None:
    """The warehouse sent it. Told twice, it was sent once."""
    unit = next(
        (
            known
            for known in u.state.units.values()
            if known.replacement is not None and known.replacement.order_ref == report.order_ref
        ),
        None,
    )
    if unit is None or unit.replacement is None:
        return Refused(
            code="unknown_replacement", because="order_ref: no such order in this return"
        )
    if unit.replacement.life == "ordered":
        u.happened(
            ReplacementShipped(
                occurred_at=report.occurred_at,
                unit=unit.id,
                tracking_number=report.tracking_number,
            )
        )
    return None


def _give_in_goods(u: Unfolding, unit: Unit) -> None:
    quoted = u.state.quoted(unit.id)
    if quoted is None or not quoted.refund_minor:
        return
    number = 1 + list(u.state.units).index(unit.id)
    instruction_id = u.made_id("goods", number)
    key = unit_key(unit.asked.line_id, unit.asked.ordinal)
    u.booked(
        FundsReserved(
            order_id=u.state.order_id,
            occurred_at=u.now,
            instruction_id=instruction_id,
            return_id=u.state.return_id,
            tender_id=None,
            amount_minor=quoted.refund_minor,
            parts=(FundsPart(key=key, amount_minor=quoted.refund_minor),),
        )
    )
    funds_paid(u, instruction_id)


def note_reservation_released(u: Unfolding, note: NoteReservationReleased) -> Refused | None:
    """The stock is free again."""
    unit = u.state.units[note.unit]
    if unit.replacement is not None and unit.replacement.life == "reserved":
        u.happened(ReplacementReleased(occurred_at=u.now, unit=unit.id))
    return None
