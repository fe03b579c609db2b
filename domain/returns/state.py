"""What is known of one return: the fold of its events, and nothing else.

Units, parcels, labels, payouts, strays, notices, offers and concerns are things of their
own, each with an id, so that three lines in two parcels paid from two tenders are no
special case.
"""

from dataclasses import dataclass, field
from datetime import datetime

from domain.channels import Channel, Contact, MessageTerms, Wish
from domain.policy.quote import Quote, Terms, UnitQuote
from domain.policy.serving import Slot
from domain.returns.lifecycle import Life
from domain.returns.successions import Successor
from domain.returns.things import (
    Adjustment,
    Bill,
    Concern,
    Coupon,
    Hold,
    Label,
    Look,
    Notice,
    Offer,
    Payout,
    Recovery,
    Repair,
    SendBack,
    Stray,
)
from domain.returns.unit import Basis, Replacement, Unit
from domain.words import (
    Authorisation,
    LabelLife,
    Logistics,
    Method,
)

__all__ = [
    "Adjustment",
    "Basis",
    "Bill",
    "Concern",
    "Coupon",
    "Hold",
    "Label",
    "Look",
    "Notice",
    "Offer",
    "Parcel",
    "Payout",
    "Recovery",
    "Repair",
    "Replacement",
    "ReturnState",
    "SendBack",
    "Stray",
    "Unit",
]


SAID_LATER = (
    "in_transit",
    "at_hub",
    "customs_hold",
    "delivered_unscanned",
    "returned_to_customer",
)
"""Of two scans of one moment the later here counts, whichever was told first."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One box, announced or not."""

    parcel_id: str
    logistics: Logistics
    method: Method | None = None  # none: nobody announced it
    carrier: str = ""
    service: str = ""
    tracking_numbers: tuple[str, ...] = ()
    followed: tuple[str, ...] = ()  # those of the customer's own carrier that we hear of
    transports_tried: tuple[
        tuple[str, str], ...
    ] = ()  # (carrier, service) that said no, or gave up
    generation: int = 1  # of its transport: each switch is another
    handed_over_at: datetime | None = None
    last_scan_at: datetime | None = None  # the newest that its carrier told of where it is
    seen: tuple[tuple[datetime, str], ...] = ()  # all that its carrier told, by its own time
    delay_told_at: datetime | None = None  # the newest delay that its carrier told of
    delayed_at: datetime | None = None
    lost_at: datetime | None = None
    received_at: datetime | None = None
    receipts: tuple[str, ...] = ()  # the reports of it that stand
    pickup_ref: str = ""
    stale_pickups: tuple[str, ...] = ()  # booked, replaced, not yet called off
    pickup_window_end: datetime | None = None
    pickup_not_before: datetime | None = None
    pickup_until: datetime | None = None  # the end of the slot that was chosen
    pickup_failed_at: datetime | None = None
    pickup_failure: str = ""
    pickup_bookings: int = 0
    visits: tuple[str, ...] = ()  # booked, each under the step that asked for it
    visits_by: tuple[tuple[str, str, str], ...] = ()  # each visit: its reference, carrier, service
    next_visit: int = 1  # another whenever a visit is to be asked for otherwise than before
    visits_failed: tuple[str, ...] = ()  # why, the first first; by whichever carrier
    attempts_counted: int = 0  # of those by the carrier it goes with now
    mismatched: bool = False  # the courier found something else in it than was announced
    at_fault: str = ""
    asked_at: datetime | None = None  # its carrier, whether it has moved; not answered yet
    silent_at: datetime | None = None  # when its carrier knew nothing of it
    answered_at: datetime | None = None  # when its carrier said last what it knows

    @property
    def last_stage(self) -> str:
        """Where its carrier saw it last, by the carrier's own time; nowhere, where it never did."""
        scans = [(at, SAID_LATER.index(stage)) for at, stage in self.seen if stage in SAID_LATER]
        return SAID_LATER[max(scans)[1]] if scans else ""

    @property
    def label_id(self) -> str:
        """The purchase of the label that it is to travel on: another for each switch."""
        return f"label:{self.parcel_id}:{self.generation}"

    @property
    def awaits_visit(self) -> bool:
        """Whether a carrier is to come for it, today or another day."""
        at_home = {Logistics.AWAITING_HANDOVER, Logistics.PICKUP_SCHEDULED,
                   Logistics.PICKUP_EXCEPTION}  # fmt: skip
        return self.method is Method.CARRIER_PICKUP and self.logistics in at_home

    @property
    def has_left(self) -> bool:
        """Whether the customer has handed it over."""
        return self.handed_over_at is not None or self.received_at is not None


