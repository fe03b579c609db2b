"""Several corrections of one report: which of them counts does not depend on what came first."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from domain.returns import commands as c
from domain.returns.successions import Successor, what_counts
from domain.words import Grade, Receipt
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.story import (
    by_staff,
    counted,
    inspection,
    receipt,
    seen,
    taken_back,
    under_way,
    wish,
)

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


def _known(*said: tuple[str, str, int]) -> dict[str, Successor]:
    return {name: Successor(of, NOON + timedelta(minutes=at)) for name, of, at in said}


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ([], "a"),
        ([("b", "a", 1)], "b"),
        ([("b", "a", 2), ("c", "a", 1)], "b"),
        ([("b", "a", 1), ("c", "a", 1)], "c"),  # at the same time: by their names
        ([("b", "a", 2), ("c", "a", 1), ("d", "c", 3)], "b"),  # d is about one that does not count
        ([("b", "a", 2), ("c", "a", 1), ("d", "b", 0)], "d"),
    ],
)
def test_of_those_that_take_one_place_the_latest_counts(
    said: list[tuple[str, str, int]], counts: str
) -> None:
    for order in permutations(said):
        found, others = what_counts(_known(*order), "a")
        assert found == counts
        assert others == {"a", *(name for name, _, _ in said)} - {counts}


@pytest.mark.parametrize("asked", ["a", "b", "c"])
def test_reports_that_correct_each_other_in_a_circle_have_one_that_counts(asked: str) -> None:
    circle = _known(("a", "c", 1), ("b", "a", 2), ("c", "b", 3))
    assert what_counts(circle, asked) == ("c", frozenset({"a", "b"}))


def _in_any_order(known: Scenario, said: Sequence[c.Report]) -> list[Scenario]:
    return [known.when(*order) for order in permutations(said)]


def _here(known: Scenario) -> list[str]:
    units = known.state.units.values()
    return [unit.id for unit in units if unit.receipt is Receipt.RECEIVED]


def test_of_two_counts_that_correct_the_same_one_the_later_is_what_came() -> None:
    known = under_way(wish("1", 3)).later(days=2)
    first = receipt(known, [counted(quantity=3)])
    early = receipt(known.later(seconds=1), [counted()], corrects=first.message_id)
    late = receipt(known.later(seconds=2), [counted(quantity=2)], corrects=first.message_id)
    for there in _in_any_order(known.later(seconds=3), [first, early, late]):
        assert _here(there) == ["1/1", "1/2"]


def test_of_two_looks_that_correct_the_same_one_the_later_is_what_was_seen() -> None:
    known = under_way(wish("1", 2)).later(days=2)
    first = inspection(known, seen("1/1"))
    later = known.later(seconds=1)
    early = inspection(later, seen("1/1", Grade.DAMAGED), corrects=first.message_id)
    late = inspection(later.later(seconds=1), seen("1/2"), corrects=first.message_id)
    for there in _in_any_order(known.later(seconds=3), [first, early, late]):
        assert _here(there) == ["1/2"]


def test_a_look_taken_back_leaves_what_was_counted_as_the_first_of_its_line() -> None:
    known = under_way(wish("1", 2)).later(days=2)
    count, look = receipt(known, [counted()]), inspection(known, seen("1/2"))
    for there in _in_any_order(known, [count, look, taken_back(known, look)]):
        assert _here(there) == ["1/1"]


def test_a_unit_that_was_seen_is_one_of_those_that_a_later_count_speaks_of() -> None:
    known = under_way(wish("1", 3)).later(days=2)
    first = receipt(known, [counted()])
    none = receipt(known, [], corrects=first.message_id)
    two = receipt(known, [counted(quantity=2)], corrects=none.message_id)
    for there in _in_any_order(known, [first, none, two, inspection(known, seen("1/1"))]):
        assert _here(there) == ["1/1", "1/2"]


def test_a_surplus_that_takes_a_freed_place_is_one_that_an_inspector_may_number() -> None:
    known = under_way(wish("1", 3)).later(days=2)
    three, two = receipt(known, [counted(quantity=3)]), receipt(known, [counted(quantity=2)])
    none = receipt(known, [], corrects=three.message_id)
    for there in _in_any_order(known, [three, two, none, inspection(known, seen("1/3"))]):
        assert _here(there) == ["1/1", "1/3"]
        assert not any(stray.open for stray in there.state.strays.values())


def test_what_a_person_matched_and_a_correction_says_again_stays_whatever_old_comes_late() -> None:
    known = under_way().later(days=2)
    oldest = receipt(known, [counted("LAMP")])
    old = receipt(known, [counted("SHIRT-OLD")], corrects=oldest.message_id)
    again = receipt(known, [counted("SHIRT-OLD")], corrects=old.message_id)
    known = known.when(old)
    stray = known.step("match_unit").subject
    known = known.when(by_staff(c.MatchUnit, stray_id=stray, unit="1/1"))
    known = known.when(again, oldest)
    assert _here(known) == ["1/1"]
