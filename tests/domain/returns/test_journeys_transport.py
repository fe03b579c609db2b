"""From the customer's door to the dock, with everything that goes wrong between."""

from datetime import timedelta

import pytest

from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events import QuoteAdjusted, ReturnCompleted
from domain.returns.money.promising import paid_minor, promised_minor
from domain.words import Actor, Headline, LabelLife, Logistics, Method, PickupException, Reason
from tests.domain.returns.scenario import A_DAY, Scenario
from tests.domain.returns.shop import CODE_FEE, LABEL_FEE, PICKUP_FEE, SHIRT_MINOR
from tests.domain.returns.story import (
    arrived,
    ask,
    by_staff,
    counted_all,
    inspection,
    labelled,
    number_of,
    opened,
    picked_up,
    receipt,
    scan,
    seen,
    under_way,
    visit_failed,
    wish,
)


def _to_the_end(known: Scenario) -> Scenario:
    known = known.later(days=2)
    known = known.when(receipt(known, counted_all(known.state))).settle()
    return known.when(inspection(known)).settle()


def test_of_two_offers_for_one_step_the_first_is_kept() -> None:
    known = opened().when(
        n.NoteTransportPrepared(step_id="label:P1:1", offer_ref="shp_1"),
        n.NoteTransportPrepared(step_id="label:P1:1", offer_ref="shp_2"),
    )
    assert known.state.prepared == {"label:P1:1": "shp_1"}
    assert known.count("TransportPrepared") == 1


def test_a_visit_that_is_asked_for_otherwise_is_another_booking() -> None:
    """The offer that a carrier made for the old address, or the old day, is not taken."""
    known = opened(method=Method.CARRIER_PICKUP).settle(but=["book_pickup"])
    first = known.step("book_pickup").id
    no = n.NotePickupRefused(
        step_id=first, parcel_id="P1", reason=PickupException.ADDRESS_ISSUE, theirs="no such street"
    )
    known = known.when(n.NoteTransportPrepared(step_id=first, offer_ref="pickup_1"), no)
    right = {"line1": "2 Weg", "city": "Berlin", "postcode": "10115", "country": "DE"}
    known = known.when(ask(c.CorrectAddress, address=right))
    second = known.step("book_pickup").id
    assert second != first
    assert second not in known.state.prepared
    # The first one was under way all the time, and was booked after all: it is called off.
    late = answer_of_visit(known, first)
    known = known.when(late).settle()
    assert (known.count("PickupScheduled"), known.count("PickupCancelled")) == (2, 1)
    assert known.when(late).news == ()


def answer_of_visit(known: Scenario, step_id: str) -> n.NotePickup:
    return n.NotePickup(
        step_id=step_id,
        parcel_id="P1",
        pickup_ref=f"pickup of {step_id}",
        window_start=known.now + timedelta(hours=20),
        window_end=known.now + timedelta(hours=30),
    )


def test_a_pickup_fails_twice_is_put_off_by_the_customer_and_then_comes() -> None:
    known = labelled(method=Method.CARRIER_PICKUP)
    assert (known.headline, known.step("pick_up").actor) == ("pickup_scheduled", Actor.CARRIER)
    known = known.later(days=1)
    known = known.when(visit_failed(known, PickupException.CUSTOMER_UNREACHABLE))
    known = known.then_moves("PickupFailed", "PickupRescheduled").settle().later(days=1)
    known = known.when(visit_failed(known, PickupException.NOT_ATTEMPTED)).settle()
    day = known.now + timedelta(days=3)
    known = known.when(ask(c.ReschedulePickup, not_before=day)).settle()
    parcel = known.state.parcels["P1"]
    assert (parcel.attempts_counted, parcel.pickup_bookings) == (1, 4)
    assert parcel.pickup_window_end == day + timedelta(hours=10)
    assert known.count("PickupCancelled") == 1  # the third visit, which nobody needs
    known = known.at(day)
    known = _to_the_end(known.when(picked_up(known)).settle())
    assert known.last(ReturnCompleted).paid_minor == SHIRT_MINOR - PICKUP_FEE


def test_a_visit_that_the_carrier_missed_moves_the_customers_date_by_the_day_lost() -> None:
    known = labelled(method=Method.CARRIER_PICKUP)
    due = known.state.parcels["P1"].pickup_window_end
    before = known.state.ship_by
    assert due is not None
    assert before is not None
    known = known.at(due)
    known = known.when(visit_failed(known, PickupException.VEHICLE_OR_CAPACITY))
    assert known.state.ship_by == before + A_DAY


