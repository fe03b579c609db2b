"""Quiet hours end by the customer's own wall clock, and a time zone is one that there is."""

from datetime import datetime

import pytest

from domain.channels import Contact, QuietHours

OVER_MIDNIGHT = QuietHours(from_hour=21, until_hour=8)
AT_NOON = QuietHours(from_hour=12, until_hour=14)


@pytest.mark.parametrize(
    ("quiet", "local", "until"),
    [
        (OVER_MIDNIGHT, "2026-03-09T20:59:59+01:00", None),
        (OVER_MIDNIGHT, "2026-03-09T21:00:00+01:00", "2026-03-10T08:00:00+01:00"),
        (OVER_MIDNIGHT, "2026-03-10T07:59:59+01:00", "2026-03-10T08:00:00+01:00"),
        (OVER_MIDNIGHT, "2026-03-10T08:00:00+01:00", None),
        (OVER_MIDNIGHT, "2026-03-28T23:00:00+01:00", "2026-03-29T08:00:00+02:00"),  # summer time
        (AT_NOON, "2026-03-10T11:59:59+01:00", None),
        (AT_NOON, "2026-03-10T12:00:00+01:00", "2026-03-10T14:00:00+01:00"),
        (AT_NOON, "2026-03-10T14:00:00+01:00", None),
    ],
)
def test_quiet_hours_end_by_the_wall_clock(
    quiet: QuietHours, local: str, until: str | None
) -> None:
    ends = quiet.over_at(datetime.fromisoformat(local), "Europe/Berlin")
    assert ends == (datetime.fromisoformat(until) if until else None)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "Europe", ""])
def test_a_time_zone_that_there_is_not_is_named(zone: str) -> None:
    with pytest.raises(ValueError, match=r"such as Europe/Paris"):
        Contact(channel="sms", time_zone=zone)


def test_quiet_hours_that_never_end_are_refused() -> None:
    with pytest.raises(ValueError, match="no text would ever be sent"):
        QuietHours(from_hour=8, until_hour=8)
