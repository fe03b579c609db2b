"""Adyen's amounts and events in our words; pure, and shared by its gateway and its webhooks."""

from collections.abc import Mapping
from typing import Literal

from activities.failures import Misspoken
from adapters.payments.unsayable import Unsayable
from domain.money import Money

# Where they count in another unit than ISO 4217 (docs.adyen.com/development-resources/
# currency-codes): two decimals where ISO has none, and none where ISO has two.
TIMES_A_HUNDRED = frozenset({"CLP", "ISK"})
BY_A_HUNDRED = frozenset({"CVE", "IDR"})

State = Literal["pending", "succeeded", "failed", "cancelled"]

# By their eventCode and its success: how a refund stands then. `None` says nothing new.
EVENTS: Mapping[tuple[str, bool], State | None] = {
    ("REFUND", True): "succeeded",
    ("REFUND", False): "failed",
    ("REFUND_WITH_DATA", True): "succeeded",
    ("REFUND_WITH_DATA", False): "failed",
    ("POSTPONED_REFUND", True): "pending",
    ("POSTPONED_REFUND", False): "failed",
    ("VOID_PENDING_REFUND", True): "cancelled",
    ("VOID_PENDING_REFUND", False): None,
    ("REFUND_FAILED", True): "failed",
    ("REFUND_FAILED", False): None,
    ("REFUNDED_REVERSED", True): "failed",
    ("REFUNDED_REVERSED", False): None,
}

# Their codes of a no at once (docs.adyen.com/development-resources/error-codes).
ERRORS: Mapping[str, str] = {
    "167": "unknown_payment",
    "105": "not_refundable",
    "138": "not_refundable",
    "139": "not_refundable",
}
UNDER_WAY = frozenset({"704"})

# Their words for a no that comes later, which are not signed: only ever a reason, never money.
REASONS: Mapping[str, str] = {
    "transaction hasn't been captured, refund not possible": "not_refundable",
    "insufficient balance on payment": "exceeds_captured",
    "insufficient balance": "insufficient_balance",
    "refund failed": "declined_by_bank",
    "transaction charged back, refund not possible": "disputed",
    "card expired": "card_closed",
    "account closed": "card_closed",
}
BY_EVENT: Mapping[str, str] = {
    "REFUND_FAILED": "declined_by_bank",
    "REFUNDED_REVERSED": "declined_by_bank",
    "VOID_PENDING_REFUND": "cancelled_by_merchant",
}


def reason_of(event: str, said: str) -> str:
    """Name why a refund failed; what has no name is `unknown` and a person's to look at."""
    return REASONS.get(said.strip().lower()) or BY_EVENT.get(event, "unknown")


def to_adyen(amount: Money) -> dict[str, object]:
    """Say an amount in their unit.

    Raises:
        Unsayable: It has a part that they do not take.
    """
    value = amount.amount_minor
    if amount.currency in TIMES_A_HUNDRED:
        value *= 100
    elif amount.currency in BY_A_HUNDRED:
        value, rest = divmod(value, 100)
        if rest:
            raise Unsayable("adyen", amount)
    return {"value": value, "currency": amount.currency}


def from_adyen(value: object, currency: object) -> Money:
    """Read an amount of theirs.

    Raises:
        Misspoken: It is none, or has a part of what ISO has no part of.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not isinstance(currency, str):
        raise Misspoken("adyen: an amount that is none")
    whole, rest = divmod(value, 100) if currency in TIMES_A_HUNDRED else (value, 0)
    try:
        scaled = whole * 100 if currency in BY_A_HUNDRED else whole
        read = Money(amount_minor=scaled, currency=currency)
    except ValueError:
        raise Misspoken("adyen: an amount in a currency that ISO 4217 does not have") from None
    if rest:
        raise Misspoken(f"adyen: {value} {currency} has a part of a minor unit")
    return read
