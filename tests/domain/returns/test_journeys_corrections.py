"""The dock takes back what it reported: goods, parcels, verdicts and money follow."""

from domain.returns import commands as c
from domain.returns.money.promising import paid_minor
from domain.words import Decision, Logistics, Receipt
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.shop import LABEL_FEE, SHIRT_MINOR
from tests.domain.returns.story import (
    by_staff,
    counted,
    inspection,
    labelled,
    receipt,
    scan,
    seen,
    under_way,
    wish,
)

PAID_ON_ARRIVAL = {"refund_trigger": "received"}


def _receipts(known: Scenario) -> dict[str, str]:
    return {key: str(unit.receipt) for key, unit in known.state.units.items()}


def test_a_report_that_was_a_mistake_never_was() -> None:
    known = under_way(wish("1", 2)).later(days=2)
    wrong = receipt(known, [counted(quantity=2), counted("MUG")])
    before = known
    known = known.when(wrong, receipt(known, [], "", retracts=wrong.message_id))
    assert _receipts(known) == {"1/1": "awaiting", "1/2": "awaiting"}
    assert not known.state.strays
    assert known.state.parcels["P1"].logistics is Logistics.IN_TRANSIT
    assert [step.id for step in known.steps if not step.performs] == [
        step.id for step in before.steps if not step.performs
    ]


def test_a_parcel_taken_back_is_where_its_carrier_saw_it_last() -> None:
    known = under_way().later(days=2)
    wrong = receipt(known, [counted()])
    delivered = scan(known.later(days=-1), status="delivered")
    known = known.when(wrong, delivered, receipt(known, [], "", retracts=wrong.message_id))
    assert known.state.parcels["P1"].logistics is Logistics.DELIVERED_UNSCANNED
    assert known.step("scan_in").subject == "P1"


def test_a_parcel_taken_back_that_its_carrier_only_lost_is_not_waited_for_at_home() -> None:
    known = under_way().later(days=2)
    wrong = receipt(known, [counted()])
    lost = scan(known.later(days=-1), status="lost")
    known = labelled().later(days=2)
    known = known.when(wrong, lost, receipt(known, [], "", retracts=wrong.message_id))
    assert known.state.parcels["P1"].logistics is Logistics.IN_TRANSIT
    assert known.step("deliver").subject == "P1"


def test_a_parcel_that_nobody_announced_and_that_never_came_is_no_parcel() -> None:
    known = under_way().later(days=2)
    wrong = receipt(known, [counted("MUG")], parcel=c.ReceivedParcel(tracking_number="ODD"))
    known = known.when(wrong)
    assert "X1" in known.state.parcels
    known = known.when(receipt(known, [], "", retracts=wrong.message_id))
    assert list(known.state.parcels) == ["P1"]


def test_a_correction_of_another_parcel_leaves_the_first_on_its_way() -> None:
    known = under_way(wish("1", 2), parcels=2).later(days=2)
    wrong = receipt(known, [counted()], "P1")
    known = known.when(wrong, receipt(known, [counted()], "P2", corrects=wrong.message_id))
    where = {key: str(parcel.logistics) for key, parcel in known.state.parcels.items()}
    assert where == {"P1": "in_transit", "P2": "delivered"}
    assert list(_receipts(known).values()) == ["received", "awaiting"]


def test_a_correction_corrected_before_it_came_takes_back_what_it_had_corrected() -> None:
    known = under_way(wish("1", 2)).later(days=2)
    first = receipt(known, [counted(quantity=2)])
    second = receipt(known, [counted("MUG")], corrects=first.message_id)
    third = receipt(known, [counted()], corrects=second.message_id)
    known = known.when(first, third, second)
    assert sorted(_receipts(known).values()) == ["awaiting", "received"]
    assert not any(stray.open for stray in known.state.strays.values())


def test_what_another_box_held_too_many_of_is_the_unit_that_a_correction_frees() -> None:
    known = under_way().later(days=2)
    wrong = receipt(known, [counted()], "P1")
    other = c.ReceivedParcel(tracking_number="ANOTHER")
    known = known.when(wrong, receipt(known, [counted()], parcel=other))
    assert [stray.left for stray in known.state.strays.values()] == [1]
    known = known.when(receipt(known, [], "P1", corrects=wrong.message_id))
    assert _receipts(known) == {"1/1": "received"}
    assert not any(stray.open for stray in known.state.strays.values())


