"""The outside on one page: what the engine asks of partners, in our words.

Everything that changes something has a `find_…` for the same id: after a lost answer
we look before we ask again. The id (`step_id`, `instruction_id`) is made before the
first attempt, never contains an attempt or a run, and is the partner's idempotency key
or natural reference wherever the partner has one.

A partner's no is an answer (`…Refused`); a partner not doing its part raises one of
`activities.failures`.
"""

from activities.ports.base import Address, Capabilities, Value
from activities.ports.carriers import (
    Carrier,
    CarrierCapabilities,
    CustomsItem,
    LabelBought,
    LabelOrder,
    LabelRefused,
    LabelSeller,
    Paper,
    Papers,
    PickupBooked,
    PickupOrder,
    PickupRefused,
    Prepared,
    SoldLabel,
    Tracked,
    VoidAnswer,
    VoidOrder,
)
from activities.ports.claims import (
    ClaimedGoods,
    ClaimFiled,
    ClaimOrder,
    ClaimRefused,
    Claims,
    ClaimStanding,
)
from activities.ports.messages import Message, Notifier
from activities.ports.payments import (
    Bill,
    BillAnswer,
    Booked,
    Bookkeeper,
    Collector,
    HoldAnswer,
    HoldOrder,
    PaymentGateway,
    PayoutAnswer,
    PayoutOrder,
)
from activities.ports.warehouses import (
    Announcement,
    ExpectedUnit,
    NotPossible,
    OutOfStock,
    RepairOrder,
    RepairOrdered,
    ReplacementOrder,
    ReplacementOrdered,
    Reservation,
    Reserved,
    SendBackOrder,
    SendBackOrdered,
    StockMove,
    Warehouse,
)

__all__ = [
    "Address",
    "Announcement",
    "Bill",
    "BillAnswer",
    "Booked",
    "Bookkeeper",
    "Capabilities",
    "Carrier",
    "CarrierCapabilities",
    "ClaimFiled",
    "ClaimOrder",
    "ClaimRefused",
    "ClaimStanding",
    "ClaimedGoods",
    "Claims",
    "Collector",
    "CustomsItem",
    "ExpectedUnit",
    "HoldAnswer",
    "HoldOrder",
    "LabelBought",
    "LabelOrder",
    "LabelRefused",
    "LabelSeller",
    "Message",
    "NotPossible",
    "Notifier",
    "OutOfStock",
    "Paper",
    "Papers",
    "PaymentGateway",
    "PayoutAnswer",
    "PayoutOrder",
    "PickupBooked",
    "PickupOrder",
    "PickupRefused",
    "Prepared",
    "RepairOrder",
    "RepairOrdered",
    "ReplacementOrder",
    "ReplacementOrdered",
    "Reservation",
    "Reserved",
    "SendBackOrder",
    "SendBackOrdered",
    "SoldLabel",
    "StockMove",
    "Tracked",
    "Value",
    "VoidAnswer",
    "VoidOrder",
    "Warehouse",
]
