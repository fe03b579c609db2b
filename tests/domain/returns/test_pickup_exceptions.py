"""Every exception at the door: whose fault it is, whether it counts, and what follows from it."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any, NamedTuple

import pytest

from domain.pickup_rules import MISMATCHES
from domain.returns import commands as c
from domain.returns.commands import ReportPickup
from domain.returns.events import PickupFailed
from domain.returns.money.promising import promised_minor
from domain.returns.transport.pickups import is_checked
from domain.words import (
    Actor,
    Authorisation,
    Fault,
    Logistics,
    Method,
    PickupException,
    Reason,
)
from tests.domain.returns.scenario import A_DAY, Scenario
from tests.domain.returns.story import (
    ask,
    by_staff,
    labelled,
    picked_up,
    visit_failed,
    wish,
)

E = PickupException
BLIND, LOOKS = "swiftpost", "rivercourier"


def visited(reason: Reason = Reason.CHANGED_MIND, **rules: Any) -> Scenario:
    """A visit was booked, and its hours are over."""
    known = labelled(wish(reason=reason), method=Method.CARRIER_PICKUP, rules=rules)
    due = known.state.parcels["P1"].pickup_window_end
    assert due is not None
    return known.at(due)


def failed(known: Scenario, code: PickupException, **changes: Any) -> Scenario:
    return known.when(visit_failed(known, code, **changes))


# ── What follows ──────────────────────────────────────────────────────────────────────────


def the_same_carrier_comes_again(known: Scenario) -> None:
    parcel = known.state.parcels["P1"]
    assert (parcel.carrier, parcel.logistics) == (BLIND, Logistics.PICKUP_SCHEDULED)
    assert parcel.pickup_bookings == 2
    assert known.step("pick_up").actor is Actor.CARRIER


def the_customer_corrects_the_address_and_the_carrier_comes_there(known: Scenario) -> None:
    assert known.step("correct_address").actor is Actor.CUSTOMER
    assert "book_pickup" not in known.actions
    right = {"line1": "2 Weg", "city": "Bonn", "postcode": "53111", "country": "DE"}
    the_same_carrier_comes_again(known.when(ask(c.CorrectAddress, address=right)).settle())


def the_customer_says_whether_it_is_off_and_nothing_is_cancelled_before(known: Scenario) -> None:
    assert known.step("reschedule_pickup").actor is Actor.CUSTOMER
    assert known.state.authorisation is Authorisation.APPROVED
    assert known.count("LabelVoidRequested") == 0
    another = ask(c.ReschedulePickup, not_before=known.now + A_DAY)
    the_same_carrier_comes_again(known.when(another).settle())
    assert known.when(ask(c.Cancel)).state.authorisation is Authorisation.CANCELLED


def the_next_carrier_comes(known: Scenario) -> None:
    parcel = known.state.parcels["P1"]
    assert (parcel.carrier, parcel.logistics) == (LOOKS, Logistics.PICKUP_SCHEDULED)


def a_person_looks_and_nobody_comes_meanwhile(known: Scenario) -> None:
    assert known.step("settle_concern").actor is Actor.MERCHANT
    known.refuses(ask(c.ReschedulePickup, not_before=known.now + A_DAY), "held")
    assert "book_pickup" not in known.actions
    assert known.state.parcels["P1"].logistics is Logistics.PICKUP_EXCEPTION


class Row(NamedTuple):
    """A line of the table."""

    fault: Fault
    counts: bool
    follows: Callable[[Scenario], None]


AGAIN, PERSON = the_same_carrier_comes_again, a_person_looks_and_nobody_comes_meanwhile
CORRECTED = the_customer_corrects_the_address_and_the_carrier_comes_there
ASKED = the_customer_says_whether_it_is_off_and_nothing_is_cancelled_before

TABLE = {
    E.CUSTOMER_UNREACHABLE: Row(Fault.CUSTOMER, True, AGAIN),
    E.CUSTOMER_NOT_AVAILABLE: Row(Fault.CUSTOMER, True, AGAIN),
    E.PRODUCT_NOT_READY: Row(Fault.CUSTOMER, True, AGAIN),
    E.RESCHEDULE_REQUESTED: Row(Fault.CUSTOMER, False, AGAIN),
    E.ADDRESS_ISSUE: Row(Fault.CUSTOMER, False, CORRECTED),
    E.CANCELLED_BY_CUSTOMER: Row(Fault.CUSTOMER, False, ASKED),
    E.NOT_ATTEMPTED: Row(Fault.CARRIER, False, AGAIN),
    E.VEHICLE_OR_CAPACITY: Row(Fault.CARRIER, False, AGAIN),
    E.WEATHER: Row(Fault.CARRIER, False, AGAIN),
    E.OUT_OF_SERVICE_AREA: Row(Fault.CARRIER, False, the_next_carrier_comes),
    E.ITEM_MISMATCH: Row(Fault.UNKNOWN, False, PERSON),
    E.QUANTITY_MISMATCH: Row(Fault.UNKNOWN, False, PERSON),
    E.RESTRICTED_ITEM: Row(Fault.UNKNOWN, False, PERSON),
    E.OVERSIZE_OR_BAD_PACKAGING: Row(Fault.CUSTOMER, False, the_next_carrier_comes),
    E.INVALID_OTP: Row(Fault.CUSTOMER, False, AGAIN),
    E.MAX_ATTEMPTS_REACHED: Row(Fault.UNKNOWN, False, the_next_carrier_comes),
    E.OTHER: Row(Fault.UNKNOWN, False, PERSON),
}
"""As the domain's table of pickup exceptions has it."""

