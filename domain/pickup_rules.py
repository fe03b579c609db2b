"""What each pickup exception means: whose fault it is, whether it counts, who moves next."""

from typing import NamedTuple

from domain.words import Actor, Fault, PickupException


class PickupRule(NamedTuple):
    """What an exception means: who is at fault, whether it counts, who moves next."""

    fault: Fault
    counts: bool  # as one of the attempts that the policy allows
    next_actor: Actor


_BY_CUSTOMER = PickupRule(Fault.CUSTOMER, counts=True, next_actor=Actor.CUSTOMER)
_BY_CARRIER = PickupRule(Fault.CARRIER, counts=False, next_actor=Actor.SYSTEM)
_UNCLEAR = PickupRule(Fault.UNKNOWN, counts=False, next_actor=Actor.MERCHANT)

PICKUP_RULES: dict[PickupException, PickupRule] = {
    PickupException.CUSTOMER_UNREACHABLE: _BY_CUSTOMER,
    PickupException.CUSTOMER_NOT_AVAILABLE: _BY_CUSTOMER,
    PickupException.PRODUCT_NOT_READY: _BY_CUSTOMER,
    PickupException.RESCHEDULE_REQUESTED: PickupRule(Fault.CUSTOMER, False, Actor.SYSTEM),
    PickupException.ADDRESS_ISSUE: PickupRule(Fault.CUSTOMER, False, Actor.CUSTOMER),
    PickupException.CANCELLED_BY_CUSTOMER: PickupRule(Fault.CUSTOMER, False, Actor.CUSTOMER),
    PickupException.NOT_ATTEMPTED: _BY_CARRIER,
    PickupException.VEHICLE_OR_CAPACITY: _BY_CARRIER,
    PickupException.WEATHER: _BY_CARRIER,
    PickupException.OUT_OF_SERVICE_AREA: _BY_CARRIER,
    PickupException.ITEM_MISMATCH: _UNCLEAR,
    PickupException.QUANTITY_MISMATCH: _UNCLEAR,
    PickupException.RESTRICTED_ITEM: _UNCLEAR,
    PickupException.OVERSIZE_OR_BAD_PACKAGING: PickupRule(Fault.CUSTOMER, False, Actor.CUSTOMER),
    PickupException.INVALID_OTP: PickupRule(Fault.CUSTOMER, False, Actor.SYSTEM),
    PickupException.MAX_ATTEMPTS_REACHED: PickupRule(Fault.UNKNOWN, False, Actor.SYSTEM),
    PickupException.OTHER: _UNCLEAR,
}

MISMATCHES = frozenset({PickupException.ITEM_MISMATCH, PickupException.QUANTITY_MISMATCH})
"""What a courier finds who looks into the box: somebody has to say whose mistake it was."""

GIVES_UP = frozenset(
    {
        PickupException.OUT_OF_SERVICE_AREA,
        PickupException.MAX_ATTEMPTS_REACHED,
        PickupException.OVERSIZE_OR_BAD_PACKAGING,
    }
)
"""After which this carrier is asked no more for this parcel: the next one is, or another way."""
