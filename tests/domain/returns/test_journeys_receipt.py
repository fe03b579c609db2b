"""What was in the boxes: fewer, more, other things than announced, in whatever order."""

from domain.returns import commands as c
from domain.returns.events import PayoutPlanned, ReturnCompleted, UnexpectedUnitReceived
from domain.returns.money.promising import paid_minor
from domain.words import Actor, Decision, Disposition, Grade, Headline, Receipt
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.shop import LABEL_FEE, PHONE_MINOR, SHIRT_MINOR
from tests.domain.returns.story import (
    arrived,
    by_staff,
    counted,
    inspection,
    receipt,
    scan,
    seen,
    under_way,
    wish,
)

RESTOCKING = 4_000


def _receipts(known: Scenario) -> dict[str, str]:
    return {key: str(unit.receipt) for key, unit in known.state.units.items()}


def test_three_units_in_two_parcels_are_refunded_as_they_arrive() -> None:
    """The label fee is taken once, from the first; the sums are exact."""
    known = under_way(wish("1", 3), parcels=2).later(days=2)
    known = known.when(receipt(known, [counted(quantity=2)], "P1")).settle()
    assert known.headline is Headline.PARTIALLY_RECEIVED
    known = known.when(inspection(known, seen("1/1"), seen("1/2"))).settle()
    assert known.last(PayoutPlanned).amount_minor == 2 * SHIRT_MINOR - LABEL_FEE
    assert known.headline is Headline.PARTIALLY_RECEIVED
    known = known.later(days=1)
    known = known.when(receipt(known, [counted()], "P2")).settle()
    known = known.when(inspection(known, seen("1/3"))).settle()
    # The gift card has 970 left of its 100.00: the last shirt is split over both tenders.
    planned = [e.amount_minor for e in known.events if isinstance(e, PayoutPlanned)]
    assert planned == [9_030, 970, 3_790]
    assert known.last(ReturnCompleted).paid_minor == 3 * SHIRT_MINOR - LABEL_FEE


def test_one_unit_too_many_is_kept_apart_until_somebody_says_where_it_goes() -> None:
    known = under_way().later(days=2)
    known = known.when(receipt(known, [counted(quantity=2)])).settle()
    known = known.when(inspection(known)).settle()
    assert paid_minor(known.state) == SHIRT_MINOR - LABEL_FEE
    assert known.last(UnexpectedUnitReceived).kind == "surplus"
    step = known.step("match_unit")
    assert step.actor is Actor.MERCHANT
    known = known.when(
        by_staff(c.MatchUnit, stray_id=step.subject, disposition=Disposition.RETURN_TO_CUSTOMER)
    )
    assert known.step("send_back").subject == step.subject
    assert known.settle().headline is Headline.COMPLETED


def test_the_wrong_item_in_the_box_leaves_the_unit_to_a_person() -> None:
    known = under_way().later(days=2)
    known = known.when(receipt(known, [counted("MUG")])).settle()
    assert _receipts(known) == {"1/1": "wrong_item"}
    assert {"decide", "match_unit"} <= set(known.actions)
    known = known.when(by_staff(c.Decline, because="a mug is no shirt"))
    known = known.when(
        by_staff(c.MatchUnit, stray_id=known.step("match_unit").subject,
                 disposition=Disposition.RETURN_TO_CUSTOMER)
    ).settle()  # fmt: skip
    assert (known.headline, paid_minor(known.state)) == ("completed", 0)


def test_a_wrong_item_that_was_the_unit_after_all_is_matched_inspected_and_paid() -> None:
    known = under_way().later(days=2)
    known = known.when(receipt(known, [counted("SHIRT-OLD-SKU")])).settle()
    stray = known.step("match_unit").subject
    known = known.when(by_staff(c.MatchUnit, stray_id=stray, unit="1/1"))
    assert _receipts(known) == {"1/1": "received"}
    known = known.when(by_staff(c.UnmatchUnit, stray_id=stray))
    known = known.when(by_staff(c.MatchUnit, stray_id=stray, unit="1/1"))
    known = known.when(inspection(known)).settle()
    assert known.last(ReturnCompleted).paid_minor == SHIRT_MINOR - LABEL_FEE


def test_a_missing_unit_is_short_and_paid_when_it_turns_up_later() -> None:
    known = under_way(wish("1", 2)).later(days=2)
    known = known.when(receipt(known, [counted()])).settle()
    known = known.when(inspection(known, seen("1/1"))).settle()
    assert known.step("explain_missing").actor is Actor.WAREHOUSE
    known = known.wait().settle()
    assert _receipts(known) == {"1/1": "received", "1/2": "short_shipped"}
    assert (known.headline, paid_minor(known.state)) == ("completed", SHIRT_MINOR - LABEL_FEE)
    known = known.later(days=30)
    known = known.when(receipt(known, [counted()], "P1")).settle()
    assert known.headline is not Headline.COMPLETED
    known = known.when(inspection(known, seen("1/2"))).settle()
    assert (known.headline, paid_minor(known.state)) == ("completed", 2 * SHIRT_MINOR - LABEL_FEE)


def test_a_missing_unit_that_turns_up_on_the_inspection_table_is_paid_as_well() -> None:
    known = under_way(wish("1", 2)).later(days=2)
    known = known.when(receipt(known, [counted()]), inspection(known, seen("1/1"))).settle()
    known = known.wait().settle()
    known = known.when(inspection(known, seen("1/2"))).settle()
    assert (known.headline, paid_minor(known.state)) == ("completed", 2 * SHIRT_MINOR - LABEL_FEE)
    assert known.state.units["1/2"].disposition is Disposition.RESTOCK


