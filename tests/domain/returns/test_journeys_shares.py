"""A share of the money, and the goods are kept: offered, accepted, or otherwise."""

from domain.returns import commands as c
from domain.returns.events import (
    OfferMade,
    ReturnCompleted,
)
from domain.returns.money.promising import paid_minor
from domain.words import Actor, Disposition, Headline, Method, Reason, Resolution
from tests.domain.returns.resolving import PARTLY, SHARE, accept, decline
from tests.domain.returns.shop import LABEL_FEE, LAMP_MINOR, SHIRT_MINOR
from tests.domain.returns.story import (
    ask,
    by_staff,
    counted,
    inspection,
    labelled,
    opened,
    receipt,
    scan,
    seen,
    under_way,
    wish,
)


def test_a_share_is_offered_by_the_policy_and_paid_when_the_customer_accepts() -> None:
    known = opened(wish(reason=Reason.DEFECTIVE, **PARTLY)).settle()
    offer = known.last(OfferMade)
    assert (offer.share_bp, offer.amount_minor, known.state.parcels) == (3_000, SHARE, {})
    assert known.step("answer_offer").actor is Actor.CUSTOMER
    assert known.state.quote is not None
    assert known.state.quote.total_minor == SHARE
    known = known.when(accept(known)).settle()
    assert known.last(ReturnCompleted).paid_minor == SHARE
    known.refuses(ask(c.Dispute, unit="1/1", because="more"), "nothing_to_dispute")


def test_a_share_that_no_rule_names_is_a_persons_to_offer() -> None:
    known = opened(wish(**PARTLY)).settle()
    step = known.step("offer_resolution")
    assert (step.actor, known.count("OfferMade")) == (Actor.MERCHANT, 0)
    known.refuses(
        by_staff(c.Override, units=("1/1",), because="so", resolution=Resolution.PARTIAL_REFUND),
        "share_missing",
    )
    known = known.when(by_staff(c.Override, units=("1/1",), because="a stain", share_bp=5_000))
    known.refuses(by_staff(c.AcceptOffer, offer_id=known.last(OfferMade).offer_id), "customer_only")
    known = known.when(accept(known)).settle()
    assert known.last(ReturnCompleted).paid_minor == SHIRT_MINOR // 2


def test_silence_to_a_share_is_no_yes_and_the_merchant_has_the_next_word() -> None:
    known = opened(wish(reason=Reason.DEFECTIVE, **PARTLY)).settle()
    known = known.wait(until=known.step("answer_offer").due_at)
    assert known.count("OfferLapsed") == 1
    assert known.step("offer_resolution").actor is Actor.MERCHANT
    more = by_staff(c.Override, units=("1/1",), because="more", share_bp=4_000)
    known = known.when(more)
    known = known.when(accept(known)).settle()
    assert paid_minor(known.state) == -(-SHIRT_MINOR * 4_000 // 10_000)


def test_a_share_declined_becomes_an_ordinary_refund_with_a_parcel_if_so_agreed() -> None:
    known = opened(wish(reason=Reason.DEFECTIVE, **PARTLY)).settle()
    known = known.when(decline(known))
    back = by_staff(
        c.Override, units=("1/1",), because="then send it", resolution=Resolution.REFUND_ORIGINAL
    )
    known = known.when(back)
    known = known.when(accept(known))
    assert known.state.parcels["P1"].method is Method.DROP_OFF_LABEL
    concern = known.step("settle_concern").subject
    known = known.when(by_staff(c.Override, settles=concern, because="agreed")).settle()
    known = known.later(days=2).when(scan(known), receipt(known, [counted()])).settle()
    known = known.when(inspection(known)).settle()
    assert known.last(ReturnCompleted).paid_minor == SHIRT_MINOR


def test_a_unit_that_is_kept_for_a_share_is_not_waited_for_in_the_parcel_of_the_others() -> None:
    lamp = wish("3", reason=Reason.DEFECTIVE, **PARTLY)
    known = opened(wish("1"), lamp).settle()
    known = known.when(accept(known)).settle().later(days=1)
    known = known.when(scan(known), receipt(known, [counted()])).settle()
    known = known.when(inspection(known, seen("1/1"))).settle()
    share = -(-LAMP_MINOR * 3_000 // 10_000)
    assert known.last(ReturnCompleted).paid_minor == SHIRT_MINOR - LABEL_FEE + share


def test_goods_that_are_kept_for_a_share_and_come_all_the_same_go_back_to_the_customer() -> None:
    lamp = wish("3", reason=Reason.DEFECTIVE, **PARTLY)
    known = opened(wish("1"), lamp).settle()
    known = known.when(accept(known)).settle().later(days=1)
    known = known.when(scan(known), receipt(known, [counted(), counted("LAMP")])).settle()
    assert known.state.units["3/1"].disposition is Disposition.RETURN_TO_CUSTOMER
    known = known.when(inspection(known, seen("1/1"))).settle()
    assert (known.headline, known.count("GoodsSentBack")) == (Headline.COMPLETED, 1)


def test_what_is_on_its_way_cannot_be_kept_for_a_share() -> None:
    known = under_way(wish(reason=Reason.DEFECTIVE))
    share = by_staff(c.Override, units=("1/1",), because="keep it", share_bp=1_000)
    known.refuses(share, "not_with_the_customer")


def test_a_share_offered_while_the_goods_are_at_home_lapses_when_they_leave() -> None:
    known = labelled(wish(reason=Reason.DEFECTIVE))
    known = known.when(by_staff(c.Override, units=("1/1",), because="keep it", share_bp=1_000))
    known = known.later(days=1)
    known = known.when(scan(known))
    assert known.count("OfferLapsed") == 1
    known.refuses(accept(known), "offer_answered")


def test_a_share_accepted_before_the_parcel_leaves_gives_its_label_back() -> None:
    known = labelled(wish(reason=Reason.DEFECTIVE))
    known = known.when(by_staff(c.Override, units=("1/1",), because="keep it", share_bp=1_000))
    known = known.when(accept(known))
    assert known.count("LabelVoidRequested") == 1
    assert paid_minor(known.settle().state) == SHIRT_MINOR // 10


def test_one_unit_kept_whole_by_a_persons_leave_and_another_sent_back() -> None:
    kept = wish("3", reason=Reason.DEFECTIVE, resolution=Resolution.KEEP_ITEM)
    known = opened(wish("1"), kept)
    assert known.headline is Headline.IN_REVIEW
    known = known.when(by_staff(c.Approve, because="fine")).settle()
    assert paid_minor(known.state) == LAMP_MINOR - LABEL_FEE
    known = known.later(days=1).when(scan(known), receipt(known, [counted()])).settle()
    known = known.when(inspection(known, seen("1/1"))).settle()
    assert known.last(ReturnCompleted).paid_minor == LAMP_MINOR + SHIRT_MINOR - LABEL_FEE


def test_the_part_of_a_cent_that_does_not_divide_is_the_customers() -> None:
    """A third of 47.60 is 15.866…: offered, quoted and paid as 15.87."""
    known = opened(wish(**PARTLY)).settle()
    known = known.when(by_staff(c.Override, units=("1/1",), because="a stain", share_bp=3_333))
    known = known.when(accept(known)).settle()
    assert known.state.quote is not None
    assert known.state.quote.total_minor == 1_587
    assert known.last(ReturnCompleted).paid_minor == 1_587
    assert known.count("QuoteAdjusted") == 0
