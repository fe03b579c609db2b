"""A bill whose return ends, or whose unit is judged otherwise: what was paid, and was not."""

from domain.returns import commands as c
from domain.returns.events import QuoteAdjusted, QuoteIssued
from domain.returns.money.promising import paid_minor, promised_minor
from domain.words import Grade, Headline, Reason
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
from tests.domain.returns.shop import LABEL_FEE, LAMP_MINOR, SHIRT_MINOR
from tests.domain.returns.story import (
    ask,
    bill_of,
    by_staff,
    chargeback,
    exchange,
    inspection,
    opened,
    paid_bill,
    seen,
)

# ── The return ends, or the verdict is another ────────────────────────────────────────────


def test_a_cancelled_return_calls_its_bill_off() -> None:
    known = billed().when(ask(c.Cancel)).settle()
    assert (bill_of(known).state, known.headline) == (BillState.CANCELLED, Headline.CANCELLED)
    assert (lives(known), known.count("OfferMade")) == (["released"], 0)


def test_a_cancelled_return_gives_back_what_was_paid() -> None:
    known = paid().when(ask(c.Cancel)).settle()
    assert (refunded_to_bill(known), paid_minor(known.state)) == (BILLED, BILLED)
    assert known.headline is Headline.CANCELLED


def test_an_expired_return_gives_back_what_was_paid() -> None:
    known = paid().wait(until=opened().last(QuoteIssued).occurred_at.replace(month=4)).settle()
    assert (known.headline, refunded_to_bill(known)) == (Headline.EXPIRED, BILLED)


def test_a_bill_that_was_never_sent_is_called_off_before_it_is() -> None:
    known = opened(exchange(price=DEAR)).perform("reserve").when(ask(c.Cancel))
    assert "send_bill" not in known.actions
    assert "cancel_bill" in known.actions
    assert bill_of(known.settle()).state is BillState.CANCELLED


def test_a_unit_that_is_rejected_gives_the_difference_back_and_the_used_label_stays_paid() -> None:
    known = here(paid())
    known = known.when(inspection(known, seen(grade=Grade.UNSALVAGEABLE))).settle()
    assert (lives(known), refunded_to_bill(known)) == (["released"], DIFFERENCE)
    assert known.headline is Headline.COMPLETED


def test_a_rejected_unit_that_is_disputed_with_success_is_billed_anew_and_sent() -> None:
    known = here(paid())
    known = known.when(inspection(known, seen(grade=Grade.UNSALVAGEABLE))).settle()
    known = known.when(ask(c.Dispute, unit="1/1", because="it was new")).settle()
    assert len(known.state.bills) == 1
    known = known.when(
        by_staff(c.ResolveDispute, unit="1/1", outcome="upheld", because="it was")
    ).settle()
    assert bill_of(known).amount_minor == DIFFERENCE
    known = known.when(paid_bill(known)).settle()
    assert (lives(known), known.headline) == (["ordered"], Headline.COMPLETED)


def test_what_a_deduction_would_add_to_the_price_is_the_merchants() -> None:
    known = here(paid())
    known = known.when(inspection(known, seen(grade=Grade.USED))).settle()
    assert (known.count("BillPlanned"), lives(known)) == (1, ["ordered"])
    assert known.state.units["1/1"].borne_minor == SHIRT_MINOR - SHIRT_MINOR * 70 // 100
    assert (known.headline, paid_minor(known.state)) == (Headline.COMPLETED, 0)


def test_a_deduction_takes_from_what_a_cheaper_article_leaves_and_nothing_more() -> None:
    known = here(opened(exchange(price=3_900, reason=Reason.DEFECTIVE)).settle())
    assert promised_minor(known.state) == SHIRT_MINOR - 4_641
    known = here(opened(exchange(price=3_900)).settle())
    known = known.when(inspection(known, seen(grade=Grade.USED))).settle()
    assert (known.headline, paid_minor(known.state)) == (Headline.COMPLETED, 0)
    change = next(x for x in known.events if isinstance(x, QuoteAdjusted))
    assert (change.key, change.reason) == ("1/1", "accepted_with_deduction")
    assert known.state.units["1/1"].borne_minor == 4_641 - SHIRT_MINOR * 70 // 100


def test_a_reason_found_to_be_the_merchants_gives_the_billed_label_back() -> None:
    known = here(paid())
    known = known.when(inspection(known, seen(found_reason=Reason.DEFECTIVE))).settle()
    assert (lives(known), refunded_to_bill(known)) == (["ordered"], LABEL_FEE)
    assert known.headline is Headline.COMPLETED


def test_one_of_two_that_is_rejected_gives_its_own_share_back() -> None:
    known = here(paid(exchange(price=DEAR), exchange("3", sku="LAMP-XL", price=7_000)))
    known = known.when(inspection(known, seen("1/1"), seen("3/1", Grade.UNSALVAGEABLE))).settle()
    assert lives(known) == ["ordered", "released"]
    assert refunded_to_bill(known) == 8_330 - LAMP_MINOR


def test_money_that_the_bank_takes_back_from_a_bill_counts_against_it() -> None:
    known = paid()
    taken = chargeback(payment_ref=bill_of(known).payment_ref, amount_minor=BILLED)
    known = known.when(taken).when(ask(c.Cancel)).settle()
    (held,) = known.state.payouts.values()
    assert (held.state, held.reason) == ("held", "shortfall")
