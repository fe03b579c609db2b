"""The payment providers that the contract suites run against, each with its own words."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx2

from activities.ports import Bookkeeper, PaymentGateway, PayoutAnswer, PayoutOrder
from adapters.payments.adyen import AdyenGateway
from adapters.payments.adyen_reports import AdyenReports
from adapters.payments.paypal import PayPalGateway
from adapters.payments.stored_value import StoredValueGateway
from adapters.payments.stripe import StripeGateway
from domain.money import Money
from tests.contracts.hearing import Hearing
from tests.contracts.partners import SHORT, Partners

Pay = Callable[[int, str], Awaitable[str]]


@dataclass(frozen=True)
class Provider:
    """An adapter of the ports, and how its provider names things in faults and books.

    Without a `look` there is nothing to ask; with `hearing` the end of a payout is told.
    """

    gateway: PaymentGateway
    stranger: PaymentGateway  # the same, with credentials that nobody knows
    face: str
    operation: str
    look: str
    kind: str
    prefix: str
    books: Bookkeeper | None = None
    books_at: tuple[str, str] = ("", "")  # the face and operation, where it is not the look's
    hearing: Hearing | None = None

    pay: Pay | None = None  # the real one's way of being paid, in test mode
    is_late: bool = False  # what was made is not found at once, nor does its end come in time

    @property
    def made_states(self) -> frozenset[str]:
        """How what was just made may stand."""
        under_way = {"submitted", "pending"} if self.is_late else set()
        return frozenset({"succeeded", *under_way})

    async def order(
        self, partners: Partners, *, minor: int = 3_000, currency: str = "EUR"
    ) -> PayoutOrder:
        """Let `minor` have been paid there, and make an order for 1,000 of it."""
        if self.pay is None:
            return await captured(partners, self.prefix, minor=minor, currency=currency)
        return new_order(partners, await self.pay(minor, currency), currency)

    async def times_paid(self, partners: Partners, order: PayoutOrder) -> int:
        """Count what was paid out under the instruction, by the provider's own books."""
        key = order.instruction_id
        if self.is_late:
            return len({(await self.gateway.pay_out(order)).payout_ref for _ in range(2)})
        if self.pay is None or self.books is None:
            return await partners.booked("payments", self.kind, idempotency_key=key)
        now = datetime.now(UTC)
        booked = await self.books.booked(now - timedelta(hours=1), now + timedelta(hours=1))
        return sum(one.instruction_id == key for one in booked)

    async def made(self, order: PayoutOrder) -> PayoutAnswer:
        """Pay out and wait until it is known what became of it."""
        answer = await self.gateway.pay_out(order)
        if self.hearing is None or answer.state != "submitted":
            return answer
        await self.hearing.until_told(order.instruction_id)
        return await self.found(order)

    async def found(self, order: PayoutOrder) -> PayoutAnswer:
        """Find what was made, as soon as it can be found."""
        if self.is_late:  # the same key again says how it stands
            return await self.gateway.pay_out(order)
        if self.hearing is not None:
            await self.hearing.until_told(order.instruction_id)
        found = await self.gateway.find_payout(order)
        assert found is not None
        return found

    def look_key(self, order: PayoutOrder) -> str:
        named = {"gateway": order.payment_ref, "paypal": "T1107"}
        return named.get(self.face, order.instruction_id)

    def books_key(self, since: datetime) -> str:
        named = {"gateway": "everybody's", "paypal": "everything", "adyen": "report"}
        return named.get(self.face, since.isoformat())


def stripe(partners: Partners, client: httpx2.AsyncClient, _hearing: Hearing) -> Provider:
    url = f"{partners.url}/stripe/v1"
    gateway = StripeGateway(client, base_url=url, api_key="sk_test_sandbox", deadline=SHORT)
    return Provider(
        gateway,
        StripeGateway(client, base_url=url, api_key="wrong"),
        face="gateway", operation="refund", look="list", kind="refund", prefix="pi",
        books=gateway,
    )  # fmt: skip


def stored_value(partners: Partners, client: httpx2.AsyncClient, _hearing: Hearing) -> Provider:
    url = f"{partners.url}/storedvalue/v1"
    gateway = StoredValueGateway(client, base_url=url, api_key="sandbox", deadline=SHORT)
    return Provider(
        gateway,
        StoredValueGateway(client, base_url=url, api_key="wrong"),
        face="storedvalue", operation="credit", look="get", kind="credit", prefix="gc",
        books=gateway,
    )  # fmt: skip


def adyen(partners: Partners, client: httpx2.AsyncClient, hearing: Hearing) -> Provider:
    def connect(api_key: str) -> AdyenGateway:
        return AdyenGateway(
            client, base_url=f"{partners.url}/adyen/v71", api_key=api_key,
            account="BackhaulSandbox", told=hearing, deadline=SHORT,
        )  # fmt: skip

    books = AdyenReports(
        client, base_url=f"{partners.url}/adyen/reports/download", api_key="report:sandbox",
        account="BackhaulSandbox", deadline=SHORT,
    )  # fmt: skip
    return Provider(
        connect("AQE-sandbox"), connect("wrong"),
        face="adyen", operation="refund", look="", kind="refund", prefix="psp",
        books=books, books_at=("adyen_reports", "report"), hearing=hearing,
    )  # fmt: skip


def paypal(partners: Partners, client: httpx2.AsyncClient, _hearing: Hearing) -> Provider:
    url = f"{partners.url}/paypal"
    key = "sandbox-client:sandbox-secret"
    gateway = PayPalGateway(client, base_url=url, api_key=key, deadline=SHORT)
    return Provider(
        gateway, PayPalGateway(client, base_url=url, api_key="wrong:wrong"),
        face="paypal", operation="refund", look="list", kind="refund", prefix="cap",
        books=gateway,
    )  # fmt: skip


Opens = Callable[[Partners, httpx2.AsyncClient, Hearing], Provider]

GATEWAYS: Mapping[str, Opens] = {
    "stripe": stripe,
    "stored value": stored_value,
    "adyen": adyen,
    "paypal": paypal,
}


LOOKED_AT = [name for name in GATEWAYS if name != "adyen"]
"""Those that can be asked how a payout stands."""


async def captured(
    partners: Partners, prefix: str, *, minor: int = 3_000, currency: str = "EUR"
) -> PayoutOrder:
    """Let `minor` have been paid in the sandbox, and make an order for 1,000 of it."""
    payment_ref = f"{prefix}_{partners.new_id('').strip(':')}"
    await partners.control.capture(payment_ref, minor, currency)
    return new_order(partners, payment_ref, currency)


def new_order(partners: Partners, payment_ref: str, currency: str) -> PayoutOrder:
    return PayoutOrder(
        instruction_id=partners.new_id("payout"),
        payment_ref=payment_ref,
        amount=Money(amount_minor=1_000, currency=currency),
        reference=partners.new_id("R"),
    )
