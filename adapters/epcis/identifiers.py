"""Goods and parcels as GS1 names them, put into article, serial and number.

Source: GS1 EPC Tag Data Standard 2.1, section 7 (URI syntax), and GS1 Digital Link 1.2.
"""

import re
from dataclasses import dataclass

_SGTIN = re.compile(r"^urn:epc:id:sgtin:(\d+)\.(\d)(\d*)\.(.+)$")
_CLASS = re.compile(r"^urn:epc:class:lgtin:(\d+)\.(\d)(\d*)\.(.+)$")
_ANY_OF = re.compile(r"^urn:epc:idpat:sgtin:(\d+)\.(\d)(\d*)\.\*$")
_SSCC = re.compile(r"^urn:epc:id:sscc:(\d+)\.(\d)(\d*)$")
_LINK = re.compile(r"^https?://[^?#]*?/(01|00)/(\d+)((?:/[0-9]+/[^/?#]+)*)/?$")
_OWN = re.compile(r"^(?:urn:backhaul:article:)([^:\s]{1,200})(?::(.+))?$")


@dataclass(frozen=True, slots=True)
class Goods:
    """An article, with a serial or a lot where it is known."""

    sku: str
    serial: str = ""
    lot: str = ""


def goods_of(uri: str) -> Goods | None:
    """Read which goods a URI names; none for what is no article, such as an asset or a place."""
    for pattern, field in ((_SGTIN, "serial"), (_CLASS, "lot"), (_ANY_OF, "")):
        found = pattern.match(uri)
        if found:
            gtin = _with_check_digit(f"{found[2]}{found[1]}{found[3]}")
            return Goods(gtin, **({field: found[4]} if field else {}))
    link = _LINK.match(uri)
    if link and link[1] == "01":
        more = dict(re.findall(r"/([0-9]+)/([^/]+)", link[3]))
        return Goods(link[2].zfill(14), serial=more.get("21", ""), lot=more.get("10", ""))
    own = _OWN.match(uri)
    return Goods(own[1], serial=own[2] or "") if own else None


def parcel_of(uri: str) -> str:
    """Read the number of a logistic unit (SSCC); empty for what is none."""
    found = _SSCC.match(uri)
    if found:
        return _with_check_digit(f"{found[2]}{found[1]}{found[3]}")
    link = _LINK.match(uri)
    return link[2] if link and link[1] == "00" else ""


def last_part(uri: str) -> str:
    """Read what a paper or a place is called by whoever made the URI: its end."""
    return re.split(r"[:/]", uri.rstrip("/"))[-1]


def _with_check_digit(digits: str) -> str:
    """Add the digit by which reading errors are found (GS1 General Specifications, 7.9)."""
    total = sum(int(d) * (3 if n % 2 == 0 else 1) for n, d in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"
