"""The carriers that keep the port, each of its kind, and how a test has a label from one."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx2

from activities.ports import (
    Address,
    Carrier,
    CarrierCapabilities,
    LabelBought,
    LabelOrder,
    Prepared,
)
from adapters.carriers.dhl_returns import DhlReturns
from adapters.carriers.dhl_tracking import DhlTracking
from adapters.carriers.easypost import EasyPostCarrier
from domain.money import Money
from tests.contracts.partners import SHORT, Partners

HUB = Address(
    name="Returns", line1="Ringstrasse 12", city="Leipzig", postcode="04129", country="DE"
)
BERLIN = Address(name="Ann", line1="Weg 1", city="Berlin", postcode="10115", country="DE")
PRICE = Money(amount_minor=590, currency="EUR")


@dataclass(frozen=True)
class Kind:
    """One carrier: its face over there, and what its adapter says of itself."""

    name: str
    face: str
    makes: str  # the operation that `prepare_label` asks for
    paid: str  # the row of the books that means money
    sold_by: str  # the carrier's name in a policy
    key: str
    can: CarrierCapabilities
    opens: Callable[[Partners, httpx2.AsyncClient, str], Carrier]


def _easypost(partners: Partners, client: httpx2.AsyncClient, key: str) -> Carrier:
    url = f"{partners.url}/easypost/v2"
    return EasyPostCarrier(client, base_url=url, api_key=key, deadline=SHORT)


def _dhl(partners: Partners, client: httpx2.AsyncClient, key: str) -> Carrier:
    there = f"{partners.url}/dhl"
    tracking = DhlTracking(client, base_url=f"{there}/track", api_key="sandbox-key", deadline=SHORT)
    url = f"{there}/parcel/de/shipping/returns/v1"
    return DhlReturns(client, tracking, base_url=url, api_key=key, deadline=SHORT)


KINDS = [
    Kind(
        name="easypost",
        face="carrier",
        makes="create",
        paid="purchase",
        sold_by="swiftpost",
        key="EZTK_sandbox",
        can=EasyPostCarrier.capabilities,
        opens=_easypost,
    ),
    Kind(
        name="dhl",
        face="dhl",
        makes="order",
        paid="billed",
        sold_by="dhl",
        key="sandbox-user:sandbox-password:sandbox-key",
        can=DhlReturns.capabilities,
        opens=_dhl,
    ),
]


def order_of(partners: Partners, kind: Kind) -> LabelOrder:
    """A label to print, for a parcel from Berlin to the hub."""
    return LabelOrder(
        step_id=partners.new_id("l"),
        carrier=kind.sold_by,
        service="return_label",
        sender=BERLIN,
        recipient=HUB,
        weight_grams=800,
        price=PRICE,
    )


async def offered(carrier: Carrier, order: LabelOrder) -> LabelOrder:
    """The order with an offer of the carrier's for it."""
    prepared = await carrier.prepare_label(order)
    assert isinstance(prepared, Prepared)
    return order.model_copy(update={"offer_ref": prepared.offer_ref})


async def bought(carrier: Carrier, order: LabelOrder) -> LabelBought:
    label = await carrier.buy_label(order if order.offer_ref else await offered(carrier, order))
    assert isinstance(label, LabelBought)
    return label
