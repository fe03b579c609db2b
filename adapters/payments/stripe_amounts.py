"""Where Stripe counts an amount in another unit than ISO 4217 does.

Source: docs.stripe.com/currencies, "Zero-decimal currencies" and "Special cases": krónur
and shillings have no minor unit but are sent with two decimal places, ariary have one on
paper and are sent without. Of three decimals they ask for the last to be 0: an amount that
has another is sent as it is, so that it is they who take it or not, and nothing is rounded.
"""

from collections.abc import Mapping

from activities.failures import Misspoken
from adapters.payments.unsayable import Unsayable
from domain.money import Money

TIMES_A_HUNDRED = frozenset({"ISK", "UGX"})
BY_A_HUNDRED = frozenset({"MGA"})


def to_stripe(amount: Money) -> int:
    """Say an amount in Stripe's unit.

    Raises:
        Unsayable: It has a part that Stripe does not take.
    """
    if amount.currency in TIMES_A_HUNDRED:
        return amount.amount_minor * 100
    if amount.currency not in BY_A_HUNDRED:
        return amount.amount_minor
    whole, rest = divmod(amount.amount_minor, 100)
    if rest:
        raise Unsayable("stripe", amount)
    return whole


def from_stripe(amount: int, currency: str) -> Money:
    """Read an amount in Stripe's unit and lower-case currency.

    Raises:
        Misspoken: The currency is none that we know, or it has a part that ISO has not.
    """
    iso = currency.upper()
    whole, rest = divmod(amount, 100) if iso in TIMES_A_HUNDRED else (amount, 0)
    scaled = whole * 100 if iso in BY_A_HUNDRED else whole
    try:
        read = Money(amount_minor=scaled, currency=iso)
    except ValueError:
        raise Misspoken("stripe: an amount in a currency that ISO 4217 does not have") from None
    if rest:
        raise Misspoken(f"stripe: {amount} {iso} has a part of a minor unit")
    return read


def money_of(stated: Mapping[str, object]) -> Money:
    """Read `amount` and `currency` of one of their objects."""
    amount, currency = stated.get("amount"), stated.get("currency")
    if not isinstance(amount, int) or isinstance(amount, bool) or not isinstance(currency, str):
        raise Misspoken("stripe: an object without amount and currency")
    return from_stripe(amount, currency)
