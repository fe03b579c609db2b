"""EPCIS documents as warehouses send them, and those that others have published."""

import json
from pathlib import Path
from typing import Any

from tests.adapters.recordings import DATA


def published(kind: str) -> list[Path]:
    """The published files that are `valid` or `invalid`; none where the folder is absent."""
    return sorted((DATA / "epcis" / kind).glob("*.json"))


def document(*events: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-09T12:00:00Z",
        "epcisBody": {"eventList": list(events)},
    }


def received(*epcs: str, rma: str = "", **changes: Any) -> dict[str, Any]:
    """Goods were counted at a dock, for that return."""
    papers = [{"type": "rma", "bizTransaction": f"urn:epcglobal:cbv:bt:4012345000009:{rma}"}]
    return {
        "type": "ObjectEvent",
        "eventTime": "2026-03-09T10:00:00+01:00",
        "eventTimeZoneOffset": "+01:00",
        "action": "OBSERVE",
        "bizStep": "receiving",
        "disposition": "returned",
        "epcList": list(epcs),
        "bizLocation": {"id": "urn:epc:id:sgln:4012345.00005.0"},
        **({"bizTransactionList": papers} if rma else {}),
        **changes,
    }


def wrong(event: dict[str, Any]) -> dict[str, Any]:
    """The same event, declared an error."""
    return {
        **event,
        "errorDeclaration": {
            "declarationTime": "2026-03-09T11:00:00Z",
            "reason": "incorrect_data",
        },
    }


def read(path: Path) -> dict[str, Any]:
    read_: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return read_
