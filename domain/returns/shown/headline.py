"""The one word that people see first, derived from the axes. It decides nothing."""

from domain.returns.goods.inspecting import is_final
from domain.returns.lifecycle import Life
from domain.returns.state import ReturnState, Unit
from domain.words import Authorisation, Decision, Headline, LabelLife, Logistics, Receipt

_ENDED = {
    Authorisation.REQUESTED: Headline.REQUESTED,
    Authorisation.NEEDS_REVIEW: Headline.IN_REVIEW,
    Authorisation.DECLINED: Headline.DECLINED,
    Authorisation.CANCELLED: Headline.CANCELLED,
    Authorisation.EXPIRED: Headline.EXPIRED,
}

# The most troubled parcel speaks for the return.
_PARCELS = (
    ({Logistics.PICKUP_EXCEPTION}, Headline.PICKUP_EXCEPTION),
    (
        {Logistics.TRANSIT_EXCEPTION, Logistics.CUSTOMS_HOLD, Logistics.RETURNED_TO_CUSTOMER},
        Headline.TRANSIT_EXCEPTION,
    ),
    (
        {Logistics.IN_TRANSIT, Logistics.AT_HUB, Logistics.DELIVERED_UNSCANNED},
        Headline.IN_TRANSIT,
    ),
    ({Logistics.PICKUP_SCHEDULED}, Headline.PICKUP_SCHEDULED),
)


def headline(state: ReturnState) -> Headline | None:
    """Say in one word how the return stands; none while there is no return."""
    if state.authorisation is None:
        return None
    if state.life is Life.COMPLETED:
        return Headline.COMPLETED
    if state.authorisation in _ENDED:
        return _ENDED[state.authorisation]
    return _of_units(state.live_units) or _of_parcels(state)


def _of_units(units: list[Unit]) -> Headline | None:
    """What the units say, once any of them is at the warehouse or decided."""
    if any(unit.decision is Decision.APPEALED for unit in units):
        return Headline.DISPUTED
    if units and all(is_final(unit) for unit in units):
        return Headline.RESOLVING
    here = [unit for unit in units if unit.receipt is Receipt.RECEIVED]
    if not here:
        return None
    if any(unit.receipt is Receipt.AWAITING and not unit.stays for unit in units):
        return Headline.PARTIALLY_RECEIVED
    inspected = any(unit.grade is not None for unit in units)
    return Headline.INSPECTING if inspected else Headline.RECEIVED


def _of_parcels(state: ReturnState) -> Headline:
    places = {parcel.logistics for parcel in state.parcels.values()}
    for troubled, word in _PARCELS:
        if places & troubled:
            return word
    if Logistics.LOST in places:
        return Headline.LOST
    if Logistics.DELIVERED in places:
        return Headline.PARTIALLY_RECEIVED  # a box is here, and nothing of what was expected
    if any(label.life is LabelLife.LIVE for label in state.labels.values()):
        return Headline.LABEL_READY
    return Headline.APPROVED
