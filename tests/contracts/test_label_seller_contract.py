"""What every carrier's list of its sales owes the port, against a carrier with books of its own."""

from datetime import timedelta

import httpx2
import pytest

from activities.ports import Carrier, LabelOrder, VoidOrder
from adapters.carriers.easypost_books import EasyPostLabels
from tests.contracts.carriers import KINDS, bought, offered, order_of
from tests.contracts.partners import SHORT, Partners

EASYPOST = KINDS[0]


@pytest.fixture
def carrier(partners: Partners, client: httpx2.AsyncClient) -> Carrier:
    return EASYPOST.opens(partners, client, EASYPOST.key)


@pytest.fixture
def order(partners: Partners) -> LabelOrder:
    return order_of(partners, EASYPOST)


async def test_what_was_sold_is_listed_with_our_reference_and_whether_it_was_given_back(
    carrier: Carrier, order: LabelOrder, partners: Partners, client: httpx2.AsyncClient
) -> None:
    url = f"{partners.url}/easypost/v2"
    seller = EasyPostLabels(client, base_url=url, api_key="EZTK_sandbox", deadline=SHORT)
    now = await partners.control.now()
    window = (now - timedelta(days=1), now + timedelta(days=1))
    label = await bought(carrier, order)
    [kept] = [one for one in await seller.sold(*window) if one.label_ref == label.label_ref]
    assert (kept.reference, kept.cost, kept.given_back) == (order.step_id, label.cost, False)
    await carrier.void_label(VoidOrder(step_id=order.step_id, label_ref=label.label_ref))
    [back] = [one for one in await seller.sold(*window) if one.label_ref == label.label_ref]
    assert back.given_back
    offered_only = await offered(carrier, order)
    assert offered_only.offer_ref not in {one.label_ref for one in await seller.sold(*window)}


async def test_a_number_of_another_carrier_is_followed_once_however_often_it_is_asked(
    carrier: Carrier, partners: Partners
) -> None:
    number = partners.new_id("JD")
    assert await carrier.follow(number) == await carrier.follow(number) != ""
    assert await partners.booked("labels", "followed", tracking_number=number) == 1
    await partners.control.scan("handed_over", tracking_number=number)
    assert [seen.status for seen in await carrier.track(number)] == ["scanned"]
