"""The customer gets the currency that was paid; what its rate did meanwhile is the merchant's."""

from typing import Any

from domain.money import Money
from domain.returns.events import ReturnCompleted
from domain.returns.events.resolving import ExchangeLossBooked
from domain.returns.money.promising import promised_minor
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.shop import LABEL_FEE, SHIRT_MINOR
from tests.domain.returns.story import hint, inspected

DUE = SHIRT_MINOR - LABEL_FEE


def dollars(minor: int) -> Money:
    return Money(amount_minor=minor, currency="USD")


def _paid(**said: Any) -> Scenario:
    return inspected().perform("pay_out", **said)


def test_a_rate_that_fell_is_booked_as_a_loss_in_both_currencies() -> None:
    known = _paid(cost=dollars(4_700), worth=dollars(4_612))
    booked = known.last(ExchangeLossBooked)
    assert (booked.loss_minor, booked.cost.currency) == (88, "USD")
    assert booked.amount == Money(amount_minor=DUE, currency="EUR")


def test_the_customer_gets_the_same_whatever_the_rate_did() -> None:
    for cost in (4_000, 4_612, 5_000):
        known = _paid(cost=dollars(cost), worth=dollars(4_612)).settle()
        assert known.last(ReturnCompleted).paid_minor == promised_minor(known.state) == DUE


def test_a_rate_that_rose_is_a_gain_and_one_that_stayed_is_nothing() -> None:
    assert _paid(cost=dollars(4_600), worth=dollars(4_612)).last(ExchangeLossBooked).loss_minor < 0
    assert _paid(cost=dollars(4_612), worth=dollars(4_612)).count("ExchangeLossBooked") == 0


def test_it_is_booked_once_also_when_it_is_told_again_or_only_later() -> None:
    known = _paid()
    key = next(iter(known.state.payouts))
    for _ in range(2):
        known = known.when(hint(key))
        known = known.perform("look_up_payout", cost=dollars(4_700), worth=dollars(4_612))
    assert known.count("ExchangeLossBooked") == 1


def test_two_currencies_of_the_merchant_are_not_compared() -> None:
    pounds = Money(amount_minor=4_000, currency="GBP")
    assert _paid(cost=dollars(4_700), worth=pounds).count("ExchangeLossBooked") == 0


def test_what_failed_has_cost_nothing() -> None:
    known = _paid(state="failed", reason="no", cost=dollars(4_700), worth=dollars(4_612))
    assert known.count("ExchangeLossBooked") == 0