CODES = pytest.mark.parametrize("code", list(E))


def test_every_code_stands_in_the_table() -> None:
    assert set(TABLE) == set(E)


@CODES
def test_whose_fault_it_is_and_whether_it_counts(code: PickupException) -> None:
    known = failed(visited(), code, carrier_code="X17")
    told = known.last(PickupFailed)
    assert (told.fault, told.counted) == (TABLE[code].fault, TABLE[code].counts)
    assert known.state.parcels["P1"].attempts_counted == int(TABLE[code].counts)
    assert told.carrier_code == "X17", "their own code is kept beside ours"


@CODES
def test_what_follows(code: PickupException) -> None:
    TABLE[code].follows(failed(visited(), code).settle())


@CODES
def test_the_customer_is_told_and_pays_no_more(code: PickupException) -> None:
    known = visited()
    after = failed(known, code).settle()
    assert after.count("NoticePlanned") > known.count("NoticePlanned")
    assert promised_minor(after.state) >= promised_minor(known.state)


@CODES
def test_the_customers_days_stand_still_where_the_carrier_failed_and_go_on_elsewhere(
    code: PickupException,
) -> None:
    """Two hours late it says so; a day later it comes again."""
    known = visited().later(seconds=2 * 3_600)
    before = known.state.ship_by
    assert before is not None
    after = failed(known, code).settle().state.ship_by
    if TABLE[code].fault is not Fault.CARRIER:
        assert after == before
    elif TABLE[code].follows is AGAIN:
        assert after == before + timedelta(hours=2) + A_DAY
    else:
        assert after == before + timedelta(hours=2)


def test_the_day_that_the_customer_asked_the_courier_for_is_the_day_of_the_next_visit() -> None:
    known = visited()
    day = known.now + timedelta(days=5)
    known = failed(known, E.RESCHEDULE_REQUESTED, rebooked_for=day).settle()
    assert known.state.parcels["P1"].pickup_window_end == day + timedelta(hours=10)
    AGAIN(known)


def test_after_as_many_attempts_as_count_the_next_carrier_comes_and_after_it_the_fallback() -> None:
    known = visited()
    ways = []
    for _ in range(2 * 3):
        known = failed(known.later(days=1), E.CUSTOMER_NOT_AVAILABLE).settle()
        parcel = known.state.parcels["P1"]
        ways.append((parcel.carrier, parcel.method))
    by = Method.CARRIER_PICKUP
    assert ways[:5] == [(BLIND, by), (BLIND, by), (LOOKS, by), (LOOKS, by), (LOOKS, by)]
    assert ways[5] == (BLIND, Method.DROP_OFF_LABEL)
    assert known.step("hand_over").actor is Actor.CUSTOMER


def test_a_carrier_that_fails_for_ever_uses_no_attempt_up() -> None:
    known = visited()
    for _ in range(7):
        known = failed(known.later(days=1), E.WEATHER).settle()
    assert known.state.parcels["P1"].carrier == BLIND
    assert known.state.parcels["P1"].attempts_counted == 0


