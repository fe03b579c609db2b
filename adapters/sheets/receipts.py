"""A row of a warehouse's table as a receipt, and as an inspection where it says a grade. Pure.

A row is known by its id; without one by what it says, and by how often the file has said it
before. So a file told twice acts once, a longer one adds its new rows, and a row that was wrong
and is mended counts as the new row that it is.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from adapters.sheets.table import Row, Table
from adapters.webhooks.fact import Fact
from domain.words import Grade

SOURCE = "sheet"

MOST_SEEN = 200
"""Pieces of a grade in one row: as many as an inspection may name."""

_DAY_FIRST = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$")
_YEAR_FIRST = re.compile(r"^\d{4}-\d{2}-\d{2}([ T].*)?$")


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row that makes sense: what it tells, under which id."""

    line: int
    event_id: str
    occurred_at: datetime
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row that makes none, and which column is to blame."""

    line: int
    because: str


def read_rows(table: Table, warehouse: str, zone: tzinfo) -> Iterator[ReadRow | WrongRow]:
    """Read every row; a wrong one is named and stops none of the others.

    Args:
        table: The table.
        warehouse: Whose it is.
        zone: Where its times are told that have no offset of their own.
    """
    seen: Counter[str] = Counter()
    for row in table.rows:
        said = json.dumps(sorted(row.cells.items()))
        seen[said] += 1
        try:
            yield _read(row, table.decimal, warehouse, zone, f"{said}#{seen[said]}")
        except ValueError as wrong:
            yield WrongRow(row.line, str(wrong))


def _read(row: Row, decimal: str, warehouse: str, zone: tzinfo, said: str) -> ReadRow:
    cells = row.cells
    quantity = _whole(cells.get("quantity", ""), decimal)
    at = _time(cells.get("received_at", ""), zone)
    report = _pointers(row) | {
        "message_id": _message_id(warehouse, cells.get("id") or said),
        "occurred_at": at.isoformat(),
        "source": SOURCE,
        "warehouse": warehouse,
    }
    corrected = cells.get("corrects")
    if corrected:
        name = "corrects" if quantity else "retracts"
        report[name] = _message_id(warehouse, corrected)
    elif not quantity:
        raise ValueError("quantity: expected at least 1, or the id of the row that it corrects")
    unit = {"sku": cells.get("sku", ""), "serial": cells.get("serial", "")}
    counted = {**unit, "quantity": quantity, "condition": cells.get("condition", "")}
    receipt = {**report, "units": [counted] if quantity else []}
    facts = [Fact("report_receipt", "return", "", receipt)]
    takes_back = {"retracts": f"{_message_id(warehouse, corrected)}:seen"} if corrected else {}
    if cells.get("grade") and quantity:
        seen = _inspection(row, report, unit, quantity)
        if takes_back:
            seen["corrects"] = takes_back["retracts"]
        facts.append(Fact("report_inspection", "return", "", seen))
    elif takes_back:  # whatever was seen of that row is taken back with it
        seen = {**_of_inspection(report), **takes_back, "units": []}
        facts.append(Fact("report_inspection", "return", "", seen))
    return ReadRow(row.line, report["message_id"], at, tuple(facts))


def _inspection(
    row: Row, report: dict[str, Any], unit: dict[str, str], quantity: int
) -> dict[str, Any]:
    grade = row.cells["grade"].lower().replace(" ", "_").replace("-", "_")
    if grade not in set(Grade):
        raise ValueError(f"grade: expected one of {', '.join(Grade)}")
    if quantity > MOST_SEEN:
        raise ValueError(f"quantity: at most {MOST_SEEN} of a grade in one row")
    seen = {**unit, "grade": grade, "note": row.cells.get("note", "")}
    return {**_of_inspection(report), "units": [seen] * quantity}


def _of_inspection(report: dict[str, Any]) -> dict[str, Any]:
    """What an inspection has in common with the receipt of its row."""
    kept = {key: value for key, value in report.items() if key not in {"corrects", "retracts"}}
    return {**kept, "message_id": f"{report['message_id']}:seen", "inspector": SOURCE}


def _pointers(row: Row) -> dict[str, Any]:
    """What may lead to a return. A row that says nothing of the kind is for a person."""
    number, cells = row.cells.get("tracking_number", ""), row.cells
    named = cells.get("return_id"), cells.get("order_id")
    return {
        "parcel": {"tracking_number": number} if number else {},
        "returns": [named[0]] if named[0] else [],
        "orders": [named[1]] if named[1] else [],
    }


def _message_id(warehouse: str, said: str) -> str:
    return "sheet:" + hashlib.sha256(f"{warehouse}\n{said}".encode()).hexdigest()[:40]


def _whole(text: str, decimal: str) -> int:
    """Read a whole number, also one that is written with a fraction of nothing."""
    whole, _, fraction = text.partition(decimal)
    is_number = whole.isascii() and whole.isdigit() and len(whole) <= 4
    if not is_number or fraction.strip("0"):
        raise ValueError("quantity: expected a whole number")
    return int(whole)


def _time(text: str, zone: tzinfo) -> datetime:
    """Read `2026-03-09`, `2026-03-09 10:00` (with or without offset) or `9.3.2026 10:00`."""
    day_first = _DAY_FIRST.match(text)
    try:
        if day_first:
            day, month, year, hour, minute, second = (int(n or 0) for n in day_first.groups())
            return datetime(year, month, day, hour, minute, second, tzinfo=zone)
        if _YEAR_FIRST.match(text):
            read = datetime.fromisoformat(text)
            return read if read.tzinfo is not None else read.replace(tzinfo=zone)
    except ValueError:
        pass
    raise ValueError("received_at: expected a day and time, as 2026-03-09 10:00 or 9.3.2026 10:00")
