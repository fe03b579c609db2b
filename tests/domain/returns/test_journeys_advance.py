"""Goods sent first: the worth of the old ones kept ready, let go, or taken and given back."""

from datetime import timedelta

from domain.money import Money
from domain.orders.caps import room
from domain.orders.events import PaymentCollected
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.asking.request import ExchangeFor
from domain.returns.events import OfferMade, PayoutPlanned
from domain.returns.events.holds import HoldPlanned, HoldTaken
from domain.returns.money.promising import paid_minor
from domain.returns.notes import Seen
from domain.words import Actor, Grade, Headline, Resolution
from domain.words_of_money import HoldState
from tests.domain.returns.exchanges import DEAR, lives
from tests.domain.returns.scenario import A_SECOND, Scenario
from tests.domain.returns.shop import GIFT_CARD_MINOR, SHIRT_MINOR, TOTAL_MINOR, order, tender
from tests.domain.returns.story import (
    ask,
    by_staff,
    counted_all,
    hint,
    hold_of,
    in_advance,
    inspection,
    opened,
    paid_bill,
    receipt,
    scan,
    seen,
    wish,
)

SEVEN = Money(amount_minor=7, currency="EUR")


def _sent_first() -> Scenario:
    """Stock is held, the card too, and the article has left."""
    return opened(in_advance()).settle()


def _here(known: Scenario) -> Scenario:
    """The old goods were sent and counted a day later."""
    known = known.later(days=1)
    return known.when(scan(known), receipt(known, counted_all(known.state))).settle()


def _overdue(known: Scenario) -> Scenario:
    """The day for the old goods has come; holds were renewed meanwhile."""
    for _ in range(10):
        step = next((s for s in known.steps if s.action == "return_goods"), None)
        if step is None:
            return known
        first = min(s.due_at for s in known.steps if not s.performs)
        known = known.wait(until=first)
        known = known.settle(but=["track"])
    raise AssertionError(known.actions)


def _charged() -> Scenario:
    return _overdue(_sent_first()).settle()


def test_the_worth_of_the_unit_is_kept_ready_before_anything_is_sent() -> None:
    known = opened(in_advance()).perform("buy_label", "reserve")
    plan = known.last(HoldPlanned)
    assert (plan.amount_minor, plan.payment_ref) == (SHIRT_MINOR, "pi_card")
    assert "order_replacement" not in known.actions
    known = known.perform("place_hold").perform("order_replacement")
    assert (lives(known), hold_of(known).state) == (["ordered"], HoldState.HELD)


def test_the_old_goods_have_a_day_by_which_they_are_to_be_handed_over() -> None:
    known = _sent_first()
    step = known.step("return_goods")
    assert (step.actor, step.due_at) == (Actor.CUSTOMER, known.now + timedelta(days=14))
    assert "hand_over" not in known.actions


def test_old_goods_that_are_accepted_let_the_hold_go() -> None:
    known = _here(_sent_first())
    known = known.when(inspection(known)).settle()
    assert (hold_of(known).state, known.headline) == (HoldState.RELEASED, Headline.COMPLETED)
    assert (paid_minor(known.state), known.count("HoldTaken")) == (0, 0)


def test_a_dearer_article_is_paid_for_before_the_hold_is_placed() -> None:
    wanted = ExchangeFor(sku="SHIRT-L", unit_price_minor=DEAR)
    known = opened(in_advance(exchange_for=wanted)).settle()
    assert (known.count("HoldPlanned"), known.actions.count("pay_bill")) == (0, 1)
    known = known.when(paid_bill(known)).settle()
    assert (lives(known), hold_of(known).state) == (["ordered"], HoldState.HELD)


def test_a_hold_that_is_refused_leads_to_the_offer_of_a_plain_exchange() -> None:
    known = opened(in_advance()).perform("reserve")
    known = known.perform("place_hold", state="refused", reason="insufficient_funds").settle()
    offer = known.last(OfferMade)
    assert (offer.kind, offer.resolution) == ("hold_refused", Resolution.EXCHANGE)
    assert lives(known) == ["reserved"]
    known = known.when(ask(c.AcceptOffer, offer_id=offer.offer_id)).settle()
    assert (lives(known), "place_hold" in known.actions) == (["reserved"], False)
    known = _here(known)
    known = known.when(inspection(known)).settle()
    assert (lives(known), known.headline) == (["ordered"], Headline.COMPLETED)


