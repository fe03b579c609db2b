"""Goods instead of money: held at approval, sent after the verdict, offered otherwise if gone."""

from datetime import timedelta

from domain.orders.events import FundsPart, FundsReserved, collected_key, unit_key
from domain.policy.units import GOODS
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import (
    OfferMade,
    ReplacementOrdered,
    ReplacementReleased,
    ReplacementReserved,
    ReplacementShipped,
    ReplacementUnavailable,
    ReservationEnding,
)
from domain.returns.goods.inspecting import is_final
from domain.returns.money.paying import funds_paid
from domain.returns.notes import NoteReplacement, NoteReservation, NoteReservationReleased
from domain.returns.state import ReturnState, Unit
from domain.returns.unfolding import Unfolding
from domain.words import Decision

INSTEAD_OF_GOODS = frozenset({"out_of_stock", "not_paid"})
"""Offers that are made because the article will not be sent; staff may accept them, too."""


def wants_goods(unit: Unit) -> bool:
    """Whether the unit is answered with another article."""
    return unit.approved and unit.resolution in GOODS and unit.replacement is not None


def is_earned(unit: Unit) -> bool:
    """Whether the verdict allows the article to be sent."""
    return unit.decision in {
        Decision.ACCEPTED,
        Decision.ACCEPTED_WITH_DEDUCTION,
        Decision.APPEAL_UPHELD,
    } or (unit.decision is Decision.APPEAL_DENIED and bool(unit.share_bp))


def is_refused(unit: Unit) -> bool:
    """Whether the verdict forbids it, unless it is disputed."""
    return is_final(unit) and not is_earned(unit)


def is_sent(unit: Unit) -> bool:
    """Whether the article has left, or is about to."""
    return unit.replacement is not None and unit.replacement.life in {"ordered", "shipped"}


def may_be_tried(state: ReturnState, unit: Unit) -> bool:
    """Whether there may be goods to send: nobody has asked yet, or it is worth asking again.

    That is so when stock was set free and the unit is welcome after all, and when the customer
    declined what was offered instead and the person who was told of it has settled the concern.
    """
    goods = unit.replacement
    if goods is None or is_sent(unit):
        return False
    if goods.life in {"unavailable", "released"} and (not state.is_approved or is_refused(unit)):
        return False
    return not _is_offered_otherwise(state, unit)


def _is_offered_otherwise(state: ReturnState, unit: Unit) -> bool:
    """Whether another resolution is offered, or was declined and nobody has seen to it yet."""
    return any(
        offer.answer in {"", "accepted"} or f"offer:{offer.offer_id}" in state.concerns
        for offer in state.offers.values()
        if offer.unit == unit.id and offer.kind in INSTEAD_OF_GOODS
    )


def attempt(unit: Unit) -> str:
    """Tell a further attempt to find the goods from the ones before."""
    ended = unit.replacement.ended if unit.replacement else 0
    return f":{ended + 1}" if ended else ""


def must_release(state: ReturnState, unit: Unit) -> bool:
    """Whether stock is held for a unit that nothing will be sent for."""
    held = unit.replacement is not None and unit.replacement.life == "reserved"
    no_more = not state.is_approved or not wants_goods(unit)
    too_soon = held and unit.replacement is not None and unit.replacement.ending
    other = is_refused(unit) or _is_offered_otherwise(state, unit)
    return held and (no_more or other or (too_soon and not is_earned(unit)))


def note_reservation(u: Unfolding, note: NoteReservation) -> Refused | None:
    """The article is held, or there is none: then money is offered instead."""
    unit = u.state.units[note.unit]
    goods = unit.replacement
    if goods is None or goods.life == "reserved" or is_sent(unit):
        return None
    if note.reservation_ref and note.reservation_ref != goods.reservation_ref:
        # Nobody may want it by now: then it is set free again.
        u.happened(
            ReplacementReserved(
                occurred_at=u.now,
                unit=unit.id,
                sku=goods.sku,
                reservation_ref=note.reservation_ref,
                hold_until=note.hold_until,
            )
        )
    elif not note.reservation_ref and may_be_tried(u.state, unit):
        _nothing_to_send(u, unit)
    return None


def hold_longer(u: Unfolding, unit: Unit) -> None:
    """The way back takes longer than stock was held for: it is set free and held anew."""
    u.happened(ReservationEnding(occurred_at=u.now, unit=unit.id))


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
            resolution=u.state.agreed.collecting.resolution_instead,
            because=f"{sku} is not to be had any more",
            answer_by=u.now + timedelta(days=u.state.agreed.customer_answer_days),
        ),
    )


def note_replacement(u: Unfolding, note: NoteReplacement) -> Refused | None:
    """The article is ordered; on the order's ledger its value is given, in goods.

    What is ordered is on its way, whatever has become of the return meanwhile.
    """
    unit = u.state.units[note.unit]
    if unit.replacement is None or is_sent(unit):
        return None
    if not note.order_ref:
        if may_be_tried(u.state, unit):
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
    """What the article costs is given: of the unit's value, and of what was collected for it."""
    quoted = u.state.quoted(unit.id)
    if quoted is None:
        return
    key = unit_key(unit.asked.line_id, unit.asked.ordinal)
    cost = quoted.exchange.cost_minor if quoted.exchange else quoted.refund_minor
    parts = [FundsPart(key=key, amount_minor=min(cost, quoted.refund_minor))]
    bill = next((b for b in reversed(u.state.bills.values()) if b.is_on(unit.id)), None)
    if bill is not None and quoted.owed_minor:
        pot = collected_key(bill.instruction_id)
        parts.append(FundsPart(key=pot, amount_minor=quoted.owed_minor))
    parts = [part for part in parts if part.amount_minor]
    if not parts:
        return
    number = 1 + list(u.state.units).index(unit.id)
    instruction_id = u.made_id("goods", number)
    u.booked(
        FundsReserved(
            order_id=u.state.order_id,
            occurred_at=u.now,
            instruction_id=instruction_id,
            return_id=u.state.return_id,
            tender_id=None,
            amount_minor=sum(part.amount_minor for part in parts),
            parts=tuple(parts),
        )
    )
    funds_paid(u, instruction_id)


def note_reservation_released(u: Unfolding, note: NoteReservationReleased) -> Refused | None:
    """The stock is free again."""
    unit = u.state.units[note.unit]
    if unit.replacement is not None and unit.replacement.life == "reserved":
        u.happened(ReplacementReleased(occurred_at=u.now, unit=unit.id))
    return None
