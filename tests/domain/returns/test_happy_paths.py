"""The plain journeys: all of them end with every unit explained and every promise kept."""

from domain.returns.commands import ReceivedParcel
from domain.returns.events import ReturnCompleted
from domain.words import Headline
from tests.domain.returns.shop import LABEL_FEE, SHIRT_MINOR
from tests.domain.returns.story import counted_all, inspection, opened, receipt, scan


def test_a_drop_off_is_refunded_and_completed() -> None:
    known = opened()
    assert known.headline is Headline.APPROVED
    known = known.settle()
    assert (known.headline, known.actions) == (Headline.LABEL_READY, ["remind", "hand_over"])
    known = known.later(days=1)
    known = known.when(scan(known)).settle()
    assert (known.headline, known.actions) == (Headline.IN_TRANSIT, ["deliver"])
    known = known.later(days=2)
    known = known.when(receipt(known, counted_all(known.state))).settle()
    assert (known.headline, known.actions) == (Headline.RECEIVED, ["inspect"])
    known = known.when(inspection(known))
    assert known.headline is Headline.RESOLVING
    known = known.settle()
    assert (known.headline, known.actions) == (Headline.COMPLETED, [])
    assert known.last(ReturnCompleted).paid_minor == SHIRT_MINOR - LABEL_FEE


def test_a_box_counted_under_an_unknown_number_is_not_waited_for_under_its_own() -> None:
    known = opened().settle().later(days=1)
    known = known.when(scan(known)).settle().later(days=1)
    known = known.when(scan(known, status="delivered")).settle()
    assert known.actions == ["scan_in"]
    smudged = ReceivedParcel(tracking_number="SMUDGED-1")
    known = known.when(receipt(known, counted_all(known.state), parcel=smudged)).settle()
    known = known.when(inspection(known)).settle()
    assert (known.headline, known.actions) == (Headline.COMPLETED, [])
