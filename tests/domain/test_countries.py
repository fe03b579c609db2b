"""The countries there are, held against those that Unicode knows."""

import pytest
from babel import Locale
from pydantic import TypeAdapter, ValidationError

from domain.countries import COUNTRIES
from domain.model import Country
from tests.domain.returns.bodies import SMALLEST, changed, refusal

NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
"""Two letters in Unicode's list: groups, islands without a code of their own, tests, nowhere."""


def test_the_countries_are_those_that_unicode_knows() -> None:
    known = {str(code) for code in Locale("en").territories if len(str(code)) == 2}
    assert known - NO_COUNTRIES == COUNTRIES
    assert len(COUNTRIES) == 249 + 1


@pytest.mark.parametrize("code", ["DE", "XK", "TW"])
def test_a_country_is_taken(code: str) -> None:
    assert TypeAdapter(Country).validate_python(code) == code


@pytest.mark.parametrize("code", ["ZZ", "EU", "UK", "XX", "de", "DEU", ""])
def test_what_is_no_country_is_refused(code: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Country).validate_python(code)


@pytest.mark.parametrize("field", ["ship_from", "ship_to", "customer.address.country"])
def test_an_order_to_nowhere_is_refused_by_the_name_of_the_field(field: str) -> None:
    refused = refusal("open", changed(SMALLEST["open"], f"request.order.{field}", "ZZ"))
    assert refused.because == (
        f"request.order.{field}: expected a country's two letters by ISO 3166-1, as DE"
    )
