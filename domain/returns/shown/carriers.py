"""Which carriers were considered for the way the goods go, and why in this order."""

from domain.model import Value
from domain.money import Money
from domain.policy.quote import Terms, Transport
from domain.returns.state import ReturnState


class CarrierStatus(Value):
    """One carrier's service, in short. `tried` counts from 1; 0: it was turned down."""

    carrier: str
    service: str
    tried: int
    because: str


def carriers_of(state: ReturnState) -> tuple[CarrierStatus, ...]:
    """Shown while a parcel is at home: what was chosen, what comes next, what cannot carry it."""
    if state.terms is None or state.has_left or not state.is_approved:
        return ()
    methods = {parcel.method for parcel in state.parcels.values()}
    chosen = [route for route in state.terms.transports if route.method in methods]
    return (
        *(
            CarrierStatus(
                carrier=route.carrier,
                service=route.service,
                tried=place,
                because=_figures(state.terms, route),
            )
            for place, route in enumerate(chosen, start=1)
        ),
        *(
            CarrierStatus(carrier=no.carrier, service=no.service, tried=0, because=no.because)
            for no in state.terms.turned_down
            if no.method in methods
        ),
    )


def _figures(terms: Terms, route: Transport) -> str:
    """The sums by which it has its place; without a price it is the policy's own order."""
    if route.cost_minor is None or route.landed_minor is None:
        return "no price is known: in the order of the policy"

    def money(minor: int) -> str:
        return Money(amount_minor=minor, currency=terms.carrier_currency).plain()

    told = f"{money(route.landed_minor)} until it is at the dock, {money(route.cost_minor)} of it by contract"
    if not route.parcels:
        return told
    return f"{told}; of {route.parcels} parcels {route.exceptions} with an exception, {route.late} late"
