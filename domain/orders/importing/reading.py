"""What reading one order of a file comes to: the order with its refunds, or why not."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from domain.misfits import in_words
from domain.model import Value
from domain.money import Money, exponent
from domain.orders.commands import RecordOutsideRefund
from domain.orders.order import OrderSnapshot

Document = Mapping[str, Any]

_PLAIN = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_WHOLE = re.compile(r"-?[0-9]{1,15}")


class Unread(Exception):
    """A field that cannot be read; the text names it and says what was expected."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: {expected}")


class Difference(Value):
    """A sum that does not come out: what it should be, and what is there, in minor units."""

    sum: str
    expected_minor: int
    found_minor: int

    def __str__(self) -> str:
        return f"{self.sum}: expected {self.expected_minor}, found {self.found_minor}"


@dataclass(frozen=True, slots=True)
class ImportedOrder:
    """An order that adds up, and the refunds that were made of it elsewhere."""

    snapshot: OrderSnapshot
    refunds: tuple[RecordOutsideRefund, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnfitOrder:
    """An order that is not taken in, and why."""

    order_id: str
    code: str  # invalid, does_not_add_up, scattered
    because: str
    differences: tuple[Difference, ...] = ()


def minor_units(value: object, currency: str, field: str) -> int:
    """Read an amount in the currency's own decimals, as `10.85`; no float comes near it.

    Raises:
        Unread: It has a comma, a sign of thousands, a part of a minor unit, or is no number;
            or the currency is none.
    """
    try:
        digits = exponent(currency)
    except ValueError as unknown:
        raise Unread("currency", str(unknown)) from None
    is_exact = isinstance(value, str | int | Decimal) and not isinstance(value, bool)
    text = str(value) if is_exact else ""
    try:
        amount = Money.parse(text, currency).amount_minor if _PLAIN.fullmatch(text) else None
    except ValueError:  # a part of a minor unit
        amount = None
    if amount is None:
        sample = f"10.{'5' * digits}" if digits else "1085"
        raise Unread(field, f"expected an amount in {currency}, as {sample}")
    return amount


def whole_number(value: object, field: str) -> int:
    """Read a whole number, from digits alone.

    Raises:
        Unread: It is something else.
    """
    if isinstance(value, bool) or not _WHOLE.fullmatch(str(value)):
        raise Unread(field, "expected a whole number, in digits")
    return int(str(value))


def moment(value: object, field: str) -> datetime:
    """Read a time with its offset.

    Raises:
        Unread: It is none, or says no offset.
    """
    try:
        read = datetime.fromisoformat(str(value))
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise Unread(field, "expected a time with its offset, as 2026-03-01T09:30:00+01:00")
    return read


def as_snapshot(document: Document) -> OrderSnapshot:
    """Read our own snapshot.

    Raises:
        Unread: It does not fit; each field is named.
    """
    try:
        return OrderSnapshot.model_validate_json(json.dumps(document, default=str))
    except ValidationError as misfit:
        raise Unread("order", in_words(misfit)) from None
    except (ValueError, RecursionError):
        raise Unread("order", "expected JSON that is not nested deep") from None


def unfit(document: Document, unread: Unread) -> UnfitOrder:
    """Say of an order that it cannot be read."""
    because = str(unread).removeprefix("order: ")
    return UnfitOrder(said_order_id(document), "invalid", because)


def said_order_id(document: Document) -> str:
    """The id that an order gives itself, short and printable; empty if it says none."""
    said = document.get("order_id", document.get("id", ""))
    text = str(said) if isinstance(said, str | int) else ""
    return "".join(sign for sign in text if sign.isprintable())[:100]


def not_adding_up(order_id: str, differences: Sequence[Difference]) -> UnfitOrder:
    """Say of an order which of its sums do not come out."""
    because = "; ".join(str(each) for each in differences)
    return UnfitOrder(order_id, "does_not_add_up", because, tuple(differences))
