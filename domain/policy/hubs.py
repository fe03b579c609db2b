"""Where goods go back to: the hub at which their way costs least, duty and freight together.

A hub in the customer's own country is near and free of customs, and what is gathered there
travels onward in one shipment; a hub abroad is the goods' last stop, and may cost duty.
"""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from pydantic import Field

from domain.model import Id, Value
from domain.money import WHOLE_BASIS_POINTS, percentage_up
from domain.policy.conditions import Amounts
from domain.policy.quote import RuleFired
from domain.policy.serving import Hub


class HubWay(Value):
    """What the way to one hub costs; amounts are minor units per currency.

    Attributes:
        warehouse: Which hub.
        freight: For one parcel from the customer to it.
        onward: For one unit's share of the consolidated shipment from there, where there is one.
        duty_bp: Of the goods' value, where they enter the hub's country; none under relief.
    """

    warehouse: Id
    freight: Amounts
    onward: Amounts | None = None
    duty_bp: Annotated[int, Field(ge=0, le=WHOLE_BASIS_POINTS)] = 0


class HubChoice(NamedTuple):
    """The hub, and why; nothing is said where there was nothing to compare."""

    hub: Hub
    fired: RuleFired | None


def choose_hub(
    hubs: Sequence[Hub], usual: str, ways: Sequence[HubWay], *, units: Sequence[int], currency: str
) -> HubChoice:
    """Choose by landed cost; of equals the first in the policy.

    Args:
        hubs: All there are.
        usual: Where they go if no way is priced in the order's currency.
        ways: What the policy compares for the customer's country.
        units: The value of each unit that comes back, in minor units.
        currency: Of the order.
    """
    by_id = {hub.warehouse: hub for hub in hubs}
    costs = {
        way.warehouse: cost
        for way in ways
        if (cost := landed_cost(way, units=units, currency=currency)) is not None
    }
    if not costs:
        return HubChoice(by_id[usual], None)
    best = min(costs, key=lambda warehouse: costs[warehouse])
    told = ", ".join(f"{warehouse} {cost}" for warehouse, cost in costs.items())
    fired = RuleFired(
        rule="hub",
        outcome="note",
        because=f"{best} costs least in freight, onward freight and duty: {told} minor units",
        facts={f"{warehouse}_minor": cost for warehouse, cost in costs.items()},
    )
    return HubChoice(by_id[best], fired)


def landed_cost(way: HubWay, *, units: Sequence[int], currency: str) -> int | None:
    """Freight, each unit's onward freight, and duty rounded up; none where it is not priced."""
    freight = way.freight.get(currency)
    onward = way.onward.get(currency) if way.onward is not None else 0
    if freight is None or onward is None:
        return None
    return freight + onward * len(units) + percentage_up(sum(units), way.duty_bp)
