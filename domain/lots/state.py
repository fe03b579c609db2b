"""What is known of one lot."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.lots.facts import Certificate, InvoicedGoods, LotFacts, LotUnit, Recovered
from domain.lots.words import LotLife
from domain.money import Money
from domain.words import Disposition, Grade


@dataclass(frozen=True, slots=True)
class Inside:
    """One unit in it."""

    told: LotUnit
    counted: bool = False  # by the other warehouse
    grade: Grade | None = None  # by the workshop
    goes: Disposition | None = None
    placed: str = ""  # the stock move that put it where it goes
    out_since: datetime | None = None  # when a person took it out
    because: str = ""  # why they did
    known: bool = False  # its return knows where it was put


@dataclass(frozen=True, slots=True)
class LotFinding:
    """Something that does not agree."""

    finding_id: str
    what: str
    subject: str
    since: datetime
    disputed: bool = False
    resolved: str = ""  # why it is settled


@dataclass(frozen=True, slots=True)
class LotState:
    """One lot. `version` counts its events; 0 is one that nobody opened."""

    version: int = 0
    known: LotFacts | None = None
    life: LotLife | None = None
    since: datetime | None = None  # when it came to its present life
    opened_at: datetime | None = None
    inside: dict[str, Inside] = field(default_factory=dict)
    out: dict[str, Inside] = field(default_factory=dict)  # what people took out of it
    heard: dict[str, int] = field(default_factory=dict)  # by unit: the last word of its return
    closed_because: str = ""
    invoices: int = 0
    invoiced: tuple[InvoicedGoods, ...] = ()
    export_references: tuple[str, ...] = ()
    relief: str = ""
    refused: str = ""  # their no that stands
    offer_ref: str = ""
    label_ref: str = ""
    tracking_number: str = ""
    label_document: str = ""
    freight: Money | None = None
    reference: str = ""  # theirs
    price_minor: int | None = None
    agreed_by: str = ""
    looking: bool = False  # they are to be asked how it stands
    looks: int = 0
    looked_at: datetime | None = None
    paid: dict[str, int] = field(default_factory=dict)  # by the reference of each payment
    charged: dict[str, int] = field(default_factory=dict)
    certificate: Certificate | None = None
    reports: tuple[str, ...] = ()  # of the other warehouse
    findings: dict[str, LotFinding] = field(default_factory=dict)
    accepted: str = ""
    settled: tuple[Recovered, ...] = ()
    settled_minor: int | None = None
    because: str = ""  # why it is dissolved
    missed: dict[str, int] = field(default_factory=dict)  # step id → deadlines missed
    failed: str = ""  # the step that only a person can mend
    failed_because: str = ""

    @property
    def facts(self) -> LotFacts:
        """What it is; only asked of lots that were opened."""
        if self.known is None:
            raise ValueError("a lot that nobody opened")
        return self.known

    @property
    def grams(self) -> int:
        """What is in it weighs."""
        return sum(unit.told.weight_grams for unit in self.inside.values())

    @property
    def proceeds_minor(self) -> int:
        """What it brought, less what it cost."""
        return sum(self.paid.values()) - sum(self.charged.values())

    @property
    def open_findings(self) -> tuple[LotFinding, ...]:
        """Those that nobody has settled."""
        return tuple(each for each in self.findings.values() if not each.resolved)

    @property
    def by_partner(self) -> bool:
        """Whether whoever takes it is asked by machine."""
        return bool(self.facts.terms.channel)
