"""One thing on its way back, and what is known of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from domain.policy.resolving import STAYS
from domain.returns.events import RequestedUnit
from domain.returns.things import Look, Repair
from domain.words import Decision, Disposition, Grade, Reason, Receipt, Resolution


@dataclass(frozen=True, slots=True)
class Replacement:
    """The goods that go out instead of one unit."""

    sku: str
    life: str  # "" → reserved → ordered → shipped, or unavailable, released
    reservation_ref: str = ""
    hold_until: datetime | None = None
    ending: bool = False  # held until too soon
    free_since: datetime | None = None  # when an attempt to send it last came to nothing
    sent_at: datetime | None = None
    ended: int = 0  # attempts to send it that came to nothing
    order_ref: str = ""


@dataclass(frozen=True, slots=True)
class LotPlace:
    """In which lot a unit is, or was last."""

    lot_id: str
    life: str  # chosen → in; left: not in it (any more); gone: it had left with it
    word: int  # how often the lots were told something of the unit
    since: datetime

    @property
    def shelf_id(self) -> str:
        """Where its lot was begun."""
        return self.lot_id.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing on its way back."""

    asked: RequestedUnit
    receipt: Receipt
    decision: Decision
    reason: Reason
    resolution: Resolution
    approved: bool = False
    parcel_id: str = ""
    receipt_id: str = ""
    received_at: datetime | None = None
    condition: str = ""  # as the dock calls it
    stray_id: str = ""  # the stray that a person matched to it
    counted_serial: str = ""  # as the dock reads it
    looks: tuple[Look, ...] = ()  # the inspections that stand; what follows is what they add up to
    seen_serial: str = ""
    grade: Grade | None = None
    inspection_id: str = ""
    inspected_at: datetime | None = None
    inspector: str = ""
    checks: dict[str, bool] = field(default_factory=dict)  # by the question, whether it is so
    photos: int = 0
    suggested: Disposition | None = None
    found_reason: Reason | None = None
    share_bp: int = 0
    decided_at: datetime | None = None
    decided_because: str = ""
    decided_by: str = ""  # the person who decided; empty: the rules
    decided_unseen: bool = False  # while it was not here
    judged_on: "Basis | None" = None  # what was known of it then
    dispute_id: str = ""
    disputed_at: datetime | None = None
    disposition: Disposition | None = None
    recovery_minor: int | None = None  # what it is expected to bring there, where compared
    placed_on: "Basis | None" = None  # what was known of it then
    places: int = 0  # how often it was said where it goes
    moved: bool = False
    move_ref: str = ""
    moving_back: bool = False  # the move is to be taken back
    lot: LotPlace | None = None  # in which it leaves its hub
    adjusted_minor: int = 0
    borne_minor: int = 0  # by the merchant, of what a deduction made the article dearer
    replacement: Replacement | None = None
    repair: Repair | None = None

    @property
    def stays(self) -> bool:
        """Whether the customer keeps it, whatever is paid for it."""
        return self.resolution in STAYS

    @property
    def id(self) -> str:
        """`<line_id>/<n>`."""
        return self.asked.unit

    @property
    def serial(self) -> str:
        """As an inspector read it, else as the dock did."""
        return self.seen_serial or self.counted_serial

    @property
    def basis(self) -> "Basis":
        """All that a verdict on it, and its place, are made of."""
        return Basis(
            self.grade,
            tuple(sorted(self.checks.items())),
            bool(self.photos),
            self.serial,
            self.suggested,
            self.reason,
        )


class Basis(NamedTuple):
    """What is known of a unit that is here."""

    grade: Grade | None
    checks: tuple[tuple[str, bool], ...]
    has_photos: bool
    serial: str
    suggested: Disposition | None
    reason: Reason
