"""However much comes in one message, what a return answers stays small."""

from typing import Any

import pytest

from activities.recorded import recorded
from domain.returns import commands as c
from domain.returns.agenda import MOST_ALIKE
from domain.returns.asking.request import MOST_UNITS
from domain.returns.commands.reports import MOST_LINES
from domain.returns.events import StraySettled
from domain.returns.shown.status import MOST_SHOWN, Status, status_of
from domain.words import Disposition
from tests.domain.returns.bodies import SMALLEST, changed, refusal
from tests.domain.returns.scenario import RETURN, TENANT, Scenario
from tests.domain.returns.shop import line, order, tender
from tests.domain.returns.story import (
    by_staff,
    counted,
    inspection,
    opened,
    receipt,
    scan,
    seen,
    under_way,
    wish,
)

ROOM = 256 * 1024
"""Bytes of an answer: an eighth of what a Temporal server takes in one payload."""


def _answer(known: Scenario) -> int:
    told = recorded(TENANT, RETURN, known.state, now=known.now)
    return len(told.model_dump_json().encode())


def _status(known: Scenario) -> Status:
    return status_of(TENANT, RETURN, known.state)


def _a_thousand_of_each(count: int) -> list[c.CountedUnits]:
    return [counted(f"SKU-{number}", 1_000) for number in range(count)]


def _largest(name: str) -> Scenario:
    """As many units as a return may have, in one line, on their way."""
    sold = (line("1", "S" * 200, name, MOST_UNITS, 4_000),)
    total = sum(one.unit_price_minor * one.quantity + one.tax_minor for one in sold)
    snapshot = order(lines=sold, tenders=(tender("card", "card", total),))
    known = opened(wish("1", MOST_UNITS, note="n" * 2_000), snapshot=snapshot)
    known = known.when(by_staff(c.Approve)).settle().later(days=1)
    return known.when(scan(known)).settle()


@pytest.mark.parametrize("name", ["Shirt", "S" * 200, "Ж" * 200])
def test_an_answer_about_as_many_units_as_there_can_be_is_small(name: str) -> None:
    known = _largest(name)
    assert _answer(known) < ROOM
    known = known.when(receipt(known, [counted("S" * 200, MOST_UNITS)]))
    assert _answer(known) < ROOM
    known = known.when(inspection(known))
    assert _answer(known) < ROOM


def test_an_answer_is_small_when_every_unit_was_inspected_and_paid_on_its_own() -> None:
    known = _largest("Shirt")
    known = known.when(receipt(known, [counted("S" * 200, MOST_UNITS)])).settle()
    for unit in list(known.state.units):
        known = known.when(inspection(known, seen(unit))).settle()
    assert len(known.state.payouts) == MOST_UNITS
    assert _answer(known) < ROOM


def test_twenty_thousand_things_that_nobody_announced_are_twenty_strays() -> None:
    known = under_way().later(days=2)
    known = known.when(receipt(known, _a_thousand_of_each(20)))
    assert [stray.left for stray in known.state.strays.values()] == [1_000] * 20
    assert sum(event.type == "UnexpectedUnitReceived" for event in known.news) == 20
    assert _answer(known) < 32 * 1024


def test_an_answer_stays_small_however_many_boxes_come() -> None:
    known = under_way().later(days=2)
    for number in range(30):
        box = c.ReceivedParcel(tracking_number=f"OTHER-{number}")
        units = [counted(f"SKU-{number}-{each}") for each in range(MOST_LINES)]
        known = known.when(receipt(known, units, parcel=box))
    assert len(known.state.strays) == 30 * MOST_LINES
    assert _answer(known) < 32 * 1024


def test_what_is_not_shown_of_a_status_is_counted() -> None:
    known = under_way().later(days=2)
    for number in range(30):
        box = c.ReceivedParcel(tracking_number=f"OTHER-{number}")
        known = known.when(receipt(known, [counted(f"SKU-{number}")], parcel=box))
    told = _status(known)
    assert (len(told.strays), told.strays_more) == (MOST_SHOWN, 30 - MOST_SHOWN)
    assert len(told.parcels) + told.parcels_more == len(known.state.parcels)
    assert len(told.agenda) + told.agenda_more == len(known.steps)
    assert told.agenda[0] == known.steps[0]


