"""A label is bought once, and ends: used, given back in time, or expired where nothing was paid."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from domain.money import Money
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.decider import Command
from domain.returns.events import LabelCharged, LabelExpired, LabelPurchased, LabelVoidRequested
from domain.returns.state import Label
from domain.words import LabelLife, Logistics, Method, PickupException
from tests.domain.returns import shop
from tests.domain.returns.partners import answer
from tests.domain.returns.scenario import MONDAY, Scenario
from tests.domain.returns.story import ask, labelled, opened, scan, visit_failed

CANCEL = ask(c.Cancel)
SLOW = {"deadlines": {**shop.policy().deadlines.model_dump(), "ship_by_days": 60}}
SERVICE = {"countries": ["*"], "carrier": "swiftpost", "take_back_days": 25}
LABELS = [{**SERVICE, "method": "drop_off_label", "service": "return_label"}]
VISITS = [*LABELS, {**SERVICE, "method": "carrier_pickup", "service": "return_pickup"}]


def lives(known: Scenario) -> list[LabelLife]:
    return [label.life for label in known.state.labels.values()]


def label(known: Scenario, number: int = 0) -> Label:
    return list(known.state.labels.values())[number]


def bought(known: Scenario, **changes: Any) -> Scenario:
    """The label is bought, and is as the carrier says."""
    return known.perform("buy_label", **changes).settle()


def test_a_label_is_replaced_before_its_carrier_takes_it_back_no_more() -> None:
    """On day 25 of 30: the first one is given back, and another is with the customer."""
    known = labelled(rules={**SLOW, "transports": LABELS})
    day = MONDAY + timedelta(days=25)
    known = known.wait(until=day - timedelta(seconds=1))
    assert lives(known) == [LabelLife.LIVE]
    known = known.wait(until=day).settle()
    assert lives(known) == [LabelLife.VOID_SUBMITTED, LabelLife.LIVE]
    assert known.last(LabelExpired).label_id == label(known).label_id
    assert known.state.parcels["P1"].logistics is Logistics.AWAITING_HANDOVER
    assert known.now - known.last(LabelVoidRequested).occurred_at < timedelta(days=1)


def test_a_label_that_its_carrier_takes_no_more_is_replaced_on_that_day() -> None:
    day = MONDAY + timedelta(days=10)
    known = bought(opened(rules={**SLOW, "transports": LABELS}), expires_at=day)
    known = known.wait(until=day).settle()
    assert lives(known) == [LabelLife.VOID_SUBMITTED, LabelLife.LIVE]


def test_where_the_return_ends_before_its_label_nothing_is_replaced() -> None:
    known = labelled(rules={"transports": LABELS})
    assert "renew_label" not in known.actions
    known = known.wait(until=MONDAY + timedelta(days=30)).settle()
    assert (known.headline, lives(known)) == ("expired", [LabelLife.VOID_SUBMITTED])
    assert known.count("LabelPurchased") == 1


def test_a_visit_that_is_put_off_for_weeks_gets_a_new_label_and_the_old_visit_is_called_off() -> (
    None
):
    known = labelled(method=Method.CARRIER_PICKUP, rules={"transports": VISITS})
    later = ask(c.ReschedulePickup, not_before=MONDAY + timedelta(days=40))
    known = known.when(later).settle()
    known = known.wait(until=MONDAY + timedelta(days=25))
    assert known.count("LabelExpired") == 1
    known = known.settle()
    assert lives(known) == [LabelLife.VOID_SUBMITTED, LabelLife.LIVE]
    assert known.state.parcels["P1"].logistics is Logistics.PICKUP_SCHEDULED


def test_a_label_that_is_used_in_the_meantime_is_not_replaced() -> None:
    known = labelled(rules={**SLOW, "transports": LABELS}).later(days=24)
    known = known.when(scan(known)).settle()
    assert "renew_label" not in known.actions
    assert lives(known) == [LabelLife.USED]


def test_what_is_billed_on_its_scan_costs_nothing_unused_and_is_not_asked_back() -> None:
    known = bought(opened(), billed="on_scan").when(CANCEL).settle()
    assert (known.headline, lives(known)) == ("cancelled", [LabelLife.EXPIRED])
    assert known.count("LabelVoidRequested") == 0
    assert known.count("LabelCharged") == 0
    assert known.actions == []


def test_what_is_billed_on_its_scan_is_paid_for_once_with_its_first_scan() -> None:
    known = bought(opened(), billed="on_scan").later(days=1)
    known = known.when(scan(known), scan(known.later(days=1), status="at_hub")).settle()
    assert known.count("LabelCharged") == 1
    assert known.last(LabelCharged).cost == Money(amount_minor=520, currency="EUR")


def test_a_label_that_is_used_though_it_was_taken_back_is_paid_for_after_all() -> None:
    known = labelled().when(CANCEL).perform("void_label", state="granted")
    assert lives(known) == [LabelLife.VOIDED]
    known = known.later(days=1)
    known = known.when(scan(known))
    assert lives(known) == [LabelLife.USED]
    assert "taken it back" in known.last(LabelCharged).because
    assert known.state.is_approved


def test_a_label_that_was_paid_when_it_was_bought_is_never_charged_again() -> None:
    known = labelled().later(days=1)
    assert known.when(scan(known)).count("LabelCharged") == 0


def test_a_label_that_somebody_had_taken_back_past_us_is_bought_anew() -> None:
    """The customer would stand at the counter with paper that carries nothing."""
    known = labelled().later(days=1)
    known = known.when(_void(known, "granted"))
    assert known.state.parcels["P1"].logistics is Logistics.AWAITING_LABEL
    known = known.settle()
    assert lives(known) == [LabelLife.VOIDED, LabelLife.LIVE]
    assert known.state.parcels["P1"].logistics is Logistics.AWAITING_HANDOVER
    assert "label" in {notice.template for notice in known.state.notices.values()}


def test_a_visit_whose_label_was_taken_back_past_us_is_booked_anew() -> None:
    known = labelled(method=Method.CARRIER_PICKUP).later(days=1)
    known = known.when(_void(known, "granted")).settle()
    assert lives(known) == [LabelLife.VOIDED, LabelLife.LIVE]
    assert known.state.parcels["P1"].logistics is Logistics.PICKUP_SCHEDULED
    assert (known.count("PickupScheduled"), known.count("PickupCancelled")) == (2, 1)


def _void(known: Scenario, state: str) -> n.NoteVoid:
    return n.NoteVoid.model_validate({"label_id": label(known).label_id, "state": state})


@pytest.mark.parametrize("outcome", ["granted", "refused"])
def test_a_void_and_the_first_scan_end_alike_in_every_order(outcome: str) -> None:
    """The carrier's answer, its scan, and the same scan again: six orders, one end."""
    known = labelled().when(CANCEL).perform("void_label").later(days=1)
    told: tuple[Command, ...] = (_void(known, outcome), scan(known), scan(known))
    ends = set()
    for order in permutations(told):
        after = known.when(*order).settle()
        ends.add(
            (*lives(after), after.state.authorisation, after.count("ParcelScanned(in_transit)"))
        )
    assert len(ends) == 1
    assert next(iter(ends))[0] is LabelLife.USED


