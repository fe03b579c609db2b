"""What may still be taken from an order: units to claim, and money under every cap at once.

The caps hold together for the unit, the line, the shipping, the order and the tender.
What is reserved counts as much as what is paid. An open or lost chargeback takes from its
tender and from the order.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from domain.orders.events import SHIPPING, ClaimedUnit, FundsPart, unit_key
from domain.orders.ledger import Ledger
from domain.orders.order import Order
from domain.orders.values import line_totals, order_value_cap, shipping_value, unit_values
from domain.refusal import Refused


@dataclass(frozen=True, slots=True)
class Room:
    """What is left under each cap, in minor units of the order's currency; never negative."""

    parts: Mapping[str, int]  # by part key: each unit, and the shipping
    lines: Mapping[str, int]
    order_minor: int
    tenders: Mapping[str, int]

    @property
    def shipping_minor(self) -> int:
        """What is left of the outbound shipping."""
        return self.parts[SHIPPING]


def claimable(ledger: Ledger, line_id: str, quantity: int) -> tuple[int, ...]:
    """Name the lowest units of a line that no return holds; fewer than asked if there are."""
    line = ledger.order.line(line_id)
    units = range(1, line.quantity + 1) if line is not None else range(0)
    free = [ordinal for ordinal in units if (line_id, ordinal) not in ledger.claims]
    return tuple(free[:quantity])


def check_claim(ledger: Ledger, return_id: str, units: Iterable[ClaimedUnit]) -> Refused | None:
    """Say why a return may not hold these units, if so."""
    for unit in units:
        line = ledger.order.line(unit.line_id)
        if line is None or unit.ordinal > line.quantity:
            return Refused(
                code="unknown_unit",
                because=f"the order has no unit {unit.ordinal} of line {unit.line_id}",
            )
        if ledger.claims.get((unit.line_id, unit.ordinal), return_id) != return_id:
            return Refused(
                code="already_claimed",
                because=f"another return holds unit {unit.ordinal} of line {unit.line_id}",
            )
    return None


def room(ledger: Ledger) -> Room:
    """Say what is left under each cap after everything that is spoken for."""
    order = ledger.order
    live = [reserved for reserved in ledger.reservations.values() if reserved.live]
    away = [chargeback for chargeback in ledger.chargebacks.values() if chargeback.live]
    by_part: Counter[str] = Counter()
    by_line: Counter[str] = Counter()
    for part in (part for reserved in live for part in reserved.parts):
        by_part[part.key] += part.amount_minor
        by_line[_line_of(part.key)] += part.amount_minor
    by_tender: Counter[str] = Counter()
    taken = [(reserved.tender_id, reserved.amount_minor) for reserved in live]
    taken += [(chargeback.tender_id, chargeback.amount_minor) for chargeback in away]
    for tender_id, amount_minor in taken:
        if tender_id is not None:
            by_tender[tender_id] += amount_minor
    spoken_for = sum(amount_minor for _, amount_minor in taken)
    return Room(
        parts=_left(_part_caps(order), by_part),
        lines=_left(line_totals(order), by_line),
        order_minor=max(0, order_value_cap(order) - spoken_for),
        tenders=_left({t.tender_id: t.captured_minor for t in order.tenders}, by_tender),
    )


def check_reservation(
    ledger: Ledger, tender_id: str | None, amount_minor: int, parts: tuple[FundsPart, ...]
) -> Refused | None:
    """Say which cap an amount would break and what is still available, or nothing.

    Nothing is ever reduced to fit: the one who asks decides what to ask next.
    """
    if amount_minor <= 0 or amount_minor != sum(part.amount_minor for part in parts):
        return Refused(
            code="parts_do_not_add_up",
            because=f"{amount_minor} is not above 0 and the sum of its {len(parts)} parts",
        )
    left = room(ledger)
    currency = ledger.order.currency
    for cap, asked, available in _asked(left, tender_id, amount_minor, parts):
        if available is None:
            return Refused(code="unknown_part", because=f"the order has no {cap}")
        if asked > available:
            return Refused(
                code=f"over_{cap.split()[0]}_cap",
                because=f"{asked} {currency} minor units asked of the {cap}, "
                f"{available} still available",
            )
    return None


def _asked(
    left: Room, tender_id: str | None, amount_minor: int, parts: tuple[FundsPart, ...]
) -> Iterator[tuple[str, int, int | None]]:
    """Name each cap in question, what is asked of it and what it has; narrowest first."""
    by_part: Counter[str] = Counter()
    by_line: Counter[str] = Counter()
    for part in parts:
        by_part[part.key] += part.amount_minor
        by_line[_line_of(part.key)] += part.amount_minor
    for key, asked in by_part.items():
        yield key.replace(":", " "), asked, left.parts.get(key)
    for line_id, asked in by_line.items():
        if line_id != SHIPPING:
            yield f"line {line_id}", asked, left.lines.get(line_id)
    yield "order", amount_minor, left.order_minor
    if tender_id is not None:
        yield f"tender {tender_id}", amount_minor, left.tenders.get(tender_id)


def _part_caps(order: Order) -> dict[str, int]:
    caps = {unit_key(*unit): value.total_minor for unit, value in unit_values(order).items()}
    return {**caps, SHIPPING: shipping_value(order)}


def _left(caps: Mapping[str, int], taken: Mapping[str, int]) -> dict[str, int]:
    return {key: max(0, cap - taken.get(key, 0)) for key, cap in caps.items()}


def _line_of(key: str) -> str:
    return SHIPPING if key == SHIPPING else key.split(":")[1]
