"""The small things of a return, each with an id: payouts, offers, notices, concerns."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.channels import Channel
from domain.money import Money
from domain.recoveries.words import RecoveryKind
from domain.returns.events import PayoutPart
from domain.returns.events.bills import BillPart
from domain.words import (
    Disposition,
    Grade,
    LabelLife,
    MoneyState,
    Reason,
    Receipt,
    Resolution,
)
from domain.words_of_money import BillState, HoldState


@dataclass(frozen=True, slots=True)
class Payout:
    """One instruction to one destination."""

    instruction_id: str
    state: MoneyState
    destination: str  # "tender", "store_credit", "manual"; "" while held for want of one
    tender_id: str
    provider: str
    payment_ref: str
    amount_minor: int
    parts: tuple[PayoutPart, ...]
    since: datetime
    payout_ref: str = ""
    reason: str = ""
    code: str = ""
    replaced: bool = False  # another instruction pays this instead
    news: int = 0  # hints heard
    news_open: bool = False  # a hint nobody has followed yet
    chosen_by: str = ""  # whoever said that it goes there; empty: the policy
    approved_by: tuple[str, ...] = ()  # who lets it go
    exchange_loss: Money | None = None  # above zero a loss; in the merchant's own currency
    given_up_by: tuple[str, ...] = ()  # who says that it is not owed any more
    sendable_since: datetime | None = None  # from then on it may have been sent

    @property
    def stands(self) -> bool:
        """Whether its amount counts as promised money that is being, or was, dealt with."""
        if self.state is MoneyState.SUCCEEDED:
            return True  # paid is paid, though another instruction was to do it instead
        return self.state is not MoneyState.CANCELLED and not self.replaced

    @property
    def in_short(self) -> dict[str, Any]:
        """What everybody who lists payouts says of it."""
        return {
            "instruction_id": self.instruction_id,
            "state": str(self.state),
            "destination": self.destination,
            "tender_id": self.tender_id,
            "provider": self.provider,
            "amount_minor": self.amount_minor,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Label:
    """Transport that was bought."""

    label_id: str
    parcel_id: str
    label_ref: str
    carrier: str
    tracking_number: str
    document_ref: str
    code: str
    life: LabelLife
    since: datetime
    service: str = ""
    cost: Money | None = None
    good_until: datetime | None = None  # after that it is of no use, or too late to give back
    billed_on_scan: bool = False
    asked: bool = False  # its carrier tells nothing by itself
    taken_back: bool = False  # once, whatever came after
    charged: bool = False  # after its purchase


@dataclass(frozen=True, slots=True)
class Notice:
    """A message owed to the customer."""

    notice_id: str
    template: str
    facts: dict[str, str]
    since: datetime
    sent: bool = False
    quiet_until: datetime | None = None  # the morning that a text waits for
    failed: tuple[Channel, ...] = ()  # the ways that lead to nobody


@dataclass(frozen=True, slots=True)
class Offer:
    """Another resolution, or another way for money, waiting for the customer's answer."""

    offer_id: str
    unit: str
    resolution: Resolution | None
    answer_by: datetime
    answer: str = ""  # accepted, declined, lapsed
    kind: str = "out_of_stock"  # resolution, payout_way
    if_silent: str = "accepted"  # lapsed: silence is no consent
    instruction_id: str = ""  # of the payout that is to go elsewhere
    destination: str = ""
    tender_id: str = ""
    share_bp: int = 0  # of the unit's value, where only a share is offered
    amount_minor: int = 0
    by: str = ""


