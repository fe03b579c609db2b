"""The outside on one page: what the engine asks of partners, in our words.

Everything that changes something has a `find_…` for the same id: after a lost answer
we look before we ask again. The id (`step_id`, `instruction_id`) is made before the
first attempt, never contains an attempt or a run, and is the partner's idempotency key
or natural reference wherever the partner has one.

A partner's no is an answer (`…Refused`); a partner not doing its part raises one of
`activities.failures`.
"""

from datetime import datetime, timedelta
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from domain.money import Money


class Value(BaseModel):
    """Something said to or by a partner; never changed after it is said."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Capabilities(Value):
    """What a partner can do about a request that is sent twice; proven by the contract suite."""

    idempotency: Literal["native", "natural_key", "none"]
    key_lifetime: timedelta | None = None
    final_answer: Literal["immediate", "webhook", "poll"] = "immediate"
    can_cancel: bool = False


class Address(Value):
    """Where a parcel starts or ends. Personal: never logged, never in an event."""

    name: str
    line1: str
    line2: str = ""
    city: str
    postcode: str
    region: str = ""
    country: str  # ISO 3166-1 alpha-2
    email: str = ""
    phone: str = ""


# ── Carriers ──────────────────────────────────────────────────────────────────────────────


class CustomsItem(Value):
    """One kind of goods as customs wants to read it."""

    description: str
    quantity: int
    value: Money
    weight_grams: int
    hs_code: str
    origin_country: str


class LabelOrder(Value):
    """A way for one parcel from the customer to a hub. Bought once on `step_id`."""

    step_id: str
    carrier: str  # the carrier's name as the policy writes it, e.g. "swiftpost"
    service: str  # e.g. "return_label", "return_code", "return_pickup"
    sender: Address
    recipient: Address
    weight_grams: int
    customs: tuple[CustomsItem, ...] = ()


class LabelBought(Value):
    """A paid label; `code` is what the customer shows where nothing needs to be printed."""

    label_ref: str  # the carrier's own id of the shipment
    tracking_number: str
    cost: Money
    document_ref: str
    code: str = ""
    expires_at: datetime | None = None


class LabelRefused(Value):
    """The carrier's no: `reason` is one of our pickup exception codes, `theirs` its own words."""

    reason: str
    theirs: str


class VoidOrder(Value):
    """Ask the carrier to take a label back; only before its first scan."""

    step_id: str
    label_ref: str


class VoidAnswer(Value):
    """Voiding is itself asynchronous at most carriers."""

    state: Literal["submitted", "granted", "refused"]
    theirs: str = ""


class PickupOrder(Value):
    """A visit to the customer's door for a parcel whose label is bought."""

    step_id: str
    label_ref: str
    address: Address
    window_start: datetime
    window_end: datetime
    doorstep_check: bool = False


class PickupBooked(Value):
    """The carrier will come."""

    pickup_ref: str
    window_start: datetime
    window_end: datetime


class PickupRefused(Value):
    """The carrier will not come: `reason` is one of our pickup exception codes."""

    reason: str
    theirs: str


class Carrier(Protocol):
    """Buys, finds and voids labels; books visits."""

    capabilities: Capabilities

    async def find_label(self, order: LabelOrder) -> LabelBought | None: ...
    async def buy_label(self, order: LabelOrder) -> LabelBought | LabelRefused: ...
    async def find_void(self, order: VoidOrder) -> VoidAnswer | None: ...
    async def void_label(self, order: VoidOrder) -> VoidAnswer: ...
    async def find_pickup(self, order: PickupOrder) -> PickupBooked | None: ...
    async def book_pickup(self, order: PickupOrder) -> PickupBooked | PickupRefused: ...
    async def cancel_pickup(self, pickup_ref: str) -> None: ...


# ── Payment ───────────────────────────────────────────────────────────────────────────────


class PayoutOrder(Value):
    """Money back to one tender, or value issued. `instruction_id` is the provider's key."""

    instruction_id: str
    payment_ref: str  # what was paid there; for issued store credit: the customer's account
    amount: Money
    reference: str  # the return's id, for their books


class PayoutAnswer(Value):
    """Where the money is, by the provider's own word.

    `failed` covers the provider's no (`reason` says which) and a later bounce.
    `code` is what a guest can claim issued value with.
    """

    state: Literal["submitted", "pending", "requires_action", "succeeded", "failed", "cancelled"]
    payout_ref: str = ""
    reason: str = ""
    code: str = ""
    amount: Money | None = None


class PaymentGateway(Protocol):
    """Pays out once per instruction and says later what came of it."""

    capabilities: Capabilities

    async def find_payout(self, order: PayoutOrder) -> PayoutAnswer | None: ...
    async def pay_out(self, order: PayoutOrder) -> PayoutAnswer: ...


# ── Warehouse and replacement goods ───────────────────────────────────────────────────────


class ExpectedUnit(Value):
    """One unit that the warehouse will see, if the customer sends it."""

    line_id: str
    unit: int
    sku: str
    name: str
    serial: str = ""


class Announcement(Value):
    """What the dock should expect, before it comes."""

    step_id: str
    return_id: str
    order_id: str
    warehouse: str
    units: tuple[ExpectedUnit, ...]
    tracking_numbers: tuple[str, ...]


class StockMove(Value):
    """One inspected unit goes to its shelf, or out of the house. Moved once on `step_id`."""

    step_id: str
    return_id: str
    warehouse: str
    sku: str
    quantity: int
    disposition: str
    grade: str


class Reservation(Value):
    """Hold stock for a replacement until the returned goods are judged."""

    step_id: str
    sku: str
    quantity: int
    hold_until: datetime


class Reserved(Value):
    """Held under the partner's reference."""

    reservation_ref: str


class OutOfStock(Value):
    """There is nothing to send."""

    sku: str


class ReplacementOrder(Value):
    """Send new goods to the customer, once on `step_id`."""

    step_id: str
    return_id: str
    sku: str
    quantity: int
    reservation_ref: str
    recipient: Address


class ReplacementOrdered(Value):
    """On its way, under the partner's order number."""

    order_ref: str


class Warehouse(Protocol):
    """Expects, counts and shelves what comes back; sends what goes out instead."""

    capabilities: Capabilities

    async def find_announcement(self, announcement: Announcement) -> str | None: ...
    async def announce(self, announcement: Announcement) -> str: ...
    async def find_move(self, move: StockMove) -> str | None: ...
    async def move_stock(self, move: StockMove) -> str: ...
    async def find_reservation(self, reservation: Reservation) -> Reserved | None: ...
    async def reserve(self, reservation: Reservation) -> Reserved | OutOfStock: ...
    async def release(self, reservation_ref: str) -> None: ...
    async def find_replacement(self, order: ReplacementOrder) -> ReplacementOrdered | None: ...
    async def order_replacement(
        self, order: ReplacementOrder
    ) -> ReplacementOrdered | OutOfStock: ...


# ── Messages to people ────────────────────────────────────────────────────────────────────


class Message(Value):
    """A message to one customer; `facts` holds no personal data, the address comes last."""

    step_id: str
    to: str
    name: str
    locale: str
    template: str
    facts: dict[str, str]


class Notifier(Protocol):
    """Delivers at least once; the id of the message lets a mailbox drop a second copy."""

    capabilities: Capabilities

    async def deliver(self, message: Message) -> str: ...
