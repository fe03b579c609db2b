"""An inspector takes back what was said: verdict, money and goods follow, as far as they can."""

from domain.returns.money.promising import paid_minor, promised_minor
from domain.words import Decision, Disposition, Grade, Receipt
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.shop import LABEL_FEE, SHIRT_MINOR
from tests.domain.returns.story import arrived, inspection, receipt, seen, taken_back, under_way

WHOLE_LESS_LABEL = SHIRT_MINOR - LABEL_FEE


def _unit(known: Scenario) -> tuple[object, ...]:
    unit = known.state.units["1/1"]
    return unit.receipt, unit.decision, unit.grade, unit.disposition


def test_an_inspection_of_another_unit_leaves_this_one_to_be_inspected() -> None:
    known = arrived()
    wrong = inspection(known, seen(grade=Grade.UNSALVAGEABLE))
    known = known.when(wrong, taken_back(known, wrong))
    assert _unit(known) == (Receipt.RECEIVED, Decision.PENDING, None, None)
    assert known.step("inspect").subject == "1/1"
    assert promised_minor(known.state) == WHOLE_LESS_LABEL


def test_a_unit_that_only_a_mistaken_inspection_knew_of_is_still_on_its_way() -> None:
    known = under_way().later(days=2)
    wrong = inspection(known)
    known = known.when(wrong, taken_back(known, wrong))
    assert _unit(known) == (Receipt.AWAITING, Decision.PENDING, None, None)
    assert not known.state.concerns


def test_money_that_was_not_sent_follows_the_corrected_inspection() -> None:
    known = arrived()
    wrong = inspection(known)
    right = inspection(known, seen(grade=Grade.USED), corrects=wrong.message_id)
    known = known.when(wrong, right).settle()
    assert known.state.units["1/1"].decision is Decision.ACCEPTED_WITH_DEDUCTION
    assert paid_minor(known.state) == promised_minor(known.state) < WHOLE_LESS_LABEL


def test_money_that_was_sent_is_not_asked_back_and_a_person_is_told() -> None:
    known = arrived()
    wrong = inspection(known)
    known = known.when(wrong).settle()
    known = known.when(inspection(known, seen(grade=Grade.USED), corrects=wrong.message_id))
    assert known.state.units["1/1"].decision is Decision.ACCEPTED
    assert paid_minor(known.state) == promised_minor(known.state) == WHOLE_LESS_LABEL
    assert known.step("settle_concern").subject == "verdict:1/1"


def test_what_was_put_away_on_a_mistaken_inspection_is_moved_back_and_put_right() -> None:
    known = arrived()
    wrong = inspection(known)
    known = known.when(wrong).settle()
    assert known.count("UnitRestocked") == 1
    known = known.when(inspection(known, seen(grade=Grade.USED), corrects=wrong.message_id))
    known = known.settle()
    assert known.count("UnitMovedBack") == 1
    unit = known.state.units["1/1"]
    assert (unit.moved, unit.disposition) == (True, Disposition.REFURBISH)


def test_a_better_look_after_a_deduction_was_paid_pays_the_difference() -> None:
    known = arrived()
    wrong = inspection(known, seen(grade=Grade.USED))
    known = known.when(wrong).settle()
    known = known.when(inspection(known, corrects=wrong.message_id)).settle()
    assert paid_minor(known.state) == WHOLE_LESS_LABEL
    assert not known.state.concerns


def test_a_retraction_that_comes_before_its_inspection_still_counts() -> None:
    known = arrived()
    wrong = inspection(known)
    known = known.when(taken_back(known, wrong), wrong)
    assert known.state.units["1/1"].decision is Decision.PENDING


def test_the_earlier_of_two_looks_counts_whichever_is_heard_first() -> None:
    known = under_way().later(days=2)
    early = inspection(known.later(seconds=-60), seen(grade=Grade.USED))
    late = inspection(known)
    box = receipt(known, [])
    for order in ((early, late, box), (late, box, early)):
        told = known.when(*order)
        assert told.state.units["1/1"].grade is Grade.USED
        assert told.step("settle_concern").subject == "inspections:1/1"
