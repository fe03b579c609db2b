"""EasyPost's objects with the fields that its recordings show, whether we use them or not."""

from collections.abc import Mapping
from typing import Any

from sandbox.wire import Json, digest

MODE = "test"


def address(said: Mapping[str, Any], made: str) -> Json:
    """Echo an address; what was not said is null."""
    fields = (
        *("name", "company", "street1", "street2", "city", "state", "zip", "country"),
        *("phone", "email"),
    )
    return {
        "id": "adr_" + digest("address", *(said.get(field) for field in fields)),
        "object": "Address",
        "created_at": made,
        "updated_at": made,
        **{field: said.get(field) for field in fields},
        "mode": MODE,
        "carrier_facility": None,
        "residential": None,
        "federal_tax_id": None,
        "state_tax_id": None,
        "verifications": {},
    }


def parcel(said: Mapping[str, Any], owner: str, made: str) -> Json:
    return {
        "id": "prcl_" + digest("parcel", owner),
        "object": "Parcel",
        "created_at": made,
        "updated_at": made,
        "length": said.get("length"),
        "width": said.get("width"),
        "height": said.get("height"),
        "predefined_package": said.get("predefined_package"),
        "weight": said.get("weight"),
        "mode": MODE,
    }


def customs_info(said: Mapping[str, Any] | None, owner: str, made: str) -> Json | None:
    if said is None:
        return None
    stamps = {"created_at": made, "updated_at": made}
    items = [
        {
            "id": "cstitem_" + digest("customs item", owner, place),
            "object": "CustomsItem",
            **stamps,
            "description": item.get("description"),
            "hs_tariff_number": item.get("hs_tariff_number"),
            "origin_country": item.get("origin_country"),
            "quantity": item.get("quantity"),
            "value": str(item.get("value")),
            "weight": item.get("weight"),
            "code": item.get("code"),
            "mode": MODE,
            "manufacturer": None,
            "currency": item.get("currency"),
            "eccn": None,
            "printed_commodity_identifier": None,
        }
        for place, item in enumerate(said.get("customs_items") or ())
    ]
    return {
        "id": "cstinfo_" + digest("customs", owner),
        "object": "CustomsInfo",
        **stamps,
        "contents_explanation": said.get("contents_explanation", ""),
        "contents_type": said.get("contents_type"),
        "customs_certify": said.get("customs_certify"),
        "customs_signer": said.get("customs_signer"),
        "eel_pfc": said.get("eel_pfc"),
        "non_delivery_option": said.get("non_delivery_option"),
        "restriction_comments": said.get("restriction_comments"),
        "restriction_type": said.get("restriction_type"),
        "mode": MODE,
        "declaration": None,
        "customs_items": items,
    }


def rate(offer: tuple[str, str, int, int], owner: str, made: str) -> Json:
    carrier, service, cents, days = offer
    price = decimal(cents)
    return {
        "id": "rate_" + digest("rate", owner, carrier, service),
        "object": "Rate",
        "created_at": made,
        "updated_at": made,
        "mode": MODE,
        "service": service,
        "carrier": carrier,
        "rate": price,
        "currency": "EUR",
        "retail_rate": price,
        "retail_currency": "EUR",
        "list_rate": price,
        "list_currency": "EUR",
        "billing_type": "easypost",
        "delivery_days": days,
        "delivery_date": None,
        "delivery_date_guaranteed": False,
        "est_delivery_days": days,
        "shipment_id": owner,
        "carrier_account_id": "ca_" + digest("carrier account", carrier),
    }


def shipment(said: Mapping[str, Any], key: str, made: str, rates: list[Json]) -> Json:
    """Make a shipment that is rated and not yet bought; the addresses stay as they were said."""
    ours, theirs = address(said["from_address"], made), address(said["to_address"], made)
    return {
        "id": key,
        "created_at": made,
        "is_return": bool(said.get("is_return")),
        "messages": [],
        "mode": MODE,
        "options": {"currency": "EUR", "payment": {"type": "SENDER"}, "date_advance": 0}
        | dict(said.get("options") or {}),
        "reference": said.get("reference"),
        "status": "unknown",
        "tracking_code": None,
        "updated_at": made,
        "batch_id": None,
        "batch_status": None,
        "batch_message": None,
        "customs_info": customs_info(said.get("customs_info"), key, made),
        "from_address": ours,
        "insurance": None,
        "order_id": None,
        "parcel": parcel(said["parcel"], key, made),
        "postage_label": None,
        "rates": rates,
        "refund_status": None,
        "scan_form": None,
        "selected_rate": None,
        "tracker": None,
        "to_address": theirs,
        "usps_zone": None,
        "return_address": ours,
        "buyer_address": theirs,
        "forms": [],
        "fees": [],
        "object": "Shipment",
    }