def test_who_wants_it_in_advance_all_the_same_is_asked_for_a_hold_anew() -> None:
    known = opened(in_advance()).perform("reserve")
    known = known.perform("place_hold", state="requires_action").settle()
    known = known.when(ask(c.DeclineOffer, offer_id=known.last(OfferMade).offer_id))
    concern = known.step("settle_concern").subject
    known = known.when(by_staff(c.Override, settles=concern, because="their bank allows it"))
    known = known.settle()
    assert (len(known.state.holds), lives(known)) == (2, ["ordered"])


def test_without_a_card_a_plain_exchange_is_offered_at_once() -> None:
    paid = (tender("gift", "gift_card", GIFT_CARD_MINOR),
            tender("cash", "cash", TOTAL_MINOR - GIFT_CARD_MINOR))  # fmt: skip
    known = opened(in_advance(), snapshot=order(tenders=paid)).settle()
    assert (known.count("HoldPlanned"), known.last(OfferMade).kind) == (0, "hold_refused")


def test_a_return_whose_article_was_sent_cannot_be_cancelled() -> None:
    _sent_first().refuses(ask(c.Cancel), "already_sent")


def test_before_it_is_sent_a_cancelled_return_lets_the_hold_go() -> None:
    known = opened(in_advance()).perform("reserve", "place_hold").when(ask(c.Cancel)).settle()
    assert (hold_of(known).state, lives(known)) == (HoldState.RELEASED, ["released"])


def test_a_hold_is_placed_anew_before_the_bank_lets_it_lapse() -> None:
    known = _sent_first()
    first = hold_of(known)
    known = known.wait(until=first.since + timedelta(days=6) - A_SECOND)
    assert len(known.state.holds) == 1
    known = known.wait(until=first.since + timedelta(days=6)).settle()
    assert known.last(HoldPlanned).replaces == first.instruction_id
    states = [hold.state for hold in known.state.holds.values()]
    assert states == [HoldState.RELEASED, HoldState.HELD]


def test_a_hold_that_cannot_be_placed_anew_goes_to_a_person() -> None:
    known = _sent_first()
    known = known.wait(until=hold_of(known).since + timedelta(days=6))
    known = known.perform("place_hold", state="refused", reason="card_closed")
    assert known.step("settle_concern").summary.startswith("hold_refused")
    first = next(iter(known.state.holds.values()))
    assert first.state is HoldState.HELD  # as long as the bank keeps it


def test_a_hold_that_the_bank_let_lapse_is_placed_anew_at_once() -> None:
    known = _sent_first()
    known = known.when(hint(hold_of(known).instruction_id))
    known = known.perform("look_up_hold", state="released", reason="expired").settle()
    states = [hold.state for hold in known.state.holds.values()]
    assert states == [HoldState.LAPSED, HoldState.HELD]


# ── The day has come ──────────────────────────────────────────────────────────────────────


def test_nothing_is_taken_before_the_carrier_was_asked() -> None:
    known = _overdue(_sent_first())
    assert (known.count("HoldCalledIn"), "track" in known.actions) == (0, True)
    known = known.perform("track")
    assert known.count("HoldCalledIn") == 1
    assert known.step("take_hold")


def test_a_parcel_that_its_carrier_has_seen_is_waited_for() -> None:
    known = _overdue(_sent_first())
    known = known.perform("track", seen=(Seen(status="scanned", occurred_at=known.now),)).settle()
    assert (known.count("HoldCalledIn"), known.headline) == (0, Headline.IN_TRANSIT)
    known = _here(known)
    known = known.when(inspection(known)).settle()
    assert (hold_of(known).state, known.headline) == (HoldState.RELEASED, Headline.COMPLETED)


def test_goods_that_never_come_are_paid_for() -> None:
    known = _charged()
    assert (known.last(HoldTaken).amount_minor, known.headline) == (
        SHIRT_MINOR, Headline.COMPLETED,
    )  # fmt: skip
    taken = [x for x in known.ledger_events if isinstance(x, PaymentCollected)]
    assert [x.amount_minor for x in taken] == [SHIRT_MINOR]
    assert any(note.template == "hold_taken" for note in known.state.notices.values())
    assert paid_minor(known.state) == 0


def test_a_hold_that_lapsed_before_it_could_be_taken_is_placed_anew_and_taken() -> None:
    known = _overdue(_sent_first()).perform("track")
    known = known.perform("take_hold", state="released", amount=None, reason="expired")
    assert hold_of(known).state is HoldState.PLANNED
    known = known.settle()
    assert (known.count("HoldTaken"), known.headline) == (1, Headline.COMPLETED)


