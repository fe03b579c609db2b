"""Where goods that came back bring most: the ways out of the house, compared per unit.

A way brings a share of what the unit was sold for, net, which depends on the grade, less what
it takes to get it there. A way that names no share for a grade is closed to it. What nobody
buys still has to go somewhere: then the way that costs least is the best.
"""

from collections.abc import Iterable
from typing import Annotated, NamedTuple

from pydantic import Field

from domain.model import Id, Minor, Short, Value
from domain.money import WHOLE_BASIS_POINTS
from domain.policy.conditions import Amounts
from domain.words import Disposition, Grade

PriceShare = Annotated[int, Field(ge=0, le=WHOLE_BASIS_POINTS)]


class WayOut(Value):
    """A way out as the policy lists it."""

    way: Id
    disposition: Disposition
    categories: tuple[Short, ...] = ()  # for these alone; none named: for any
    price_bp: dict[Grade, PriceShare]  # of the net price
    handling: Amounts  # per unit, in minor units


class Exit(Value):
    """A way out as it was agreed for a line: in the currency of the order."""

    way: Id
    disposition: Disposition
    price_bp: dict[Grade, PriceShare]
    handling_minor: Minor


class Recovery(Value):
    """What a way out would bring for one unit, in minor units; below 0: what it costs."""

    way: Id
    disposition: Disposition
    value_minor: int


class Line(NamedTuple):
    """What of an order's line the ways depend on."""

    line_id: str
    category: str


def exits_of(
    ways: Iterable[WayOut], lines: Iterable[Line], currency: str
) -> dict[str, tuple[Exit, ...]]:
    """Pick the ways that are open to each line; a line without any is not named."""
    listed = list(ways)
    picked = {
        line.line_id: tuple(
            Exit(
                way=way.way,
                disposition=way.disposition,
                price_bp=way.price_bp,
                handling_minor=way.handling[currency],
            )
            for way in listed
            if not way.categories or line.category in way.categories
        )
        for line in lines
    }
    return {line_id: exits for line_id, exits in picked.items() if exits}


def compare(exits: Iterable[Exit], grade: Grade, net_minor: int) -> tuple[Recovery, ...]:
    """Say what each way brings that takes this grade, the best first.

    Of two that bring the same the one counts that the policy lists first.

    Args:
        exits: The ways that are open to the unit.
        grade: What the inspector found.
        net_minor: What the unit was sold for, net of tax and after discounts.
    """
    open_to_it = [
        Recovery(
            way=each.way,
            disposition=each.disposition,
            value_minor=net_minor * each.price_bp[grade] // WHOLE_BASIS_POINTS
            - each.handling_minor,
        )
        for each in exits
        if grade in each.price_bp
    ]
    return tuple(sorted(open_to_it, key=lambda found: -found.value_minor))
