"""A race has one outcome: whichever message comes first, it ends in the same place."""

from typing import Any

from domain.orders.ledger import Ledger
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events import Escalated, PayoutHeld, PayoutPlanned, ReturnReopened
from domain.returns.events.holds import HoldTaken
from domain.words import Authorisation, Grade, LabelLife, Logistics, Method, MoneyState, Receipt
from domain.words_of_money import HoldState
from tests.domain.returns import exchanges, shop, story
from tests.domain.returns.partners import answer
from tests.domain.returns.scenario import A_SECOND, Scenario

CANCEL = story.ask(c.Cancel)


def _axes(known: Scenario) -> dict[str, Any]:
    state = known.state
    return {
        "authorisation": state.authorisation,
        "parcels": [parcel.logistics for parcel in state.parcels.values()],
        "labels": [label.life for label in state.labels.values()],
        "units": [(unit.receipt, unit.decision) for unit in state.units.values()],
        "claims": _books(known).claims,
    }


def _books(known: Scenario) -> Ledger:
    assert known.ledger is not None
    return known.ledger


def _another(known: Scenario, *, return_id: str = "r-2") -> Scenario:
    """A second return of the same order, before it is asked for."""
    return Scenario(known.policy, ledger=known.ledger, now=known.now, return_id=return_id)


def test_cancelled_while_the_pickup_scan_is_under_way_ends_alike_in_both_orders() -> None:
    known = story.labelled(method=Method.CARRIER_PICKUP).later(days=1)
    scan = story.picked_up(known)
    cancelled_first = known.when(CANCEL).when(scan)
    scanned_first = known.when(scan).refuses(CANCEL, "already_handed_over")
    assert _axes(cancelled_first) == _axes(scanned_first)
    assert _axes(cancelled_first) == {
        "authorisation": Authorisation.APPROVED,
        "parcels": [Logistics.IN_TRANSIT],
        "labels": [LabelLife.USED],
        "units": [("awaiting", "pending")],
        "claims": {("1", 1): "r-1"},
    }


def test_a_partly_approved_return_is_so_again_when_it_comes_back() -> None:
    lines = tuple(
        line.model_copy(update={"final_sale": line.line_id == "3"}) for line in shop.order().lines
    )
    known = story.labelled(story.wish("1"), story.wish("3"), snapshot=shop.order(lines=lines))
    known = known.later(days=1)
    scan = story.scan(known)
    cancelled_first = known.when(CANCEL).when(scan)
    assert _axes(cancelled_first) == _axes(known.when(scan))
    assert cancelled_first.state.authorisation is Authorisation.PARTIALLY_APPROVED
    assert _books(cancelled_first).claims == {("1", 1): "r-1"}


def test_a_scan_after_the_label_was_given_back_reopens_a_cancelled_return() -> None:
    known = story.labelled(method=Method.CARRIER_PICKUP).later(days=1)
    scan = story.scan(known)
    known = known.when(CANCEL).settle()
    assert known.state.labels["label:P1:1"].life is LabelLife.VOID_SUBMITTED
    known = known.when(scan)
    assert known.last(ReturnReopened).was == "cancelled"
    assert _axes(known)["labels"] == [LabelLife.USED]


def test_the_other_parcel_of_a_return_that_goes_on_gets_a_new_label() -> None:
    known = story.labelled(story.wish("1", 2), parcels=2).later(days=1)
    scan = story.scan(known, "P1")
    known = known.when(CANCEL).settle().when(scan).settle()
    assert [parcel.logistics for parcel in known.state.parcels.values()] == [
        Logistics.IN_TRANSIT,
        Logistics.AWAITING_HANDOVER,
    ]
    assert {key: label.life for key, label in known.state.labels.items()} == {
        "label:P1:1": LabelLife.USED,
        "label:P2:1": LabelLife.VOID_SUBMITTED,
        "label:P2:2": LabelLife.LIVE,
    }


