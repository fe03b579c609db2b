"""What a refund took of an account that is kept in another currency than the customer paid in.

Each movement of theirs has a balance transaction, in the currency of the account. That of the
refund says what it cost; that of the charge what the payment had brought, of which a refund's
part is taken in proportion, rounded down. Their fees are in neither: they are not the
exchange's. Source: docs.stripe.com/api/balance_transactions/object (`amount`, `currency`).
"""

from typing import NamedTuple

from adapters.http import TheirObject
from adapters.payments.stripe_amounts import from_stripe
from domain.money import Money

EXPANDED = ("balance_transaction", "charge.balance_transaction")
"""What is asked for along with a refund; by its id alone it says nothing."""

EXPANDED_IN_LIST = tuple(f"data.{path}" for path in EXPANDED)


class Balance(TheirObject):
    """A movement of the account, before their fees; what left it is negative."""

    amount: int
    currency: str


class Charged(TheirObject):
    """What was paid, with what it brought."""

    id: str
    amount: int
    balance_transaction: Balance | str | None = None


class Exchanged(NamedTuple):
    """What it took of the account, and what the same part of the payment had brought there."""

    cost: Money | None = None
    worth: Money | None = None


def exchanged(
    amount: int, currency: str, taken: Balance | str | None, charge: Charged | str | None
) -> Exchanged:
    """Compare the two; nothing where the account has the customer's currency, or is not told."""
    brought = charge.balance_transaction if isinstance(charge, Charged) else None
    if not isinstance(taken, Balance) or not isinstance(brought, Balance):
        return Exchanged()
    if not isinstance(charge, Charged) or charge.amount <= 0 or taken.currency == currency:
        return Exchanged()
    part = brought.amount * amount // charge.amount
    return Exchanged(
        from_stripe(abs(taken.amount), taken.currency), from_stripe(part, brought.currency)
    )
