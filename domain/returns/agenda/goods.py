"""What goods instead of money wait for: an answer, stock, an order."""

from collections.abc import Iterator
from datetime import timedelta

from domain.returns.agenda.step import Step, must, we_must
from domain.returns.goods.replacing import (
    attempt,
    is_earned,
    is_refused,
    may_be_tried,
    must_release,
    wants_goods,
)
from domain.returns.money.billing import is_paid_for
from domain.returns.money.holding import may_go_first
from domain.returns.state import Offer, ReturnState, Unit
from domain.words import Actor

IN_TIME = timedelta(days=1)
"""So long before stock is free again it is asked for anew."""


def of_goods(state: ReturnState) -> Iterator[Step]:
    for offer in state.offers.values():
        if not offer.answer:
            yield Step(
                id=f"answer_offer:{offer.offer_id}",
                actor=Actor.CUSTOMER,
                action="answer_offer",
                due_at=offer.answer_by,
                summary=_question(offer),
                subject=offer.offer_id,
            )
    for unit in state.units.values():
        yield from _replacement(state, unit)


def _question(offer: Offer) -> str:
    if offer.kind == "payout_way":
        return f"accept or decline {offer.destination} for what could not be refunded"
    return f"accept or decline {offer.resolution} for {offer.unit}"


def _replacement(state: ReturnState, unit: Unit) -> Iterator[Step]:
    goods, key = unit.replacement, unit.id
    if goods is None:
        return
    if must_release(state, unit):
        yield we_must(
            state,
            "release_reservation",
            step_id=f"release:{key}",
            since=unit.decided_at or state.ended_at,
            summary=f"free the stock held for {key}",
            subject=key,
        )
    if not state.is_approved or not wants_goods(unit):
        return
    if not may_be_tried(state, unit) or must_release(state, unit):
        return
    if goods.life == "reserved" and goods.hold_until is not None and not is_earned(unit):
        yield must(
            state,
            Actor.SYSTEM,
            "hold_longer",
            step_id=f"hold_longer:{key}{attempt(unit)}",
            since=goods.hold_until - IN_TIME,
            within=timedelta(0),
            summary=f"hold {goods.sku} for {key} longer, the way back takes its time",
            subject=key,
        )
    again, paid = attempt(unit), is_paid_for(state, unit)
    if goods.life != "reserved" and not is_refused(unit) and not (is_earned(unit) and paid):
        yield we_must(
            state,
            "reserve",
            step_id=f"reserve:{key}{again}",
            since=state.approved_at,
            summary=f"hold {goods.sku} for {key}",
            subject=key,
        )
    elif paid and (is_earned(unit) or may_go_first(state, unit)):
        yield we_must(
            state,
            "order_replacement",
            step_id=f"replace:{key}{again}",
            since=unit.decided_at,
            summary=f"send {goods.sku} for {key}",
            subject=key,
        )