def test_a_visit_that_the_customer_missed_moves_no_date() -> None:
    known = labelled(method=Method.CARRIER_PICKUP).later(days=1)
    after = known.when(visit_failed(known, PickupException.CUSTOMER_NOT_AVAILABLE))
    assert after.state.ship_by == known.state.ship_by


def test_a_carrier_that_says_nothing_after_its_window_did_not_come() -> None:
    known = labelled(method=Method.CARRIER_PICKUP)
    due = known.step("pick_up").due_at
    known = known.wait(until=due)
    assert known.count("PickupFailed") == 1
    assert known.state.parcels["P1"].attempts_counted == 0
    # It may come yet, for all that was said: it is called off before another is booked.
    assert "book_pickup" not in known.actions
    assert "book_pickup" in known.perform("cancel_pickup").actions


def test_after_all_attempts_the_next_carrier_comes() -> None:
    known = labelled(method=Method.CARRIER_PICKUP)
    for _ in range(3):
        known = known.later(days=1)
        known = known.when(visit_failed(known, PickupException.CUSTOMER_UNREACHABLE)).settle()
    parcel = known.state.parcels["P1"]
    assert (parcel.carrier, parcel.logistics) == ("rivercourier", Logistics.PICKUP_SCHEDULED)


def test_news_of_a_visit_that_nobody_waits_for_is_no_reason_to_refuse_the_message() -> None:
    """A carrier that names the parcel alone says it of one that is dropped off, or was called off."""
    known = labelled(method=Method.CARRIER_PICKUP).later(days=1)
    by_number = {"pickup_ref": "", "tracking_number": number_of(known.state)}
    told = visit_failed(known, PickupException.CUSTOMER_UNREACHABLE, **by_number)
    for meanwhile in (
        by_staff(c.Cancel),
        by_staff(c.ChooseMethod, method=Method.DROP_OFF_CODE),
    ):
        after = known.when(meanwhile)
        assert after.when(told).news == ()


def test_out_of_area_and_then_dropped_off_with_a_code() -> None:
    """The old label is given back before a new one can be used, and the code's price counts."""
    known = labelled(method=Method.CARRIER_PICKUP).later(days=1)
    known = known.when(visit_failed(known, PickupException.OUT_OF_SERVICE_AREA))
    assert known.state.parcels["P1"].carrier == "rivercourier"
    assert "void_label" in known.actions
    assert "buy_label" not in known.actions
    known = known.when(ask(c.ChooseMethod, method=Method.DROP_OFF_CODE))
    known = known.perform("void_label").perform("buy_label").settle()
    assert [label.life for label in known.state.labels.values()] == [
        LabelLife.VOID_SUBMITTED,
        LabelLife.LIVE,
    ]
    assert known.last(QuoteAdjusted).amount_minor == PICKUP_FEE - CODE_FEE
    known = known.when(scan(known)).settle()
    known = _to_the_end(known)
    assert known.last(ReturnCompleted).paid_minor == SHIRT_MINOR - CODE_FEE


def test_who_chooses_a_dearer_way_pays_what_was_quoted_for_it() -> None:
    known = labelled(method=Method.DROP_OFF_CODE)
    known = known.when(ask(c.ChooseMethod, method=Method.CARRIER_PICKUP))
    assert promised_minor(known.state) == SHIRT_MINOR - PICKUP_FEE
    known = known.when(by_staff(c.ChooseMethod, method=Method.DROP_OFF_CODE))
    known = known.when(by_staff(c.ChooseMethod, method=Method.CARRIER_PICKUP))
    assert promised_minor(known.state) == SHIRT_MINOR - CODE_FEE


def test_a_doorstep_mismatch_waits_for_a_person() -> None:
    known = labelled(method=Method.CARRIER_PICKUP).later(days=1)
    known = known.when(visit_failed(known, PickupException.ITEM_MISMATCH)).settle()
    assert known.headline is Headline.PICKUP_EXCEPTION
    assert known.step("settle_concern").actor is Actor.MERCHANT


