"""Money in whole minor units, and the few ways in which it may be divided.

No float, nowhere: an amount is an integer of the currency's smallest unit (cents, yen,
fils), and every division says who gets the unit that does not divide.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, StrictInt

WHOLE_BASIS_POINTS = 10_000  # 100 %

_BY_EXPONENT = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN "
    "BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP "
    "GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP "
    "LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR "
    "NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN "
    "SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR "
    "ZMW ZWG",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

EXPONENTS: dict[str, int] = {
    code: digits for digits, codes in _BY_EXPONENT.items() for code in codes.split()
}
"""How many decimal places each currency has (ISO 4217, list one, those with a minor unit).

BGN stays although Bulgaria pays in euro since 2026: orders paid in it still come back.
"""


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were added or compared: a defect, never a rate of 1."""


def exponent(currency: str) -> int:
    """Say how many decimal places `currency` has: JPY 0, EUR 2, KWD 3.

    Raises:
        ValueError: `currency` is not an active ISO 4217 code in capitals.
    """
    digits = EXPONENTS.get(currency)
    if digits is None:
        shown = currency[:8]  # what was sent may be anything, and long
        raise ValueError(f"{shown!r} is no ISO 4217 currency; expected three capitals, as EUR")
    return digits


def _known(currency: str) -> str:
    exponent(currency)
    return currency


Currency = Annotated[str, AfterValidator(_known)]


class Money(BaseModel):
    """An amount of one currency; on the wire `{"amount_minor": 1085, "currency": "EUR"}`.

    `amount_minor` counts the smallest unit and may be negative (what is owed the other way).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount_minor: StrictInt
    currency: Currency

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(amount_minor=0, currency=currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> Self:
        """Read a partner's decimal text, `"5.20"`, without loss.

        Raises:
            ValueError: It is no plain decimal number, or it has a part of a minor unit.
        """
        try:
            amount = Decimal(text).scaleb(exponent(currency))
        except InvalidOperation as bad:
            raise ValueError(f"{text!r} is no amount; expected decimal text, as 5.20") from bad
        if not amount.is_finite() or amount != amount.to_integral_value():
            raise ValueError(f"{text!r} is no whole number of minor units of {currency}")
        return cls(amount_minor=int(amount), currency=currency)

    def __add__(self, other: Self) -> Self:
        return self._of(self.amount_minor + self._same(other))

    def __sub__(self, other: Self) -> Self:
        return self._of(self.amount_minor - self._same(other))

    def __neg__(self) -> Self:
        return self._of(-self.amount_minor)

    def __lt__(self, other: Self) -> bool:
        return self.amount_minor < self._same(other)

    def __le__(self, other: Self) -> bool:
        return self.amount_minor <= self._same(other)

    def __gt__(self, other: Self) -> bool:
        return self.amount_minor > self._same(other)

    def __ge__(self, other: Self) -> bool:
        return self.amount_minor >= self._same(other)

    def plain(self) -> str:
        """Write it for logs and operators, in no language: `10.85 EUR`, `1085 JPY`."""
        digits = exponent(self.currency)
        whole, part = divmod(abs(self.amount_minor), 10**digits)
        sign = "-" if self.amount_minor < 0 else ""
        decimals = f".{part:0{digits}d}" if digits else ""
        return f"{sign}{whole}{decimals} {self.currency}"

    def __str__(self) -> str:
        return self.plain()

    def _same(self, other: Self) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.plain()} and {other.plain()} are of two currencies")
        return other.amount_minor

    def _of(self, amount_minor: int) -> Self:
        return type(self)(amount_minor=amount_minor, currency=self.currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Add up amounts that must all be of `currency`; nothing adds up to zero."""
    added = Money.zero(currency)
    for amount in amounts:
        added += amount
    return added


def allocate(total_minor: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split an amount in proportion to `weights`, losing no minor unit.

    Used to spread an order's discount over its lines, one refund over the payments that
    funded the order, and one fee over the units that caused it.

    Args:
        total_minor: The amount, in minor units of one currency, 0 or more.
        weights: What each share is proportional to; each 0 or more, and at least one
            above 0 unless there is nothing to split.

    Returns:
        One share per weight, in the same order and unit. The shares add up to
        `total_minor` exactly, and no share is a whole unit away from its exact proportion.

    Raises:
        ValueError: The amount or a weight is negative, or there is an amount and no weight.

    Source: the largest-remainder method (Hamilton apportionment), see Balinski and Young,
    "Fair Representation". Ties go to the earlier share, so that two workers given the same
    facts pay the same cents.
    """
    whole = sum(weights)
    if total_minor == whole == 0 and min(weights, default=0) == 0:
        return (0,) * len(weights)
    if total_minor < 0 or whole <= 0 or min(weights) < 0:
        raise ValueError(f"cannot allocate {total_minor} over {list(weights)}")

    shares = [total_minor * weight // whole for weight in weights]
    lost = [total_minor * weight % whole for weight in weights]
    by_most_lost = sorted(range(len(weights)), key=lambda index: -lost[index])
    for index in by_most_lost[: total_minor - sum(shares)]:
        shares[index] += 1
    return tuple(shares)


def next_share(total_minor: int, parts: int, taken: int, count: int) -> int:
    """Say what the next `count` of `parts` equal units are worth after `taken` were paid.

    The cumulative floor: however the units are grouped over however many returns, the
    last one closes the line exactly, and nobody has to know how the earlier were grouped.

    Args:
        total_minor: What all units of the line are worth together, in minor units, 0 or more.
        parts: How many units the line has, 1 or more.
        taken: How many of them were paid before.
        count: How many are paid now.

    Raises:
        ValueError: A number is negative, or more units are taken than there are.
    """
    if total_minor < 0 or parts < 1 or taken < 0 or count < 0 or taken + count > parts:
        raise ValueError(f"cannot take {count} after {taken} of {parts} units of {total_minor}")
    return (taken + count) * total_minor // parts - taken * total_minor // parts


def percentage(amount_minor: int, basis_points: int) -> int:
    """Take a share of an amount, rounded down: for what is deducted from the customer.

    Args:
        amount_minor: Minor units, 0 or more.
        basis_points: Hundredths of a per cent, 0 or more; 1_500 is 15 %.

    Raises:
        ValueError: One of them is negative.
    """
    _not_negative(amount_minor, basis_points)
    return amount_minor * basis_points // WHOLE_BASIS_POINTS


def percentage_up(amount_minor: int, basis_points: int) -> int:
    """Take a share of an amount, rounded up: for what the customer is given.

    The twin of `percentage`: what is given and what is deducted add up to the amount.

    Raises:
        ValueError: One of them is negative.
    """
    _not_negative(amount_minor, basis_points)
    return -(-amount_minor * basis_points // WHOLE_BASIS_POINTS)


def _not_negative(amount_minor: int, basis_points: int) -> None:
    if amount_minor < 0 or basis_points < 0:
        raise ValueError(f"no share of {amount_minor} at {basis_points} basis points")
