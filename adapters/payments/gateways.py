"""The payment providers that a process can talk to, each under the name that orders use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import httpx2

from activities.ports import Bookkeeper, Collector, PaymentGateway
from adapters.http import DEFAULT_DEADLINE
from adapters.payments.adyen import AdyenGateway
from adapters.payments.adyen_reports import AdyenReports
from adapters.payments.paypal import PayPalGateway
from adapters.payments.stored_value import StoredValueGateway
from adapters.payments.stripe import StripeGateway
from adapters.payments.stripe_collector import StripeCollector
from adapters.payments.told import Told
from adapters.settings import Settings


@dataclass(frozen=True)
class Providers:
    """Who pays back, who is asked for its books, and who takes money."""

    gateways: Mapping[str, PaymentGateway]
    bookkeepers: Mapping[str, Bookkeeper]
    collectors: Mapping[str, Collector]


def connect_providers(
    http: httpx2.AsyncClient,
    settings: Settings,
    told: Told,
    *,
    deadline: timedelta = DEFAULT_DEADLINE,
) -> Providers:
    """Connect to Stripe and stored value, and to the others where they are configured.

    Raises:
        SettingsError: The address or key of one that everybody needs is missing.
    """
    card = settings.partner("stripe").model_dump()
    stripe = StripeGateway(http, **card, deadline=deadline)
    collector = StripeCollector(http, **card, success_url=settings.paid_url, deadline=deadline)
    value = settings.partner("stored_value").model_dump()
    stored = StoredValueGateway(http, **value, deadline=deadline)
    gateways: dict[str, PaymentGateway] = {"stripe": stripe, "stored_value": stored}
    bookkeepers: dict[str, Bookkeeper] = {"stripe": stripe, "stored_value": stored}
    if "adyen" in settings.partners:
        gateways["adyen"] = AdyenGateway(
            http,
            **settings.partner("adyen").model_dump(),
            account=settings.adyen_account,
            told=told,
            deadline=deadline,
        )
    if "adyen_reports" in settings.partners:
        bookkeepers["adyen"] = AdyenReports(
            http,
            **settings.partner("adyen_reports").model_dump(),
            account=settings.adyen_account,
            deadline=deadline,
        )
    if "paypal" in settings.partners:
        account = settings.partner("paypal").model_dump()
        paypal = PayPalGateway(http, **account, deadline=deadline)
        gateways["paypal"] = bookkeepers["paypal"] = paypal
    return Providers(gateways, bookkeepers, {"stripe": collector})
