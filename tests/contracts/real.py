"""The real payment providers in their test modes, where their credentials are there.

Which variables: docs/operations.md. Without them there is nothing here.
"""

import os
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx2
from stripe.params import PaymentIntentCreateParams

from adapters.credentials import KeyHeader
from adapters.http import DEFAULT_DEADLINE, PartnerHttp
from adapters.payments.adyen import AdyenGateway
from adapters.payments.adyen_words import to_adyen
from adapters.payments.paypal import PayPalGateway
from adapters.payments.paypal_http import PayPalHttp
from adapters.payments.paypal_words import to_paypal
from adapters.payments.stripe import StripeGateway
from adapters.payments.stripe_amounts import to_stripe
from adapters.payments.stripe_client import StripeApi
from domain.money import Money
from tests.contracts.hearing import Hearing
from tests.contracts.partners import Partners
from tests.contracts.providers import GATEWAYS, Opens, Provider

ADYEN = "https://checkout-test.adyen.com/v71"
PAYPAL = "https://api-m.sandbox.paypal.com"


def in_test_mode(env: Mapping[str, str]) -> dict[str, Opens]:
    """Open those whose credentials are there; a key of the live mode opens nothing."""
    found: dict[str, Opens] = {}
    stripe_key = env.get("BACKHAUL_TEST_STRIPE_KEY", "")
    if stripe_key.startswith(("sk_test_", "rk_test_")):
        found["stripe in test mode"] = _stripe(stripe_key)
    adyen_key = env.get("BACKHAUL_TEST_ADYEN_KEY", "")
    account = env.get("BACKHAUL_TEST_ADYEN_ACCOUNT", "")
    if adyen_key and account:
        found["adyen in test mode"] = _adyen(adyen_key, account)
    paypal_key = env.get("BACKHAUL_TEST_PAYPAL_KEY", "")
    if ":" in paypal_key:
        found["paypal in test mode"] = _paypal(paypal_key)
    return found


def _stripe(key: str) -> Opens:
    def opened(_partners: Partners, client: httpx2.AsyncClient, _hearing: Hearing) -> Provider:
        url = "https://api.stripe.com/v1"
        gateway = StripeGateway(client, base_url=url, api_key=key)
        api = StripeApi(client, base_url=url, api_key=key, deadline=DEFAULT_DEADLINE)

        async def pay(minor: int, currency: str) -> str:
            made: PaymentIntentCreateParams = {
                "amount": to_stripe(Money(amount_minor=minor, currency=currency)),
                "currency": currency.lower(),
                "payment_method": "pm_card_visa",
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                "confirm": True,
            }
            return (await api.v1.payment_intents.create_async(made)).id

        return Provider(
            gateway, StripeGateway(client, base_url=url, api_key="sk_test_wrong"),
            face="gateway", operation="refund", look="list", kind="refund", prefix="pi",
            books=gateway, pay=pay,
        )  # fmt: skip

    return opened


def _adyen(key: str, account: str) -> Opens:
    """Test cards in clear, as their test mode takes them: docs.adyen.com, "Testing"."""

    def opened(_partners: Partners, client: httpx2.AsyncClient, hearing: Hearing) -> Provider:
        http = PartnerHttp(
            client, partner="adyen", base_url=ADYEN, auth=KeyHeader("x-api-key", key),
            deadline=DEFAULT_DEADLINE,
        )  # fmt: skip

        def connect(api_key: str) -> AdyenGateway:
            return AdyenGateway(
                client, base_url=ADYEN, api_key=api_key, account=account, told=hearing
            )

        async def pay(minor: int, currency: str) -> str:
            body = {
                "merchantAccount": account,
                "reference": f"contract-{uuid4().hex}",
                "amount": to_adyen(Money(amount_minor=minor, currency=currency)),
                "returnUrl": "https://example.org/",
                "paymentMethod": {
                    "type": "scheme",
                    "encryptedCardNumber": "test_4111111111111111",
                    "encryptedExpiryMonth": "test_03",
                    "encryptedExpiryYear": "test_2030",
                    "encryptedSecurityCode": "test_737",
                },
            }
            answer = await http.ask("POST", "/payments", body=body)
            assert answer.body.get("resultCode") == "Authorised", answer
            return str(answer.body["pspReference"])

        return Provider(
            connect(key), connect("wrong"),
            face="adyen", operation="refund", look="", kind="refund", prefix="psp",
            pay=pay, is_late=True,
        )  # fmt: skip

    return opened


def _paypal(key: str) -> Opens:
    """A card of theirs, captured with the order: developer.paypal.com/tools/sandbox/card-testing."""

    def opened(_partners: Partners, client: httpx2.AsyncClient, _hearing: Hearing) -> Provider:
        http = PayPalHttp(client, base_url=PAYPAL, api_key=key, deadline=DEFAULT_DEADLINE)

        async def pay(minor: int, currency: str) -> str:
            amount = to_paypal(Money(amount_minor=minor, currency=currency))
            card = {"number": "4012888888881881", "expiry": "2030-03", "security_code": "123"}
            body: dict[str, Any] = {
                "intent": "CAPTURE",
                "purchase_units": [{"amount": amount}],
                "payment_source": {"card": card},
            }
            headers = {"PayPal-Request-Id": uuid4().hex}
            answer = await http.ask("POST", "/v2/checkout/orders", body=body, headers=headers)
            assert answer.body.get("status") == "COMPLETED", answer
            [unit] = answer.body["purchase_units"]
            return str(unit["payments"]["captures"][0]["id"])

        gateway = PayPalGateway(client, base_url=PAYPAL, api_key=key)
        return Provider(
            gateway, PayPalGateway(client, base_url=PAYPAL, api_key="wrong:wrong"),
            face="paypal", operation="refund", look="list", kind="refund", prefix="cap",
            pay=pay, is_late=True,
        )  # fmt: skip

    return opened


EVERYWHERE: Mapping[str, Opens] = {**GATEWAYS, **in_test_mode(os.environ)}
"""With a provider's test-mode credentials in the environment, the real one as well."""
