"""EasyPost's events in our words: scans, visits, and labels taken back.

A tracker's event carries its whole history. The first scan is told with the newest one,
since it is the hand-over and its own event may have been lost; the id of a scan is made of
what it says, so that it counts once however often it is told.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from adapters.http import printable_code
from adapters.webhooks.event import SourceEvent, Unreadable, moment, text_at
from adapters.webhooks.fact import Fact

SOURCE = "easypost"
SAY_NOTHING = frozenset({"pre_transit", "unknown", "cancelled", "error", ""})

BY_DETAIL: Mapping[str, str] = {
    "arrived_at_hub": "at_hub",
    "held_by_customs": "customs_hold",
    "customs_hold": "customs_hold",
    "delayed": "delayed",
    "weather_delay": "delayed",
    "missorted": "delayed",
    "held": "delayed",
    "transit_exception": "delayed",
    "lost": "lost",
    "found": "found",
    "return": "returned_to_customer",
}
BY_STATUS: Mapping[str, str] = {
    "in_transit": "scanned",
    "out_for_delivery": "scanned",
    "available_for_pickup": "scanned",
    "delivered": "delivered",
    "return_to_sender": "returned_to_customer",  # the sender of a return is the customer
    "failure": "delayed",
}
PICKUP_STATUS: Mapping[str, str] = {
    "failed": "failed",
    "picked_up": "picked_up",
    "canceled": "cancelled",
}
PICKUP_CODES = frozenset(
    {
        "customer_unreachable",
        "customer_not_available",
        "product_not_ready",
        "reschedule_requested",
        "address_issue",
        "cancelled_by_customer",
        "not_attempted",
        "vehicle_or_capacity",
        "weather",
        "out_of_service_area",
        "item_mismatch",
        "quantity_mismatch",
        "restricted_item",
        "oversize_or_bad_packaging",
        "invalid_otp",
        "max_attempts_reached",
        "other",
    }
)
LABEL_STATUS: Mapping[str, str] = {"refunded": "voided", "rejected": "void_rejected"}


def easypost_facts(event: SourceEvent) -> tuple[Fact, ...]:
    """Read a `tracker.*`, `pickup.*` or `refund.*` event; others say nothing of returns."""
    result = event.body.get("result")
    family = event.kind.partition(".")[0]
    if family not in {"tracker", "pickup", "refund"}:
        return ()
    if not isinstance(result, dict):
        raise Unreadable("expected a result")
    match family:
        case "tracker":
            return tuple(_tracking(event, result))
        case "pickup":
            return _pickup(event, result)
        case _:
            return _label(event, result)


def _tracking(event: SourceEvent, tracker: Mapping[str, Any]) -> Iterator[Fact]:
    number = _required(tracker, "tracking_code")
    scans = sorted(_scans(event, tracker), key=lambda scan: moment(scan["occurred_at"]))
    told = [scans[0], scans[-1]] if len(scans) > 1 else scans
    for scan in told:
        said = "|".join((number, *scan.values()))
        body = {
            "message_id": str(uuid5(NAMESPACE_URL, f"easypost:scan:{said}")),
            "source": SOURCE,
            "tracking_number": number,
            **scan,
        }
        yield Fact("report_tracking", "tracking", number, body)


def _scans(event: SourceEvent, tracker: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Read the history; a tracker without one speaks for itself."""
    details = tracker.get("tracking_details")
    history = [item for item in details or () if isinstance(item, dict)]
    alone = {**tracker, "datetime": text_at(tracker, "updated_at") or event.occurred_at.isoformat()}
    for detail in history or [alone]:
        status, kind = text_at(detail, "status"), text_at(detail, "status_detail")
        if status in SAY_NOTHING:
            continue
        yield {
            "occurred_at": moment(detail.get("datetime")).isoformat(),
            "status": BY_DETAIL.get(kind) or BY_STATUS.get(status, "scanned"),
            "place": place_of(detail),
            "carrier_code": _code(detail.get("carrier_code") or kind or status),
        }


def place_of(detail: Mapping[str, Any]) -> str:
    """Say where, as far as they know: a depot's town, never a street."""
    parts = (text_at(detail, "tracking_location", part) for part in ("city", "state", "country"))
    place = ", ".join(part for part in parts if part)[:120]
    return "".join(letter if letter.isprintable() else " " for letter in place)


def _pickup(event: SourceEvent, pickup: Mapping[str, Any]) -> tuple[Fact, ...]:
    status = PICKUP_STATUS.get(text_at(pickup, "status"))
    if status is None:  # booked or moved: we did that ourselves
        return ()
    reference, code = _required(pickup, "id"), text_at(pickup, "exception_code")
    body: dict[str, Any] = {
        "message_id": event.event_id,
        "occurred_at": _when(event, pickup.get("datetime")),
        "source": SOURCE,
        "pickup_ref": reference,
        "tracking_number": text_at(pickup, "tracking_code"),
        "status": status,
        "code": _pickup_code(status, code),
        "carrier_code": _code(text_at(pickup, "carrier_code") or code),
    }
    rebooked_for = text_at(pickup, "rebooked_for")
    if rebooked_for:
        body["rebooked_for"] = moment(rebooked_for).isoformat()
    return (Fact("report_pickup", "pickup", reference, body),)


def _pickup_code(status: str, code: str) -> str | None:
    """Say which of our codes it is; a failure has one, if only `other`."""
    if code in PICKUP_CODES:
        return code
    return "other" if status == "failed" else None


def _label(event: SourceEvent, refund: Mapping[str, Any]) -> tuple[Fact, ...]:
    status = LABEL_STATUS.get(text_at(refund, "status"))
    if status is None:
        return ()
    number, shipment = _required(refund, "tracking_code"), text_at(refund, "shipment_id")
    body = {
        "message_id": event.event_id,
        "occurred_at": _when(event, refund.get("updated_at")),
        "source": SOURCE,
        "tracking_number": number,
        "label_ref": shipment,
        "status": status,
    }
    if shipment:
        return (Fact("report_label", "label", shipment, body),)
    return (Fact("report_label", "tracking", number, body),)


def _when(event: SourceEvent, stated: object) -> str:
    return (moment(stated) if stated else event.occurred_at).isoformat()


def _code(code: object) -> str:
    return printable_code(code) if code else ""


def _required(body: Mapping[str, Any], field: str) -> str:
    found = text_at(body, field)
    if not found:
        raise Unreadable(f"expected result.{field}")
    return found
