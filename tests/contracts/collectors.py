"""The collectors that the contract suites run against, and what they are asked for."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import httpx2

from activities.ports import Bill, Collector, HoldOrder
from adapters.payments.stripe_collector import StripeCollector
from domain.money import Money
from tests.contracts.partners import SHORT, Partners

THANKS = "https://shop.example/thanks"

Opens = Callable[[Partners, httpx2.AsyncClient, str], Collector]


def stripe(partners: Partners, client: httpx2.AsyncClient, api_key: str) -> StripeCollector:
    return StripeCollector(
        client,
        base_url=f"{partners.url}/stripe/v1",
        api_key=api_key,
        success_url=THANKS,
        deadline=SHORT,
    )


def a_bill(partners: Partners, *, minor: int = 1_000, currency: str = "EUR") -> Bill:
    return Bill(
        instruction_id=partners.new_id("bill"),
        amount=Money(amount_minor=minor, currency=currency),
        reference=partners.new_id("R"),
        because="The difference in price of what you chose instead",
        expires_at=datetime.now(UTC) + timedelta(days=14),
    )


async def a_hold(
    partners: Partners, *, saved: bool = True, minor: int = 1_000, currency: str = "EUR"
) -> HoldOrder:
    """Let an order have been paid there, and ask for `minor` to be kept ready."""
    payment_ref = f"pi_{partners.new_id('').strip(':')}"
    await partners.control.capture(payment_ref, 3_000, currency, saved=saved)
    return HoldOrder(
        instruction_id=partners.new_id("hold"),
        payment_ref=payment_ref,
        amount=Money(amount_minor=minor, currency=currency),
        reference=partners.new_id("R"),
    )


async def rows(partners: Partners, kind: str, order: Bill | HoldOrder) -> int:
    return await partners.booked("payments", kind, idempotency_key=order.instruction_id)


COLLECTORS: Mapping[str, tuple[Opens, str]] = {"stripe": (stripe, "sk_test_sandbox")}
"""Each with the key that its provider knows."""
