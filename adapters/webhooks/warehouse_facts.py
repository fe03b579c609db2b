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
    """Read a `receipt.reported` or `inspection.reported` event."""
    if event.kind not in {"receipt.reported", "inspection.reported"}:
        return ()
    data = event.body.get("data")
    if not isinstance(data, dict):
        raise Unreadable("expected data")
    report = {**data, "source": SOURCE}
    report.setdefault("message_id", event.event_id)
    if event.kind == "receipt.reported":
        return _receipt(report)
    return (Fact("report_inspection", "return", text_at(report, "return_id"), report),)


def _receipt(report: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Tell each return that the receipt names; one parcel may carry several."""
    named = report.get("returns")
    ids = [one for one in named if isinstance(one, str)] if isinstance(named, list) else []
    if ids:
        return tuple(Fact("report_receipt", "return", one, dict(report)) for one in ids)
    number = text_at(report, "parcel", "tracking_number")
    return (Fact("report_receipt", "tracking", number, dict(report)),)
