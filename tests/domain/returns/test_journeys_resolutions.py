"""Coupons and repairs; and that each unit is answered once."""

from datetime import timedelta

from domain.money import Money
from domain.returns import commands as c
from domain.returns.events import (
    Escalated,
    OfferMade,
    PayoutPlanned,
    ReturnCompleted,
)
from domain.returns.events.resolving import CouponIssued, CouponPlanned
from domain.returns.money.explained_text import text_of
from domain.returns.money.explaining import explain
from domain.returns.money.promising import promised_minor
from domain.returns.shown.status import status_of
from domain.words import Actor, Disposition, Grade, Headline, Resolution
from tests.domain.returns.resolving import COUPON, MENDED, accept, decline
from tests.domain.returns.shop import LABEL_FEE, PHONE_MINOR, SHIRT_MINOR
from tests.domain.returns.story import (
    arrived,
    ask,
    begin,
    by_staff,
    exchange,
    inspected,
    inspection,
    labelled,
    opening,
    repaired,
    scan,
    seen,
    staff,
    under_way,
    wish,
)

# ── What a policy does not have is not offered ────────────────────────────────────────────


def test_a_resolution_that_the_policy_does_not_have_is_refused_at_the_door() -> None:
    for resolution in (Resolution.PARTIAL_REFUND, Resolution.COUPON, Resolution.REPAIR):
        known = begin(resolving={})
        known.refuses(opening(wish(resolution=resolution)), "resolution_not_offered")


# ── Coupons ───────────────────────────────────────────────────────────────────────────────


def test_a_coupon_is_worth_what_the_policy_says_and_takes_from_no_payment() -> None:
    known = inspected(wish(**COUPON))
    planned = known.last(CouponPlanned)
    assert planned.amount.amount_minor == SHIRT_MINOR * 11 // 10
    assert planned.valid_until == known.now + timedelta(days=365)
    known = known.settle()
    assert (known.last(CouponIssued).code, known.count("PayoutPlanned")) == ("CP-1", 0)
    assert known.ledger is not None
    (given,) = known.ledger.reservations.values()
    assert (given.tender_id, given.amount_minor, given.state) == (None, SHIRT_MINOR, "paid")
    assert known.last(ReturnCompleted).promised_minor == 0


def test_its_end_is_its_issuers_word_and_is_told_shown_and_explained() -> None:
    known = inspected(wish(**COUPON))
    rounded = known.last(CouponPlanned).valid_until.replace(microsecond=0) + timedelta(hours=5)
    known = known.perform("issue_coupon", valid_until=rounded)
    assert known.last(CouponIssued).valid_until == rounded
    [shown] = status_of("acme", "R-1", known.state).coupons
    assert (shown.state, shown.valid_until) == ("issued", rounded)
    [told] = [one for one in known.state.notices.values() if one.template == "coupon"]
    assert told.facts["valid_until"] == rounded.date().isoformat()
    lines = list(text_of(explain(known.state)))
    assert any(f"issued, valid until {rounded:%Y-%m-%d}" in line for line in lines)
    assert known.count("Escalated") == 0


def test_a_coupon_that_ends_before_the_promised_time_is_before_a_person() -> None:
    known = inspected(wish(**COUPON))
    early = known.last(CouponPlanned).valid_until - timedelta(days=1)
    known = known.perform("issue_coupon", valid_until=early)
    assert known.last(Escalated).what == "coupon_ends_early"
    assert known.last(CouponIssued).valid_until == early


def test_a_dispute_that_is_won_brings_a_coupon_for_the_difference() -> None:
    known = arrived(wish(**COUPON))
    known = known.when(inspection(known, seen(grade=Grade.USED))).settle()
    known = known.when(ask(c.Dispute, unit="1/1", because="as new"))
    known = known.when(by_staff(c.ResolveDispute, unit="1/1", outcome="upheld", because="so"))
    known = known.settle()
    values = [coupon.value_minor for coupon in known.state.coupons.values()]
    assert (sum(values), len(values), known.headline) == (SHIRT_MINOR, 2, "completed")


def test_a_coupon_that_is_refused_is_offered_in_money_and_its_value_is_free_again() -> None:
    known = inspected(wish(**COUPON)).perform("issue_coupon", state="refused", reason="closed")
    assert known.ledger is not None
    assert [one.state for one in known.ledger.reservations.values()] == ["released"]
    assert known.last(OfferMade).if_silent == "accepted"
    known = known.settle().wait(until=known.step("answer_offer").due_at).settle()
    assert known.last(ReturnCompleted).paid_minor == SHIRT_MINOR


def test_a_rejected_unit_brings_no_coupon() -> None:
    known = arrived(wish("2", **COUPON))
    known = known.when(inspection(known, seen("2/1", serial="SN-9"))).settle()
    assert known.count("CouponPlanned") == 0
    assert known.headline is Headline.COMPLETED


