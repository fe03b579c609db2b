"""What an EPCIS event means for returns: a receipt, an inspection, a retraction, or nothing. Pure.

An event is known by what it says, not by its id alone: a hash as its id changes when an error
is declared in it, and many senders give none. So an event and its error declaration, which
repeats it word for word, lead to the same message id.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.epcis.document import Counted, EpcisEvent
from adapters.epcis.identifiers import Goods, goods_of, last_part, parcel_of
from adapters.webhooks.fact import Fact

SOURCE = "epcis"

RECEIVED_AT = frozenset({"receiving", "accepting", "unpacking"})
INSPECTED_AT = frozenset({"inspecting", "sampling"})

GRADES: Mapping[str, str] = {
    "sellable_accessible": "like_new",
    "sellable_not_accessible": "like_new",
    "available": "like_new",
    "active": "like_new",
    "conformant": "like_new",
    "non_conformant": "used",
    "non_sellable_other": "used",
    "needs_replacement": "damaged",
    "damaged": "damaged",
    "expired": "unsalvageable",
    "destroyed": "unsalvageable",
    "disposed": "unsalvageable",
}
"""What state a disposition says that goods are in; of the others none."""

OF_RETURNS = frozenset({"returned", "mismatch_class", "mismatch_instance", "mismatch_quantity"})
"""Dispositions that goods on their way in have for the sake of coming back."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an event is to us: facts, or why there are none."""

    event_id: str
    kind: str
    occurred_at: datetime
    facts: tuple[Fact, ...] = ()
    because: str = ""


def meaning_of(event: EpcisEvent, told: Mapping[str, Any]) -> Meaning:
    """Put an event in our words.

    Args:
        event: The event, read.
        told: The same as it was sent, from which its id is made.
    """
    key = event_key(event, told)
    step = event.biz_step or "no business step"
    is_error = not event.errorless
    facts: tuple[Fact, ...]
    if step in INSPECTED_AT:
        facts, because = _inspection(event, key)
    elif step in RECEIVED_AT and event.action != ("ADD" if event.is_group else "DELETE"):
        facts, because = _receipt(event, key)
    else:
        facts, because = (), f"{event.type}, {step}: says nothing of what came back"
    return Meaning(
        event_id=f"{key}:error" if is_error else key,
        kind=f"{event.type}.{last_part(step)}"[:200],
        occurred_at=event.event_time,
        facts=facts,
        because=because,
    )


def event_key(event: EpcisEvent, told: Mapping[str, Any]) -> str:
    """The same for an event and for the declaration that it was wrong."""
    given = event.event_id or ""
    if given and not given.startswith("ni:"):
        return "epcis:" + hashlib.sha256(given.encode()).hexdigest()[:40]
    unsaid = {"eventID", "errorDeclaration", "recordTime", "eventTime", "eventTimeZoneOffset"}
    said = {name: value for name, value in told.items() if name not in unsaid}
    said["eventTime"] = event.event_time.astimezone(UTC).isoformat()
    return "epcis:" + hashlib.sha256(_in_any_order(said).encode()).hexdigest()[:40]


def _in_any_order(value: object) -> str:
    """Write it so that neither the order of fields nor of list items matters."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{_in_any_order(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(sorted(_in_any_order(item) for item in value)) + "]"
    return json.dumps(value)


def _receipt(event: EpcisEvent, key: str) -> tuple[tuple[Fact, ...], str]:
    goods = _goods(event)
    pointers = _pointers(event)
    if not goods and not pointers["parcel"]:
        return (), "names no goods that can be counted one by one"
    report: dict[str, Any] = {
        "message_id": f"{key}:error" if event.error_declaration else key,
        "occurred_at": _when(event),
        "source": SOURCE,
        "warehouse": _warehouse(event),
        **pointers,
        "units": [],
    }
    if event.error_declaration is not None:
        report["retracts"] = key
        serials = [one.serial for one in goods if one.serial]
        return (_fact("report_receipt", event, report, serials),), ""
    report["units"] = [
        {"sku": one.sku, "serial": one.serial, "quantity": quantity, "condition": _condition(event)}
        for one, quantity in goods.items()
    ]
    return (
        _fact("report_receipt", event, report, [one.serial for one in goods if one.serial]),
    ), ""


def _inspection(event: EpcisEvent, key: str) -> tuple[tuple[Fact, ...], str]:
    grade = GRADES.get(event.disposition or "")
    if grade is None:
        return (), f"inspecting, {event.disposition or 'no disposition'}: says no outcome yet"
    goods = _goods(event)
    units = [
        {"sku": one.sku, "serial": one.serial, "grade": grade, "note": _lot(one)}
        for one, quantity in goods.items()
        for _ in range(quantity)
    ]
    if not units:
        return (), "names no goods that can be counted one by one"
    report: dict[str, Any] = {
        "message_id": key,
        "occurred_at": _when(event),
        "source": SOURCE,
        "warehouse": _warehouse(event),
        "inspector": SOURCE,
        **_pointers(event),
        "units": units,
    }
    if event.error_declaration is not None:
        report |= {"message_id": f"{key}:error", "retracts": key, "units": []}
    serials = [one.serial for one in goods if one.serial]
    return (_fact("report_inspection", event, report, serials),), ""


def _fact(signal: str, event: EpcisEvent, report: dict[str, Any], serials: list[str]) -> Fact:
    """What names a return, or says that it is one, is for a person where none is known."""
    surely = bool(report["returns"]) or event.disposition in OF_RETURNS
    return Fact(
        signal,
        "return",
        next(iter(report["returns"]), ""),
        report,
        only_if_known=not surely,
        serials=tuple(serials),
    )


def _goods(event: EpcisEvent) -> Counter[Goods]:
    """So many of each; what is weighed or measured is no unit."""
    found: Counter[Goods] = Counter()
    for uri in (*event.epc_list, *event.child_epcs):
        goods = goods_of(uri)
        if goods is not None:
            found[goods] += 1
    for counted in (*event.quantity_list, *event.child_quantity_list):
        goods = goods_of(counted.epc_class)
        if goods is not None and _is_countable(counted):
            found[goods] += int(counted.quantity)
    return found


def _is_countable(counted: Counted) -> bool:
    return not counted.uom and counted.quantity.is_integer() and counted.quantity <= 1_000


def _pointers(event: EpcisEvent) -> dict[str, Any]:
    """What may lead to a return: its number, its order, its parcel."""
    named: dict[str, list[str]] = {}
    for paper in event.biz_transaction_list:
        named.setdefault(paper.type, []).append(last_part(paper.biz_transaction)[:100])
    numbers = [*_parcels(event), *named.get("bol", [])]
    return {
        "returns": list(dict.fromkeys(named.get("rma", []))),
        "orders": list(dict.fromkeys(named.get("po", []))),
        "parcel": {"tracking_number": numbers[0]} if numbers else {},
    }


def _parcels(event: EpcisEvent) -> Iterator[str]:
    for uri in (event.parent_id or "", *event.epc_list):
        number = parcel_of(uri)
        if number:
            yield number


def _warehouse(event: EpcisEvent) -> str:
    """A place's number, as an id of ours may be written."""
    place = event.biz_location or event.read_point
    name = last_part(place.id) if place is not None else SOURCE
    kept = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in name)
    return kept.strip("-")[:100] or SOURCE


def _condition(event: EpcisEvent) -> str:
    return event.disposition if event.disposition and event.disposition in GRADES else ""


def _lot(goods: Goods) -> str:
    return f"lot {goods.lot}" if goods.lot else ""


def _when(event: EpcisEvent) -> str:
    return event.event_time.isoformat()
