"""What a lot is, and what is in it: enough to agree, ship and account for it; nothing personal."""

from typing import Annotated

from pydantic import Field

from domain.lots.words import LotKind
from domain.model import Country, Id, Minor, Moment, Short, Value
from domain.money import WHOLE_BASIS_POINTS, Currency
from domain.policy.gathering import LotTerms
from domain.policy.serving import Hub
from domain.words import Disposition, Grade

UnitKey = Annotated[
    str, Field(min_length=3, max_length=260, pattern=r"^[^\x00-\x1f\x7f]+:[^\x00-\x1f\x7f]+$")
]
"""`{return_id}:{unit}`."""


class LotFacts(Value):
    """A lot as it is opened. The terms of whichever unit came first bind it for good."""

    kind: LotKind
    hub: Hub  # where it is gathered
    currency: Currency
    terms: LotTerms

    @property
    def counterparty(self) -> str:
        """Who takes it."""
        return self.terms.counterparty


class LotUnit(Value):
    """One unit of a return, as whoever gathers and whoever takes it must know it."""

    return_id: Id
    order_id: Id
    unit: Short
    sku: Short
    name: Short
    serial: Short = ""
    grade: Grade | None = None
    disposition: Disposition
    weight_grams: int
    hs_code: Short = ""
    origin_country: Country | None = None
    value_minor: Minor  # what was paid for it, net

    @property
    def key(self) -> str:
        """What tells it from every other."""
        return f"{self.return_id}:{self.unit}"


class CountedLine(Value):
    """What whoever received a lot counted; the more is said, the better it is known again."""

    sku: Annotated[Short, Field(min_length=1)]
    quantity: Annotated[int, Field(ge=1, le=1_000)] = 1
    serial: Short = ""
    key: UnitKey | None = None


class GradedUnit(Value):
    """What became of a unit at a workshop: its new grade, and where it goes."""

    key: UnitKey
    grade: Grade
    goes: Disposition


class Recovered(Value):
    """What a unit brought, its share of the costs taken off; below 0: what it cost."""

    key: str
    amount_minor: int


class InvoicedGoods(Value):
    """One unit as customs reads it."""

    key: str
    sku: Short
    description: Short
    value_minor: Minor
    weight_grams: int
    hs_code: Short
    origin_country: Country


class Certificate(Value):
    """A paper of theirs, by number and checksum: proof of disposal, or a receipt for a gift."""

    number: Annotated[Short, Field(min_length=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    url_ref: Short = ""
    issued_at: Moment | None = None


def expected_credit(unit: LotUnit, terms: LotTerms) -> int:
    """What a vendor owes for a unit by contract."""
    return unit.value_minor * terms.credit_bp // WHOLE_BASIS_POINTS