def test_many_steps_of_one_kind_hide_none_of_another() -> None:
    known = under_way().later(days=2)
    known = known.when(receipt(known, [counted(), *_a_thousand_of_each(50)]))
    shown = [step.action for step in _status(known).agenda]
    assert shown.count("match_unit") == MOST_ALIKE
    assert {step.action for step in known.steps} == set(shown)


def test_one_of_many_strays_is_a_unit_and_the_rest_goes_where_a_person_says() -> None:
    known = under_way(wish("1", 2)).later(days=2)
    known = known.when(receipt(known, [counted("SHIRT-OLD-SKU", 5)]))
    stray = known.step("match_unit").subject
    known = known.when(by_staff(c.MatchUnit, stray_id=stray, unit="1/1"))
    assert known.step("match_unit").summary.startswith("4 of SHIRT-OLD-SKU came unannounced")
    known = known.when(by_staff(c.MatchUnit, stray_id=stray, unit="1/2"))
    known = known.when(
        by_staff(c.MatchUnit, stray_id=stray, disposition=Disposition.RETURN_TO_CUSTOMER)
    )
    assert known.last(StraySettled).quantity == 3
    assert "match_unit" not in known.actions
    known.refuses(by_staff(c.MatchUnit, stray_id=stray, unit="1/1"), "stray_settled")


def test_of_several_matches_the_one_that_is_named_is_taken_back() -> None:
    known = under_way(wish("1", 2)).later(days=2)
    known = known.when(receipt(known, [counted("SHIRT-OLD-SKU", 2)]))
    stray = known.step("match_unit").subject
    for unit in ("1/1", "1/2"):
        known = known.when(by_staff(c.MatchUnit, stray_id=stray, unit=unit))
    known.refuses(by_staff(c.UnmatchUnit, stray_id=stray), "which_unit")
    known.refuses(by_staff(c.UnmatchUnit, stray_id=stray, unit="1/3"), "not_matched")
    known = known.when(by_staff(c.UnmatchUnit, stray_id=stray, unit="1/1"))
    assert known.state.strays[stray].matched == ("1/2",)
    assert known.step("match_unit").subject == stray


def test_a_correction_takes_the_place_of_what_it_corrects() -> None:
    known = under_way().later(days=2)
    wrong = receipt(known, [counted("MUG", 3)])
    known = known.when(wrong, receipt(known, [counted("MUG", 5)], corrects=wrong.message_id))
    assert sum(stray.left for stray in known.state.strays.values()) == 5


def test_things_of_one_article_with_serials_of_their_own_are_strays_of_their_own() -> None:
    known = under_way().later(days=2)
    units = [counted("PHONE", serial="SN-8"), counted("PHONE", serial="SN-9"), counted("MUG")]
    known = known.when(receipt(known, [*units, counted("MUG", 2)]))
    assert [(s.sku, s.quantity) for s in known.state.strays.values()] == [
        ("PHONE", 1), ("PHONE", 1), ("MUG", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("quantities", "units"), [([MOST_UNITS + 1], MOST_UNITS + 1), ([1_000] * 6, 6_000)]
)
def test_more_units_than_a_return_can_have_are_refused_by_name(
    quantities: list[int], units: int
) -> None:
    wishes = [
        {"line_id": str(number), "quantity": quantity, "reason": "changed_mind"}
        for number, quantity in enumerate(quantities, start=1)
    ]
    refused = refusal("open", changed(SMALLEST["open"], "request.lines", wishes))
    assert refused.because == (
        f"request.lines: {units} units are asked for, at most 100 are taken in one return"
    )


def test_more_parcels_than_units_are_refused_by_name() -> None:
    refused = refusal("open", changed(SMALLEST["open"], "request.parcels", 5))
    assert refused.because == "request.parcels: 5 are more than the units asked for, which are 1"


@pytest.mark.parametrize("name", ["report_receipt", "report_inspection"])
def test_a_report_with_too_many_lines_is_refused_by_name(name: str) -> None:
    one: dict[str, Any] = SMALLEST[name]["units"][0]
    refused = refusal(name, {**SMALLEST[name], "units": [one] * (MOST_LINES + 1)})
    assert refused.because.startswith("units: ")
    assert str(MOST_LINES) in refused.because
