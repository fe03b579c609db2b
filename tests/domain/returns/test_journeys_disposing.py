"""Where a unit goes by what it brings, and what the return keeps of the comparison."""

from typing import Any

from domain.returns.events import DispositionDecided
from domain.returns.shown.markdown import as_markdown
from domain.returns.shown.status import status_of
from domain.words import Disposition, Grade
from tests.domain.policy.test_recovery import JOBBER, SHELF, WORKSHOP
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.story import arrived, inspection, seen, wish

WAYS = {"ways_out": [SHELF, WORKSHOP, JOBBER]}


def graded(grade: Grade, **how: Any) -> Scenario:
    known = arrived(wish("2"), rules=WAYS)
    return known.when(inspection(known, seen("2/1", grade, **how)))


def decided(known: Scenario) -> DispositionDecided:
    [event] = [event for event in known.events if isinstance(event, DispositionDecided)]
    return event


def test_a_unit_goes_where_it_brings_most_and_the_event_says_what_else_was_looked_at() -> None:
    known = graded(Grade.USED)
    event = decided(known)
    assert event.disposition is Disposition.REFURBISH
    assert [each.way for each in event.compared] == ["workshop", "jobber"]
    assert event.because == "graded used: workshop brings most of 2"
    assert known.state.units["2/1"].recovery_minor == event.compared[0].value_minor


def test_what_it_is_to_bring_is_shown_with_the_unit() -> None:
    known = graded(Grade.USED)
    status = status_of("acme", "R-1", known.state)
    assert status.units[0].recovery_minor == decided(known).compared[0].value_minor
    assert "refurbish (to bring " in as_markdown(status)


def test_a_grade_that_no_way_takes_goes_by_the_grade_alone() -> None:
    event = decided(graded(Grade.MINOR_WEAR))
    assert event.compared == ()
    assert event.because == "graded minor_wear"


def test_the_inspectors_word_comes_before_the_price() -> None:
    event = decided(graded(Grade.USED, suggested_disposition=Disposition.DONATE))
    assert (event.disposition, event.compared) == (Disposition.DONATE, ())
