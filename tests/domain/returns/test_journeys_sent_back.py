"""Goods that are the customer's go back to them, or stay if they say so."""

from datetime import timedelta
from typing import Any

from domain.returns import commands as c
from domain.returns.events import (
    DispositionDecided,
)
from domain.returns.money.promising import paid_minor
from domain.words import Actor, Disposition, Grade, Headline
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.shop import LABEL_FEE, PHONE_MINOR
from tests.domain.returns.story import (
    arrived,
    ask,
    by_staff,
    inspection,
    seen,
    wish,
)

WAITS = {"resolving": {"send_back": {"wait_days": 10, "left": "recycle"}}}


def _rejected(**rules: Any) -> Scenario:
    known = arrived(wish("2"), rules=rules)
    return known.when(inspection(known, seen("2/1", Grade.UNSALVAGEABLE))).settle()


def test_a_rejected_unit_goes_back_through_the_warehouse_which_says_when_it_has() -> None:
    known = arrived(wish("2"))
    known = known.when(inspection(known, seen("2/1", Grade.UNSALVAGEABLE)))
    known = known.settle(but=["ship_back"])
    assert known.step("ship_back").due_at == known.now + timedelta(days=5)
    known = known.settle()
    assert (known.headline, known.state.send_backs["2/1"].tracking_number) == (
        "completed",
        "TRK-2/1",
    )


def test_the_customer_may_leave_it_and_it_goes_where_the_policy_says() -> None:
    known = _rejected(**WAITS)
    assert known.step("choose_goods").actor is Actor.CUSTOMER
    assert any(notice.template == "goods_waiting" for notice in known.state.notices.values())
    known = known.when(ask(c.ChooseGoods, unit="2/1", choice="leave")).settle()
    assert known.state.units["2/1"].disposition is Disposition.RECYCLE
    assert (known.headline, known.count("SendBackOrdered")) == ("completed", 0)


def test_unanswered_it_is_sent_back_to_whose_it_is() -> None:
    known = _rejected(**WAITS)
    known = known.wait(until=known.step("choose_goods").due_at).settle()
    assert (known.headline, known.count("GoodsSentBack")) == ("completed", 1)


def test_a_dispute_keeps_it_here_and_won_it_stays() -> None:
    known = _rejected(**WAITS).when(ask(c.Dispute, unit="2/1", because="it was like that"))
    assert known.actions.count("send_back") + known.actions.count("choose_goods") == 0
    upheld = by_staff(c.ResolveDispute, unit="2/1", outcome="upheld", because="so it was")
    known = known.when(upheld).settle()
    assert known.last(DispositionDecided).disposition is Disposition.RECYCLE
    assert paid_minor(known.state) == PHONE_MINOR - 4_000 - LABEL_FEE


def test_a_dispute_that_is_lost_sends_it_back() -> None:
    known = _rejected(**WAITS).when(ask(c.Dispute, unit="2/1", because="it was like that"))
    denied = by_staff(c.ResolveDispute, unit="2/1", outcome="denied", because="it was not")
    known = known.when(denied).settle()
    assert known.step("choose_goods")
    known = known.when(ask(c.ChooseGoods, unit="2/1", choice="send_back")).settle()
    assert known.count("GoodsSentBack") == 1


def test_what_the_warehouse_cannot_send_is_a_persons_and_is_tried_again_after() -> None:
    known = arrived(wish("2"))
    known = known.when(inspection(known, seen("2/1", Grade.UNSALVAGEABLE)))
    known = known.perform("send_back", order_ref="").settle()
    concern = known.step("settle_concern").subject
    assert known.state.concerns[concern].what == "send_back_refused"
    known = known.when(by_staff(c.Override, settles=concern, because="address corrected"))
    assert known.settle().headline is Headline.COMPLETED


def test_it_is_too_late_to_leave_what_is_being_sent() -> None:
    known = arrived(wish("2"))
    known = known.when(inspection(known, seen("2/1", Grade.UNSALVAGEABLE)))
    known = known.settle(but=["ship_back"])
    known.refuses(ask(c.ChooseGoods, unit="2/1", choice="leave"), "already_ordered")
    known.refuses(ask(c.ChooseGoods, unit="1/1", choice="leave"), "not_waiting")
