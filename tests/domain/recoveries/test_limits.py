"""By when a claim must be filed: by whom it is decided, and by what the law says."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.recoveries.limits import CARRIER_LIMITS, DUTY_LIMITS, carrier_limit, duty_limit
from domain.recoveries.words import RecoveryCause
from domain.words import Fault

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def test_whoever_files_it_sets_the_limit_and_not_the_carrier_behind() -> None:
    limit = carrier_limit(("easypost", "USPS"), RecoveryCause.LOST, DAY)
    assert limit.not_before == DAY + timedelta(days=30)
    assert limit.file_by == DAY + timedelta(days=60)
    by_hand = carrier_limit(("USPS",), RecoveryCause.LOST, DAY)
    assert by_hand.not_before == DAY + timedelta(days=15)


def test_of_a_carrier_that_nobody_knows_the_shortest_limit_is_taken_and_says_so() -> None:
    limit = carrier_limit(("nobody",), RecoveryCause.DAMAGED, DAY)
    assert limit.file_by == DAY + timedelta(days=30)
    assert limit.source.endswith("(not verified)")


@pytest.mark.parametrize(
    ("country", "fault", "days"),
    [
        ("DE", Fault.MERCHANT, 365),
        ("DE", Fault.CUSTOMER, 90),
        ("GB", Fault.MERCHANT, 365),
        ("US", Fault.CUSTOMER, 5 * 365),
        ("CH", Fault.CUSTOMER, 3 * 365),
        ("CN", Fault.MERCHANT, 30),
        ("BR", Fault.MERCHANT, 90),
    ],
)
def test_duties_are_asked_back_within_the_laws_days(country: str, fault: Fault, days: int) -> None:
    assert duty_limit(country, [fault], DAY).file_by == DAY + timedelta(days=days)


def test_of_several_reasons_the_one_with_the_least_time_counts() -> None:
    limit = duty_limit("FR", [Fault.MERCHANT, Fault.CUSTOMER], DAY)
    assert limit.file_by == DAY + timedelta(days=90)


def test_every_limit_says_where_it_stands() -> None:
    sources = [row.source for row in CARRIER_LIMITS] + [row.source for row in DUTY_LIMITS]
    assert all(sources)
    assert not DUTY_LIMITS[-1].read
