"""What a PayPal refund took of an account in another currency, by the rates that they name.

A refund names its rate where it was taken in another currency than the customer paid in, and
so does the capture that it is of. Both are laid on the refund's whole amount: what they keep
as a fee is not the exchange's. Source: developer.paypal.com/docs/api/payments/v2,
`seller_payable_breakdown` and `seller_receivable_breakdown`.
"""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from activities.failures import Misspoken
from adapters.http import TheirObject
from domain.money import Money, exponent


class Rate(TheirObject):
    """How much of the target one unit of the source is."""

    source_currency: str
    target_currency: str
    value: str

    def of(self, amount: Money) -> Money | None:
        """The same in the target currency, to its minor unit; none where it is another's rate.

        Raises:
            Misspoken: It is no rate.
        """
        if self.source_currency != amount.currency:
            return None
        try:
            rate = Decimal(self.value)
            shift = exponent(self.target_currency) - exponent(amount.currency)
            minor = (Decimal(amount.amount_minor) * rate).scaleb(shift)
            whole = int(minor.to_integral_value(ROUND_HALF_EVEN))
            return Money(amount_minor=whole, currency=self.target_currency)
        except (InvalidOperation, ValueError, OverflowError):
            raise Misspoken("paypal: an exchange rate that is none") from None


class PayablePart(TheirObject):
    """What was taken in another currency."""

    exchange_rate: Rate | None = None


class Payable(TheirObject):
    """The merchant's side of a refund."""

    net_amount_breakdown: tuple[PayablePart, ...] = ()

    @property
    def rate(self) -> Rate | None:
        """The rate it was taken at; none where the account has the customer's currency."""
        return next((p.exchange_rate for p in self.net_amount_breakdown if p.exchange_rate), None)


class Receivable(TheirObject):
    """The merchant's side of a capture."""

    exchange_rate: Rate | None = None


class Capture(TheirObject):
    """What was paid, as far as we read it."""

    seller_receivable_breakdown: Receivable | None = None
