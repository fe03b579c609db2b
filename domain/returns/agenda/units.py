"""What a unit waits for, be it asked for or a stray: a look, a verdict, a place."""

from collections.abc import Iterator
from datetime import timedelta

from domain.returns.agenda.step import Step, must, we_must
from domain.returns.goods.checking import still_to_check
from domain.returns.goods.gathering import is_to_leave
from domain.returns.state import ReturnState, Unit
from domain.words import Actor, Decision, Disposition, Receipt


def of_units(state: ReturnState) -> Iterator[Step]:
    for unit in state.units.values():
        yield from _move(state, unit)
        yield from _verdict(state, unit)
        yield from _look(state, unit)


def _move(state: ReturnState, unit: Unit) -> Iterator[Step]:
    to_customer = unit.disposition is Disposition.RETURN_TO_CUSTOMER
    again = f":{unit.places}" if unit.places > 1 else ""  # each move is asked for by its own id
    if unit.moving_back and not is_to_leave(state, unit):  # its lot lets it go first
        yield we_must(
            state,
            "move_stock",
            step_id=f"move_back:{unit.id}{again}",
            since=unit.inspected_at or unit.received_at,
            summary=f"take back {unit.disposition}: {unit.asked.name} ({unit.id})",
            subject=unit.id,
        )
    elif unit.disposition is not None and not unit.moved and not to_customer:
        yield we_must(
            state,
            "move_stock",
            step_id=f"move:{unit.id}{again}",
            since=unit.inspected_at or unit.received_at,
            summary=f"{unit.disposition}: {unit.asked.name} ({unit.id})",
            subject=unit.id,
        )


def _verdict(state: ReturnState, unit: Unit) -> Iterator[Step]:
    if unit.decision is Decision.NEEDS_REVIEW:
        yield must(
            state,
            Actor.MERCHANT,
            "decide",
            step_id=f"decide:{unit.id}",
            since=unit.decided_at,
            within=timedelta(hours=state.agreed.review_hours),
            summary=f"accept or reject {unit.asked.name} ({unit.id})",
            subject=unit.id,
        )
    elif unit.decision is Decision.APPEALED:
        yield must(
            state,
            Actor.MERCHANT,
            "resolve_dispute",
            step_id=f"resolve_dispute:{unit.id}",
            since=unit.disputed_at,
            within=timedelta(hours=state.agreed.review_hours),
            summary=f"the customer disputes {unit.asked.name} ({unit.id})",
            subject=unit.id,
        )


def _look(state: ReturnState, unit: Unit) -> Iterator[Step]:
    is_here = unit.receipt is Receipt.RECEIVED
    lacks = still_to_check(state, unit)
    waits = (unit.grade is None or bool(lacks)) and unit.disposition is None and state.is_approved
    if is_here and waits and unit.decision is not Decision.NEEDS_REVIEW:
        yield must(
            state,
            Actor.WAREHOUSE,
            "inspect",
            step_id=f"inspect:{unit.id}",
            since=unit.received_at,
            within=timedelta(days=state.agreed.inspection_days),
            summary=f"inspect {unit.asked.name} ({unit.id})"
            + (f": still {', '.join(lacks)}" if lacks else ""),
            subject=unit.id,
        )


def of_strays(state: ReturnState) -> Iterator[Step]:
    for stray in state.strays.values():
        if stray.open:
            yield must(
                state,
                Actor.MERCHANT,
                "match_unit",
                step_id=f"match:{stray.stray_id}",
                since=stray.since,
                within=timedelta(days=state.agreed.stray_days),
                summary=f"{stray} came unannounced ({stray.kind}): match it, or say where it goes",
                subject=stray.stray_id,
            )
