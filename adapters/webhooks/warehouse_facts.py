"""A warehouse's reports: they speak our words already, and are handed on as they are.

What a report holds is judged by the return, which refuses none; here only its return is
looked for: by the ids it names, else by the parcel.
"""

from collections.abc import Mapping
from typing import Any

from adapters.webhooks.event import SourceEvent, Unreadable, text_at
from adapters.webhooks.fact import Fact

SOURCE = "warehouse"


def warehouse_facts(event: SourceEvent) -> tuple[Fact, ...]:
    """Read what the warehouse counted, inspected or sent; other events say nothing of returns."""
    if event.kind not in {"receipt.reported", "inspection.reported", "replacement.shipped"}:
        return ()
    data = event.body.get("data")
    if not isinstance(data, dict):
        raise Unreadable("expected data")
    report = {**data, "source": SOURCE}
    report.setdefault("message_id", event.event_id)
    if event.kind == "receipt.reported":
        return _receipt(report)
    if event.kind == "replacement.shipped":
        return (_replacement(report),)
    return (Fact("report_inspection", "return", text_at(report, "return_id"), report),)


def _replacement(report: Mapping[str, Any]) -> Fact:
    body = {
        **{name: report.get(name) for name in ("message_id", "occurred_at", "source")},
        "order_ref": text_at(report, "order_id"),
        "tracking_number": text_at(report, "tracking_number"),
    }
    return Fact("report_replacement", "return", text_at(report, "return_id"), body)


def _receipt(report: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Tell each return that the receipt names; one parcel may carry several."""
    named = report.get("returns")
    ids = [one for one in named if isinstance(one, str)] if isinstance(named, list) else []
    if ids:
        return tuple(Fact("report_receipt", "return", one, dict(report)) for one in ids)
    number = text_at(report, "parcel", "tracking_number")
    return (Fact("report_receipt", "tracking", number, dict(report)),)