def test_money_planned_for_what_is_not_here_is_not_sent_and_goes_when_it_comes() -> None:
    known = under_way(rules=PAID_ON_ARRIVAL).later(days=2)
    wrong = receipt(known, [counted()])
    known = known.when(wrong)
    known = known.when(receipt(known, [], corrects=wrong.message_id))
    [payout] = known.state.payouts.values()
    assert payout.state == "cancelled"
    unit = known.state.units["1/1"]
    assert (unit.receipt, unit.decision) == (Receipt.AWAITING, Decision.PENDING)
    assert not known.state.concerns
    known = known.later(days=1).when(receipt(known, [counted()])).settle()
    assert paid_minor(known.state) == SHIRT_MINOR - LABEL_FEE
    assert "settle_concern" not in known.actions


def test_money_that_has_left_is_not_asked_back_and_a_person_is_told() -> None:
    known = under_way(rules=PAID_ON_ARRIVAL).later(days=2)
    wrong = receipt(known, [counted()])
    known = known.when(wrong).settle()
    known = known.when(receipt(known, [], corrects=wrong.message_id)).settle()
    assert paid_minor(known.state) == SHIRT_MINOR - LABEL_FEE
    assert known.step("settle_concern").subject.startswith("uncounted:1/1")


def test_a_count_said_again_after_the_inspection_changes_nothing() -> None:
    known = under_way().later(days=2)
    wrong = receipt(known, [counted(), counted("MUG")])
    known = known.when(wrong, inspection(known)).settle()
    known = known.when(receipt(known, [counted()], corrects=wrong.message_id)).settle()
    assert not known.state.concerns
    assert not known.state.strays
    assert known.headline == "completed"


def test_a_wrong_item_that_was_a_typing_mistake_leaves_no_trace_on_the_unit() -> None:
    known = under_way().later(days=2)
    wrong = receipt(known, [counted("MUG")])
    known = known.when(wrong)
    assert _receipts(known) == {"1/1": "wrong_item"}
    known = known.when(receipt(known, [counted()], corrects=wrong.message_id))
    unit = known.state.units["1/1"]
    assert (unit.receipt, unit.decision) == (Receipt.RECEIVED, Decision.PENDING)
    known = known.when(inspection(known, seen("1/1"))).settle()
    assert paid_minor(known.state) == SHIRT_MINOR - LABEL_FEE


def test_a_match_is_undone_while_its_money_has_not_left() -> None:
    known = under_way(rules=PAID_ON_ARRIVAL).later(days=2)
    known = known.when(receipt(known, [counted("SHIRT-OLD-SKU")]))
    stray = known.step("match_unit").subject
    known = known.when(by_staff(c.MatchUnit, stray_id=stray, unit="1/1"))
    assert known.state.units["1/1"].decision is Decision.ACCEPTED
    known = known.when(by_staff(c.UnmatchUnit, stray_id=stray))
    [payout] = known.state.payouts.values()
    assert payout.state == "cancelled"
    assert known.state.units["1/1"].decision is not Decision.ACCEPTED
    assert known.step("match_unit").subject == stray
    known = known.when(by_staff(c.MatchUnit, stray_id=stray, unit="1/1")).settle()
    assert paid_minor(known.state) == SHIRT_MINOR - LABEL_FEE
    known.refuses(by_staff(c.UnmatchUnit, stray_id=stray), "decided_already")


def test_a_stray_brings_its_serial_to_the_unit_it_is_matched_to() -> None:
    known = under_way(wish("2")).later(days=2)
    known = known.when(receipt(known, [counted("PHONE-OLD", serial="SN-ODD")]))
    stray = known.step("match_unit").subject
    known = known.when(by_staff(c.MatchUnit, stray_id=stray, unit="2/1"))
    assert known.state.units["2/1"].serial == "SN-ODD"