def test_goods_that_turn_up_after_the_charge_give_it_back_to_that_very_payment() -> None:
    known = _charged().later(days=5)
    known = known.when(scan(known)).settle().later(days=1)
    known = known.when(receipt(known, counted_all(known.state))).settle()
    assert known.count("PayoutPlanned") == 0  # nobody has looked at them yet
    known = known.when(inspection(known)).settle()
    plan = known.last(PayoutPlanned)
    assert (plan.tender_id, plan.amount_minor) == (hold_of(known).instruction_id, SHIRT_MINOR)
    assert plan.payment_ref == hold_of(known).taken_ref
    assert (known.headline, paid_minor(known.state)) == (Headline.COMPLETED, SHIRT_MINOR)
    assert known.ledger is not None
    assert room(known.ledger).parts[f"collected:{plan.tender_id}"] == 0


def test_goods_that_turn_up_worthless_after_the_charge_give_nothing_back() -> None:
    known = _charged().later(days=5)
    known = known.when(receipt(known, counted_all(known.state))).settle()
    known = known.when(inspection(known, seen(grade=Grade.UNSALVAGEABLE))).settle()
    assert (known.headline, paid_minor(known.state)) == (Headline.COMPLETED, 0)


# ── The verdict ───────────────────────────────────────────────────────────────────────────


def _rejected(**rules: object) -> Scenario:
    known = _here(opened(in_advance(), rules=dict(rules)).settle())
    return known.when(inspection(known, seen(grade=Grade.UNSALVAGEABLE))).settle()


def test_after_a_rejection_the_customer_may_object_before_anything_is_taken() -> None:
    known = _rejected()
    step = known.step("object")
    assert (step.actor, step.due_at) == (Actor.CUSTOMER, known.now + timedelta(days=3))
    known = known.wait(until=step.due_at).settle()
    assert known.last(HoldTaken).amount_minor == SHIRT_MINOR
    assert known.headline is Headline.COMPLETED


def test_the_policy_says_how_much_of_it_is_taken() -> None:
    known = _rejected(collecting={"rejected_bp": 5_000})
    known = known.wait(until=known.step("object").due_at).settle()
    assert known.last(HoldTaken).amount_minor == SHIRT_MINOR // 2


def test_a_policy_that_takes_nothing_lets_the_hold_go() -> None:
    known = _rejected(collecting={"rejected_bp": 0})
    known = known.wait(until=known.step("object").due_at).settle()
    assert (hold_of(known).state, known.headline) == (HoldState.RELEASED, Headline.COMPLETED)


def test_an_objection_is_decided_before_anything_is_taken() -> None:
    known = _rejected().when(ask(c.Dispute, unit="1/1", because="it was new"))
    assert "object" not in known.actions
    upheld = by_staff(c.ResolveDispute, unit="1/1", outcome="upheld", because="it was")
    won = known.when(upheld).settle()
    assert (hold_of(won).state, won.count("HoldTaken")) == (HoldState.RELEASED, 0)
    denied = by_staff(c.ResolveDispute, unit="1/1", outcome="denied", because="it was not")
    lost = known.when(denied).settle()
    lost = lost.wait(until=lost.step("object").due_at).settle()
    assert lost.last(HoldTaken).amount_minor == SHIRT_MINOR


def test_a_unit_lost_by_the_carrier_is_not_the_customers_to_pay() -> None:
    known = _sent_first().later(days=1)
    known = known.when(scan(known)).when(scan(known.later(days=1), status="lost")).settle()
    assert (hold_of(known).state, known.headline) == (HoldState.RELEASED, Headline.COMPLETED)


def test_an_advance_exchange_beside_a_refund_is_one_return() -> None:
    known = _here(opened(in_advance(), wish("3")).settle())
    known = known.when(inspection(known)).settle()
    assert (known.headline, hold_of(known).state) == (Headline.COMPLETED, HoldState.RELEASED)


def test_an_answer_to_a_hold_that_is_lost_is_looked_up_first() -> None:
    known = opened(in_advance()).perform("reserve")
    known = known.perform("place_hold", state="unknown")
    assert (hold_of(known).state, known.count("HoldPlanned")) == (HoldState.UNKNOWN, 1)
    assert hold_of(known.perform("place_hold")).state is HoldState.HELD


def test_taken_is_believed_only_in_the_amount_that_was_asked_for() -> None:
    known = _overdue(_sent_first()).perform("track")
    key = hold_of(known).instruction_id
    other = n.NoteHold(instruction_id=key, state="taken", payment_ref="pi_x", amount=SEVEN)
    known = known.when(other)
    assert (known.count("HoldTaken"), known.count("Escalated")) == (0, 1)
