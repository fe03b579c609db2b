"""A post's own counter for returns, in the dialect of DHL Parcel DE Returns 1.1: one call, one label.

Nothing is sold: what is scanned is billed, by the contract's one price. Nothing is listed, found,
taken back or told. Two orders of one reference are two labels.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sandbox.coverage import CODE, LABEL
from sandbox.face import Face, Operation
from sandbox.label_paper import code_png, label_pdf
from sandbox.parcels import Parcels, label_row
from sandbox.settings import DHL_KEY, DHL_LOGIN
from sandbox.wire import Call, Json, Reply, Unfit, digits, mapping, number, rows, text
from sandbox.world import World

CARRIER = "dhl"
CENTS = {"deu": 590}
ABROAD_CENTS = 1003
"""What is billed for a parcel that was scanned, whatever it weighs."""

HUB = {
    "name1": "Returns Leipzig",
    "addressStreet": "Ringstrasse",
    "addressHouse": "12",
    "postalCode": "04129",
    "city": "Leipzig",
}
COUNTRIES = ("deu", "aut", "fra", "pol", "che")
OUTSIDE_THE_UNION = frozenset({"che"})
DOCUMENTS = frozenset({"SHIPMENT_LABEL", "QR_LABEL", "BOTH"})
POSTCODE = re.compile(r"[0-9A-Za-z]+(?:[ -]?[0-9A-Za-z]+)*")


class Dhl:
    """Orders of labels, and who takes returns in."""

    def __init__(self, world: World, parcels: Parcels) -> None:
        self._world = world
        self._books = world.books
        self._parcels = parcels
        world.hear("handed_over", self._bill)

    def order(self, call: Call) -> Reply:
        """Make a label, and give it out, this once."""
        said = call.body
        documents = text(call.query, "labelType", default="BOTH")
        if documents not in DOCUMENTS:
            raise Unfit("labelType", f"one of {', '.join(sorted(DOCUMENTS))}")
        country = _country_of(said)
        sender = _shipper(said)
        weight = mapping(said, "itemWeight", optional=True)
        if number(weight, "value", 1) > 31_500:
            raise Unfit("itemWeight.value", "at most 31500 g")
        if country in OUTSIDE_THE_UNION and not rows(mapping(said, "customsDetails"), "items"):
            raise Unfit("customsDetails.items", "what is declared")
        reference = text(said, "shipmentReference", default="")
        now = self._world.clock.now()
        before = self._books.by_reference("dhl_order", reference)
        if reference:
            self._give_up(before)
        shipment_no = "99999" + digits(7, "dhl", reference, len(before))
        made = {"shipmentNo": shipment_no, "shipper": sender, "country": country}
        self._books.put("dhl_order", shipment_no, made, reference=reference)
        parcel = self._parcels.open(
            shipment_no,
            now,
            shipment_id=shipment_no,
            reference=reference,
            carrier=CARRIER,
            service=LABEL if documents == "SHIPMENT_LABEL" else CODE,
            cost_cents=CENTS.get(country, ABROAD_CENTS),
            country=country,
            tells="",
        )
        self._books.book("labels", now, kind="ordered", **label_row(parcel) | {"cost_minor": 0})
        self._parcels.begin(parcel, now)
        return Reply(201, _confirmation(shipment_no, sender, weight, reference, documents))

    def locations(self, call: Call) -> Reply:
        """List who takes returns in, of one country or of all."""
        wanted = call.query.get("countryCode")
        countries = [country for country in COUNTRIES if wanted in {None, country}]
        return Reply(200, {}, listed=[_receiver(country) for country in countries])

    def _give_up(self, orders: Sequence[Json]) -> None:
        """A label that is ordered anew never reached anybody, so nobody hands it over."""
        for order in orders:
            parcel = self._parcels.get(order["shipmentNo"])
            if parcel is not None and parcel["handed_over_at"] is None:
                self._parcels.stay(parcel)

    def _bill(self, at: datetime, parcel: Json) -> None:
        """What travels is billed, once, on its first scan."""
        if parcel["carrier"] == CARRIER:
            self._books.book("labels", at, kind="billed", **label_row(parcel))


def dhl_face(counter: Dhl) -> Face:
    """Put the counter together."""
    at = "/parcel/de/shipping/returns/v1"
    return Face(
        name="dhl",
        prefix="/dhl",
        knows=_knows,
        complaint=problem,
        operations=(
            Operation("order", "POST", f"{at}/orders", counter.order, _reference),
            Operation("locations", "GET", f"{at}/locations", counter.locations, _all),
        ),
    )


def problem(status: int, code: str, message: str, field: str) -> Json:
    """Word a no as they do (RFC 7807)."""
    where = f"{field}: " if field else ""
    return {"title": code, "status": status, "detail": f"{where}{message}"[:80]}


def _knows(headers: Mapping[str, str]) -> bool:
    basic = "Basic " + base64.b64encode(":".join(DHL_LOGIN).encode()).decode()
    return headers.get("authorization") == basic and headers.get("dhl-api-key") == DHL_KEY


def _country_of(said: Json) -> str:
    receiver = text(said, "receiverId")
    if receiver not in COUNTRIES:
        raise Unfit("receiverId", "a receiver of this customer's")
    return receiver


def _shipper(said: Json) -> Json:
    """Read who sends; their fields have a longest length, and postcodes a form."""
    shipper = mapping(said, "shipper")
    longest = {"name1": 50, "addressStreet": 50, "addressHouse": 10, "postalCode": 10, "city": 40}
    for field, most in longest.items():
        if len(text(shipper, field)) > most:
            raise Unfit(f"shipper.{field}", f"at most {most} characters")
    if not POSTCODE.fullmatch(shipper["postalCode"]):
        raise Unfit("shipper.postalCode", "a postal code")
    return shipper


def _receiver(country: str) -> Json:
    return {
        "receiverId": country,
        "shipperCountry": country,
        "ekp": "3333333333",
        "billingNumber": "33333333330701",
        "companyName": "Backhaul Sandbox",
        "numberRange": "99999XXXXXXC",
        "receiverAddress": HUB,
        "companyAddress": HUB,
    }


def _confirmation(
    shipment_no: str, sender: Json, weight: Json, reference: str, documents: str
) -> Json:
    label = label_pdf(
        {
            "tracking_code": shipment_no,
            "selected_rate": {"carrier": CARRIER, "service": "Retoure"},
            "is_return": False,
            "from_address": _lines(sender),
            "to_address": _lines(HUB),
            "parcel": {"weight": f"{weight.get('value', '')} {weight.get('uom', '')}"},
            "reference": reference,
        }
    )
    said: Json = {
        "sstatus": {"title": "Created", "status": 201, "detail": "Created"},
        "shipmentNo": shipment_no,
        "label": {"b64": base64.b64encode(label).decode()},
        "routingCode": "40327653113+99000933090010",
    }
    if documents != "SHIPMENT_LABEL":
        code = code_png(f"DHLRetoure/{shipment_no}")
        said["qrLabel"] = {"b64": base64.b64encode(code).decode()}
        said["qrLink"] = f"https://www.dhl.example/mobile-retoure?code={shipment_no}"
    return said


def _lines(address: Json) -> Json:
    return {
        "name": address["name1"],
        "street1": f"{address['addressStreet']} {address['addressHouse']}",
        "street2": address.get("name2", ""),
        "zip": address["postalCode"],
        "city": address["city"],
        "state": address.get("state", ""),
        "country": "",
    }


def _reference(call: Call) -> str:
    return text(call.body, "shipmentReference", default="-")


def _all(_call: Call) -> str:
    return "-"
