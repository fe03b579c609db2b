"""EasyPost's objects, as far as we read them (held to their recordings), and ours in their words.

Theirs: https://docs.easypost.com/docs/shipments, /pickups, /shipments/returns.
"""

from typing import Any

from pydantic import AwareDatetime

from activities.ports import Address, CustomsItem, LabelOrder, PickupOrder
from adapters.http import TheirObject

TENTHS_OF_OUNCE_PER_KILOGRAM_E9 = 352_739_619_496  # 1 oz = 28.349523125 g


class Rate(TheirObject):
    """One carrier's price for one service."""

    id: str = ""  # pickup rates are bought by carrier and service
    carrier: str
    service: str
    rate: str
    currency: str


class PostageLabel(TheirObject):
    """The paid label; `code` is shown at the counter where nothing is printed."""

    label_url: str
    code: str | None = None
    expires_at: AwareDatetime | None = None


class Shipment(TheirObject):
    """One parcel's way: rated, then bought, then perhaps refunded."""

    id: str
    tracking_code: str | None = None
    rates: tuple[Rate, ...] = ()
    selected_rate: Rate | None = None
    postage_label: PostageLabel | None = None
    refund_status: str | None = None
    reference: str | None = None


class Pickup(TheirObject):
    """A visit: rated, then bought (`scheduled`), then perhaps called off."""

    id: str
    status: str
    min_datetime: AwareDatetime
    max_datetime: AwareDatetime
    pickup_rates: tuple[Rate, ...] = ()


class Tracker(TheirObject):
    """A number that they follow."""

    id: str


def return_shipment(order: LabelOrder) -> dict[str, Any]:
    """Describe a return: they take the addresses of the way *out* and swap them themselves."""
    shipment: dict[str, Any] = {
        "reference": order.step_id,
        "is_return": True,
        "from_address": _address(order.recipient),
        "to_address": _address(order.sender),
        "parcel": {"weight": ounces(order.weight_grams)},
        "options": {"label_format": "PDF"},
    }
    if order.customs:
        shipment["customs_info"] = _customs(order.customs, signer=order.sender.name)
    return {"shipment": shipment}


def pickup_request(order: PickupOrder) -> dict[str, Any]:
    instructions = "Check the items at the door." if order.doorstep_check else ""
    pickup = {
        "reference": order.step_id,
        "shipment": {"id": order.label_ref},
        "address": _address(order.address),
        "min_datetime": order.window_start.isoformat(),
        "max_datetime": order.window_end.isoformat(),
        "is_account_address": False,
        "instructions": instructions,
    }
    return {"pickup": pickup}


def ounces(weight_grams: int) -> float:
    """Turn grams into ounces with the one decimal that they take, rounded up: never underpaid."""
    tenths = -(-weight_grams * TENTHS_OF_OUNCE_PER_KILOGRAM_E9 // 10**12)
    return tenths / 10


def _address(address: Address) -> dict[str, str]:
    return {
        "name": address.name,
        "street1": address.line1,
        "street2": address.line2,
        "city": address.city,
        "state": address.region,
        "zip": address.postcode,
        "country": address.country,
        "email": address.email,
        "phone": address.phone,
    }


def _customs(items: tuple[CustomsItem, ...], *, signer: str) -> dict[str, Any]:
    return {
        "contents_type": "returned_goods",
        "customs_certify": True,
        "customs_signer": signer,
        "restriction_type": "none",
        "non_delivery_option": "return",
        "customs_items": [
            {
                "description": item.description,
                "quantity": item.quantity,
                "weight": ounces(item.weight_grams),
                # text, as their own answers and their Go client have it
                "value": item.value.plain().split()[0],
                "currency": item.value.currency,
                "hs_tariff_number": item.hs_code,
                "origin_country": item.origin_country,
            }
            for item in items
        ],
    }
