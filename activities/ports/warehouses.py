"""What is asked of warehouses, for goods that come back and goods that are sent instead."""

from datetime import datetime
from typing import Protocol

from activities.ports.base import Address, Capabilities, Value


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
    """One inspected unit goes to its shelf, or out of the house. Moved once on `step_id`.

    With `reverses` it is the other way round: the move of that id was a mistake, and the unit is
    on the inspection table again.
    """

    step_id: str
    return_id: str
    warehouse: str
    sku: str
    quantity: int
    disposition: str
    grade: str
    reverses: str = ""


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


class RepairOrder(Value):
    """Repair one unit that is in the house. Ordered once on `step_id`."""

    step_id: str
    return_id: str
    warehouse: str
    sku: str
    serial: str = ""
    because: str = ""  # what is wrong with it, as a code; no personal data


class RepairOrdered(Value):
    """At the workshop, under the partner's number."""

    repair_ref: str


class SendBackOrder(Value):
    """Ship something of the customer's, that is in the house, back to them. Once on `step_id`."""

    step_id: str
    return_id: str
    warehouse: str
    sku: str
    recipient: Address


class SendBackOrdered(Value):
    """To be shipped, under the partner's number."""

    order_ref: str


class NotPossible(Value):
    """The warehouse's no: `theirs` is its own word for why."""

    theirs: str


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
    async def find_repair(self, order: RepairOrder) -> RepairOrdered | None: ...
    async def order_repair(self, order: RepairOrder) -> RepairOrdered | NotPossible: ...
    async def find_send_back(self, order: SendBackOrder) -> SendBackOrdered | None: ...
    async def send_back(self, order: SendBackOrder) -> SendBackOrdered | NotPossible: ...
