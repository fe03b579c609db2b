"""How a return stands, in one answer: whose turn it is, what is wrong, where the money is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.returns import commands as c
from domain.returns.evolve import fold
from domain.returns.notes import NotePayout, NoteRejectedMessage, NoteStepFailed
from domain.returns.shown.status import Status, status_of
from domain.returns.state import ReturnState
from domain.words import Actor, Grade, Method, MoneyState, PickupException, Reason, Resolution
from tests.domain.returns.scenario import MONDAY, RETURN, TENANT, Scenario
from tests.domain.returns.shop import LABEL_FEE, LAMP_MINOR, SHIRT_MINOR
from tests.domain.returns.story import (
    arrived,
    ask,
    counted,
    exchange,
    inspection,
    labelled,
    opened,
    receipt,
    scan,
    seen,
    under_way,
    visit_failed,
    wish,
)

REVIEW = {"rules": {"otherwise": "review"}}


def status(known: Scenario) -> Status:
    """How the return of a story stands."""
    return status_of(TENANT, RETURN, known.state)


def judged(*units: c.InspectedUnit) -> Scenario:
    """A shirt that was looked at, its money not yet sent."""
    known = arrived()
    return known.when(inspection(known, *units)).settle(but=["pay_out"])


def answered(state: str, **said: str) -> Scenario:
    """The provider says this of the one payout."""
    known = judged()
    key = next(iter(known.state.payouts))
    note = {"instruction_id": key, "state": state, **said}
    return known.when(NotePayout.model_validate(note)).settle(but=["pay_out"])


def _visited(code: PickupException) -> Scenario:
    known = labelled(method=Method.CARRIER_PICKUP).later(days=2)
    return known.when(visit_failed(known, code)).settle()


def _delivered() -> Scenario:
    known = under_way().later(days=1)
    return known.when(scan(known, status="delivered")).settle()


def _disputed() -> Scenario:
    known = judged(seen(grade=Grade.DAMAGED)).settle()
    return known.when(ask(c.Dispute, unit="1/1", because="it was whole")).settle()


def _with_a_stray() -> Scenario:
    known = arrived()
    return known.when(receipt(known, [counted("MUG")])).settle()


TURNS: dict[str, tuple[Callable[[], Scenario], Actor, str]] = {
    "in review": (lambda: opened(**REVIEW).settle(), Actor.MERCHANT, "review"),
    "labelled": (labelled, Actor.CUSTOMER, "hand_over"),
    "a visit is booked": (
        lambda: labelled(method=Method.CARRIER_PICKUP), Actor.CARRIER, "pick_up",
    ),
    "nobody was at home": (
        lambda: _visited(PickupException.CUSTOMER_NOT_AVAILABLE), Actor.CARRIER, "pick_up",
    ),
    "no such address": (
        lambda: _visited(PickupException.ADDRESS_ISSUE), Actor.CUSTOMER, "correct_address",
    ),
    "on its way": (under_way, Actor.CARRIER, "deliver"),
    "at the dock, unscanned": (_delivered, Actor.WAREHOUSE, "scan_in"),
    "counted": (arrived, Actor.WAREHOUSE, "inspect"),
    "disputed": (_disputed, Actor.MERCHANT, "resolve_dispute"),
    "at the provider": (lambda: answered("submitted"), Actor.GATEWAY, "settle_payout"),
    "the provider asks": (
        lambda: answered("requires_action"), Actor.CUSTOMER, "act_on_payout",
    ),
    "refused by the provider": (
        lambda: answered("failed", reason="closed"), Actor.MERCHANT, "choose_payout",
    ),
    "ours to send": (judged, Actor.SYSTEM, "pay_out"),
}  # fmt: skip


@pytest.mark.parametrize("case", TURNS)
def test_an_open_return_says_whose_turn_it_is_what_to_do_and_by_when(case: str) -> None:
    story, actor, action = TURNS[case]
    told = status(story())
    assert (told.next_actor, told.next_action) == (actor, action)
    assert told.due_at is not None
    assert told.due_at > MONDAY
    assert not told.closed


@pytest.mark.parametrize("case", TURNS)
def test_the_turn_is_the_most_pressing_step_that_is_not_ours(case: str) -> None:
    told = status(TURNS[case][0]())
    theirs = [step for step in told.agenda if step.actor is not Actor.SYSTEM] or told.agenda
    pressing = min(theirs, key=lambda step: step.due_at)
    assert (told.next_actor, told.due_at) == (pressing.actor, pressing.due_at)


def test_a_day_at_the_end_of_the_calendar_is_a_day_like_any_other() -> None:
    far = datetime(2199, 12, 31, 12, 0, tzinfo=UTC)  # the visit ends on the last day there is
    known = labelled(method=Method.CARRIER_PICKUP)
    told = status(known.settle().when(ask(c.ReschedulePickup, not_before=far)).settle())
    assert max(step.due_at for step in told.agenda) > far


def test_a_closed_return_has_nobodys_turn() -> None:
    told = status(judged().settle())
    assert told.closed
    assert (told.next_actor, told.next_action, told.due_at, told.agenda) == ("", "", None, ())


def test_a_return_that_nobody_opened_has_version_0() -> None:
    told = status_of(TENANT, RETURN, ReturnState())
    assert told == Status(tenant=TENANT, return_id=RETURN)
    assert (told.version, told.headline, told.closed) == (0, "", False)


def _rejected() -> Scenario:
    return labelled().when(
        NoteRejectedMessage(
            message="report_tracking",
            message_id="m-1",
            code="invalid",
            because="status: expected another",
            occurred_at=MONDAY,
        )
    )


def _failing() -> Scenario:
    known = opened()
    step = known.step("buy_label").id
    return known.when(NoteStepFailed(step_id=step, kind="defect", because="no such account"))


def _short_of_tender() -> Scenario:
    known = judged()
    payouts = {key: replace(one, state=MoneyState.HELD) for key, one in known.state.payouts.items()}
    return replace(known, state=replace(known.state, payouts=payouts))


FLAGS: dict[str, Callable[[], Scenario]] = {
    "overdue": lambda: arrived().wait(),
    "money_held": _short_of_tender,
    "money_unknown": lambda: answered("unknown"),
    "money_failed": lambda: answered("failed", reason="closed"),
    "quarantine": _with_a_stray,
    "disputed": _disputed,
    "concern": _failing,
    "message_rejected": _rejected,
}


@pytest.mark.parametrize("flag", FLAGS)
def test_what_is_wrong_is_flagged(flag: str) -> None:
    assert flag in status(FLAGS[flag]()).flags


def test_a_plain_return_has_no_flag_at_any_time() -> None:
    for known in (opened(), labelled(), under_way(), arrived(), judged(), judged().settle()):
        assert status(known).flags == ()


def test_a_flag_is_gone_when_its_reason_is() -> None:
    known = arrived().wait()
    assert status(known).flags == ("concern", "overdue")
    assert status(known.when(inspection(known)).settle()).flags == ()


def test_a_bounce_is_flagged_and_reopens() -> None:
    known = judged().settle()
    key = next(iter(known.state.payouts))
    known = known.when(NotePayout(instruction_id=key, state="failed", reason="closed"))
    told = status(known)
    assert (told.closed, told.flags) == (False, ("money_failed",))
    assert told.money is not None
    assert (told.money.paid_minor, told.money.held_minor) == (0, SHIRT_MINOR - LABEL_FEE)


def test_a_unit_is_told_in_short() -> None:
    known = arrived(exchange(), wish("3"))
    known = known.when(inspection(known, seen("1/1"), seen("3/1", Grade.USED)))
    shirt, lamp = status(known).units
    assert (shirt.unit, shirt.sku, shirt.name) == ("1/1", "SHIRT", "Shirt")
    assert (shirt.resolution, shirt.replacement) == (Resolution.EXCHANGE, "reserved")
    assert (lamp.receipt, lamp.grade) == ("received", "used")
    assert (lamp.decision, lamp.disposition) == ("accepted_with_deduction", "refurbish")
    assert lamp.promised_minor == LAMP_MINOR * 7 // 10


def test_a_parcel_is_told_with_the_label_that_can_be_used_now() -> None:
    (parcel,) = status(labelled()).parcels
    assert (parcel.logistics, parcel.method) == ("awaiting_handover", "drop_off_label")
    assert (parcel.carrier, parcel.tracking_number) == ("swiftpost", "TRK-r-1-P1-1")
    assert parcel.label_url.endswith(".pdf")
    (used,) = status(under_way()).parcels
    assert used.label_url == ""


def test_reasons_are_told_once_each_in_order() -> None:
    known = opened(wish(), wish("3"), wish("2", reason=Reason.DEFECTIVE))
    assert status(known).reasons == ("changed_mind", "defective")


@pytest.mark.parametrize("case", TURNS)
def test_where_the_money_is_adds_up_to_what_is_promised(case: str) -> None:
    money = status(TURNS[case][0]()).money
    assert money is not None
    placed = money.paid_minor + money.under_way_minor + money.held_minor
    assert placed in {0, money.promised_minor}
    assert money.unknown_minor <= money.under_way_minor
    assert money.quoted_minor == SHIRT_MINOR - money.label_fee_minor


def test_a_return_read_up_to_the_middle_of_its_opening_is_neither_due_nor_closed() -> None:
    """A page of the feed may end there; what comes next says more."""
    first, *_ = opened(wish()).events
    status = status_of(TENANT, RETURN, fold([first]))
    assert (status.agenda, status.closed, status.version) == ((), False, 1)
