"""A dearer article: billed once, paid before it is sent, and given back where it is not."""

from domain.orders.caps import room
from domain.orders.events import PaymentCollected
from domain.returns import commands as c
from domain.returns.events import OfferMade, PayoutPlanned
from domain.returns.events.bills import BillPlanned, BillSent
from domain.returns.money.promising import paid_minor, promised_minor
from domain.returns.shown.status import status_of
from domain.words import Actor, Headline, Resolution
from domain.words_of_money import BillState
from tests.domain.returns.exchanges import (
    BILLED,
    DEAR,
    DIFFERENCE,
    billed,
    here,
    lives,
    paid,
    refunded_to_bill,
)
from tests.domain.returns.scenario import A_SECOND
from tests.domain.returns.shop import LABEL_FEE, LAMP_MINOR, SHIRT_MINOR
from tests.domain.returns.story import (
    ask,
    bill_of,
    by_staff,
    exchange,
    hint,
    inspection,
    opened,
    paid_bill,
)

# ── The bill ──────────────────────────────────────────────────────────────────────────────


def test_the_customer_is_asked_once_for_all_of_it_when_stock_is_held_for_every_unit() -> None:
    known = opened(exchange(price=DEAR), exchange("3", sku="LAMP-XL", price=7_000))
    known = known.perform("buy_label")
    first = next(step for step in known.steps if step.action == "reserve")
    assert known.count("BillPlanned") == 0
    known = known.perform("reserve")
    planned = known.last(BillPlanned)
    assert known.count("BillPlanned") == 1
    assert [(part.key, part.amount_minor) for part in planned.parts] == [
        ("1/1", DIFFERENCE),
        ("3/1", 8_330 - LAMP_MINOR),
        ("label_fee", LABEL_FEE),
    ]
    assert first.id not in [step.id for step in known.steps]


def test_the_link_is_sent_and_it_is_the_customers_turn_until_a_day_that_is_said() -> None:
    known = billed()
    step = known.step("pay_bill")
    assert (step.actor, step.due_at) == (Actor.CUSTOMER, bill_of(known).pay_by)
    assert "payment_due" in status_of("acme", "r-1", known.state).flags
    told = next(note for note in known.state.notices.values() if note.template == "payment_due")
    assert told.facts["pay_url"] == known.last(BillSent).url
    assert told.facts["amount"] == "16.80 EUR"


def test_nothing_is_sent_before_it_is_paid() -> None:
    known = here(billed())
    known = known.when(inspection(known)).settle()
    assert (lives(known), known.actions) == (["reserved"], ["pay_bill"])
    known = known.when(paid_bill(known)).settle()
    assert (lives(known), known.headline, paid_minor(known.state)) == (
        ["ordered"], Headline.COMPLETED, 0,
    )  # fmt: skip


def test_what_was_paid_is_a_tender_of_the_order_and_what_was_given_is_taken_from_it() -> None:
    known = paid()
    key = bill_of(known).instruction_id
    collected = next(x for x in known.ledger_events if isinstance(x, PaymentCollected))
    assert (collected.collected_id, collected.amount_minor) == (key, BILLED)
    known = here(known)
    known = known.when(inspection(known)).settle()
    assert known.ledger is not None
    left = room(known.ledger)
    assert (left.parts["unit:1:1"], left.parts[f"collected:{key}"]) == (0, LABEL_FEE)


def test_a_hint_is_followed_by_a_look_and_the_look_is_believed() -> None:
    known = billed()
    key = bill_of(known).instruction_id
    known = known.when(hint(key)).then_moves("BillNewsHeard")
    known = known.perform("look_up_bill").then_moves("BillChecked")
    known = known.when(hint(key))
    known = known.when(paid_bill(known)).then_moves("BillPaid")
    assert "look_up_bill" not in known.actions


def test_an_answer_that_is_lost_is_looked_up_before_it_is_asked_again() -> None:
    known = opened(exchange(price=DEAR)).perform("buy_label", "reserve")
    known = known.perform("send_bill", state="unknown", amount=None)
    assert (bill_of(known).state, known.step("send_bill").summary.split()[0]) == ("unknown", "find")
    assert bill_of(known.perform("send_bill")).state is BillState.OPEN


