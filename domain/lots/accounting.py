"""What a lot brings, and what of it each unit brought: to the minor unit."""

from domain.lots.facts import Recovered, expected_credit
from domain.lots.state import LotState
from domain.lots.words import LotKind
from domain.money import allocate


def due_minor(state: LotState) -> int:
    """What they owe for it: what was agreed, else by contract for what is in it."""
    if state.price_minor is not None:
        return state.price_minor
    if state.facts.kind is not LotKind.VENDOR_RETURN:
        return 0
    return sum(expected_credit(unit.told, state.facts.terms) for unit in state.inside.values())


def shares(state: LotState) -> tuple[Recovered, ...]:
    """Divide its proceeds among its units by what was paid for each, by largest remainder.

    They add up to the proceeds. Where it cost more than it brought they are below zero; where
    nothing was paid for any of them, each has the same share.
    """
    units = list(state.inside.values())
    if not units:
        return ()
    weights = [unit.told.value_minor for unit in units]
    if not any(weights):
        weights = [1] * len(units)
    proceeds = state.proceeds_minor
    sign = -1 if proceeds < 0 else 1
    divided = allocate(abs(proceeds), weights)
    return tuple(
        Recovered(key=unit.told.key, amount_minor=sign * share)
        for unit, share in zip(units, divided, strict=True)
    )
