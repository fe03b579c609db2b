"""A customer's bank speaks, in any order: payouts wait, go on, or come to their end."""

from dataclasses import replace

from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events import (
    PayoutHeld,
    QuoteAdjusted,
    ReturnCompleted,
)
from domain.returns.money.promising import paid_minor, promised_minor
from domain.words import Grade, MoneyState
from tests.domain.returns.scenario import CUSTOMER, Scenario
from tests.domain.returns.shop import (
    GIFT_CARD_MINOR,
    LABEL_FEE,
    LAMP_MINOR,
    PHONE_MINOR,
    TOTAL_MINOR,
)
from tests.domain.returns.story import (
    arrived,
    ask,
    by_staff,
    chargeback,
    inspected,
    inspection,
    seen,
    staff,
    the,
    wish,
)


def _phone() -> tuple[Scenario, str]:
    known = inspected(wish("2"))
    return known, next(
        p.instruction_id for p in known.state.payouts.values() if p.tender_id == "card"
    )


def test_a_chargeback_that_is_first_heard_of_when_it_is_lost_holds_the_payout() -> None:
    known, card = _phone()
    known = known.when(chargeback("lost", amount_minor=1_000))
    assert known.state.payouts[card].state is MoneyState.HELD
    assert known.state.payouts[card].reason == "chargeback"
    before = known
    assert before.when(chargeback("opened", amount_minor=1_000)).news == ()


def test_a_chargeback_that_is_won_before_it_is_opened_holds_nothing() -> None:
    known, card = _phone()
    known = known.when(chargeback("won"), chargeback("opened"))
    assert known.state.payouts[card].state is MoneyState.PLANNED


def test_a_payout_planned_while_a_bank_disputes_its_payment_is_held_from_the_start() -> None:
    known = arrived(wish("2")).when(chargeback("opened"))
    known = known.when(inspection(known))
    assert known.last(PayoutHeld).reason == "chargeback"


def test_what_a_lost_chargeback_leaves_no_room_for_ends_as_paid_by_the_bank() -> None:
    known, card = _phone()
    amount = known.state.payouts[card].amount_minor
    on_card = TOTAL_MINOR - GIFT_CARD_MINOR
    known = known.when(chargeback("lost", amount_minor=on_card - amount + 300))
    adjusted = known.last(QuoteAdjusted)
    assert (adjusted.reason, adjusted.amount_minor) == ("paid_by_the_bank", -300)
    assert known.state.payouts[card].state is MoneyState.CANCELLED
    rest = the(known, "held")
    assert known.state.payouts[rest].amount_minor == amount - 300
    known = known.when(by_staff(c.ReleasePayout, instruction_id=rest, because="owed all the same"))
    known = known.settle()
    promised = PHONE_MINOR - 4_000 - LABEL_FEE - 300
    assert known.last(ReturnCompleted).paid_minor == promised_minor(known.state) == promised


def test_what_is_held_after_a_lost_chargeback_is_written_off_by_two_people_with_a_reason() -> None:
    known, card = _phone()
    amount = known.state.payouts[card].amount_minor
    known = known.when(chargeback("lost", amount_minor=1_000)).settle()
    off = {"instruction_id": card, "because": "the bank gave it for this very phone"}
    known = known.when(ask(c.WriteOffPayout, by=staff(2), **off)).then_moves("PayoutApproved")
    known.refuses(ask(c.WriteOffPayout, by=staff(2), **off), "same_person_twice")
    known = known.when(ask(c.WriteOffPayout, by=staff(3), **off)).settle()
    assert known.state.payouts[card].state is MoneyState.CANCELLED
    adjusted = [e for e in known.events if isinstance(e, QuoteAdjusted)]
    assert [(e.reason, e.amount_minor) for e in adjusted] == [("written_off", -amount)]
    assert known.ledger is not None
    assert known.ledger.reservations[card].state == "released"
    assert (known.headline, paid_minor(known.state)) == ("completed", GIFT_CARD_MINOR)


def test_what_was_written_off_is_not_brought_back_by_a_dispute_beyond_its_difference() -> None:
    known = arrived(wish("3"))
    known = known.when(inspection(known, seen("3/1", Grade.USED)))
    known = known.perform("pay_out", state="failed", reason="closed")
    key = next(iter(known.state.payouts))
    for number in (2, 3):
        off = ask(c.WriteOffPayout, by=staff(number), instruction_id=key, because="they are even")
        known = known.when(off)
    known = known.settle().when(ask(c.Dispute, unit="3/1", because="as new"))
    known = known.when(by_staff(c.ResolveDispute, unit="3/1", outcome="upheld", because="so"))
    assert known.settle().last(ReturnCompleted).paid_minor == LAMP_MINOR - LAMP_MINOR * 7 // 10


def test_a_later_word_of_the_bank_overrules_an_earlier_one_whichever_comes_first() -> None:
    known, card = _phone()
    won = chargeback("won")
    lost = chargeback("lost").model_copy(update={"occurred_at": known.now})
    for news in ((won, lost), (lost, won)):
        told = known.when(*news)
        assert told.state.payouts[card].state is MoneyState.HELD


def test_a_customer_takes_nothing_past_the_bank_that_disputes_it() -> None:
    known, card = _phone()
    known = known.when(chargeback("opened", amount_minor=1_000))
    for destination in ("gift_card", "store_credit"):
        past = ask(c.ChoosePayout, by=CUSTOMER, instruction_id=card, destination=destination)
        known.refuses(past, "staff_only")
    assert known.state.payouts[card].state is MoneyState.HELD


def test_what_another_return_heard_of_the_bank_holds_a_payout_before_it_is_sent() -> None:
    known, card = _phone()
    told = known.when(chargeback("opened", amount_minor=1_000))
    known = replace(known, ledger=told.ledger)  # the order knows, this return was not told
    known = known.when(n.NotePayoutUncovered(instruction_id=card))
    assert known.last(PayoutHeld).reason == "chargeback"
