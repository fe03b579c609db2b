"""A box whose number nobody could read is a parcel that no other box turns out to be."""

from collections.abc import Sequence
from itertools import permutations

from domain.returns import commands as c
from domain.words import Logistics, Method
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.story import counted, labelled, receipt, under_way, wish


def _two_parcels() -> Scenario:
    return under_way(wish("1", 3), parcels=2).later(days=2)


def _in_any_order(known: Scenario, said: Sequence[c.Report]) -> list[Scenario]:
    return [known.when(*order) for order in permutations(said)]


def _here(known: Scenario) -> list[str]:
    parcels = known.state.parcels.values()
    return [one.parcel_id for one in parcels if one.logistics is Logistics.DELIVERED]


def test_a_box_without_a_number_is_not_the_parcel_that_another_box_is_by_its_number() -> None:
    known = _two_parcels()
    unread, first = receipt(known, [counted()], ""), receipt(known, [counted()], "P1")
    for there in _in_any_order(known, [unread, first]):
        assert _here(there) == ["P1", "P2"]
        by_parcel = {one: there.state.parcels[one].receipts for one in ("P1", "P2")}
        assert by_parcel == {"P1": (first.message_id,), "P2": (unread.message_id,)}
        assert {unit.parcel_id for unit in there.state.units.values()} >= {"P1", "P2"}


def test_a_box_without_a_number_too_many_is_one_that_nobody_announced() -> None:
    known = _two_parcels()
    said = [receipt(known, [counted()], parcel) for parcel in ("", "P1", "P2")]
    for there in _in_any_order(known, said):
        assert _here(there) == ["P1", "P2", "X1"]


def test_of_boxes_without_a_number_the_first_that_was_told_of_is_the_first_parcel() -> None:
    known = _two_parcels()
    early = receipt(known, [counted()], "")
    late = receipt(known.later(seconds=1), [counted("MUG")], "")
    for there in _in_any_order(known.later(seconds=1), [early, late]):
        assert there.state.parcels["P1"].receipts == (early.message_id,)
        assert [stray.parcel_id for stray in there.state.strays.values()] == ["P2"]


def test_a_box_without_a_number_that_was_no_box_leaves_its_parcel_to_the_next() -> None:
    known = _two_parcels()
    mistake = receipt(known, [counted()], "")
    no_box = receipt(known, [], "", retracts=mistake.message_id)
    late = receipt(known.later(seconds=1), [counted()], "")
    for there in _in_any_order(known.later(seconds=1), [mistake, no_box, late]):
        assert _here(there) == ["P1"]


def test_a_correction_is_of_the_box_whose_number_an_earlier_report_of_it_read() -> None:
    known = _two_parcels()
    first = receipt(known, [counted()], "P2")
    second = receipt(known, [counted("MUG")], "", corrects=first.message_id)
    third = receipt(known, [counted(quantity=2)], "", corrects=second.message_id)
    for there in _in_any_order(known, [first, second, third]):
        assert _here(there) == ["P2"]


def test_a_parcel_that_a_correction_is_of_is_left_to_it_by_a_box_without_a_number() -> None:
    known = _two_parcels()
    unread = receipt(known, [counted()], "")
    first = receipt(known.later(seconds=1), [counted("MUG")], "P1")
    no_box = receipt(known, [], "", retracts=first.message_id)
    after_all = receipt(known.later(seconds=2), [counted()], "", corrects=no_box.message_id)
    for there in _in_any_order(known.later(seconds=2), [unread, first, no_box, after_all]):
        assert there.state.parcels["P1"].receipts == (after_all.message_id,)
        assert there.state.parcels["P2"].receipts == (unread.message_id,)


def test_a_box_of_an_unknown_number_is_the_parcel_that_was_announced_without_one() -> None:
    known = labelled(wish("1", 2), method=Method.IN_STORE).later(days=2)
    assert known.state.parcels["P1"].tracking_numbers == ()
    odd = receipt(known, [counted()], parcel=c.ReceivedParcel(tracking_number="ODD"))
    unread = receipt(known, [counted()], "")
    for there in _in_any_order(known, [odd, unread]):
        assert there.state.parcels["P1"].receipts == (odd.message_id,)
        assert there.state.parcels["X1"].receipts == (unread.message_id,)
