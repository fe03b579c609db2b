"""The words of a lot, and the names it is found by."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from domain.keys import parts_of
from domain.words import Disposition

LOT_TYPE = "LotWorkflow"


class LotKind(StrEnum):
    """What becomes of the goods in it."""

    VENDOR_RETURN = "vendor_return"  # to whom they were bought from, for a credit
    LIQUIDATION = "liquidation"  # sold together for a price
    DONATION = "donation"
    RECYCLING = "recycling"
    DISPOSAL = "disposal"
    REFURBISHMENT = "refurbishment"
    REPAIR = "repair"
    CONSOLIDATION = "consolidation"  # to another warehouse of the merchant's, in one shipment

    @property
    def needs_certificate(self) -> bool:
        """Whether somebody has to prove what they did with the goods."""
        return self in {LotKind.RECYCLING, LotKind.DISPOSAL}

    @property
    def brings_money(self) -> bool:
        """Whether it is over when the money is here."""
        return self in {LotKind.VENDOR_RETURN, LotKind.LIQUIDATION}

    @property
    def comes_back(self) -> bool:
        """Whether each unit is graded anew and put away when they are done with it."""
        return self in {LotKind.REFURBISHMENT, LotKind.REPAIR}


KIND_OF: Mapping[Disposition, LotKind] = {
    Disposition.RETURN_TO_VENDOR: LotKind.VENDOR_RETURN,
    Disposition.LIQUIDATE: LotKind.LIQUIDATION,
    Disposition.DONATE: LotKind.DONATION,
    Disposition.RECYCLE: LotKind.RECYCLING,
    Disposition.DISPOSE: LotKind.DISPOSAL,
    Disposition.REFURBISH: LotKind.REFURBISHMENT,
    Disposition.REPAIR: LotKind.REPAIR,
    Disposition.RESTOCK: LotKind.CONSOLIDATION,
    Disposition.RESALE_HOLD: LotKind.CONSOLIDATION,
}
"""By where a unit goes. What is to be sold again stays at its hub where no rule moves it on."""


class LotLife(StrEnum):
    """Where the lot is. One answer for each."""

    COLLECTING = "collecting"
    CLOSED = "closed"  # nothing joins any more; not agreed with whoever takes it
    AGREED = "agreed"  # they take it
    SENT = "sent"
    SETTLED = "settled"
    DISSOLVED = "dissolved"  # given up, or everything was taken out again


class LotOwner(StrEnum):
    """Whose turn it is."""

    WAREHOUSE = "warehouse"  # the hub that gathers
    MERCHANT = "merchant"
    COUNTERPARTY = "counterparty"  # vendor, buyer, charity, recycler, workshop, other warehouse
    SYSTEM = "system"


class LotKey(NamedTuple):
    """Which lot; its stream, and the workflow that follows it, have the same name."""

    tenant: str
    lot_id: str

    @property
    def name(self) -> str:
        """`lot:{tenant}:{lot_id}`."""
        return f"lot:{self.tenant}:{self.lot_id}"

    @classmethod
    def of_name(cls, name: str) -> "LotKey | None":
        """Read a stream's or a workflow's name; none where it is no lot's."""
        found = parts_of("lot", name)
        return cls(*found) if found else None
