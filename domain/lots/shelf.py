"""Where lots begin: one shelf for each kind, hub, counterparty and currency, which counts them.

The lot that gathers now is the last one that was begun there, until it closes.
"""

from typing import Literal, NamedTuple

from domain.lots.facts import LotFacts
from domain.model import Id, Moment, Value


class LotBegun(Value):
    """The next lot of a shelf; its number is the version of this event."""

    type: Literal["LotBegun"] = "LotBegun"
    schema_version: Literal[1] = 1
    occurred_at: Moment
    lot_id: Id


class Shelf(NamedTuple):
    """Which shelf; its stream has the same name."""

    tenant: str
    shelf_id: str

    @classmethod
    def of(cls, tenant: str, facts: LotFacts) -> "Shelf":
        """Where a lot of that kind is gathered."""
        parts = (facts.kind, facts.hub.warehouse, facts.counterparty, facts.currency)
        return cls(tenant, ".".join(parts))

    @property
    def name(self) -> str:
        """`shelf:{tenant}:{kind}.{hub}.{counterparty}.{currency}`."""
        return f"shelf:{self.tenant}:{self.shelf_id}"

    def lot_id(self, number: int) -> str:
        """The id of its lot of that number, from 1."""
        return f"{self.shelf_id}.{number}"
