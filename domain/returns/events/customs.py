"""What customs read of goods that come back over a border."""

from typing import Annotated, Literal

from pydantic import Field

from domain.model import Country, Id, Minor, Short, Text, Value
from domain.money import Currency
from domain.returns.events.base import Event

HsCode = Annotated[Short, Field(pattern=r"^[0-9]{4}[0-9.]{0,10}$")]
"""A heading of the Harmonised System, or finer: 6403 or 6403.99; six digits are worldwide."""


class CustomsFacts(Value):
    """What a person knows of the goods of one line."""

    line_id: Id
    hs_code: HsCode
    origin_country: Country


class GoodsDeclared(Event):
    """A person has said what customs must know; it counts instead of what the order said."""

    type: Literal["GoodsDeclared"] = "GoodsDeclared"
    goods: tuple[CustomsFacts, ...] = ()
    export_reference: Short = ""


class DeclaredGoods(Value):
    """One unit, at what was paid for it. An empty HS code is for a person to write in."""

    unit: Short
    sku: Short
    description: Short
    value_minor: Minor
    weight_grams: int
    hs_code: Short = ""
    origin_country: Country | None = None


class CustomsDocumentIssued(Event):
    """The commercial invoice of one parcel, marked as returned goods. It names no person."""

    type: Literal["CustomsDocumentIssued"] = "CustomsDocumentIssued"
    document_id: str
    parcel_id: Id
    label_id: str
    reason: Literal["returned_goods"] = "returned_goods"
    goods: Annotated[tuple[DeclaredGoods, ...], Field(min_length=1)]
    currency: Currency
    exporter_country: Country
    importer: Short  # the hub
    importer_country: Country
    incoterm: Literal["DAP", "DDP"] = "DDP"
    export_reference: Short  # under which the goods had left; empty: nobody has said it
    relief: Text = ""  # what frees them from duty there, with its source
