"""A return of ShipBob's as it stands, in our words. The webhook and the poll read it alike.

What they did with a piece (`action_taken`) is both that it came and how they found it. A return
that is told again otherwise is the next of its series: it takes the place of the one before.
Source: developer.shipbob.com/2026-07/api/returns.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.webhooks.event import SourceEvent, Unreadable, moment, text_at
from adapters.webhooks.fact import Fact

SOURCE = "shipbob"
MOST_SEEN = 200

ACTIONS: Mapping[str, tuple[str, str]] = {
    "restock": ("like_new", "restock"),
    "quarantine": ("damaged", "quarantine"),
    "dispose": ("unsalvageable", "dispose"),
    "donate": ("used", "donate"),
}
"""What their action says of the grade, and where the piece went. Of others nothing is known."""


def shipbob_facts(event: SourceEvent) -> tuple[Fact, ...]:
    """Read what a webhook says."""
    return return_facts(event.body)


def return_facts(told: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Read a return: it arrived, or it was counted and looked at; before that it says nothing.

    Raises:
        Unreadable: It is no return of theirs.
    """
    key = told.get("id")
    if not isinstance(key, int) or isinstance(key, bool):
        raise Unreadable("id: expected a whole number")
    status, number = text_at(told, "status"), _number(told)
    if status == "Arrived" and number:
        return (_arrived(told, key, number),)
    return tuple(_counted(told, key, number)) if status == "Completed" else ()


def _arrived(told: Mapping[str, Any], key: int, number: str) -> Fact:
    body = {
        "message_id": f"shipbob:{key}:arrived",
        "occurred_at": _when(told, "Arrived", "arrived_date"),
        "source": SOURCE,
        "tracking_number": number,
        "status": "delivered",
    }
    return Fact("report_tracking", "tracking", number, body)


def _counted(told: Mapping[str, Any], key: int, number: str) -> Iterator[Fact]:
    lines = [line for line in told.get("inventory") or () if isinstance(line, Mapping)]
    counts = [(line, _processed(line)) for line in lines]
    said = json.dumps([[_sku(line), n, _seen_of(line)] for line, n in counts], sort_keys=True)
    series = f"shipbob:{key}"
    reference = text_at(told, "reference_id")
    common = {
        "occurred_at": _when(told, "Completed", "completed_date"),
        "source": SOURCE,
        "warehouse": _warehouse(told),
    }
    version = f"{series}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"
    receipt = {
        **common,
        "message_id": version,
        "parcel": {"tracking_number": number} if number else {},
        "returns": [reference] if reference else [],
        "units": [{"sku": _sku(line), "quantity": count} for line, count in counts if count],
    }
    yield Fact("report_receipt", "return", reference, receipt, series=series)
    units = [seen for line in lines for seen in _seen_of(line)]
    for start in range(0, len(units), MOST_SEEN):
        inspection = {
            **common,
            "message_id": f"{version}:seen:{start // MOST_SEEN}",
            "inspector": SOURCE,
            "parcel": receipt["parcel"],
            "returns": receipt["returns"],
            "units": units[start : start + MOST_SEEN],
        }
        yield Fact("report_inspection", "return", "", inspection)


def _processed(line: Mapping[str, Any]) -> int:
    return sum(count for count, _ in _actions(line))


def _actions(line: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for action in line.get("action_taken") or ():
        count = action.get("quantity_processed") if isinstance(action, Mapping) else None
        if isinstance(count, int) and not isinstance(count, bool) and 0 < count <= 1_000:
            yield count, action


def _seen_of(line: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each piece that was dealt with in a way that says how it was found."""
    found: list[dict[str, Any]] = []
    lot = text_at(line, "lot_information", "number")
    for count, action in _actions(line):
        known = ACTIONS.get(text_at(action, "action").lower())
        if known is None:
            continue
        said = [text_at(action, "action_reason"), text_at(action, "image_url")]
        seen = {"sku": _sku(line), "grade": known[0], "suggested_disposition": known[1]}
        note = " ".join(part for part in said if part)[:2_000]
        found += [{**seen, **({"lot": lot} if lot else {}), "note": note}] * count
    return found


def _sku(line: Mapping[str, Any]) -> str:
    """Our name of the article; where they have none, theirs."""
    return text_at(line, "sku") or str(line.get("id") or "unknown")


def _number(told: Mapping[str, Any]) -> str:
    return text_at(told, "tracking_number") or text_at(told, "shipment_tracking_number")


def _warehouse(told: Mapping[str, Any]) -> str:
    center = told.get("fulfillment_center")
    number = center.get("id") if isinstance(center, Mapping) else None
    return f"shipbob-{number}" if number is not None else SOURCE


def _when(told: Mapping[str, Any], status: str, field: str) -> str:
    """When it came to be so, by their history."""
    history = [step for step in told.get("status_history") or () if isinstance(step, Mapping)]
    times = Counter(
        {text_at(step, "timestamp"): 1 for step in history if step.get("status") == status}
    )
    said = text_at(told, field) or next(iter(times), "") or text_at(told, "insert_date")
    return moment(said).isoformat()
