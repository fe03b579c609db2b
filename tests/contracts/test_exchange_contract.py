"""What a refund cost a merchant whose account has another currency, by the provider's own word."""

import httpx2
import pytest

from domain.money import Money
from tests.contracts.hearing import Hearing
from tests.contracts.partners import Partners
from tests.contracts.providers import GATEWAYS, Provider, new_order

DOLLARS = {"currency": "USD", "rate": "1.0841", "rate_back": "1.1023"}


@pytest.fixture(params=["stripe", "paypal"])
def provider(
    request: pytest.FixtureRequest, partners: Partners, client: httpx2.AsyncClient, hearing: Hearing
) -> Provider:
    return GATEWAYS[request.param](partners, client, hearing)


def dollars(minor: int) -> Money:
    return Money(amount_minor=minor, currency="USD")


async def test_a_refund_says_what_it_took_and_what_its_part_had_brought(
    provider: Provider, partners: Partners
) -> None:
    payment = f"{provider.prefix}_{partners.new_id('').strip(':')}"
    await partners.control.capture(payment, 3_000, "EUR", settles=DOLLARS)
    order = new_order(partners, payment, "EUR")  # 10.00 of 30.00
    answer = await provider.gateway.pay_out(order)
    assert (answer.cost, answer.worth) == (dollars(1_102), dollars(1_084))
    assert await provider.gateway.find_payout(order) == answer


async def test_where_the_account_has_the_customers_currency_there_is_nothing_to_say(
    provider: Provider, partners: Partners
) -> None:
    order = await provider.order(partners)
    answer = await provider.gateway.pay_out(order)
    assert (answer.cost, answer.worth) == (None, None)
