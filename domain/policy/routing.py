"""Which carrier is tried first, by what a parcel costs until it is at the dock, and why not another.

Landed cost is the contract's price for the weight, the handling beside it, and what the carrier's
own record lets expect of exceptions and delays. Rounded up, so that doubt is never free.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.money import WHOLE_BASIS_POINTS
from domain.orders.order import Order, OrderLine
from domain.policy.conditions import Facts, holds
from domain.policy.outlook import CarrierRecord, Outlook
from domain.policy.policy import Policy
from domain.policy.quote import RuleFired, Transport, TurnedDown
from domain.policy.serving import Served
from domain.words import Hazard, Method

LIGHTEST_GRAMS = 100
"""What a parcel weighs at least: packing, where the goods' weight is not known."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one parcel of a return asks of a carrier."""

    grams: int
    longest_mm: int
    hazards: frozenset[Hazard]
    check_at_door: bool


@dataclass(frozen=True, slots=True)
class Routes:
    """The services that can carry it, the first choice first; and those that cannot, and why."""

    transports: tuple[Transport, ...] = ()
    turned_down: tuple[TurnedDown, ...] = ()
    check_at_door: bool = False

    def of(self, method: Method) -> tuple[Transport, ...]:
        """Those of one method, in the order in which they are tried."""
        return tuple(route for route in self.transports if route.method is method)


NO_ROUTES = Routes()


def load_of(
    policy: Policy, lines: Iterable[OrderLine], facts: Iterable[Facts], parcels: int
) -> Load:
    """Say what a parcel of these units is like; the goods are shared evenly over the parcels.

    Args:
        policy: Says which categories are hazardous, and what is checked at the door.
        lines: The line of each unit.
        facts: What conditions may ask of each unit.
        parcels: How many boxes the customer wants to send.
    """
    goods = list(lines)
    check = policy.check_at_door
    return Load(
        grams=max(LIGHTEST_GRAMS, -(-sum(line.weight_grams for line in goods) // parcels)),
        longest_mm=max((line.longest_mm for line in goods), default=0),
        hazards=frozenset(
            hazard
            for line in goods
            for hazard in (*line.hazards, *policy.hazards.get(line.category, ()))
        ),
        check_at_door=check is not None and any(holds(check, known) for known in facts),
    )


def routed(policy: Policy, order: Order, load: Load, outlook: Outlook) -> Routes:
    """Judge every service of the order's country by what it can carry and what it costs."""
    able: list[tuple[bool, int, int, Transport]] = []
    turned_down: list[TurnedDown] = []
    for place, served in enumerate(policy.transports):
        if not served.serves(order.ship_to):
            continue
        no = next(_misfits(served, load, outlook.postcode), None)
        if no is not None:
            code, because = no
            turned_down.append(
                TurnedDown(
                    method=served.method,
                    carrier=served.carrier,
                    service=served.service,
                    account=served.account,
                    code=code,
                    because=because,
                )
            )
            continue
        route = _priced(policy, order, served, load, outlook)
        able.append((route.landed_minor is None, route.landed_minor or 0, place, route))
    ranked = tuple(route for *_, route in sorted(able, key=lambda one: one[:3]))
    return Routes(ranked, tuple(turned_down), load.check_at_door)


def choice_fired(routes: Routes, method: Method, currency: str) -> tuple[RuleFired, ...]:
    """Say who was chosen for the method that was asked for, by which figures, and who was not."""
    tried = routes.of(method)
    fired = []
    if tried and tried[0].landed_minor is not None:
        first = tried[0]
        seen: dict[str, str | int | bool] = {"method": method.value, "carrier": first.carrier}
        figures = ("cost_minor", "landed_minor", "days", "parcels", "exceptions", "late")
        seen["currency"] = currency
        seen |= {name: value for name in figures if (value := getattr(first, name)) is not None}
        because = f"{first.carrier} lands it cheapest of {len(tried)} that can carry it"
        fired.append(RuleFired(rule="carrier_choice", outcome="note", because=because, facts=seen))
    for no in routes.turned_down:
        if no.method is method:
            facts: dict[str, str | int | bool] = {"carrier": no.carrier, "service": no.service}
            fired.append(
                RuleFired(
                    rule="carrier_turned_down", outcome="note", because=no.because, facts=facts
                )
            )
    return tuple(fired)


def _misfits(served: Served, load: Load, postcode: str) -> Iterator[tuple[str, str]]:
    """Every reason for which a service cannot carry it: a code, and a sentence."""
    name = f"{served.carrier} ({served.service})"
    plain = postcode.replace(" ", "").upper()
    if plain and any(plain.startswith(start.upper()) for start in served.postcodes_not):
        yield "out_of_service_area", f"{name} does not serve this postcode"
    refused = sorted(load.hazards & set(served.refuses))
    if refused:
        yield "restricted_item", f"{name} carries no {', '.join(refused)}"
    if served.prices and load.grams > served.prices[-1].up_to_grams:
        most = served.prices[-1].up_to_grams
        yield "too_heavy", f"{name} carries up to {most} g, the parcel has {load.grams} g"
    if served.longest_mm is not None and load.longest_mm > served.longest_mm:
        yield (
            "too_long",
            f"{name} carries up to {served.longest_mm} mm, it has {load.longest_mm} mm",
        )
    if load.check_at_door and served.method is Method.CARRIER_PICKUP and not served.checks_at_door:
        yield "no_check_at_door", f"{name} does not look into the box at the door"


def _priced(
    policy: Policy, order: Order, served: Served, load: Load, outlook: Outlook
) -> Transport:
    cost = _cost(policy, order, served, load.grams)
    record = outlook.records.get((served.carrier, served.service))
    counts = record is not None and record.parcels >= policy.routing.judged_from
    known = record if counts else None
    landed = None
    if cost is not None:
        handling = policy.routing.handling_minor.get(served.method, 0)
        landed = cost + handling + _expected(policy, known)
    abroad = served.abroad_days if is_abroad(policy, order) else 0
    return Transport(
        method=served.method,
        carrier=served.carrier,
        service=served.service,
        account=served.account,
        cost_minor=cost,
        landed_minor=landed,
        days=None if served.days is None else served.days + abroad,
        take_back_days=served.take_back_days,
        parcels=known.parcels if known else 0,
        exceptions=known.exceptions if known else 0,
        late=known.late if known else 0,
    )


def is_abroad(policy: Policy, order: Order) -> bool:
    """Whether the way back crosses a border."""
    warehouse = policy.restock_hub.get(order.ship_to, policy.restock_hub["*"])
    hub = next(hub for hub in policy.hubs if hub.warehouse == warehouse)
    return hub.country != order.ship_to


def _cost(policy: Policy, order: Order, served: Served, grams: int) -> int | None:
    """What the contract says for that weight; none where it says nothing."""
    band = next((known for known in served.prices if grams <= known.up_to_grams), None)
    if band is None or not is_abroad(policy, order):
        return band.price_minor if band else None
    return -(-band.price_minor * served.abroad_bp // WHOLE_BASIS_POINTS)


def _expected(policy: Policy, record: CarrierRecord | None) -> int:
    """What a parcel's share of exceptions and delays costs, by the carrier's own record."""
    if record is None:
        return 0
    routing = policy.routing
    sums = record.exceptions * routing.exception_minor + record.late * routing.late_minor
    return -(-sums // record.parcels)
