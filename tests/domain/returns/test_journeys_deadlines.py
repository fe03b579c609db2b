"""Deadlines act at or after their time, never before; one second each side."""

from datetime import datetime, timedelta

import pytest

from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events import Escalated, NoticePlanned, ReturnReopened
from domain.words import Actor, Authorisation, Headline, Logistics, Receipt
from tests.domain.returns.scenario import A_SECOND, MONDAY, Scenario
from tests.domain.returns.shop import order
from tests.domain.returns.story import (
    arrived,
    begin,
    by_staff,
    counted,
    inspection,
    labelled,
    opened,
    opening,
    receipt,
    scan,
    seen,
    under_way,
    wish,
)

SHIP_BY = MONDAY + timedelta(days=14)


def _expired() -> Scenario:
    return labelled().wait(until=SHIP_BY).settle()


def test_the_customer_is_reminded_once_four_days_before_the_date() -> None:
    known = labelled(wish("1", 2), parcels=2)
    remind = SHIP_BY - timedelta(days=4)
    assert known.at(remind - A_SECOND).when(n.NoteDeadline()).news == ()
    known = known.at(remind).when(n.NoteDeadline())
    told = [e for e in known.news if isinstance(e, NoticePlanned)]
    assert [(e.template, e.facts) for e in told] == [("reminder", {"ship_by": "2026-03-23"})]
    assert known.settle().count("ReminderSent") == 1
    assert known.settle().actions == ["hand_over", "hand_over"]


def test_nothing_handed_over_by_the_date_expires_and_frees_units_and_label() -> None:
    known = labelled().at(SHIP_BY - A_SECOND).when(n.NoteDeadline())
    assert known.headline is Headline.LABEL_READY
    known = known.at(SHIP_BY).when(n.NoteDeadline())
    assert known.headline is Headline.EXPIRED
    assert known.step("void_label").actor is Actor.SYSTEM
    assert known.ledger is not None
    assert (known.ledger.claims, known.state.units["1/1"].receipt) == ({}, Receipt.EXPIRED)


def test_a_scan_in_time_that_is_told_late_reopens() -> None:
    known = _expired().later(days=1)
    known = known.when(scan(known, occurred_at=SHIP_BY))
    assert known.last(ReturnReopened).was == "expired"
    assert (known.state.authorisation, known.headline) == ("approved", "in_transit")
    assert known.ledger is not None
    assert known.ledger.claims == {("1", 1): "r-1"}


def test_a_scan_one_second_after_the_date_is_a_persons_to_accept() -> None:
    known = _expired().later(days=1)
    known = known.when(scan(known, occurred_at=SHIP_BY + A_SECOND)).settle()
    assert known.state.authorisation is Authorisation.EXPIRED
    assert known.last(Escalated).what == "handed_over_late"
    known = known.when(by_staff(c.Approve))
    assert (known.headline, known.state.concerns) == ("in_transit", {})


def test_the_scan_in_time_may_still_come_after_the_one_that_was_late() -> None:
    known = _expired().later(days=1)
    late, in_time = SHIP_BY + timedelta(hours=3), SHIP_BY - timedelta(hours=3)
    known = known.when(scan(known, occurred_at=late), scan(known, occurred_at=in_time))
    assert (known.headline, known.state.concerns) == ("in_transit", {})


@pytest.mark.parametrize(("late", "headline"), [(timedelta(0), "in_transit"),
                                                (A_SECOND, "expired")])  # fmt: skip
def test_news_of_a_hand_over_in_time_counts_for_the_policys_days(
    late: timedelta, headline: str
) -> None:
    known = _expired().at(SHIP_BY + timedelta(days=14) + late)
    assert known.when(scan(known, occurred_at=SHIP_BY)).headline == headline


def test_an_expired_return_of_which_nothing_was_sent_is_not_approved_again() -> None:
    _expired().refuses(by_staff(c.Approve), "not_handed_over")