def test_expiry_and_a_hand_over_in_time_end_alike_in_both_orders() -> None:
    known = story.labelled()
    ship_by = known.state.ship_by
    assert ship_by is not None
    scan = story.scan(known, occurred_at=ship_by)
    known = known.wait(until=ship_by - A_SECOND).at(ship_by)
    expired_first = known.when(n.NoteDeadline(), scan)
    scanned_first = known.when(scan, n.NoteDeadline())
    assert expired_first.count("ReturnExpired") == 1
    assert _axes(expired_first) == _axes(scanned_first)


def test_a_label_that_comes_after_the_switch_is_given_back_and_the_new_one_bought() -> None:
    known = story.opened(method=Method.DROP_OFF_LABEL)
    step = known.step("buy_label")
    late = answer(step, known.state, known.now)
    known = known.when(story.ask(c.ChooseMethod, method=Method.DROP_OFF_CODE)).when(late).settle()
    assert {key: label.life for key, label in known.state.labels.items()} == {
        "label:P1:1": LabelLife.VOID_SUBMITTED,
        "label:P1:2": LabelLife.LIVE,
    }


def test_a_label_that_comes_after_the_cancellation_leaves_nothing_to_hand_over() -> None:
    known = story.opened()
    late = answer(known.step("buy_label"), known.state, known.now)
    ends = [known.when(CANCEL, late), known.when(late, CANCEL)]
    assert _axes(ends[0]) == _axes(ends[1])
    assert _axes(ends[0])["parcels"] == [Logistics.NO_SHIPMENT]


def test_a_visit_booked_while_the_method_was_changed_is_called_off() -> None:
    known = story.opened(method=Method.CARRIER_PICKUP).perform("buy_label")
    late = answer(known.step("book_pickup"), known.state, known.now)
    known = known.when(story.ask(c.ChooseMethod, method=Method.DROP_OFF_CODE), late)
    assert known.step("cancel_pickup").subject == "pickup_pickup:P1:1"
    known = known.settle()
    assert known.count("PickupCancelled") == 1
    assert known.state.parcels["P1"].logistics is Logistics.AWAITING_HANDOVER


def test_a_scan_of_the_old_label_gives_the_new_one_back() -> None:
    known = story.labelled(method=Method.DROP_OFF_LABEL)
    old = story.number_of(known.state)
    known = known.when(story.ask(c.ChooseMethod, method=Method.DROP_OFF_CODE)).settle()
    known = known.later(days=1)
    known = known.when(story.scan(known, tracking_number=old)).settle()
    assert {key: label.life for key, label in known.state.labels.items()} == {
        "label:P1:1": LabelLife.USED,
        "label:P1:2": LabelLife.VOID_SUBMITTED,
    }


def test_two_returns_of_one_order_cannot_hold_the_same_units() -> None:
    first = story.labelled(story.wish("1", 2))
    second = _another(first)
    second.refuses(story.opening(story.wish("1", 2)), "nothing_left_to_return")
    second = second.when(story.opening(story.wish("1", 1)))
    assert _books(second).claims == {("1", 1): "r-1", ("1", 2): "r-1", ("1", 3): "r-2"}


def test_units_of_a_cancelled_return_are_free_and_stay_with_whoever_takes_them() -> None:
    first = story.labelled(story.wish("1", 3)).later(days=1)
    scan = story.scan(first)
    first = first.when(CANCEL)
    second = _another(first).when(story.opening(story.wish("1", 3)))
    first = Scenario(first.policy, first.state, second.ledger, first.now).when(scan)
    assert first.state.authorisation is Authorisation.CANCELLED
    assert first.last(Escalated).what == "already_claimed"
    assert set(_books(first).claims.values()) == {"r-2"}