@dataclass(frozen=True, slots=True)
class Concern:
    """Something a person of the merchant's has to look at."""

    concern_id: str
    what: str
    because: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One change of the promise, with its reason."""

    key: str  # a unit, "shipping" or "label_fee"
    amount_minor: int
    reason: str
    because: str


@dataclass(frozen=True, slots=True)
class Bill:
    """Money that the customer is asked for, once, by one link."""

    instruction_id: str
    state: BillState
    provider: str
    amount_minor: int
    parts: tuple[BillPart, ...]
    pay_by: datetime
    since: datetime
    bill_ref: str = ""
    url: str = ""
    payment_ref: str = ""
    told_at: datetime | None = None  # when the customer was last told a link to it
    withdrawn: str = ""  # why nobody wants it paid any more; empty: it is wanted
    late: bool = False  # paid when it could not be paid any more
    news: int = 0  # hints heard
    news_open: bool = False  # a hint nobody has followed yet

    def is_on(self, key: str) -> bool:
        """Whether a unit, or the label's fee, is a part of it."""
        return any(part.key == key for part in self.parts)

    @property
    def is_open(self) -> bool:
        """Whether it may still be paid, as far as is known."""
        return self.state in {BillState.PLANNED, BillState.OPEN, BillState.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon for one unit."""

    instruction_id: str
    unit: str
    amount: Money
    value_minor: int
    valid_until: datetime
    since: datetime
    life: str = "planned"  # issued, refused
    code: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """The repair of one unit. `failed` is tried again only when a person says so."""

    life: str  # started, completed, failed
    repair_ref: str
    since: datetime


@dataclass(frozen=True, slots=True)
class SendBack:
    """A unit's, or a stray's, way back to the customer."""

    subject: str
    since: datetime
    choice: str = ""  # send_back, leave: the customer's word
    order_ref: str = ""
    sent: bool = False
    tracking_number: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """The worth of a unit, kept ready on what the order was paid with."""

    instruction_id: str
    state: HoldState
    unit: str
    provider: str
    payment_ref: str
    amount_minor: int
    since: datetime
    hold_ref: str = ""
    reason: str = ""
    to_take_minor: int = 0  # called in: so much of it
    let_go: bool = False
    taken_ref: str = ""
    taken_minor: int = 0
    news: int = 0  # hints heard
    news_open: bool = False  # a hint nobody has followed yet

    @property
    def is_open(self) -> bool:
        """Whether it is kept ready, or about to be."""
        return self.state in {HoldState.PLANNED, HoldState.UNKNOWN, HoldState.HELD}

    @property
    def stands(self) -> bool:
        """Whether it keeps its unit's worth ready, or has brought it in."""
        return self.state is HoldState.TAKEN or (self.is_open and not self.let_go)


@dataclass(frozen=True, slots=True)
class Look:
    """What one inspection saw of one unit."""

    inspection_id: str
    seen_at: datetime
    grade: Grade
    inspector: str
    serial: str = ""  # or the lot
    checks: dict[str, bool] = field(default_factory=dict)  # by the question, whether it is so
    photos: int = 0
    suggested: Disposition | None = None
    found_reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Stray:
    """Something in a box that nobody announced; so many of it as the box held."""

    stray_id: str
    sku: str
    kind: str
    parcel_id: str
    receipt_id: str
    since: datetime
    quantity: int = 1
    serial: str = ""
    matched: tuple[str, ...] = ()  # units that a person says are of it
    gone: int = 0  # how many of it went where a person said
    settled: Disposition | None = None  # where they went
    receipt: Receipt = Receipt.UNEXPECTED

    @property
    def left(self) -> int:
        """How many of it nobody has decided on."""
        return self.quantity - len(self.matched) - self.gone

    @property
    def open(self) -> bool:
        """Whether somebody still has to decide."""
        return self.left > 0

    def __str__(self) -> str:
        return self.sku if self.left == 1 else f"{self.left} of {self.sku}"


@dataclass(frozen=True, slots=True)
class Recovery:
    """What is claimed back from others; its own stream tells what becomes of it."""

    recovery_id: str
    kind: RecoveryKind
    subject: str
    since: datetime
    stands: bool = True  # false: its reason is gone, and it has been told
    told: int = 1  # how often it was opened or recalled