def test_a_receipt_corrected_before_the_decision_counts_as_corrected() -> None:
    known = under_way(wish("1", 2)).later(days=2)
    wrong = receipt(known, [counted(quantity=2)])
    known = known.when(wrong).settle()
    known = known.when(receipt(known, [counted()], corrects=wrong.message_id))
    assert _receipts(known) == {"1/1": "received", "1/2": "awaiting"}
    assert not known.state.strays


def test_a_receipt_corrected_after_the_decision_is_put_before_a_person() -> None:
    known = under_way().later(days=2)
    wrong = receipt(known, [counted()])
    known = known.when(wrong, inspection(known)).settle()
    known = known.when(receipt(known, [], corrects=wrong.message_id))
    assert _receipts(known) == {"1/1": "received"}
    assert known.step("settle_concern").subject.startswith("corrected:1/1")
    assert paid_minor(known.state) == SHIRT_MINOR - LABEL_FEE


def test_a_correction_that_names_the_same_stray_does_not_make_it_two() -> None:
    known = under_way(wish("1", 2)).later(days=2)
    wrong = receipt(known, [counted(quantity=2), counted("MUG")])
    right = receipt(known, [counted(), counted("MUG")], corrects=wrong.message_id)
    assert len(known.when(wrong, right).state.strays) == 1


def test_the_same_receipt_twice_is_one() -> None:
    known = under_way().later(days=2)
    report = receipt(known, [counted()])
    known = known.when(report)
    assert known.when(report).news == ()


def test_an_inspection_before_the_receipt_is_enough_to_pay() -> None:
    known = under_way().later(days=2)
    known = known.when(inspection(known)).settle()
    assert paid_minor(known.state) == SHIRT_MINOR - LABEL_FEE
    known = known.when(receipt(known, [counted()])).settle()
    assert (known.headline, len(known.state.strays)) == ("completed", 0)


def test_the_inspector_numbers_another_unit_than_the_dock_had_counted() -> None:
    known = under_way(wish("1", 2)).later(days=2)
    known = known.when(receipt(known, [counted()])).settle()
    known = known.when(inspection(known, seen("1/2"))).settle()
    assert _receipts(known) == {"1/1": "awaiting", "1/2": "received"}
    assert paid_minor(known.state) == SHIRT_MINOR - LABEL_FEE


def test_another_serial_than_the_one_sold_rejects_the_unit() -> None:
    known = under_way(wish("2")).later(days=2)
    known = known.when(receipt(known, [counted("PHONE", serial="SN-9")])).settle()
    known = known.when(inspection(known, seen("2/1", serial="SN-9"))).settle()
    unit = known.state.units["2/1"]
    assert (unit.decision, unit.disposition) == ("rejected", Disposition.QUARANTINE)
    assert (known.headline, paid_minor(known.state)) == ("completed", 0)


def test_the_serial_that_was_sold_is_paid_less_the_restocking_fee() -> None:
    known = under_way(wish("2")).later(days=2)
    known = known.when(receipt(known, [counted("PHONE", serial="SN-1")])).settle()
    known = known.when(inspection(known, seen("2/1", serial="SN-1"))).settle()
    assert paid_minor(known.state) == PHONE_MINOR - RESTOCKING - LABEL_FEE


def test_a_box_that_nobody_announced_is_a_parcel_of_its_own() -> None:
    known = under_way().later(days=2)
    box = c.ReceivedParcel(tracking_number="OTHER-1")
    known = known.when(receipt(known, [counted()], parcel=box)).settle()
    assert _receipts(known) == {"1/1": "received"}
    assert known.state.parcels["X1"].method is None
    assert "deliver" in known.actions


def test_a_second_look_that_differs_is_put_before_a_person_and_pays_nothing_more() -> None:
    known = arrived()
    known = known.when(inspection(known, seen(grade=Grade.USED))).settle()
    paid = paid_minor(known.state)
    known = known.when(inspection(known, seen(grade=Grade.LIKE_NEW)))
    assert known.step("settle_concern").actor is Actor.MERCHANT
    assert (paid_minor(known.state), known.state.units["1/1"].receipt) == (paid, Receipt.RECEIVED)


def test_one_parcel_lost_and_the_other_here_pays_the_missing_units() -> None:
    known = under_way(wish("1", 2), parcels=2).later(days=2)
    known = known.when(receipt(known, [counted()], "P1"), inspection(known, seen("1/1"))).settle()
    known = known.when(scan(known, "P2", "lost")).settle()
    assert _receipts(known) == {"1/1": "received", "1/2": "lost_in_transit"}
    assert (known.headline, paid_minor(known.state)) == ("completed", 2 * SHIRT_MINOR - LABEL_FEE)


def test_the_inspector_says_which_of_two_units_it_was_that_the_dock_counted() -> None:
    known = under_way(wish("1", 2)).later(days=2)
    known = known.when(receipt(known, [counted()])).settle()
    known = known.when(inspection(known, seen("1/2")))
    first, second = known.state.units["1/1"], known.state.units["1/2"]
    assert (first.receipt, second.receipt) == (Receipt.AWAITING, Receipt.RECEIVED)
    assert (first.decision, second.decision) == (Decision.PENDING, Decision.ACCEPTED)
