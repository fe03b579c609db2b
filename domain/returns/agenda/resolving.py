"""What coupons, repairs, shares and goods that go back wait for."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.returns.agenda.step import Step, must, we_must
from domain.returns.asking.offering import waits_for_an_offer
from domain.returns.goods.repairing import attempt, may_be_ordered
from domain.returns.goods.sending_back import (
    going_back,
    is_disputed,
    known_way,
    waits_for_the_customer,
)
from domain.returns.state import ReturnState, Unit
from domain.words import Actor, Resolution


def of_resolutions(state: ReturnState) -> Iterator[Step]:
    for coupon in state.coupons.values():
        if coupon.life == "planned":
            yield we_must(
                state,
                "issue_coupon",
                step_id=f"coupon:{coupon.instruction_id}",
                since=coupon.since,
                summary=f"issue a coupon of {coupon.amount.plain()} for {coupon.unit}",
                subject=coupon.instruction_id,
            )
    for unit in state.units.values():
        yield from _share(state, unit)
        yield from _repair(state, unit)
    for subject, name in going_back(state):
        if not is_disputed(state, subject):
            yield from _way_back(state, subject, name)


def _share(state: ReturnState, unit: Unit) -> Iterator[Step]:
    if waits_for_an_offer(state, unit):
        yield must(
            state,
            Actor.MERCHANT,
            "offer_resolution",
            step_id=f"offer_resolution:{unit.id}",
            since=state.approved_at,
            within=timedelta(hours=state.agreed.review_hours),
            summary=f"offer a share for {unit.asked.name} ({unit.id}), or something else: override",
            subject=unit.id,
        )


def _repair(state: ReturnState, unit: Unit) -> Iterator[Step]:
    if may_be_ordered(state, unit):
        yield we_must(
            state,
            "order_repair",
            step_id=f"repair:{unit.id}{attempt(state, unit)}",
            since=unit.decided_at,
            summary=f"have {unit.asked.name} ({unit.id}) repaired",
            subject=unit.id,
        )
    at_work = unit.repair is not None and unit.repair.life == "started"
    if unit.repair is not None and at_work and unit.resolution is Resolution.REPAIR:
        terms = state.agreed.resolving.repair
        yield must(
            state,
            Actor.WAREHOUSE,
            "repair",
            step_id=f"mend:{unit.id}:{unit.repair.repair_ref}",
            since=unit.repair.since,
            within=timedelta(days=terms.days if terms else 1),
            summary=f"repair {unit.asked.name} ({unit.id})",
            subject=unit.id,
        )


def _way_back(state: ReturnState, subject: str, name: str) -> Iterator[Step]:
    known, unit = known_way(state, subject), state.units.get(subject)
    since = known.since if known is not None else _here_since(state, subject)
    if waits_for_the_customer(state, subject):
        days = state.agreed.resolving.send_back.wait_days
        yield must(
            state,
            Actor.CUSTOMER,
            "choose_goods",
            step_id=f"choose_goods:{subject}",
            since=unit.decided_at if unit is not None else since,
            within=timedelta(days=days),
            summary=f"{name} ({subject}) goes back to you, or leave it: choose_goods",
            subject=subject,
        )
    elif known is None or not known.order_ref:
        yield we_must(
            state,
            "send_back",
            step_id=f"send_back:{subject}",
            since=since,
            summary=f"send {name} ({subject}) back to the customer",
            subject=subject,
        )
    else:
        days = state.agreed.resolving.send_back.ship_days if state.terms else 5
        yield must(
            state,
            Actor.WAREHOUSE,
            "ship_back",
            step_id=f"ship_back:{subject}",
            since=since,
            within=timedelta(days=days),
            summary=f"ship {name} ({subject}) to the customer",
            subject=subject,
        )


def _here_since(state: ReturnState, subject: str) -> datetime | None:
    unit, stray = state.units.get(subject), state.strays.get(subject)
    if unit is not None:
        return unit.inspected_at or unit.decided_at or unit.received_at
    return stray.since if stray is not None else None
