"""How long is tried."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.subscriptions.patience import GIVE_UP_AFTER, LONGEST_ASKED, pause_after
from domain.subscriptions.signing import Secret, live

NOW = datetime(2026, 3, 9, tzinfo=UTC)


def test_the_first_pauses_are_seconds_and_the_last_ones_hours() -> None:
    pauses = [pause_after(attempts, 500) for attempts in range(1, 12)]
    assert pauses[0] == timedelta(seconds=5)
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=6)


def test_within_the_days_that_are_tried_there_are_a_score_of_attempts() -> None:
    attempts, passed = 0, timedelta(0)
    while passed < GIVE_UP_AFTER:
        attempts += 1
        passed += pause_after(attempts, 500)
    assert 15 <= attempts <= 25


@given(st.integers(1, 100), st.integers(0, 1000), st.integers(0, 10**7) | st.none())
def test_a_pause_is_jittered_and_never_shorter_than_was_asked_for(
    attempts: int, dice: int, asked: int | None
) -> None:
    pause = pause_after(attempts, dice, asked)
    usual = pause_after(attempts, 500)
    assert pause >= min(timedelta(seconds=asked or 0), LONGEST_ASKED)
    if asked is None:
        assert usual * 8 // 10 <= pause <= usual * 12 // 10


def test_a_secret_signs_until_its_hour_and_not_after_it() -> None:
    newest = Secret(secret="whsec_new", asked="second")
    older = Secret(secret="whsec_old", asked="first", until=NOW)
    assert live((newest, older), NOW - timedelta(seconds=1)) == ("whsec_new", "whsec_old")
    assert live((newest, older), NOW) == ("whsec_new",)
