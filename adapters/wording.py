"""Amounts as people of a language and region write them: at the very edge, and nowhere before."""

from collections.abc import Callable
from decimal import Decimal

from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_currency

from domain.money import Money


class UnknownLocale(ValueError):
    """There is no such language or region; the text says what was asked for."""


def amounts_in(locale: str) -> Callable[[Money], str]:
    """Give the way to write amounts in a locale such as `de`, `fr-CA` or `zh_Hans_CN`.

    Raises:
        UnknownLocale: It is none that Unicode's CLDR knows.
    """
    try:
        known = Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise UnknownLocale(f"{locale[:20]!r} is no locale; expected one such as de_DE") from None

    def write(amount: Money) -> str:
        number, _, currency = amount.plain().partition(" ")
        return format_currency(Decimal(number), currency, locale=known, decimal_quantization=False)

    return write
