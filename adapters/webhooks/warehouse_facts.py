"""A warehouse's reports: they speak our words already, and are handed on as they are.

What a report holds is judged by the return, which refuses none; here only its return is
looked for: by the ids it names, else by the parcel.
"""

from collections.abc import Mapping
from typing import Any

from adapters.webhooks.event import SourceEvent, Unreadable, text_at
from adapters.webhooks.fact import Fact

SOURCE = "warehouse"

_KINDS = frozenset(
    {
        "receipt.reported",
        "inspection.reported",
        "replacement.shipped",
        "repair.ended",
        "goods.sent_back",
    }
)


def warehouse_facts(event: SourceEvent) -> tuple[Fact, ...]:
    """Read what the warehouse counted, inspected or sent; other events say nothing of returns."""
    if event.kind not in _KINDS:
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
    if event.kind in {"repair.ended", "goods.sent_back"}:
        return (_work(event.kind, report),)
    return (Fact("report_inspection", "return", text_at(report, "return_id"), report),)


def _work(kind: str, report: Mapping[str, Any]) -> Fact:
    """What the workshop came to, or that goods of the customer's have left again."""
    told = {name: report.get(name) for name in ("message_id", "occurred_at", "source")}
    return_id = text_at(report, "return_id")
    if kind == "goods.sent_back":
        told["order_ref"] = text_at(report, "order_id")
        told["tracking_number"] = text_at(report, "tracking_number")
        return Fact("report_send_back", "return", return_id, told)
    told["repair_ref"] = text_at(report, "order_id")
    told["status"] = report.get("status")
    told["note"] = report.get("note") or ""
    return Fact("report_repair", "return", return_id, told)


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
