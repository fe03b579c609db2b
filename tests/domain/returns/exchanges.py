"""Exchanges for something dearer, as far as a test needs them."""

from typing import Any

from tests.domain.returns.scenario import Scenario
from tests.domain.returns.shop import LABEL_FEE, SHIRT_MINOR
from tests.domain.returns.story import (
    bill_of,
    counted_all,
    exchange,
    opened,
    paid_bill,
    receipt,
    scan,
)

DEAR = 5_000  # net; with 19 % tax 5950, that is 1190 more than the shirt
DIFFERENCE = 5_950 - SHIRT_MINOR
BILLED = DIFFERENCE + LABEL_FEE


def billed(*lines: Any, **how: Any) -> Scenario:
    """Stock is held, and the customer has the link."""
    return opened(*(lines or (exchange(price=DEAR),)), **how).settle()


def paid(*lines: Any, **how: Any) -> Scenario:
    """And the customer has paid."""
    known = billed(*lines, **how)
    return known.when(paid_bill(known)).settle()


def here(known: Scenario) -> Scenario:
    """Sent and counted a day later."""
    known = known.later(days=1)
    return known.when(scan(known), receipt(known, counted_all(known.state))).settle()


def lives(known: Scenario) -> list[str]:
    """What became of each article, unit by unit."""
    return [unit.replacement.life for unit in known.state.units.values() if unit.replacement]


def refunded_to_bill(known: Scenario) -> int:
    """What goes back to the newest bill's payment."""
    key = bill_of(known).instruction_id
    return sum(p.amount_minor for p in known.state.payouts.values() if p.tender_id == key)
