"""One request with everything it is judged on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.orders.caps import Room, room
from domain.orders.ledger import Ledger
from domain.orders.order import Order, OrderLine
from domain.orders.values import UnitValue, unit_values
from domain.policy.floors import FLOORS, Floor
from domain.policy.outlook import NOTHING_KNOWN, Outlook
from domain.policy.policy import Policy
from domain.policy.routing import NO_ROUTES, Routes, load_of, routed
from domain.policy.units import RequestedUnit, completed_at, delivered_at
from domain.returns.asking.request import RequestedLine, ReturnRequest

# A statutory period does not count the day it starts on and runs to the end of its last day
# (for the EU: Regulation 1182/71 art. 3). Instead of guessing the customer's midnight, the
# last day is given in full: never less than the law, at most a day more.
LAST_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Case:
    """A policy, an order with its past, a request, and the units it names."""

    policy: Policy
    ledger: Ledger
    request: ReturnRequest
    units: tuple[RequestedUnit, ...]
    values: Mapping[tuple[str, int], UnitValue]
    left: Room  # what may still be paid, under each cap
    worth_minor: int  # all units asked for together
    earlier_units: frozenset[tuple[str, int]]  # of this order, held by other returns
    completed_at: datetime | None  # when the customer had the last unit of the order
    outlook: Outlook = NOTHING_KNOWN
    routes: Routes = NO_ROUTES

    @classmethod
    def of(
        cls,
        policy: Policy,
        ledger: Ledger,
        request: ReturnRequest,
        units: tuple[RequestedUnit, ...],
        outlook: Outlook = NOTHING_KNOWN,
    ) -> "Case":
        """Put a case together; what every unit of it is worth is worked out once."""
        values = unit_values(ledger.order)
        worth = sum(values[unit.line_id, unit.ordinal].total_minor for unit in units)
        return cls(
            policy,
            ledger,
            request,
            units,
            values,
            left=room(ledger),
            worth_minor=worth,
            earlier_units=frozenset(ledger.claims) - {(one.line_id, one.ordinal) for one in units},
            completed_at=completed_at(ledger.order),
            outlook=outlook,
        )

    def routed_for(self, units: tuple[RequestedUnit, ...]) -> "Case":
        """The same case with its carriers chosen for these units; for all, where none is left."""
        going = units or self.units
        lines = [self.line(unit) for unit in going]
        facts = (self.facts(unit) for unit in going)
        load = load_of(self.policy, lines, facts, self.request.parcels)
        return replace(self, routes=routed(self.policy, self.order, load, self.outlook))

    @property
    def order(self) -> Order:
        """The order as it was sold."""
        return self.ledger.order

    def line(self, unit: RequestedUnit) -> OrderLine:
        """The line a unit was sold on."""
        return next(line for line in self.order.lines if line.line_id == unit.line_id)

    def wish(self, unit: RequestedUnit) -> RequestedLine | None:
        """What the customer said about the line of a unit."""
        said = (line for line in self.request.lines if line.line_id == unit.line_id)
        return next(said, None)

    def value(self, unit: RequestedUnit) -> UnitValue:
        """What was captured for a unit."""
        return self.values[unit.line_id, unit.ordinal]

    def starts_at(self, unit: RequestedUnit) -> datetime | None:
        """When the window of a unit starts: its delivery; none while it is on its way.

        Where the shop never tells deliveries, the purchase.
        """
        if not self.order.deliveries:
            return self.order.placed_at
        return delivered_at(self.order, unit.line_id, unit.ordinal)

    def floors_covering(self, unit: RequestedUnit) -> tuple[Floor, ...]:
        """The statutory rights that exist for a unit, in force or not."""
        order = self.order
        if order.customer_group and order.customer_group in self.policy.business_groups:
            return ()
        return tuple(
            floor
            for floor in FLOORS
            if floor.covers(order.ship_to, self.line(unit).category, unit.reason, unit.resolution)
        )

    def floors_in_force(self, unit: RequestedUnit) -> tuple[Floor, ...]:
        """The statutory rights that the customer has for a unit at the time of the request."""
        return tuple(floor for floor in self.floors_covering(unit) if self._lasts(floor, unit))

    def _lasts(self, floor: Floor, unit: RequestedUnit) -> bool:
        start = self.starts_at(unit)
        if self.order.deliveries and floor.counts_from == "last_delivery":
            start = self.completed_at
        return (
            start is None
            or self.request.requested_at <= start + timedelta(days=floor.days) + LAST_DAY
        )

    def facts(self, unit: RequestedUnit) -> dict[str, str | int | bool]:
        """What the policy's conditions may ask about a unit."""
        order, line, wish = self.order, self.line(unit), self.wish(unit)
        start = self.starts_at(unit)
        return {
            "reason": unit.reason.value,
            "fault": unit.reason.fault.value,
            "category": line.category,
            "sku": line.sku,
            "country": order.ship_to,
            "ship_from": order.ship_from,
            "customer_group": order.customer_group,
            "resolution": unit.resolution.value,
            "method": self.request.method.value,
            "currency": order.currency,
            "final_sale": line.final_sale,
            "delivered": start is not None,
            "has_evidence": wish is not None and bool(wish.evidence),
            "cross_border": order.ship_from != order.ship_to,
            "days_since_delivery": max(0, (self.request.requested_at - start).days) if start else 0,
            "units_in_return": len(self.units),
            "parcels": self.request.parcels,
            "earlier_units": len(self.earlier_units),
            "unit_value_minor": self.value(unit).total_minor,
            "return_value_minor": self.worth_minor,
            "order_value_minor": order.captured_minor,
        }
