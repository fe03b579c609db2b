"""Events as partners send them, for tests that read them."""

from datetime import UTC, datetime
from typing import Any

from adapters.webhooks.event import SourceEvent
from adapters.webhooks.facts import Fact, facts_of

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def event(provider: str, kind: str, body: dict[str, Any], event_id: str = "evt_1") -> SourceEvent:
    return SourceEvent(
        provider=provider, event_id=event_id, kind=kind, occurred_at=MONDAY, body=body
    )


def tracker(*details: dict[str, Any], event_id: str = "evt_1") -> tuple[Fact, ...]:
    result = {"tracking_code": "T1", "status": "unknown", "tracking_details": list(details)}
    return facts_of(event("easypost", "tracker.updated", {"result": result}, event_id))


def seen(status: str, day: int, detail: str = "", **more: Any) -> dict[str, Any]:
    when = f"2026-03-{day:02}T09:00:00Z"
    return {"status": status, "status_detail": detail, "datetime": when, **more}


def pickup(**result: Any) -> tuple[Fact, ...]:
    stated = {"id": "pickup_1", "tracking_code": "T1", "datetime": "2026-03-03T09:00:00Z", **result}
    return facts_of(event("easypost", "pickup.updated", {"result": stated}))
