"""What is asked of whoever takes goods that leave a hub together.

Vendors, buyers, charities, recyclers, workshops, and the merchant's other warehouses: each is
offered a lot under its own name, and asked later what it knows of it.
"""

from typing import Protocol

from activities.ports.base import Capabilities, Value
from activities.ports.carriers import Paper
from domain.lots.words import LotKey
from domain.model import Moment
from domain.money import Money


class OfferedUnit(Value):
    """One unit of a lot."""

    key: str  # by which it is spoken of
    sku: str
    name: str
    serial: str = ""
    grade: str = ""
    value: Money  # what was paid for it, net


class LotOrder(Value):
    """A lot that is offered, or announced. Taken once on `step_id`."""

    step_id: str
    lot_id: str
    kind: str
    hub: str
    counterparty: str
    units: tuple[OfferedUnit, ...]
    tracking_number: str = ""


class LotTaken(Value):
    """They take it under their number; `price` is what they say that they pay or credit."""

    reference: str
    price: Money | None = None


class LotNotTaken(Value):
    """Their no."""

    theirs: str


class LotPayment(Value):
    """A payment, or a credit note."""

    reference: str
    amount: Money


class LotPaper(Value):
    """A certificate or a receipt, by its checksum."""

    number: str
    sha256: str
    url_ref: str = ""
    issued_at: Moment | None = None


class LotCount(Value):
    """What was counted of one article, or one unit where they know it."""

    sku: str
    quantity: int
    key: str = ""
    serial: str = ""


class LotGrade(Value):
    """What became of one unit at a workshop."""

    key: str
    grade: str
    goes: str


class LotStands(Value):
    """All that they know of a lot."""

    payments: tuple[LotPayment, ...] = ()
    paper: LotPaper | None = None
    report_id: str = ""  # none: not counted yet
    counted: tuple[LotCount, ...] = ()
    graded: tuple[LotGrade, ...] = ()


class LotPapers(Protocol):
    """Keeps what a carrier hands out once for a lot; the first of a name for good."""

    async def keep(self, key: LotKey, name: str, paper: Paper) -> None: ...


class LotPartners(Protocol):
    """Takes lots, and says how they stand. `look_up_lot` changes nothing over there."""

    capabilities: Capabilities

    async def find_lot(self, order: LotOrder) -> LotTaken | None: ...
    async def offer_lot(self, order: LotOrder) -> LotTaken | LotNotTaken: ...
    async def look_up_lot(self, step_id: str) -> LotStands: ...
