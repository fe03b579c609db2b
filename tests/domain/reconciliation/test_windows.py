"""Only what a window can show is judged: what lies at its edges may have its half outside."""

from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from domain.reconciliation.books import SLACK, OurBooks, Span
from domain.reconciliation.words import Kind
from domain.words import MoneyState
from tests.domain.reconciliation.pairs import (
    HOUR,
    INSIDE,
    LINE,
    VICTIM,
    WINDOW,
    Pair,
    line_of,
    payout,
)
from tests.domain.reconciliation.test_comparing import STRANGER, a_pair, found, only


def test_one_that_they_may_have_got_before_the_window_is_not_called_missing() -> None:
    asked = payout(0, asked_at=WINDOW.since + timedelta(minutes=30))
    nothing = Pair(OurBooks((asked,)), ())
    assert found(nothing) == ()
    assert only(nothing, Span(WINDOW.since - SLACK, WINDOW.until)).kind is Kind.MISSING


def test_one_that_they_got_a_moment_ago_is_not_called_missing_yet() -> None:
    asked = payout(0, asked_at=WINDOW.until - timedelta(minutes=30))
    nothing = Pair(OurBooks((asked,)), ())
    assert found(nothing) == ()
    assert only(nothing, Span(WINDOW.since, WINDOW.until + SLACK)).kind is Kind.MISSING


def test_one_that_was_asked_for_long_ago_and_answered_late_may_be_anywhere_between() -> None:
    late = replace(payout(0, asked_at=WINDOW.since - HOUR), answered_at=INSIDE)
    assert found(Pair(OurBooks((late,)), ())) == ()


def test_one_whose_answer_was_lost_is_not_missing_but_looked_for() -> None:
    assert found(Pair(OurBooks((payout(0, MoneyState.UNKNOWN),)), ())) == ()


def test_a_state_of_a_moment_ago_may_still_be_on_its_way_to_us() -> None:
    at = WINDOW.until - timedelta(minutes=30)
    known = payout(0, MoneyState.PENDING, asked_at=at)
    line = replace(line_of(known), at=at)
    assert found(a_pair(known, line)) == ()
    assert only(a_pair(known, line), Span(WINDOW.since, WINDOW.until + SLACK))


def test_a_line_from_outside_the_window_is_not_judged_though_it_was_listed() -> None:
    outside = replace(STRANGER, at=WINDOW.until + timedelta(seconds=1))
    assert found(a_pair(VICTIM, LINE, outside)) == ()
    edge = replace(STRANGER, at=WINDOW.until)
    assert only(a_pair(VICTIM, LINE, edge)).kind is Kind.ORPHAN


def test_the_clock_on_the_wall_does_not_matter() -> None:
    tokyo, lima = timezone(timedelta(hours=9)), timezone(timedelta(hours=-5))
    there = Span(WINDOW.since.astimezone(lima), WINDOW.until.astimezone(tokyo))
    line = replace(LINE, at=LINE.at.astimezone(tokyo))
    stranger = replace(STRANGER, at=WINDOW.until.astimezone(lima))
    assert only(a_pair(VICTIM, line, stranger), there) == only(
        a_pair(VICTIM, LINE, replace(stranger, at=WINDOW.until)), WINDOW
    )


def test_a_time_without_an_offset_is_no_window() -> None:
    with pytest.raises(ValueError, match="offset"):
        Span(WINDOW.since.replace(tzinfo=None), WINDOW.until)
