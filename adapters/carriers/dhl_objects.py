"""DHL's return orders, as far as we read them (held to their published interface), and ours."""

import re
from collections import defaultdict
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from babel.core import get_global
from pydantic import Field, TypeAdapter, ValidationError

from activities.failures import Misspoken
from activities.ports import Address, CustomsItem, LabelOrder
from adapters.http import TheirObject
from domain.money import Money

CODE = "return_code"
DOCUMENTS: Mapping[str, str] = {"return_label": "SHIPMENT_LABEL", CODE: "BOTH"}
"""Our services, and the documents that they make for each. Who shows a code may print as well."""

HEAVIEST_GRAMS = 31_500
MOST_CUSTOMS_ITEMS = 20
CURRENCIES = frozenset({"EUR", "GBP", "CHF"})
_REFERENCE = 50

SHIPPERS: Mapping[str, str] = {
    "BE": "bel", "BG": "bgr", "DK": "dnk", "DE": "deu", "EE": "est", "FI": "fin", "FR": "fra",
    "GR": "grc", "GB": "gbr", "IE": "irl", "IT": "ita", "HR": "hrv", "LV": "lva", "LT": "ltu",
    "LU": "lux", "MT": "mlt", "NL": "nld", "NO": "nor", "AT": "aut", "PL": "pol", "PT": "prt",
    "RO": "rou", "SE": "swe", "CH": "che", "SK": "svk", "SI": "svn", "ES": "esp", "CZ": "cze",
    "HU": "hun", "CY": "cyp",
}  # fmt: skip
"""Whence they carry returns, as they name it."""

_HOUSE_LAST = re.compile(
    r"(?P<street>.*\D)[ ,]+(?P<house>\d+ ?[A-Za-z]?(?: ?[-/+] ?\d+ ?[A-Za-z]?)?)"
)
_HOUSE_FIRST = re.compile(r"(?P<house>\d+(?: ?(?:[A-Za-z]|bis|ter))?)[ ,]+(?P<street>\D.*)")


class NotCarried(Exception):
    """They cannot take it: one of our pickup exception codes, and why."""

    def __init__(self, reason: str, because: str) -> None:
        super().__init__(because)
        self.reason = reason
        self.because = because


class Document(TheirObject):
    """A paper, in base64."""

    b64: str


class Confirmation(TheirObject):
    """A label that was made."""

    shipment_no: str = Field(alias="shipmentNo", min_length=1, max_length=50)
    label: Document
    qr_label: Document | None = Field(default=None, alias="qrLabel")


class _ReceiverAddress(TheirObject):
    postal_code: str = Field(alias="postalCode")


class Receiver(TheirObject):
    """Where returns of one country go: set up in their business portal."""

    receiver_id: str = Field(alias="receiverId")
    address: _ReceiverAddress = Field(alias="receiverAddress")

    @property
    def postcode(self) -> str:
        """Of the hub."""
        return self.address.postal_code


class Receivers:
    """Their list of them."""

    _LIST = TypeAdapter(tuple[Receiver, ...])

    @classmethod
    def read(cls, text: str | None) -> tuple[Receiver, ...]:
        """Read it.

        Raises:
            Misspoken: It is none.
        """
        try:
            return cls._LIST.validate_json(text or "[]")
        except ValidationError:
            raise Misspoken("dhl_returns: GET /locations is no list of receivers") from None


def shipper_country(country: str) -> str | None:
    """Name a country as they do; none where they take no returns from there."""
    return SHIPPERS.get(country)


def return_order(order: LabelOrder, receiver: Receiver) -> dict[str, Any]:
    """Say what is to come back. They write to nobody: no address of mail or phone is given.

    Raises:
        NotCarried: It does not fit what they take.
    """
    if order.weight_grams > HEAVIEST_GRAMS:
        raise NotCarried("oversize_or_bad_packaging", f"heavier than {HEAVIEST_GRAMS} g")
    reference = reference_of(order.step_id)
    said: dict[str, Any] = {
        "receiverId": receiver.receiver_id,
        "customerReference": reference,
        "shipmentReference": reference,
        "shipper": shipper(order.sender),
        "itemWeight": _grams(order.weight_grams),
    }
    if order.customs:
        said["customsDetails"] = {"items": _customs(order.customs)}
    return said


def reference_of(step_id: str) -> str:
    """Our step within their 50 characters, the same ever after."""
    whose = step_id.partition(":")[2]  # without the merchant, whose account it is
    fits = next((said for said in (step_id, whose) if 0 < len(said) <= _REFERENCE), "")
    return fits or f"{step_id[:37]}.{sha256(step_id.encode()).hexdigest()[:12]}"


def shipper(address: Address) -> dict[str, str]:
    """Who sends; they want street and house apart.

    Raises:
        NotCarried: The house cannot be told from the street.
    """
    line = address.line1.strip()
    parts = _HOUSE_LAST.fullmatch(line) or _HOUSE_FIRST.fullmatch(line)
    if parts is None:
        raise NotCarried("address_issue", "no house number")
    said = {
        "name1": address.name[:50],
        "name2": address.line2[:50],
        "addressStreet": parts["street"].strip(" ,")[:50],
        "addressHouse": parts["house"].replace(" ", "")[:10],
        "postalCode": address.postcode[:10],
        "city": address.city[:40],
        "state": address.region[:20],
    }
    return {name: value for name, value in said.items() if value}


def _customs(items: tuple[CustomsItem, ...]) -> list[dict[str, Any]]:
    if len(items) > MOST_CUSTOMS_ITEMS:
        raise NotCarried("restricted_item", f"more than {MOST_CUSTOMS_ITEMS} kinds of goods")
    return [_declared(item) for item in items]


def _declared(item: CustomsItem) -> dict[str, Any]:
    if item.value.currency not in CURRENCIES:
        raise NotCarried("restricted_item", "declared in EUR, GBP or CHF alone")
    said = {
        "itemDescription": item.description[:50],
        "packagedQuantity": item.quantity,
        "itemWeight": _grams(item.weight_grams),
        "itemValue": {"currency": item.value.currency, "value": _number(item.value)},
        "hsCode": item.hs_code,
        "countryOfOrigin": _ORIGINS.get(item.origin_country, ""),
    }
    return {name: value for name, value in said.items() if value}


def _grams(grams: int) -> dict[str, Any]:
    return {"uom": "g", "value": max(1, grams)}


def _number(value: Money) -> float:
    """A JSON number, as they want it: at most 100,000.00, whose digits a float keeps exactly."""
    return float(value.plain().split()[0])


def _origins() -> dict[str, str]:
    """Three letters for two, from CLDR; where it knows several for one, none but those above."""
    named: dict[str, list[str]] = defaultdict(list)
    for alias, countries in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and len(countries) == 1:
            named[countries[0]].append(alias)
    known = {country: names[0] for country, names in named.items() if len(names) == 1}
    return known | {country: name.upper() for country, name in SHIPPERS.items()}


_ORIGINS = _origins()
