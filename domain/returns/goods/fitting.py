"""Which unit a counted thing is, and what may still come. Questions about the state."""

from domain.returns import commands as c
from domain.returns.state import Parcel, ReturnState, Unit
from domain.returns.transport.labels import given_up
from domain.words import Logistics, Receipt

STILL_OUT = frozenset(
    {
        Receipt.AWAITING,
        Receipt.SHORT_SHIPPED,
        Receipt.LOST_IN_TRANSIT,
        Receipt.WRONG_ITEM,
        Receipt.CANCELLED,
        Receipt.EXPIRED,
    }
)
"""What a unit is that may still come."""


def unit_for(state: ReturnState, counted: c.CountedUnits, retired: frozenset[str]) -> Unit | None:
    """The unit that this must be: one already seen by an inspector first, then one still out.

    A unit whose count is just being taken back (`retired`) is there to be counted again.
    """
    alike = [
        unit
        for unit in state.units.values()
        if unit.asked.sku == counted.sku
        and (not counted.line_id or unit.asked.line_id == counted.line_id)
    ]
    seen = [unit for unit in alike if _is_seen_uncounted(unit, retired)]
    out = [unit for unit in alike if unit.receipt in STILL_OUT]
    wanted = [unit for unit in out if unit.approved]
    return next(iter([*seen, *wanted, *out]), None)


def _is_seen_uncounted(unit: Unit, retired: frozenset[str]) -> bool:
    counts = bool(unit.receipt_id) and unit.receipt_id not in retired
    return unit.receipt is Receipt.RECEIVED and not counts and not unit.stray_id


def parcels_still_out(state: ReturnState) -> list[Parcel]:
    """The parcels that may still bring something."""
    return [
        parcel
        for parcel in state.parcels.values()
        if parcel.received_at is None
        and parcel.logistics is not Logistics.LOST
        and not given_up(state, parcel)
    ]