def test_where_no_carrier_comes_it_is_dropped_off_at_no_higher_price() -> None:
    known = visited()
    promised = promised_minor(known.state)
    known = failed(known, E.OUT_OF_SERVICE_AREA).settle()
    known = failed(known.later(days=1), E.OUT_OF_SERVICE_AREA).settle()
    parcel = known.state.parcels["P1"]
    assert (parcel.method, parcel.logistics) == (Method.DROP_OFF_LABEL, Logistics.AWAITING_HANDOVER)
    assert promised_minor(known.state) >= promised


# ── At the door ───────────────────────────────────────────────────────────────────────────

CHECKED: dict[str, Any] = {
    "check_at_door": {"fact": "return_value_minor", "gte": {"EUR": 0}},
    "transports": [
        {
            "countries": ["*"],
            "method": "carrier_pickup",
            "checks_at_door": True,
            "carrier": LOOKS,
            "service": "return_pickup",
        }
    ],
}
"""A policy that has the courier look into the box, and one who does."""


def mismatched(code: PickupException, reason: Reason = Reason.CHANGED_MIND) -> Scenario:
    known = visited(reason, **CHECKED)
    assert is_checked(known.state, known.state.parcels["P1"])
    return failed(known, code).settle()


def _settled(known: Scenario) -> Scenario:
    concern = known.step("settle_concern").subject
    return known.when(by_staff(c.Override, settles=concern, because="we had sent another one"))


@pytest.mark.parametrize("code", sorted(MISMATCHES))
def test_where_the_merchant_had_sent_another_it_comes_again_without_the_check_and_without_a_fee(
    code: PickupException,
) -> None:
    known = _settled(mismatched(code, Reason.WRONG_ITEM))
    known = known.when(ask(c.ReschedulePickup, not_before=known.now + A_DAY)).settle()
    parcel = known.state.parcels["P1"]
    assert parcel.logistics is Logistics.PICKUP_SCHEDULED
    assert not is_checked(known.state, parcel)
    assert known.state.quote is not None
    assert known.state.quote.label_fee_minor == 0


def test_where_the_customer_packed_another_the_return_may_be_called_off() -> None:
    known = mismatched(E.ITEM_MISMATCH).when(by_staff(c.Cancel, because="not what we sold"))
    assert known.settle().state.authorisation is Authorisation.CANCELLED


def test_every_other_visit_is_as_it_was_agreed() -> None:
    known = visited(**CHECKED)
    known = failed(known, E.WEATHER).settle()
    assert is_checked(known.state, known.state.parcels["P1"])


# ── Races ─────────────────────────────────────────────────────────────────────────────────


def _ends(known: Scenario, *told: Any) -> dict[str, Any]:
    for one in told:
        known = known.attempt(one)
    state = known.settle().state
    return {
        "authorisation": state.authorisation,
        "parcels": [parcel.logistics for parcel in state.parcels.values()],
        "labels": [label.life for label in state.labels.values()],
        "units": [(unit.receipt, unit.decision) for unit in state.units.values()],
    }


@pytest.mark.parametrize("by", ["customer", "staff"])
def test_a_cancellation_and_the_scan_of_the_courier_have_one_outcome_in_either_order(
    by: str,
) -> None:
    known = visited()
    cancel = ask(c.Cancel) if by == "customer" else by_staff(c.Cancel, because="a mistake")
    ends = [_ends(known, *order) for order in permutations([cancel, picked_up(known)])]
    assert ends[0] == ends[1]
    assert ends[0]["parcels"] == [Logistics.IN_TRANSIT]
    assert ends[0]["authorisation"] is Authorisation.APPROVED


def test_a_failed_visit_and_its_scan_have_one_outcome_in_either_order() -> None:
    """The courier reports no one at home, and has taken it all the same."""
    known = visited()
    told: list[ReportPickup] = [visit_failed(known, E.CUSTOMER_NOT_AVAILABLE), picked_up(known)]
    ends = [_ends(known, *order) for order in permutations(told)]
    assert ends[0] == ends[1]
    assert ends[0]["parcels"] == [Logistics.IN_TRANSIT]
