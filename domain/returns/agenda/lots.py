"""Units that leave the hub together with others: told to their lot, one word at a time."""

from collections.abc import Iterator

from domain.returns.agenda.step import Step, we_must
from domain.returns.goods.gathering import is_to_join, is_to_leave, next_word
from domain.returns.state import ReturnState, Unit


def of_lots(state: ReturnState) -> Iterator[Step]:
    if state.terms is None or not state.terms.lots:
        return
    for unit in state.units.values():
        yield from _of_unit(state, unit)


def _of_unit(state: ReturnState, unit: Unit) -> Iterator[Step]:
    place = unit.lot
    if place is not None and is_to_leave(state, unit):
        yield we_must(
            state,
            "leave_lot",
            step_id=f"leave_lot:{unit.id}:{place.word + 1}",
            since=place.since,
            summary=f"take {unit.asked.name} ({unit.id}) out of {place.lot_id}",
            subject=unit.id,
        )
    elif is_to_join(state, unit):
        yield we_must(
            state,
            "join_lot",
            step_id=f"join_lot:{unit.id}:{next_word(unit)}",
            since=place.since if place else unit.inspected_at or unit.received_at,
            summary=f"gather {unit.asked.name} ({unit.id}) with what goes the same way",
            subject=unit.id,
        )