# ── Repairs ───────────────────────────────────────────────────────────────────────────────


def test_a_repair_is_ordered_done_and_sent_back_and_nothing_is_paid() -> None:
    known = inspected(wish("2", **MENDED)).settle()
    step = known.step("repair")
    assert (step.actor, step.due_at) == (Actor.WAREHOUSE, known.now + timedelta(days=21))
    known = known.later(days=4)
    known = known.when(repaired(known, "2/1"), repaired(known, "2/1", "failed")).settle()
    moves = [event.type for event in known.events]
    order = ["RepairStarted", "RepairCompleted", "DispositionDecided", "GoodsSentBack"]
    assert [move for move in moves if move in order] == order
    assert (known.last(ReturnCompleted).paid_minor, promised_minor(known.state)) == (0, 0)


def test_what_a_cheaper_article_would_have_left_is_not_paid_beside_a_repair() -> None:
    known = arrived(exchange(price=3_000))
    assert promised_minor(known.state) > 0
    offered = by_staff(
        c.Override, units=("1/1",), resolution=Resolution.REPAIR, because="or mended"
    )
    known = known.when(offered)
    known = known.when(accept(known))
    assert promised_minor(known.state) == 0
    known = known.when(inspection(known)).settle()
    assert (known.count("RepairStarted"), known.count("PayoutPlanned")) == (1, 0)


def test_a_repair_that_fails_is_offered_in_money_and_the_goods_go_by_their_grade() -> None:
    known = inspected(wish("2", **MENDED)).settle()
    known = known.when(repaired(known, "2/1", "failed", note="the board is broken"))
    assert known.last(OfferMade).resolution is Resolution.REFUND_ORIGINAL
    known = known.when(accept(known)).settle()
    assert known.last(ReturnCompleted).paid_minor == PHONE_MINOR
    assert known.state.units["2/1"].disposition is Disposition.RESTOCK


def test_a_repair_that_nobody_takes_on_can_be_ordered_again_when_money_is_not_wanted() -> None:
    known = inspected(wish("2", **MENDED)).perform("order_repair", repair_ref="")
    first = known.last(OfferMade)
    known = known.when(decline(known)).settle()
    concern = known.step("settle_concern").subject
    assert concern == f"offer:{first.offer_id}"
    known = known.when(by_staff(c.Override, settles=concern, because="another workshop"))
    assert known.step("order_repair").id == "repair:2/1:2"
    known = known.settle()
    known = known.when(repaired(known, "2/1")).settle()
    assert known.headline is Headline.COMPLETED


def test_a_late_repair_is_a_persons_to_look_at() -> None:
    known = inspected(wish("2", **MENDED)).settle()
    known = known.wait(until=known.step("repair").due_at)
    assert known.step("settle_concern").actor is Actor.MERCHANT


def test_a_unit_lost_on_its_way_to_be_repaired_is_offered_in_money() -> None:
    known = under_way(wish("2", **MENDED)).later(days=2)
    known = known.when(scan(known, status="lost")).settle()
    assert known.last(OfferMade).resolution is Resolution.REFUND_ORIGINAL
    known = known.when(accept(known)).settle()
    assert known.last(ReturnCompleted).paid_minor == PHONE_MINOR


# ── One answer for each unit ──────────────────────────────────────────────────────────────


def test_what_is_paid_is_offered_no_second_answer() -> None:
    known = inspected().settle()
    coupon = by_staff(c.Override, units=("1/1",), because="a gift", resolution=Resolution.COUPON)
    known.refuses(coupon, "already_resolved")


def test_an_offer_for_a_unit_that_is_paid_meanwhile_lapses() -> None:
    known = arrived().when(
        by_staff(c.Override, units=("1/1",), because="rather", resolution=Resolution.COUPON)
    )
    known = known.when(inspection(known))
    assert known.count("OfferLapsed") == 1
    known.refuses(accept(known), "offer_answered")
    assert known.last(PayoutPlanned).amount_minor == SHIRT_MINOR - LABEL_FEE


def test_a_resolution_that_is_not_one_to_offer_is_refused_by_name() -> None:
    known = labelled()
    for resolution in (Resolution.EXCHANGE, Resolution.KEEP_ITEM):
        other = ask(c.Override, by=staff(2), units=("1/1",), because="so", resolution=resolution)
        known.refuses(other, "resolution_not_offered")


def test_a_coupon_of_another_amount_is_never_believed() -> None:
    other = Money(amount_minor=SHIRT_MINOR, currency="EUR")
    known = inspected(wish(**COUPON)).perform("issue_coupon", amount=other).settle()
    concern = known.step("settle_concern").subject
    assert (known.state.concerns[concern].what, known.count("CouponIssued")) == (
        "amount_differs",
        0,
    )
    known = known.when(by_staff(c.Override, settles=concern, because="they have mended it"))
    assert known.settle().count("CouponIssued") == 1
