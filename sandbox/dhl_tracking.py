"""What a post has seen of its parcels, in the dialect of DHL's unified tracking 1.5. It only answers.

Times are told by the clock of Germany and without an offset, the newest first.
"""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from sandbox.dhl import CARRIER, problem
from sandbox.face import Face, Operation
from sandbox.parcels import Parcels
from sandbox.settings import DHL_KEY
from sandbox.wire import Call, Json, Reply, since, text

CLOCK = ZoneInfo("Europe/Berlin")
CODES = {
    "pre_transit": "pre-transit",
    "in_transit": "transit",
    "out_for_delivery": "transit",
    "available_for_pickup": "transit",
    "delivered": "delivered",
    "failure": "failure",
    "return_to_sender": "delivered",  # to whoever had sent it; see the flag
}


def dhl_tracking_face(parcels: Parcels) -> Face:
    """Answer for one number at a time."""

    def show(call: Call) -> Reply:
        parcel = parcels.get(_number(call))
        if parcel is None or parcel["carrier"] != CARRIER:
            return Reply(404, problem(404, "No result found", "No shipment found", ""))
        return Reply(200, {"shipments": [_shown(parcel)]})

    return Face(
        name="dhl_tracking",
        prefix="/dhl/track",
        knows=_knows,
        complaint=problem,
        operations=(Operation("track", "GET", "/shipments", show, _number),),
    )


def _shown(parcel: Json) -> Json:
    announced = {"datetime": parcel["created_at"], "status": "pre_transit", "message": "Announced"}
    details = [announced, *parcel["details"]]
    details = sorted(details, key=lambda detail: since(detail["datetime"]))[::-1]
    return {
        "id": parcel["tracking_number"],
        "service": "parcel-de",
        "status": _event(details[0]),
        "returnFlag": any(detail["status"] == "return_to_sender" for detail in details),
        "details": {"product": {"productName": "DHL Retoure"}, "totalNumberOfPieces": 1},
        "events": [_event(detail) for detail in details],
    }


def _event(detail: Json) -> Json:
    at = since(detail["datetime"]).astimezone(CLOCK).replace(tzinfo=None)
    return {
        "timestamp": at.isoformat(timespec="seconds"),
        "location": {"address": {"addressLocality": "Deutschland"}},
        "statusCode": CODES.get(detail["status"], "unknown"),
        "status": detail["message"],
        "description": detail["message"],
    }


def _knows(headers: Mapping[str, str]) -> bool:
    return headers.get("dhl-api-key") == DHL_KEY


def _number(call: Call) -> str:
    return text(call.query, "trackingNumber")