@pytest.mark.parametrize("code", list(PickupException))
def test_after_every_exception_somebody_is_to_act(code: PickupException) -> None:
    known = labelled(method=Method.CARRIER_PICKUP).later(days=1)
    known = known.when(visit_failed(known, code)).settle(but=["cancel_pickup"])
    assert any(step.subject or step.actor is Actor.MERCHANT for step in known.steps)


def test_a_lost_parcel_is_refunded_and_when_found_restocked_and_not_paid_again() -> None:
    known = under_way().later(days=4)
    known = known.when(scan(known, status="lost")).settle()
    assert known.state.units["1/1"].receipt == "lost_in_transit"
    assert (known.headline, paid_minor(known.state)) == ("completed", SHIRT_MINOR - LABEL_FEE)
    known = known.later(days=20)
    known = known.when(scan(known, status="found")).settle()
    assert (known.headline, known.step("deliver").actor) == ("resolving", Actor.CARRIER)
    known = _to_the_end(known)
    assert (known.headline, known.state.units["1/1"].disposition) == ("completed", "restock")
    assert known.count("UnitRestocked") == 1
    assert known.count("PayoutPlanned") == 1


def test_silence_after_a_hand_over_becomes_a_delay_and_then_a_loss() -> None:
    known = under_way()
    handed_over = known.state.parcels["P1"].handed_over_at
    assert handed_over is not None
    known = known.wait(until=handed_over + timedelta(days=21))
    assert (known.headline, known.actions[-1]) == ("transit_exception", "find_parcel")
    known = known.wait(until=handed_over + timedelta(days=31)).settle()
    assert known.count("ParcelLost") == 1
    assert known.last(ReturnCompleted).paid_minor == SHIRT_MINOR - LABEL_FEE


def test_a_delay_that_the_carrier_tells_ends_with_the_next_scan() -> None:
    known = under_way().later(days=2)
    known = known.when(scan(known, status="delayed")).settle()
    assert known.headline is Headline.TRANSIT_EXCEPTION
    known = known.later(days=1)
    assert known.when(scan(known)).headline is Headline.IN_TRANSIT


def test_customs_hold_a_parcel_until_somebody_is_told_and_it_goes_on() -> None:
    known = under_way().later(days=2)
    known = known.when(scan(known, status="customs_hold")).settle()
    assert (known.headline, known.actions) == ("transit_exception", ["clear_customs"])
    known = known.wait()
    assert known.step("settle_concern").actor is Actor.MERCHANT
    known = known.when(scan(known)).settle()
    assert known.actions == ["deliver"]


def test_a_parcel_that_went_back_to_the_customer_is_sent_again() -> None:
    known = under_way().later(days=2)
    known = known.when(scan(known, status="returned_to_customer")).settle()
    assert known.step("send_again").actor is Actor.MERCHANT
    known = known.later(days=15)
    known = known.when(by_staff(c.ChooseMethod, method=Method.DROP_OFF_CODE)).settle()
    assert known.actions == ["remind", "hand_over"]
    assert known.step("hand_over").due_at == known.now + timedelta(days=14)
    known = known.later(days=1)
    known = _to_the_end(known.when(scan(known)).settle())
    assert known.last(ReturnCompleted).paid_minor == SHIRT_MINOR - CODE_FEE


def test_a_parcel_that_went_back_may_as_well_be_kept() -> None:
    known = under_way().later(days=2)
    known = known.when(scan(known, status="returned_to_customer"), ask(c.Cancel)).settle()
    assert (known.headline, known.actions) == ("cancelled", [])


def test_a_carrier_tells_the_whole_story_again_and_nothing_is_recorded_twice() -> None:
    known = under_way().later(days=1)
    story = [scan(known, status="at_hub"), scan(known.later(seconds=-60))]
    known = known.when(*story)
    assert known.when(*story).news == ()


def test_the_customers_own_carrier_needs_no_label_and_costs_nothing() -> None:
    known = labelled(method=Method.OWN_CARRIER)
    assert (known.actions, number_of(known.state)) == (["remind", "hand_over"], "")
    known = _to_the_end(known)
    assert known.last(ReturnCompleted).paid_minor == SHIRT_MINOR


def test_a_fault_of_ours_is_sent_back_free() -> None:
    known = arrived(wish(reason=Reason.DEFECTIVE))
    known = known.when(inspection(known, seen())).settle()
    assert known.last(ReturnCompleted).paid_minor == SHIRT_MINOR
