"""Goods instead of money: held, sent, or not to be had."""

from datetime import datetime, timedelta

from domain.orders.caps import room
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events import OfferMade, ReturnCompleted
from domain.returns.money.promising import paid_minor, promised_minor
from domain.words import Actor, Grade, Headline, Resolution
from tests.domain.returns.scenario import A_SECOND, Scenario
from tests.domain.returns.shop import SHIRT_MINOR
from tests.domain.returns.story import (
    ask,
    by_staff,
    counted_all,
    exchange,
    inspection,
    opened,
    receipt,
    scan,
    seen,
    staff,
    wish,
)


def _here(known: Scenario) -> Scenario:
    """Sent, counted; what else is ours to do is done."""
    known = known.settle(but=["reserve", "order_replacement"]).later(days=1)
    known = known.when(scan(known), receipt(known, counted_all(known.state)))
    return known.settle(but=["reserve", "order_replacement"])


def _life(known: Scenario, unit: str = "1/1") -> str:
    goods = known.state.units[unit].replacement
    return goods.life if goods else ""


def _held_until(known: Scenario) -> datetime:
    goods = known.state.units["1/1"].replacement
    assert goods is not None
    assert goods.hold_until is not None
    return goods.hold_until


def _out_of_stock() -> Scenario:
    """Held for nobody: when it is to be sent, there is none left."""
    known = _here(opened(exchange()).perform("reserve"))
    known = known.when(inspection(known))
    return known.perform("order_replacement", order_ref="").settle()


def test_an_exchange_is_held_at_approval_and_sent_after_the_verdict() -> None:
    known = opened(exchange()).perform("reserve")
    assert (_life(known), promised_minor(known.state)) == ("reserved", 0)
    known = _here(known)
    assert "order_replacement" not in known.actions
    known = known.when(inspection(known)).settle()
    assert (_life(known), known.headline, paid_minor(known.state)) == ("ordered", "completed", 0)
    sent = c.ReportReplacement(message_id="sent", occurred_at=known.now, order_ref="ord_1/1")
    known = known.when(sent)
    assert (_life(known), known.when(sent).news) == ("shipped", ())


def test_what_is_given_in_goods_counts_against_the_order() -> None:
    known = _here(opened(exchange()).perform("reserve"))
    known = known.when(inspection(known)).settle()
    assert known.ledger is not None
    assert room(known.ledger).parts["unit:1:1"] == 0
    assert known.ledger.order.captured_minor - room(known.ledger).order_minor == SHIRT_MINOR


def test_a_replacement_of_the_same_article_goes_the_same_way() -> None:
    known = _here(opened(wish(resolution=Resolution.REPLACEMENT)).perform("reserve"))
    known = known.when(inspection(known)).settle()
    assert known.last(ReturnCompleted).paid_minor == 0
    assert _life(known) == "ordered"


def test_stock_that_is_held_is_free_again_when_the_unit_is_rejected() -> None:
    known = _here(opened(exchange()).perform("reserve"))
    known = known.when(inspection(known, seen(grade=Grade.UNSALVAGEABLE))).settle()
    assert (_life(known), known.headline) == ("released", "completed")


def test_stock_that_is_held_is_free_again_when_the_return_is_cancelled() -> None:
    known = opened(exchange()).perform("reserve").when(ask(c.Cancel)).settle()
    assert (_life(known), known.headline, known.actions) == (
        "released",
        "cancelled",
        ["answer_void"] if known.state.labels else [],
    )


def test_out_of_stock_and_the_offer_of_money_accepted() -> None:
    known = _out_of_stock()
    offer = known.step("answer_offer")
    assert offer.actor is Actor.CUSTOMER
    known = known.when(ask(c.AcceptOffer, offer_id=offer.subject)).settle()
    assert (known.headline, paid_minor(known.state)) == ("completed", SHIRT_MINOR)
    known.refuses(ask(c.AcceptOffer, offer_id=offer.subject), "offer_answered")


def test_an_article_that_was_ordered_after_all_is_not_paid_for_besides() -> None:
    known = _out_of_stock()
    offer = known.step("answer_offer").subject
    known = known.when(n.NoteReplacement(unit="1/1", order_ref="ord_1/1")).settle()
    assert (known.count("OfferLapsed"), known.headline) == (1, "completed")
    known.refuses(ask(c.AcceptOffer, offer_id=offer), "offer_answered")
    assert paid_minor(known.state) == 0


