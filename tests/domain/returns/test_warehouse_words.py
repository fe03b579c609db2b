"""A warehouse says what it likes, in any order and twice: the return stands where it all leads."""

from collections import Counter
from random import Random
from typing import Any

import pytest

from domain.returns import commands as c
from domain.returns.agenda import agenda
from domain.returns.money.promising import (
    fee_promise,
    fee_taken,
    promised_minor,
    shipping_promise,
    standing,
    unit_promise,
)
from domain.returns.state import Parcel, Unit
from tests.domain.returns.holding import check
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.warehouse_words import Warehouse, any_return


def told(known: Scenario, reports: list[c.Report]) -> Scenario:
    for report in reports:
        known = known.attempt(report)
        assert known.refusal is None, known.refusal
    return known


def stands(known: Scenario) -> dict[str, Any]:
    """Everything that a person would see of it, whichever unit of a line is which."""
    state = known.state
    strays = Counter[str]()
    for stray in state.strays.values():
        strays[stray.sku] += stray.left
    return {
        "units": sorted(map(str, (_unit(known, unit) for unit in state.units.values()))),
        "strays": +strays,
        "parcels": Counter((_name(one), one.logistics) for one in state.parcels.values()),
        "concerns": Counter(concern.what for concern in state.concerns.values()),
        "steps": {step.action for step in agenda(state)} - _BY_HOW_IT_CAME,
        "money": (
            promised_minor(state),
            shipping_promise(state),
            fee_promise(state),
            fee_taken(state),
        ),
        "payouts": _payouts(known),
        "authorisation": (state.authorisation, state.life),
    }


_BY_HOW_IT_CAME = {"notify", "pay_out", "look_up_payout"}
"""So many messages and instructions as there were turns; the sums of money are the same."""


def _name(parcel: Parcel) -> str:
    """Of those that nobody announced one has as little to do with the return as another."""
    return parcel.parcel_id if parcel.method is not None else ""


def _unit(known: Scenario, unit: Unit) -> tuple[Any, ...]:
    return (
        unit.asked.line_id,
        unit.receipt,
        unit.decision,
        unit.decided_because,
        unit.grade,
        unit.serial,
        unit.reason,
        unit.disposition,
        unit_promise(known.state, unit),
    )


def _payouts(known: Scenario) -> Counter[tuple[str, ...]]:
    """What goes back of each unit, less its share of the fee, to each of the tenders."""
    found: Counter[tuple[str, ...]] = Counter()
    for payout in standing(known.state):
        for part in payout.parts:
            line = part.key.partition("/")[0]
            found[line, payout.destination, payout.tender_id, payout.state] += part.amount_minor
    return +found


def shuffled(rng: Random, reports: list[c.Report]) -> list[c.Report]:
    again = [*reports, *rng.sample(reports, k=len(reports) // 2)]
    rng.shuffle(again)
    return again


@pytest.mark.parametrize("seed", range(40))
def test_all_that_a_warehouse_says_leads_to_the_same_in_any_order(seed: int) -> None:
    rng = Random(seed)
    known = any_return(rng)
    said = Warehouse(known, rng).words()
    in_order, anyhow = told(known, said), told(known, shuffled(rng, said))
    assert stands(anyhow) == stands(in_order)
    check(anyhow)


@pytest.mark.parametrize("seed", range(15))
def test_what_is_said_between_two_steps_of_ours_leaves_every_cent_accounted_for(
    seed: int,
) -> None:
    rng = Random(seed)
    known = any_return(rng)
    for report in shuffled(rng, Warehouse(known, rng).words()):
        known = told(known, [report])
        known = known.settle() if rng.random() < 0.4 else known
        check(known)
