"""The payment providers that the contract suites run against, each with its own words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import httpx2

from activities.ports import Bookkeeper, PaymentGateway, PayoutOrder
from adapters.payments.stored_value import StoredValueGateway
from adapters.payments.stripe import StripeGateway
from domain.money import Money
from tests.contracts.partners import SHORT, Partners


class Gateway(PaymentGateway, Bookkeeper, Protocol):
    """What every payment adapter is."""


@dataclass(frozen=True)
class Provider:
    """An adapter of the ports, and how its provider names things in faults and books."""

    gateway: Gateway
    stranger: PaymentGateway  # the same, with credentials that nobody knows
    face: str
    operation: str
    look: str
    kind: str
    prefix: str

    def look_key(self, order: PayoutOrder) -> str:
        return order.payment_ref if self.face == "gateway" else order.instruction_id


def stripe(partners: Partners, client: httpx2.AsyncClient) -> Provider:
    url = f"{partners.url}/stripe/v1"
    return Provider(
        StripeGateway(client, base_url=url, api_key="sk_test_sandbox", deadline=SHORT),
        StripeGateway(client, base_url=url, api_key="wrong"),
        face="gateway", operation="refund", look="list", kind="refund", prefix="pi",
    )  # fmt: skip


def stored_value(partners: Partners, client: httpx2.AsyncClient) -> Provider:
    url = f"{partners.url}/storedvalue/v1"
    return Provider(
        StoredValueGateway(client, base_url=url, api_key="sandbox", deadline=SHORT),
        StoredValueGateway(client, base_url=url, api_key="wrong"),
        face="storedvalue", operation="credit", look="get", kind="credit", prefix="gc",
    )  # fmt: skip


Opens = Callable[[Partners, httpx2.AsyncClient], Provider]

GATEWAYS: Mapping[str, Opens] = {"stripe": stripe, "stored value": stored_value}


async def captured(
    partners: Partners, prefix: str, *, minor: int = 3_000, currency: str = "EUR"
) -> PayoutOrder:
    """Let `minor` have been paid there, and make an order for 1,000 of it."""
    payment_ref = f"{prefix}_{partners.new_id('').strip(':')}"
    await partners.control.capture(payment_ref, minor, currency)
    return PayoutOrder(
        instruction_id=partners.new_id("payout"),
        payment_ref=payment_ref,
        amount=Money(amount_minor=1_000, currency=currency),
        reference=partners.new_id("R"),
    )