def test_two_returns_racing_for_the_last_money_share_it_and_the_rest_is_held() -> None:
    only_card = (shop.tender("card", "card", shop.TOTAL_MINOR),)
    sold = shop.order(tenders=only_card)
    left = 5_000
    first = story.arrived(snapshot=sold)
    second = _another(first).when(story.opening(snapshot=sold, at=first.now)).settle()
    second = second.when(story.scan(second), story.receipt(second, [story.counted()])).settle()
    taken = story.chargeback("opened", amount_minor=shop.TOTAL_MINOR - left)
    first = Scenario(first.policy, first.state, second.ledger, first.now).when(taken)
    first = first.when(story.inspection(first))
    assert first.last(PayoutPlanned).amount_minor == 4_270
    second = Scenario(second.policy, second.state, first.ledger, second.now, "r-2")
    second = second.when(story.inspection(second))
    assert second.last(PayoutPlanned).amount_minor == left - 4_270 == 730
    held = second.last(PayoutHeld)
    assert (held.reason, held.amount_minor) == ("shortfall", 4_270 - 730)


def test_money_that_a_person_sends_another_way_is_not_sent_twice() -> None:
    known = story.arrived()
    known = known.when(story.inspection(known)).perform("pay_out", state="failed", reason="closed")
    key = next(iter(known.state.payouts))
    by_hand = story.by_staff(c.ChoosePayout, instruction_id=key, destination="manual")
    credit = story.by_staff(c.ChoosePayout, instruction_id=key, destination="store_credit")
    known = known.when(by_hand).refuses(credit, "payout_not_stuck")
    assert [payout.state for payout in known.state.payouts.values()] == [
        MoneyState.FAILED,
        MoneyState.PLANNED,
    ]


def test_a_receipt_and_an_inspection_of_one_unit_are_one_unit_in_both_orders() -> None:
    known = story.under_way().later(days=3)
    receipt = story.receipt(known, [story.counted()])
    inspection = story.inspection(known, story.seen(grade=Grade.USED))
    ends = [known.when(receipt, inspection), known.when(inspection, receipt)]
    assert _axes(ends[0]) == _axes(ends[1])
    assert [unit.receipt for unit in ends[1].state.units.values()] == [Receipt.RECEIVED]
    assert all(not end.state.strays for end in ends)


def test_an_article_ordered_while_its_return_is_cancelled_is_owed_for_in_every_order() -> None:
    """The warehouse's answer may come first, after the cancellation, or after stock was freed."""
    known = story.opened(story.in_advance()).perform("buy_label", "reserve", "place_hold")
    ordered = n.NoteReplacement(unit="1/1", order_ref="ro_1")
    first = known.when(ordered).refuses(CANCEL, "already_sent").settle()
    between = known.when(CANCEL).when(ordered).settle()
    last = known.when(CANCEL).settle().when(ordered).settle()
    for ended in (between, last):
        assert ended.last(ReturnReopened).was == "cancelled"
    assert [exchanges.lives(one) for one in (first, between, last)] == [["ordered"]] * 3
    assert [story.hold_of(one).state for one in (first, between, last)] == [HoldState.HELD] * 3
    assert {one.state.authorisation for one in (first, between, last)} == {Authorisation.APPROVED}
    assert {"return_goods"} <= set(first.actions) & set(between.actions) & set(last.actions)


def test_an_article_ordered_for_units_that_are_asked_for_elsewhere_by_now_is_charged() -> None:
    known = story.opened(story.in_advance()).perform("buy_label", "reserve", "place_hold")
    cancelled = known.when(CANCEL)
    other = _another(cancelled).when(story.opening(story.wish("1", 3)))
    ordered = n.NoteReplacement(unit="1/1", order_ref="ro_1")
    known = Scenario(known.policy, cancelled.state, other.ledger, cancelled.now)
    known = known.when(ordered).settle()
    assert known.state.authorisation is Authorisation.CANCELLED
    assert known.last(HoldTaken).amount_minor == shop.SHIRT_MINOR
