"""What may still be taken from an order: units to claim, and money under every cap at once."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from domain.orders.events import ClaimedUnit, FundsPart, is_pot
from domain.orders.ledger import Ledger
from domain.orders.room import Room, Taken, is_duties, line_of, room, unit_of
from domain.refusal import Refused

__all__ = ["Room", "available", "check_claim", "check_reservation", "claimable", "room"]


class _Asked(NamedTuple):
    """One cap in question: what is asked of it, and what it has; none where there is no such."""

    cap: str
    asked_minor: int
    left_minor: int | None


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


def check_reservation(
    ledger: Ledger, tender_id: str | None, amount_minor: int, parts: tuple[FundsPart, ...]
) -> Refused | None:
    """Say which cap an amount would break and what is still available, or nothing.

    The cap that has the least left is named. Nothing is ever reduced to fit: the one who
    asks decides what to ask next, and is told how much of this very amount would be taken.
    """
    if amount_minor <= 0 or amount_minor != sum(part.amount_minor for part in parts):
        return Refused(
            code="parts_do_not_add_up",
            because=f"{amount_minor} is not above 0 and the sum of its {len(parts)} parts",
        )
    asked = list(_asked(room(ledger), tender_id, parts))
    unknown = next((each.cap for each in asked if each.left_minor is None), None)
    if unknown is not None:
        return Refused(code="unknown_part", because=f"the order has no {unknown}")
    broken = [
        (each.left_minor, each)
        for each in asked
        if each.left_minor is not None and each.asked_minor > each.left_minor
    ]
    if not broken:
        return None
    left, cap = min(broken, key=lambda each: each[0])
    because = (
        f"{cap.asked_minor} {ledger.order.currency} minor units asked of the {cap.cap}, "
        f"{left} still available"
    )
    if len(parts) > 1:
        because += f"; of all that is asked, {available(ledger, tender_id, parts)} would be taken"
    return Refused(code=f"over_{cap.cap.split()[0]}_cap", because=because)


def no_longer_covered(ledger: Ledger, instruction_id: str) -> Refused | None:
    """Say which cap has too little left by now for what was set aside for an instruction.

    Nobody who asks gets more than there is; but a bank, or a refund past us, asks nobody.
    """
    reserved = ledger.reservations.get(instruction_id)
    if reserved is None or not reserved.live:
        return Refused(code="not_set_aside", because="nothing is set aside for it any more")
    others = {key: kept for key, kept in ledger.reservations.items() if key != instruction_id}
    without = replace(ledger, reservations=others)
    return check_reservation(without, reserved.tender_id, reserved.amount_minor, reserved.parts)


def available(ledger: Ledger, tender_id: str | None, parts: tuple[FundsPart, ...]) -> int:
    """Say how much of these very parts would be taken from this tender: so much, and no more.

    Caps lie within one another (duties, unit, line; order and tender around all), so the
    most is found from the inside out. Nothing of what the order does not have.
    """
    left, wanted = room(ledger), Taken()
    wanted.add_parts(parts)
    units: dict[str, int] = {}
    for key, asked in wanted.parts.items():
        if is_duties(key):
            duties = min(asked, left.parts.get(key, 0))
            units[unit_of(key)] = wanted.parts[unit_of(key)] - asked + duties
    lines: dict[str, int] = {}
    for key, asked in wanted.parts.items():
        if not is_pot(key) and not is_duties(key):
            fits = min(units.get(key, asked), left.parts.get(key, 0))
            lines[line_of(key)] = lines.get(line_of(key), 0) + fits
    total = sum(min(fits, left.lines.get(line_id, 0)) for line_id, fits in lines.items())
    for key, asked in wanted.parts.items():
        if is_pot(key):
            total += min(asked, left.parts.get(key, 0))
    if tender_id is not None:
        total = min(total, left.tenders.get(tender_id, 0))
    return min(total, left.order_minor)


def _asked(left: Room, tender_id: str | None, parts: tuple[FundsPart, ...]) -> Iterator[_Asked]:
    """Name each cap in question, narrowest first."""
    wanted = Taken()
    wanted.add_parts(parts)
    wanted.add(tender_id, sum(part.amount_minor for part in parts))
    for key, asked in wanted.parts.items():
        yield _Asked(key.replace(":", " "), asked, left.parts.get(key))
    for line_id, asked in wanted.lines.items():
        yield _Asked(f"line {line_id}", asked, left.lines.get(line_id))
    yield _Asked("order", wanted.order_minor, left.order_minor)
    for tender, asked in wanted.tenders.items():
        yield _Asked(f"tender {tender}", asked, left.tenders.get(tender))
