"""What a carrier is told of a parcel: where from, where to, how heavy, what is in it, at what price."""

from activities import ports
from domain.money import Money
from domain.orders.order import Customer
from domain.policy.serving import Hub
from domain.returns.state import ReturnState
from domain.returns.transport.customs import crosses_border, declared_goods

LIGHTEST_GRAMS = 100
"""What a parcel weighs at least: packing, where the goods' weight is not known."""


def label_order(
    state: ReturnState, customer: Customer, step_id: str, by: tuple[str, str]
) -> ports.LabelOrder:
    """What is asked of a carrier for a step: the same on every attempt. `by`: carrier, service."""
    return ports.LabelOrder(
        step_id=step_id,
        carrier=by[0],
        service=by[1],
        sender=address_of(customer),
        recipient=hub_address(state.agreed.hub),
        weight_grams=_weight(state),
        customs=_customs(state) if crosses_border(state) else (),
        price=_price(state, by),
    )


def _price(state: ReturnState, by: tuple[str, str]) -> Money | None:
    """What the contract says that it costs; none where it says nothing."""
    terms = state.agreed
    costs = (one.cost_minor for one in terms.transports if (one.carrier, one.service) == by)
    cost = next(costs, None)
    return None if cost is None else Money(amount_minor=cost, currency=terms.carrier_currency)


def address_of(customer: Customer) -> ports.Address:
    """The customer's address in the carriers' words."""
    where = customer.address
    return ports.Address(
        name=customer.name,
        line1=where.line1,
        line2=where.line2,
        city=where.city,
        postcode=where.postcode,
        region=where.region,
        country=where.country,
        email=customer.email,
        phone=customer.phone,
    )


def hub_address(hub: Hub) -> ports.Address:
    """A hub's address in the carriers' words."""
    return ports.Address(
        name=hub.name, line1=hub.line1, city=hub.city, postcode=hub.postcode, country=hub.country
    )


def _weight(state: ReturnState) -> int:
    """The goods, shared evenly over the parcels announced."""
    goods = sum(unit.asked.weight_grams for unit in state.expected_units)
    parcels = sum(parcel.method is not None for parcel in state.parcels.values())
    return max(LIGHTEST_GRAMS, goods // max(1, parcels))


def _customs(state: ReturnState) -> tuple[ports.CustomsItem, ...]:
    """What customs reads: the same as the invoice says."""
    return tuple(
        ports.CustomsItem(
            description=goods.description,
            quantity=1,
            value=Money(amount_minor=goods.value_minor, currency=state.currency),
            weight_grams=goods.weight_grams,
            hs_code=goods.hs_code,
            origin_country=goods.origin_country or state.country,
        )
        for goods in declared_goods(state)
    )