def test_an_echo_of_another_amount_is_never_believed() -> None:
    known = billed()
    other = paid_bill(known).amount
    assert other is not None
    known = known.when(paid_bill(known, amount=other + other))
    assert (bill_of(known).state, known.count("PaymentCollected")) == (BillState.OPEN, 0)
    assert known.step("settle_concern")


# ── Not paid, too late, gone ──────────────────────────────────────────────────────────────


def test_not_paid_in_time_the_stock_is_set_free_and_the_value_is_offered() -> None:
    known = billed()
    known = known.wait(until=bill_of(known).pay_by - A_SECOND)
    assert known.count("BillWithdrawn") == 0
    known = known.wait(until=bill_of(known).pay_by)
    assert known.count("OfferMade") == 0  # the provider has not said yet that it is off
    known = known.settle()
    assert (bill_of(known).state, lives(known)) == (BillState.CANCELLED, ["released"])
    offer = known.last(OfferMade)
    assert (offer.resolution, offer.instruction_id) == (
        Resolution.REFUND_ORIGINAL, bill_of(known).instruction_id,
    )  # fmt: skip


def test_the_offer_holds_unanswered_and_the_label_is_taken_from_the_refund() -> None:
    known = billed()
    known = known.wait(until=bill_of(known).pay_by).settle()
    known = known.wait(until=known.last(OfferMade).answer_by)
    assert promised_minor(known.state) == SHIRT_MINOR - LABEL_FEE
    known = here(known)
    known = known.when(inspection(known)).settle()
    assert (known.headline, paid_minor(known.state)) == (
        Headline.COMPLETED, SHIRT_MINOR - LABEL_FEE,
    )  # fmt: skip


def test_who_declines_the_offer_and_wants_the_article_is_billed_anew() -> None:
    known = billed()
    known = known.wait(until=bill_of(known).pay_by).settle()
    known = known.when(ask(c.DeclineOffer, offer_id=known.last(OfferMade).offer_id))
    concern = known.step("settle_concern").subject
    known = known.when(by_staff(c.Override, settles=concern, because="they pay now")).settle()
    assert (len(known.state.bills), lives(known)) == (2, ["reserved"])
    known = here(known.when(paid_bill(known)))
    known = known.when(inspection(known)).settle()
    assert (lives(known), known.headline) == (["ordered"], Headline.COMPLETED)


def test_paid_in_the_last_moment_is_paid_in_time() -> None:
    known = billed()
    known = known.wait(until=bill_of(known).pay_by)
    known = known.perform("cancel_bill", state="paid", payment_ref="pi_late").settle()
    assert (known.count("OfferMade"), lives(known)) == (0, ["reserved"])


def test_paid_after_it_was_over_goes_back_to_that_very_payment() -> None:
    known = billed()
    known = known.wait(until=bill_of(known).pay_by).settle()
    known = known.when(paid_bill(known))
    plan = known.last(PayoutPlanned)
    assert (plan.tender_id, plan.amount_minor) == (bill_of(known).instruction_id, BILLED)
    assert plan.payment_ref == bill_of(known).payment_ref
    known = known.settle()
    assert paid_minor(known.state) == BILLED


def test_expired_at_the_providers_is_as_good_as_called_off() -> None:
    known = billed()
    known = known.when(hint(bill_of(known).instruction_id))
    known = known.perform("look_up_bill", state="expired").settle()
    assert (known.count("OfferMade"), lives(known)) == (1, ["released"])


def test_stock_gone_after_payment_gives_all_of_it_back_and_offers_the_value() -> None:
    known = here(paid())
    known = known.when(inspection(known)).perform("order_replacement", order_ref="").settle()
    assert known.count("OfferMade") == 1
    assert refunded_to_bill(known) == BILLED
    known = known.when(ask(c.AcceptOffer, offer_id=known.last(OfferMade).offer_id)).settle()
    assert known.headline is Headline.COMPLETED
    assert paid_minor(known.state) == BILLED + SHIRT_MINOR


def test_nothing_to_hold_is_never_billed() -> None:
    known = opened(exchange(price=DEAR)).perform("reserve", reservation_ref="").settle()
    assert (known.count("BillPlanned"), known.count("OfferMade")) == (0, 1)