def postage_label(owner: str, made: str, *, code: str | None, files: str) -> Json:
    """Make the paid label, given out under `files`; a counter scans `code` where there is one."""
    label = {
        "object": "PostageLabel",
        "id": "pl_" + digest("label", owner),
        "created_at": made,
        "updated_at": made,
        "date_advance": 0,
        "integrated_form": "none",
        "label_date": made,
        "label_resolution": 300,
        "label_size": "4x6",
        "label_type": "default",
        "label_file_type": "application/pdf",
        "label_url": f"{files}/postage_label/{owner}.pdf",
        "label_pdf_url": None,
        "label_zpl_url": None,
        "label_epl2_url": None,
        "label_file": None,
    }
    return label if code is None else {**label, "code": code}


def fees(cents: int) -> list[Json]:
    def fee(kind: str, amount: str) -> Json:
        paid = {"amount": amount, "charged": True, "refunded": False}
        return {"object": "Fee", "type": kind, **paid}

    return [fee("LabelFee", "0.00000"), fee("PostageFee", decimal(cents) + "000")]


def tracker(parcel_body: Mapping[str, Any]) -> Json:
    """Show a parcel's way as a tracker with its whole history (a shipment's has `fees` too)."""
    number = parcel_body["tracking_number"]
    return {
        "id": "trk_" + digest("tracker", number),
        "object": "Tracker",
        "mode": MODE,
        "tracking_code": number,
        "status": parcel_body["status"],
        "status_detail": parcel_body["status_detail"],
        "created_at": parcel_body["created_at"],
        "updated_at": parcel_body["updated_at"],
        "signed_by": None,
        "weight": None,
        "est_delivery_date": None,
        "shipment_id": parcel_body["shipment_id"] or None,
        "carrier": parcel_body["carrier"],
        "tracking_details": parcel_body["details"],
        "carrier_detail": None,
        "public_url": f"https://track.sandbox.example/{number}",
    }


def tracking_detail(
    carrier: str, *, status: str, detail: str, at: str, place: Mapping[str, Any], message: str
) -> Json:
    return {
        "object": "TrackingDetail",
        "message": message,
        "description": message,
        "status": status,
        "status_detail": detail,
        "datetime": at,
        "source": carrier,
        "carrier_code": "",
        "tracking_location": {
            "object": "TrackingLocation",
            "city": place.get("city"),
            "state": place.get("state"),
            "country": place.get("country"),
            "zip": place.get("zip"),
        },
    }


def pickup(said: Mapping[str, Any], key: str, made: str, *, carrier: str, service: str) -> Json:
    """Make a visit that is rated and not yet booked; it costs nothing beside the label."""
    price = {
        "mode": MODE,
        "service": service,
        "rate": "0.00",
        "currency": "EUR",
        "created_at": made,
        "updated_at": made,
        "carrier": carrier,
        "pickup_id": key,
        "id": "pickuprate_" + digest("pickup rate", key),
        "object": "PickupRate",
    }
    return {
        "id": key,
        "object": "Pickup",
        "created_at": made,
        "updated_at": made,
        "mode": MODE,
        "status": "unknown",
        "reference": said.get("reference"),
        "min_datetime": said["min_datetime"],
        "max_datetime": said["max_datetime"],
        "is_account_address": bool(said.get("is_account_address")),
        "instructions": said.get("instructions"),
        "messages": [],
        "confirmation": None,
        "address": address(said["address"], made),
        "carrier_accounts": [],
        "pickup_rates": [price],
    }


def event(kind: str, result: Json, *, event_id: str, at: str) -> Json:
    """Wrap what a webhook tells."""
    return {
        "description": kind,
        "mode": MODE,
        "previous_attributes": {},
        "created_at": at,
        "pending_urls": [],
        "completed_urls": [],
        "updated_at": at,
        "id": event_id,
        "user_id": "user_sandbox",
        "status": "pending",
        "object": "Event",
        "result": result,
    }


def complaint(_status: int, code: str, message: str, field: str) -> Json:
    """Word a no: `{error: {code, message, errors}}`."""
    names = {
        "invalid": "PARAMETER.INVALID",
        "unauthorised": "APIKEY.INVALID",
        "rate_limit": "RATE_LIMITED",
        "not_found": "NOT_FOUND",
        "internal_error": "INTERNAL_SERVER_ERROR",
        "service_unavailable": "SERVICE.UNAVAILABLE",
    }
    errors = [{"field": field, "message": message}] if field else []
    return {"error": {"code": names.get(code, code), "message": message, "errors": errors}}


def decimal(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
