"""What is asked of carriers: transport bought, taken back; visits booked, called off.

Carriers are of different kinds: some sell and are paid at once, some make a label for nothing and
bill the parcel that travels on it; some tell what they see, some have to be asked. What an adapter
declares in its `capabilities` is held to by the contract suite, and is what the domain goes by.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from activities.ports.base import Address, Capabilities, Value
from domain.money import Money


class CarrierCapabilities(Capabilities):
    """What kind of carrier it is. `can_cancel`: it takes unused labels back."""

    quotes: bool = True  # it says what a label costs; else the contract's price is told to it
    billed: Literal["on_purchase", "on_scan"] = "on_purchase"  # on scan: an offer is the label
    visits: bool = True  # it comes to the door
    follows: bool = True  # numbers of others, too
    news: Literal["told", "asked"] = "told"  # whether it tells what it sees, or only answers


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
    price: Money | None = None  # by contract, for who tells none
    offer_ref: str = ""  # what `prepare_label` gave for this step


class Paper(Value):
    """What the customer prints or shows, where a carrier hands it out once and has no copy."""

    kind: Literal["label", "code"]
    media_type: str
    content: bytes


class Prepared(Value):
    """An offer that the carrier sells once, under its own id. It costs nothing until then."""

    offer_ref: str
    papers: tuple[Paper, ...] = ()  # named by the offer, which is the tracking number


class LabelBought(Value):
    """A paid label; `code` is what the customer shows where nothing needs to be printed."""

    label_ref: str  # the carrier's own id of the shipment
    tracking_number: str
    cost: Money
    document_ref: str  # where its paper is; empty: with us, for it came with the offer
    code: str = ""
    expires_at: datetime | None = None
    billed: Literal["on_purchase", "on_scan"] = "on_purchase"
    reference: str = ""  # ours, as the carrier kept it
    carrier: str = ""
    service: str = ""


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
    offer_ref: str = ""  # what `prepare_pickup` gave for this step


class PickupBooked(Value):
    """The carrier will come."""

    pickup_ref: str
    window_start: datetime
    window_end: datetime


class PickupRefused(Value):
    """The carrier will not come: `reason` is one of our pickup exception codes."""

    reason: str
    theirs: str


class Tracked(Value):
    """One thing that a carrier has seen of a parcel, in the words of `report_tracking`."""

    status: str
    occurred_at: datetime
    place: str = ""
    theirs: str = ""


class SoldLabel(Value):
    """One label in a carrier's list, as it stands now."""

    label_ref: str
    reference: str  # ours, where they keep it
    tracking_number: str
    cost: Money
    sold_at: datetime
    given_back: bool  # asked for, at least


class LabelSeller(Protocol):
    """Lists what it sold, so that what nobody knows of is found."""

    async def sold(self, since: datetime, until: datetime) -> Sequence[SoldLabel]: ...


class Carrier(Protocol):
    """Buys, finds and voids labels; books visits; says where a parcel is.

    `follow` has another carrier's number reported from now on and gives their reference for it,
    the same however often; none where they do not know such a number. Where the adapter's own
    carriers are all it follows, it gives none. `track` gives all that was seen, the oldest first.

    A carrier without keys sells twice to who asks twice. So an offer is prepared first, and
    kept; what is bought is bought on the offer that was kept.
    """

    capabilities: CarrierCapabilities

    async def prepare_label(self, order: LabelOrder) -> Prepared | LabelRefused: ...
    async def prepare_pickup(self, order: PickupOrder) -> Prepared | PickupRefused: ...
    async def find_label(self, order: LabelOrder) -> LabelBought | None: ...
    async def buy_label(self, order: LabelOrder) -> LabelBought | LabelRefused: ...
    async def find_void(self, order: VoidOrder) -> VoidAnswer | None: ...
    async def void_label(self, order: VoidOrder) -> VoidAnswer: ...
    async def find_pickup(self, offer_ref: str) -> PickupBooked | None: ...
    async def book_pickup(self, order: PickupOrder) -> PickupBooked | PickupRefused: ...
    async def cancel_pickup(self, pickup_ref: str) -> None: ...
    async def follow(self, tracking_number: str) -> str: ...
    async def track(self, tracking_number: str) -> Sequence[Tracked]: ...


class Papers(Protocol):
    """Keeps what was handed out once, under a return's name for it; the first for good."""

    async def keep(
        self, tenant: str, return_id: str, name: str, subject_id: str, paper: Paper
    ) -> None: ...
    async def kept(self, tenant: str, return_id: str, name: str) -> Paper | None: ...
