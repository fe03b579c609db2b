"""What was taken from an order, what each cap holds, and so what is left.

The caps hold together for the unit, its duties, the line, the shipping, the order and the
tender. What is reserved counts as much as what is paid, and as much as what went back past
us; an open or lost chargeback takes from its tender and from the order.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from domain.orders.events import (
    SHIPPING,
    FundsPart,
    OverCap,
    collected_key,
    duties_key,
    is_pot,
    unit_key,
)
from domain.orders.ledger import Ledger
from domain.orders.values import line_totals, order_value_cap, shipping_value, unit_values


@dataclass(frozen=True, slots=True)
class Room:
    """What is left under each cap, in minor units of the order's currency; never negative."""

    parts: Mapping[str, int]  # by part key: each unit, its duties if it has any, the shipping
    lines: Mapping[str, int]
    order_minor: int
    tenders: Mapping[str, int]

    @property
    def shipping_minor(self) -> int:
        """What is left of the outbound shipping."""
        return self.parts[SHIPPING]


@dataclass(slots=True)
class Taken:
    """What was taken, or is about to be, from everything that has a cap."""

    parts: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    order_minor: int = 0
    tenders: Counter[str] = field(default_factory=Counter)

    def add_parts(self, parts: tuple[FundsPart, ...]) -> None:
        """Count parts: what goes back of a unit's duties goes back of the unit as well."""
        for part in parts:
            self.parts[part.key] += part.amount_minor
            if is_duties(part.key):
                self.parts[unit_of(part.key)] += part.amount_minor
            if not is_pot(part.key):
                self.lines[line_of(part.key)] += part.amount_minor

    def add(self, tender_id: str | None, amount_minor: int) -> None:
        """Count an amount against the order, and the tender it is from, if one is known."""
        self.order_minor += amount_minor
        if tender_id is not None:
            self.tenders[tender_id] += amount_minor


def is_duties(key: str) -> bool:
    """Whether a part is the duties of a unit alone."""
    return key.startswith("duties:")


def unit_of(key: str) -> str:
    """The unit whose part it is."""
    return f"unit:{key.partition(':')[2]}"


def line_of(key: str) -> str:
    """The line whose part it is."""
    return key.split(":")[1]


def taken(ledger: Ledger) -> Taken:
    """Add up everything that is spoken for."""
    counted = Taken()
    for reserved in ledger.reservations.values():
        if reserved.live:
            counted.add_parts(reserved.parts)
            counted.add(reserved.tender_id, reserved.amount_minor)
    for refund in ledger.outside.values():
        if refund.live:
            counted.add_parts(refund.told.parts)
            for of_tender in refund.told.tenders:
                counted.add(of_tender.tender_id, of_tender.amount_minor)
    for chargeback in ledger.chargebacks.values():
        if chargeback.live:
            counted.add(chargeback.tender_id, chargeback.amount_minor)
    return counted


def part_caps(ledger: Ledger) -> dict[str, int]:
    """Say what each unit, its duties and each pot may bring back at most."""
    caps = {SHIPPING: shipping_value(ledger.order)}
    for key, more in ledger.collected.items():
        caps[collected_key(key)] = more.amount_minor
    for unit, value in unit_values(ledger.order).items():
        caps[unit_key(*unit)] = value.total_minor
        if duties := value.duty_minor + value.import_tax_minor:
            caps[duties_key(*unit)] = duties
    return caps


def tender_caps(ledger: Ledger) -> dict[str, int]:
    """Say what each tender may get back at most: what was captured from it, or collected."""
    paid = {tender.tender_id: tender.captured_minor for tender in ledger.order.tenders}
    return paid | {key: more.amount_minor for key, more in ledger.collected.items()}


def order_cap(ledger: Ledger) -> int:
    """Say what the whole order may give back at most: all that was ever paid for it."""
    return order_value_cap(ledger.order) + sum(x.amount_minor for x in ledger.collected.values())


def room(ledger: Ledger) -> Room:
    """Say what is left under each cap after everything that is spoken for."""
    order, counted = ledger.order, taken(ledger)
    return Room(
        parts=_left(part_caps(ledger), counted.parts),
        lines=_left(line_totals(order), counted.lines),
        order_minor=max(0, order_cap(ledger) - counted.order_minor),
        tenders=_left(tender_caps(ledger), counted.tenders),
    )


def overdrawn(ledger: Ledger) -> tuple[OverCap, ...]:
    """Name every cap that more was taken from than it holds, and by how much."""
    return tuple(OverCap(cap=cap, by_minor=by) for cap, by in _overdrafts(ledger))


def _overdrafts(ledger: Ledger) -> Iterator[tuple[str, int]]:
    order, counted = ledger.order, taken(ledger)
    yield from _beyond("", part_caps(ledger), counted.parts)
    yield from _beyond("line ", line_totals(order), counted.lines)
    yield from _beyond("", {"order": order_cap(ledger)}, {"order": counted.order_minor})
    yield from _beyond("tender ", tender_caps(ledger), counted.tenders)


def _beyond(
    prefix: str, caps: Mapping[str, int], used: Mapping[str, int]
) -> Iterator[tuple[str, int]]:
    for key, amount in used.items():
        if amount > caps.get(key, 0):
            yield f"{prefix}{key.replace(':', ' ')}", amount - caps.get(key, 0)


def _left(caps: Mapping[str, int], used: Mapping[str, int]) -> dict[str, int]:
    return {key: max(0, cap - used.get(key, 0)) for key, cap in caps.items()}
