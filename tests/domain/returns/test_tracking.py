"""Tracking by the carrier's own time: in whichever order it is told, the parcel is where it is."""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.returns.notes import Seen
from domain.returns.state import Parcel
from domain.words import Actor, Logistics
from tests.domain.returns.scenario import A_DAY, MONDAY, Scenario
from tests.domain.returns.story import counted_all, labelled, receipt, scan, under_way

WORDS = (
    "scanned", "at_hub", "customs_hold", "delayed", "delivered", "lost", "found",
    "returned_to_customer",
)  # fmt: skip
SCANS = ("scanned", "at_hub", "customs_hold", "delayed", "delivered")
Told = tuple[str, int]


@cache
def _at_home() -> Scenario:
    return replace(labelled(), now=MONDAY + 30 * A_DAY)


def _told(words: list[Told]) -> Scenario:
    known = _at_home()
    for status, hours in words:
        known = known.when(scan(known, status=status, occurred_at=MONDAY + timedelta(hours=hours)))
    return known


def _parcel(known: Scenario) -> Parcel:
    """How it stands; when it was first said to be lost is told of the first word that said so,
    and what is lost before it was seen was handed over then.
    """
    parcel = known.state.parcels["P1"]
    lost = {at for at, stage in parcel.seen if stage == "lost"}
    seen = tuple(one for one in parcel.seen if one[0] not in lost or one[1] != "in_transit")
    return replace(parcel, lost_at=None, seen=seen)


@st.composite
def _twice_shuffled(draw: Any, words: tuple[str, ...]) -> tuple[list[Told], list[Told]]:
    told = draw(st.lists(st.tuples(st.sampled_from(words), st.integers(20, 30)), max_size=6))
    again = [*told, *draw(st.lists(st.sampled_from(told), max_size=3))] if told else []
    return told, draw(st.permutations(again))


@settings(max_examples=60)
@given(_twice_shuffled(WORDS))
def test_words_of_a_carrier_in_any_order_and_doubled_say_the_same_of_the_parcel(
    told: tuple[list[Told], list[Told]],
) -> None:
    in_order, shuffled = told
    assert _parcel(_told(in_order)) == _parcel(_told(shuffled))


@settings(max_examples=40)
@given(_twice_shuffled(SCANS))
def test_scans_in_any_order_and_doubled_say_the_same_of_the_return(
    told: tuple[list[Told], list[Told]],
) -> None:
    in_order, shuffled = told
    one, other = _told(in_order), _told(shuffled)
    assert one.steps == other.steps
    assert one.state.units == other.state.units
    assert one.headline == other.headline


def test_a_scan_told_late_and_doubled_is_kept_once_and_moves_nothing() -> None:
    known = under_way().later(days=2)
    known = known.when(scan(known, status="at_hub"))
    late = scan(known, status="customs_hold", occurred_at=known.now - A_DAY)
    known = known.when(late).then_moves("ParcelTraced").when(late).then_moves()
    assert known.state.parcels["P1"].logistics is Logistics.AT_HUB


def test_a_correction_of_the_same_moment_is_visible_and_the_further_one_counts() -> None:
    known = under_way().later(days=2)
    moment = known.now
    for first, second in (("delivered", "scanned"), ("scanned", "delivered")):
        told = known.when(
            scan(known, status=first, occurred_at=moment),
            scan(known, status=second, occurred_at=moment),
        )
        assert told.state.parcels["P1"].logistics is Logistics.DELIVERED_UNSCANNED
        assert {stage for at, stage in told.state.parcels["P1"].seen if at == moment} == {
            "in_transit",
            "delivered_unscanned",
        }


def test_a_scan_from_before_it_was_lost_does_not_find_it() -> None:
    known = under_way().later(days=9)
    known = known.when(scan(known, status="lost"))
    known = known.when(scan(known, occurred_at=known.now - A_DAY)).then_moves("ParcelTraced")
    assert known.state.parcels["P1"].logistics is Logistics.LOST


def test_a_scan_after_our_own_guess_finds_it_however_late_it_is_told() -> None:
    known = under_way().later(days=1).wait(until=MONDAY + 60 * A_DAY)
    assert known.state.parcels["P1"].logistics is Logistics.LOST
    seen = MONDAY + 20 * A_DAY
    known = known.when(scan(known, occurred_at=seen))
    assert known.count("ParcelFound") == 1


def test_a_silent_carrier_is_asked_before_it_is_said_to_have_lost_anything() -> None:
    known = under_way()
    quiet = known.step("deliver")
    known = known.wait(until=quiet.due_at)
    assert known.state.parcels["P1"].logistics is Logistics.TRANSIT_EXCEPTION
    assert known.step("track").performs == "track"
    known = known.perform("track", seen=(Seen(status="scanned", occurred_at=known.now),))
    assert known.step("deliver").due_at > known.now


def test_a_carrier_that_has_nothing_to_say_is_escalated_and_then_it_is_lost() -> None:
    known = under_way()
    known = known.wait(until=known.step("deliver").due_at).perform("track")
    assert "track" not in known.actions
    missing = known.step("find_parcel")
    assert missing.actor is Actor.CARRIER
    known = known.wait(until=missing.due_at)
    assert known.count("ParcelLost") == 1


def test_delivered_and_never_scanned_in_is_the_warehouses_turn_and_is_escalated() -> None:
    known = under_way().later(days=2)
    known = known.when(scan(known, status="delivered"))
    step = known.step("scan_in")
    assert step.actor is Actor.WAREHOUSE
    known = known.wait(until=step.due_at)
    assert f"overdue:{step.id}" in known.state.concerns
    known = known.when(receipt(known, counted_all(known.state)))
    assert "scan_in" not in known.actions
    assert f"overdue:{step.id}" not in known.state.concerns
