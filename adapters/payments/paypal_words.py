"""PayPal's amounts, states and issues in our words; pure."""

from collections.abc import Mapping
from typing import Literal

from activities.failures import Misspoken
from adapters.http import printable_code
from adapters.payments.unsayable import Unsayable
from domain.money import Money

WHOLE_ONLY = frozenset({"HUF", "TWD"})
"""Currencies that they take no decimals of though ISO 4217 has some (their "Currency codes")."""

State = Literal["pending", "succeeded", "failed", "cancelled"]
STATES: Mapping[str, State] = {
    "PENDING": "pending",
    "COMPLETED": "succeeded",
    "FAILED": "failed",
    "CANCELLED": "cancelled",
}

# The issues of a refund that they refuse (their Payments API v2, captures.refund).
ISSUES: Mapping[str, str] = {
    "CAPTURE_FULLY_REFUNDED": "exceeds_captured",
    "REFUND_AMOUNT_EXCEEDED": "exceeds_captured",
    "MAX_NUMBER_OF_REFUNDS_EXCEEDED": "not_refundable",
    "REFUND_TIME_LIMIT_EXCEEDED": "not_refundable",
    "REFUND_NOT_ALLOWED": "not_refundable",
    "REFUND_IS_RESTRICTED": "not_refundable",
    "PARTIAL_REFUND_NOT_ALLOWED": "not_refundable",
    "REFUND_CAPTURE_CURRENCY_MISMATCH": "not_refundable",
    "PENDING_CAPTURE": "not_refundable",
    "TRANSACTION_DISPUTED": "disputed",
    "CAPTURE_DISPUTED_PARTIAL_REFUND_NOT_ALLOWED": "disputed",
    "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK": "disputed",
    "REFUND_FAILED_INSUFFICIENT_FUNDS": "insufficient_balance",
    "PAYER_ACCOUNT_RESTRICTED": "card_closed",
    "INVALID_RESOURCE_ID": "unknown_payment",
}

DONE_BEFORE = frozenset({"DUPLICATE_INVOICE_ID", "DUPLICATE_REFUND"})
"""They have it under our reference, though not under the key any more: it is looked up."""

# Of their transaction event codes, those that take money from the merchant.
REFUNDED = "T1107"
TAKEN_BACK: Mapping[str, str] = {"T1201": "lost", "T1106": "lost", "T1110": "open"}
REPORTED: Mapping[str, State] = {
    "P": "pending", "S": "succeeded", "D": "failed", "V": "failed",
}  # fmt: skip


def to_paypal(amount: Money) -> dict[str, str]:
    """Say an amount as decimal text.

    Raises:
        Unsayable: It has a part that they do not take.
    """
    value = amount.plain().partition(" ")[0]
    if amount.currency in WHOLE_ONLY:
        value, _, part = value.partition(".")
        if part.strip("0"):
            raise Unsayable("paypal", amount)
    return {"currency_code": amount.currency, "value": value}


def from_paypal(value: object, currency: object) -> Money:
    """Read an amount of theirs, whatever its sign.

    Raises:
        Misspoken: It is none.
    """
    if not isinstance(value, str) or not isinstance(currency, str):
        raise Misspoken("paypal: an amount that is none")
    try:
        return Money.parse(value.removeprefix("-"), currency)
    except ValueError:
        raise Misspoken("paypal: an amount or a currency that is none") from None


def state_of(status: str) -> State:
    """Say how a refund stands.

    Raises:
        Misspoken: By a status that they do not document.
    """
    state = STATES.get(status)
    if state is None:
        raise Misspoken(f"paypal: refund status {printable_code(status)}")
    return state