def test_one_of_two_parcels_not_sent_by_the_date_is_given_up_and_its_label_given_back() -> None:
    known = labelled(wish("1", 2), parcels=2).later(days=1)
    known = known.when(scan(known, "P1")).settle().wait(until=SHIP_BY).settle()
    assert known.state.authorisation is Authorisation.APPROVED
    assert [label.life for label in known.state.labels.values()] == ["used", "void_submitted"]
    known = known.when(receipt(known, [counted()], "P1"), inspection(known, seen("1/1")))
    known = known.settle().wait(until=known.now + timedelta(days=7)).settle()
    assert known.state.units["1/2"].receipt is Receipt.SHORT_SHIPPED


def _at_due(known: Scenario, action: str) -> tuple[Scenario, datetime]:
    return known, known.step(action).due_at


REVIEW = [{"rule": "look", "outcome": "review", "when": {"fact": "category", "eq": "electronics"},
           "because": "look"}]  # fmt: skip


def _delivered() -> Scenario:
    known = under_way().later(days=2)
    return known.when(scan(known, status="delivered")).settle()


def _pending() -> Scenario:
    known = arrived()
    return known.when(inspection(known)).perform("pay_out", state="pending").settle()


def _stray() -> Scenario:
    known = under_way().later(days=2)
    known = known.when(receipt(known, [counted(quantity=2)])).settle()
    return known.when(inspection(known)).settle()


def _in_review() -> Scenario:
    return opened(wish("2"), rules={"rules": REVIEW}).settle()


MISSED = {
    "review": _in_review,
    "inspect": arrived,
    "scan_in": _delivered,
    "settle_payout": _pending,
    "match_unit": _stray,
}
"""By action: a return in which that step, and no other of a person's, is open."""


@pytest.mark.parametrize("action", MISSED)
def test_a_step_is_missed_at_its_time_and_not_a_second_before(action: str) -> None:
    known, due = _at_due(MISSED[action](), action)
    assert known.at(due - A_SECOND).when(n.NoteDeadline()).count("DeadlineMissed") == 0
    known = known.at(due).when(n.NoteDeadline())
    assert known.count("DeadlineMissed") == 1
    assert known.step(action).due_at > due


def test_who_is_late_is_told_to_the_merchant_until_it_is_done() -> None:
    known, due = _at_due(arrived(), "inspect")
    known = known.wait(until=due)
    assert known.step("settle_concern").actor is Actor.MERCHANT
    known = known.when(inspection(known)).settle()
    assert (known.headline, known.state.concerns) == (Headline.COMPLETED, {})


def test_a_delay_and_a_loss_come_at_their_second() -> None:
    known = under_way()
    handed_over = known.state.parcels["P1"].handed_over_at
    assert handed_over is not None
    late, lost = handed_over + timedelta(days=21), handed_over + timedelta(days=31)
    assert known.at(late - A_SECOND).when(n.NoteDeadline()).news == ()
    known = known.at(late).when(n.NoteDeadline()).settle()
    assert known.state.parcels["P1"].logistics is Logistics.TRANSIT_EXCEPTION
    assert known.at(lost - A_SECOND).when(n.NoteDeadline()).count("ParcelLost") == 0
    assert known.at(lost).when(n.NoteDeadline()).count("ParcelLost") == 1


def test_a_missing_unit_is_short_at_its_second() -> None:
    known = under_way(wish("1", 2)).later(days=2)
    known = known.when(receipt(known, [counted()])).settle()
    known, due = _at_due(known, "explain_missing")
    assert due == known.now + timedelta(days=7)
    assert known.at(due - A_SECOND).when(n.NoteDeadline()).count("UnitMissed(short_shipped)") == 0
    assert known.at(due).when(n.NoteDeadline()).count("UnitMissed(short_shipped)") == 1


def test_a_return_window_ends_at_its_second() -> None:
    delivered = order().deliveries[0].delivered_at
    end = delivered + timedelta(days=30)
    for at, headline in ((end, "approved"), (end + A_SECOND, "declined")):
        assert _asked(at).headline == headline


def _asked(at: datetime) -> Scenario:
    return begin().at(at).when(opening(at=at))
