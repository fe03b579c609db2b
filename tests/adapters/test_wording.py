"""Amounts at the edge: as people write them, and never another number."""

import re

import pytest

from adapters.wording import UnknownLocale, amounts_in
from domain.money import Money

AMOUNTS = [(1_085, "EUR"), (1_085, "JPY"), (1_085, "KWD"), (-5, "USD"), (0, "GBP")]


@pytest.mark.parametrize("locale", ["de_DE", "en-US", "fr", "ja", "ru", "zh_Hans_CN", "sv"])
@pytest.mark.parametrize(("minor", "currency"), AMOUNTS)
def test_the_digits_are_those_of_the_amount(locale: str, minor: int, currency: str) -> None:
    amount = Money(amount_minor=minor, currency=currency)
    digits = re.sub(r"\D", "", amounts_in(locale)(amount))
    assert digits == re.sub(r"\D", "", amount.plain())


def test_each_language_has_its_own_way() -> None:
    amount = Money(amount_minor=1_085, currency="EUR")
    assert amounts_in("de_DE")(amount) == "10,85\xa0€"
    assert amounts_in("en_US")(amount) == "€10.85"


@pytest.mark.parametrize("locale", ["", "xx_YY", "no such", "de-DE-DE-DE"])
def test_a_locale_that_nobody_knows_is_refused_by_name(locale: str) -> None:
    with pytest.raises(UnknownLocale, match="expected one such as"):
        amounts_in(locale)