def test_of_two_offers_for_one_unit_only_one_can_be_taken() -> None:
    coupon = ask(
        c.Override,
        by=staff(2),
        units=("1/1",),
        because="for the trouble",
        resolution=Resolution.COUPON,
    )
    known = opened(exchange()).when(coupon)
    [first] = known.state.offers
    known = known.perform("reserve", reservation_ref="")
    instead = next(key for key in known.state.offers if key != first)
    known = known.when(ask(c.AcceptOffer, offer_id=first))
    known.refuses(ask(c.AcceptOffer, offer_id=instead), "offer_answered")


def test_out_of_stock_and_the_offer_declined_stays_open_until_there_is_an_answer() -> None:
    known = _out_of_stock()
    offer = known.step("answer_offer").subject
    known = known.when(ask(c.DeclineOffer, offer_id=offer, because="I want the shirt"))
    concern = known.step("settle_concern").subject
    known = known.when(by_staff(c.Override, settles=concern, because="there is one in the shop"))
    assert known.actions == ["order_replacement"]
    known = known.perform("order_replacement").settle()
    assert (_life(known), known.headline, paid_minor(known.state)) == ("ordered", "completed", 0)


def test_out_of_stock_once_more_is_offered_once_more() -> None:
    known = _out_of_stock()
    offer = known.step("answer_offer").subject
    known = known.when(ask(c.DeclineOffer, offer_id=offer))
    concern = known.step("settle_concern").subject
    known = known.when(by_staff(c.Override, settles=concern, because="we look again"))
    known = known.perform("order_replacement", order_ref="").settle()
    again = known.step("answer_offer").subject
    assert again != offer
    known = known.when(ask(c.AcceptOffer, offer_id=again)).settle()
    assert (known.headline, paid_minor(known.state)) == ("completed", SHIRT_MINOR)


def test_out_of_stock_and_nobody_answers_then_the_offer_holds() -> None:
    known = _out_of_stock()
    by = known.last(OfferMade).answer_by
    assert by == known.now + timedelta(days=5)
    known = known.wait(until=by - A_SECOND)
    assert known.count("OfferAccepted") == 0
    known = known.wait(until=by).settle()
    assert (known.headline, paid_minor(known.state)) == ("completed", SHIRT_MINOR)


def test_nothing_to_hold_at_approval_is_offered_at_once() -> None:
    known = opened(exchange()).perform("reserve", reservation_ref="").settle()
    known = known.when(ask(c.AcceptOffer, offer_id=known.step("answer_offer").subject))
    assert promised_minor(known.state) == SHIRT_MINOR
    known = _here(known)
    known = known.when(inspection(known, seen(grade=Grade.USED))).settle()
    assert (known.headline, paid_minor(known.state)) == ("completed", SHIRT_MINOR * 70 // 100)


def test_an_exchange_beside_a_refund_is_one_return() -> None:
    known = _here(opened(exchange(), wish("3")).perform("reserve"))
    known = known.when(inspection(known)).settle()
    assert known.headline is Headline.COMPLETED
    assert paid_minor(known.state) == promised_minor(known.state)


def test_stock_is_held_anew_before_it_is_free_where_the_way_back_takes_long() -> None:
    known = opened(exchange()).settle().later(days=10)
    known = known.when(scan(known)).settle()
    until = _held_until(known)
    known = known.wait(until=until - timedelta(days=1)).settle()
    assert (known.count("ReservationEnding"), _life(known)) == (1, "reserved")
    again = _held_until(known)
    assert again > until


def test_stock_that_is_gone_when_it_is_to_be_held_anew_is_offered_otherwise() -> None:
    known = opened(exchange()).settle().later(days=10)
    known = known.when(scan(known)).settle()
    until = _held_until(known)
    known = known.wait(until=until - timedelta(days=1)).perform("release_reservation")
    known = known.perform("reserve", reservation_ref="").settle()
    assert (_life(known), known.count("OfferMade")) == ("unavailable", 1)