def test_a_label_that_was_kept_is_paid_for_and_the_carrier_may_change_its_mind() -> None:
    known = labelled().when(CANCEL).perform("void_label", state="refused").settle()
    assert (lives(known), known.actions) == ([LabelLife.KEPT], [])
    known = known.when(_void(known, "granted"))
    assert lives(known) == [LabelLife.VOIDED]
    assert known.when(_void(known, "granted")).news == ()


@pytest.mark.parametrize("is_found", [True, False])
def test_a_purchase_whose_answer_was_lost_is_looked_for_when_nobody_waits_for_it(
    *, is_found: bool
) -> None:
    """Prepared, then cancelled: found, it is given back; else the offer is dropped."""
    known = opened().when(
        n.NoteTransportPrepared(
            step_id="label:P1:1", offer_ref="shp_1", carrier="swiftpost", service="return_label"
        )
    )
    buying = known.step("buy_label")
    assert "look_up_label" not in known.actions
    known = known.when(CANCEL)
    assert known.step("look_up_label").subject == "label:P1:1"
    if is_found:
        known = known.when(answer(buying, known.state, known.now))
        assert known.last(LabelPurchased).unwanted
        known = known.settle()
        assert lives(known) == [LabelLife.VOID_SUBMITTED]
    else:
        known = known.perform("look_up_label")
        assert (known.actions, known.state.prepared) == (["notify"], {})
    assert "look_up_label" not in known.actions


def test_a_label_that_comes_after_its_offer_was_dropped_is_given_back_all_the_same() -> None:
    known = opened().when(n.NoteTransportPrepared(step_id="label:P1:1", offer_ref="shp_1"))
    buying = known.step("buy_label")
    known = known.when(CANCEL).perform("look_up_label")
    known = known.when(answer(buying, known.state, known.now)).settle()
    assert lives(known) == [LabelLife.VOID_SUBMITTED]


def test_a_carrier_that_refused_leaves_no_offer_to_be_looked_for() -> None:
    known = opened().when(n.NoteTransportPrepared(step_id="label:P1:1", offer_ref="shp_1"))
    no = n.NoteLabelRefused(
        step_id="label:P1:1", reason=PickupException.OUT_OF_SERVICE_AREA, theirs="no"
    )
    known = known.when(no)
    assert "look_up_label" not in known.actions


def test_a_visit_that_fails_for_good_gives_its_label_back_within_a_day() -> None:
    known = labelled(method=Method.CARRIER_PICKUP).later(days=1)
    known = known.when(visit_failed(known, PickupException.OUT_OF_SERVICE_AREA))
    assert known.step("void_label").due_at <= known.now + timedelta(days=1)


def heard(known: Scenario, ref: str, step: str = "label:P1:7") -> c.ReportLabel:
    return c.ReportLabel(
        message_id=f"found {ref}",
        occurred_at=known.now,
        label_ref=ref,
        step_id=step,
        status="found",
    )


def test_a_label_that_a_list_shows_is_asked_for_and_given_back_and_the_live_one_stays() -> None:
    known = labelled()
    known = known.when(heard(known, "shp_9")).then_moves("TransportPrepared")
    looking = known.step("look_up_label")
    bought_by = {**partners_label(known), "step_id": looking.subject, "label_ref": "shp_9"}
    known = known.when(n.NoteLabel(**bought_by)).settle()
    assert lives(known) == [LabelLife.LIVE, LabelLife.VOID_SUBMITTED]
    assert known.state.parcels["P1"].logistics is Logistics.AWAITING_HANDOVER
    assert known.when(heard(known, "shp_9")).news == ()


def partners_label(known: Scenario) -> dict[str, Any]:
    first = label(known)
    return {
        "carrier": first.carrier, "service": first.service, "tracking_number": "TRK-9",
        "cost": first.cost, "document_ref": "https://labels.example/9.pdf",
    }  # fmt: skip


def test_a_label_of_ours_that_a_list_shows_is_no_news_and_one_that_is_not_there_is_dropped() -> (
    None
):
    known = labelled()
    assert known.when(heard(known, label(known).label_ref)).news == ()
    known = known.when(heard(known, "shp_9", "label:P9:1")).perform("look_up_label")
    assert known.state.prepared == {}
    assert lives(known) == [LabelLife.LIVE]