@dataclass(frozen=True, slots=True)
class ReturnState:
    """One return. `version` counts its events; 0 is a return nobody asked for yet."""

    version: int = 0
    tenant: str = ""
    return_id: str = ""
    order_id: str = ""
    customer_id: str = ""
    locale: str = "en"
    country: str = ""
    currency: str = ""
    method: Method | None = None
    parcels_planned: int = 1
    life: Life | None = None
    authorisation: Authorisation | None = None
    requested_at: datetime | None = None
    slot: Slot | None = None  # in which the customer wants to be visited
    approved_at: datetime | None = None
    ended_at: datetime | None = None  # cancelled, declined or expired
    ended_because: str = ""
    ship_by: datetime | None = None
    keep_item: bool = False
    announced: bool = False
    reminded: bool = False
    terms: Terms | None = None
    quote: Quote | None = None
    adjustments: tuple[Adjustment, ...] = ()
    given_up: dict[str, int] = field(default_factory=dict)  # by unit, or shipping: not owed now
    hands: tuple[str, ...] = ()  # who asked for it, and whoever decided that money is due
    shipping_adjusted_minor: int = 0
    fee_adjusted_minor: int = 0
    units: dict[str, Unit] = field(default_factory=dict)
    parcels: dict[str, Parcel] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    prepared: dict[str, str] = field(default_factory=dict)  # step id → the carrier's offer
    prepared_by: dict[str, tuple[str, str]] = field(default_factory=dict)  # → carrier, service
    strays: dict[str, Stray] = field(default_factory=dict)
    payouts: dict[str, Payout] = field(default_factory=dict)
    bills: dict[str, Bill] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    given_back: dict[str, int] = field(default_factory=dict)  # of what was collected, promised
    notices: dict[str, Notice] = field(default_factory=dict)
    rated: bool = False  # the customer has said what they thought of it
    contact: Contact | None = None  # how the customer wants to be told, if they said
    offers: dict[str, Offer] = field(default_factory=dict)
    concerns: dict[str, Concern] = field(default_factory=dict)
    coupons: dict[str, Coupon] = field(default_factory=dict)
    send_backs: dict[str, SendBack] = field(default_factory=dict)  # by unit or stray
    receipts: tuple[str, ...] = ()  # every report of the dock that was heard, or taken back
    corrected: dict[str, Successor] = field(default_factory=dict)  # by the report that corrects
    nameless: dict[str, datetime] = field(default_factory=dict)  # reports of boxes without a number
    numbers: dict[str, str] = field(default_factory=dict)  # by report: the number read on the box
    inspections: frozenset[str] = frozenset()  # every report of an inspection that was heard
    seen_again: dict[str, Successor] = field(default_factory=dict)  # by the one that corrects
    recoveries: dict[str, Recovery] = field(default_factory=dict)
    customs_documents: dict[str, str] = field(default_factory=dict)  # by label: the document
    declarations: int = 0  # times that staff said what customs must know
    export_reference: str = ""  # of the declaration under which the goods had left
    customs_asked: tuple[str, ...] = ()  # parcels of which a person has said what was missing
    counted: dict[str, datetime] = field(default_factory=dict)  # step id → heard of then
    missed: dict[str, int] = field(default_factory=dict)  # step id → deadlines missed
    rejected_messages: int = 0
    completed_paid_minor: int = 0

    @property
    def agreed(self) -> Terms:
        """The terms; only asked of returns that were judged."""
        if self.terms is None:
            raise ValueError(f"return {self.return_id} has no terms yet")
        return self.terms

    @property
    def message_terms(self) -> MessageTerms:
        """How the customer is told where they say nothing."""
        return self.terms.messages if self.terms is not None else MessageTerms()

    @property
    def wish(self) -> Wish:
        """How the customer wants to be told."""
        return self.contact.channel if self.contact else self.message_terms.channel.value

    @property
    def time_zone(self) -> str:
        """By whose clock it is night for the customer."""
        said = self.contact.time_zone if self.contact else None
        return said or self.message_terms.time_zone

    def channel_of(self, notice: Notice) -> Channel:
        """By which channel to tell it: as is wanted, or as is left once that led to nobody.

        Who wants to be told nothing is told what they must be as others are.
        """
        wanted = Channel(self.wish) if self.wish != "none" else self.message_terms.channel
        left = (channel for channel in Channel if channel not in notice.failed)
        return wanted if wanted not in notice.failed else next(left, wanted)

    @property
    def is_approved(self) -> bool:
        """Whether goods are welcome."""
        return self.authorisation in {Authorisation.APPROVED, Authorisation.PARTIALLY_APPROVED}

    @property
    def has_left(self) -> bool:
        """Whether any parcel is out of the customer's hands."""
        return any(parcel.has_left for parcel in self.parcels.values())

    @property
    def live_units(self) -> list[Unit]:
        """The units that may come back."""
        return [unit for unit in self.units.values() if unit.approved]

    @property
    def expected_units(self) -> list[Unit]:
        """The units that are to come back: of the live ones those that nobody keeps."""
        return [unit for unit in self.live_units if not unit.stays]

    def quoted(self, unit_id: str) -> UnitQuote | None:
        """What was promised for a unit."""
        units = self.quote.units if self.quote else ()
        return next((quoted for quoted in units if quoted.unit == unit_id), None)

    def live_label(self, parcel_id: str) -> Label | None:
        """The label of a parcel that can be used now, if there is one."""
        usable = {LabelLife.LIVE, LabelLife.VOID_REQUESTED}
        of_it = (label for label in self.labels.values() if label.parcel_id == parcel_id)
        return next((label for label in of_it if label.life in usable), None)
