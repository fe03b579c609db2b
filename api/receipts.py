"""Which of a parcel's units are whose, where several returns share the parcel. Pure.

Each return is told of its own units; what nobody expects goes to the first return that
knows the article, else to the first, which keeps it apart until a person decides.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.articles import same_article
from domain.returns.state import ReturnState, Unit
from domain.words import Receipt

Counted = Mapping[str, Any]
"""One entry of a receipt's `units`, as the warehouse said it."""


@dataclass
class Expecting:
    """What one return knows of, and what of it has not been counted yet."""

    units: list[Unit]
    out: list[Unit]

    @classmethod
    def of(cls, state: ReturnState, corrects: object, on_the_way: Sequence[Any]) -> "Expecting":
        """Read it from the return.

        Args:
            state: The return.
            corrects: The earlier receipt that this one takes back, if any.
            on_the_way: Receipts the return was or will be told, which may not be in `state` yet.
        """
        units = list(state.units.values())
        expecting = cls(units, [unit for unit in units if _is_out(unit, corrects)])
        for report in on_the_way:
            if report.get("message_id") not in (*state.receipts, corrects):
                for counted in readable_units(report) or ():
                    expecting.take(counted, counted["quantity"])
        return expecting

    def alike(self, counted: Counted) -> list[Unit]:
        """The units still out that it may be: the serial sold with it first, then those wanted."""
        serial = counted.get("serial") or None
        fitting = [unit for unit in self.out if _fits(unit, counted)]
        return sorted(fitting, key=lambda u: (serial not in u.asked.serials, not u.approved))

    def knows(self, counted: Counted) -> bool:
        """Whether such an article belongs to the return at all."""
        return any(_fits(unit, counted) for unit in self.units)

    def take(self, counted: Counted, most: int) -> int:
        """Count as here what is alike, `most` at the most; give how many."""
        taken = self.alike(counted)[:most]
        ids = {unit.id for unit in taken}
        self.out = [unit for unit in self.out if unit.id not in ids]
        return len(taken)


@dataclass(frozen=True, slots=True)
class Pointers:
    """What of a report may lead to returns."""

    number: object
    returns: list[Any]
    orders: list[Any]
    serials: list[Any]
    takes_back: object

    @classmethod
    def of(cls, report: Mapping[str, Any]) -> "Pointers":
        """Read them; what makes no sense leads nowhere."""
        parcel = report.get("parcel")
        units = report.get("units")
        listed = units if isinstance(units, list) else []
        return cls(
            parcel.get("tracking_number") if isinstance(parcel, dict) else None,
            _list(report.get("returns")),
            _list(report.get("orders")),
            [unit["serial"] for unit in listed if isinstance(unit, dict) and unit.get("serial")],
            report.get("corrects") or report.get("retracts"),
        )

    def __bool__(self) -> bool:
        return any((self.number, self.returns, self.orders, self.serials, self.takes_back))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def sold_with_serial(state: ReturnState, units: Sequence[Counted]) -> bool:
    """Whether one of these has a serial that was sold with that very article."""
    return any(
        counted.get("serial") in unit.asked.serials and same_article(unit.asked.sku, counted["sku"])
        for counted in units
        for unit in state.units.values()
        if counted.get("serial")
    )


def readable_units(report: Mapping[str, Any]) -> list[Counted] | None:
    """Read the units of a receipt; none where they are not what a receipt holds."""
    units = report.get("units")
    if not isinstance(units, list):
        return None
    for counted in units:
        if not isinstance(counted, dict) or not isinstance(counted.get("sku"), str):
            return None
        quantity = counted.get("quantity")
        if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
            return None
    return units


def share_out(
    report: Mapping[str, Any], returns: Sequence[Expecting]
) -> list[dict[str, Any]] | None:
    """Split a receipt into one for each of `returns`, in their order.

    Every unit is in exactly one of them. A return whose parcel held nothing for it is told
    that as well. None where the receipt cannot be read: it then goes whole to one return,
    which says what is wrong with it.
    """
    units = readable_units(report)
    if units is None or not returns:
        return None
    shares: list[list[Counted]] = [[] for _ in returns]
    for counted in units:
        for index, quantity in _whose(counted, returns).items():
            shares[index].append({**counted, "quantity": quantity})
    return [{**report, "units": share} for share in shares]


def _whose(counted: Counted, returns: Sequence[Expecting]) -> dict[int, int]:
    """How many of what was counted belong to which return: one by one, each where it fits best."""
    left = counted["quantity"]
    found: Counter[int] = Counter()
    while left and (index := _best(counted, returns)) is not None:
        returns[index].take(counted, 1)
        found[index] += 1
        left -= 1
    if left:
        found[next((n for n, each in enumerate(returns) if each.knows(counted)), 0)] += left
    return dict(sorted(found.items()))


def _best(counted: Counted, returns: Sequence[Expecting]) -> int | None:
    """The return that sold this serial, else one that wants such a unit, else the first."""
    ranked = [
        (counted.get("serial") not in unit.asked.serials, not unit.approved, index)
        for index, each in enumerate(returns)
        for unit in each.alike(counted)[:1]
    ]
    return min(ranked)[2] if ranked else None


def _fits(unit: Unit, counted: Counted) -> bool:
    line_id = counted.get("line_id")
    is_alike = same_article(unit.asked.sku, counted["sku"])
    return is_alike and (not line_id or unit.asked.line_id == line_id)


def _is_out(unit: Unit, corrects: object) -> bool:
    """Not counted yet: never here, known only from its inspection, or taken back just now."""
    if unit.receipt is not Receipt.RECEIVED or not unit.receipt_id:
        return True
    return bool(corrects) and unit.receipt_id == corrects


def share_inspection(
    report: Mapping[str, Any], returns: Sequence[tuple[str, ReturnState]]
) -> list[tuple[int, dict[str, Any]]]:
    """Split an inspection that names its units by article or serial; each unit goes to one return.

    Args:
        report: The inspection, with whatever led to the returns.
        returns: Id and state of each that it may be about.
    """
    found: dict[int, list[Any]] = {}
    taken: Counter[int] = Counter()
    for seen in report["units"]:
        ranked = sorted(
            (_how_unlikely(state, seen, taken[index]), index)
            for index, (_, state) in enumerate(returns)
        )
        index = ranked[0][1]
        taken[index] += 1
        found.setdefault(index, []).append(seen)
    said = {key: value for key, value in report.items() if key not in POINTERS}
    return [
        (index, {**said, "return_id": returns[index][0], "units": units})
        for index, units in sorted(found.items())
    ]


POINTERS = frozenset({"returns", "orders", "parcel"})
"""What leads from an inspection to its return, and is not for the return itself."""


def _how_unlikely(state: ReturnState, seen: Mapping[str, Any], taken: int) -> tuple[bool, bool]:
    serial, sku = seen.get("serial") or "", seen.get("sku") or ""
    units = state.units.values()
    is_sold = any(serial and serial in {unit.serial, *unit.asked.serials} for unit in units)
    waiting = [
        unit for unit in units if same_article(unit.asked.sku, sku) and not unit.inspection_id
    ]
    return not is_sold, len(waiting) <= taken
