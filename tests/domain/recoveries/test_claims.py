"""A claim against a carrier, from the parcel that is gone to the money that is here."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.recoveries import commands as c
from domain.recoveries.decider import decide
from domain.recoveries.lifecycle import RECOVERY
from domain.recoveries.words import RecoveryKey, RecoveryLife
from domain.refusal import Refused
from domain.returns.commands import Who
from tests.domain.recoveries.claims import (
    SHIPPED,
    STAFF,
    WORTH,
    Claim,
    euro,
    facts,
    filed,
    granted,
    opened,
    paid,
)

FOUND = c.RecallRecovery(because="P1 is here after all")
AGAIN = c.OpenRecovery(facts=facts())


def test_a_claim_waits_for_the_first_day_on_which_it_is_taken_and_is_filed_then() -> None:
    claim = opened()
    assert claim.turn == ("system", "wait_to_file")
    assert claim.step.due_at == SHIPPED + timedelta(days=30)
    claim = claim.until_due()
    assert claim.moves == ["RecoveryRipened"]
    assert claim.step.performs == "file_claim"
    claim = claim.when(c.NoteFiled(reference="clm_1"))
    assert claim.turn == ("carrier", "answer")


def test_a_carrier_is_asked_every_week_and_overdue_after_its_time() -> None:
    claim = filed().until_due()
    assert claim.moves == ["RecoveryCheckDue"]
    assert claim.step.performs == "look_up_claim"
    claim = claim.when(c.NoteStanding(state="waiting"))
    assert claim.moves == ["RecoveryChecked"]
    while claim.moves != ["RecoveryCheckDue", "RecoveryOverdue"]:
        claim = claim.when(c.NoteStanding(state="waiting")).until_due()
    assert claim.now >= SHIPPED + timedelta(days=60)


def test_what_was_granted_is_paid_in_parts_that_count_once() -> None:
    claim = granted()
    assert claim.turn == ("carrier", "pay")
    claim = claim.says("book_payment", amount=euro(4_000), reference="w-1")
    assert claim.state.life is RecoveryLife.GRANTED
    assert claim.says("book_payment", amount=euro(4_000), reference="w-1").moves == []
    again = c.BookRecoveryPayment(request_id="x", actor=STAFF, amount=euro(1), reference="w-1")
    claim.refuses(again, "payment_known")
    claim = claim.says("book_payment", amount=euro(6_000), reference="w-2")
    assert (claim.state.life, claim.steps) == (RecoveryLife.PAID, ())


def test_less_than_was_claimed_is_all_that_is_waited_for_where_no_more_is_granted() -> None:
    claim = granted(7_000).says("book_payment", amount=euro(7_000), reference="w-1")
    assert claim.state.life is RecoveryLife.PAID


def test_a_no_is_for_a_person_who_files_again_or_gives_it_up() -> None:
    claim = filed().until_due().when(c.NoteStanding(state="refused", theirs="no insurance"))
    assert claim.turn == ("merchant", "answer_refusal")
    assert claim.says("close", because="not worth it").steps == ()
    claim = claim.says("file", reference="appeal-7")
    assert claim.turn == ("carrier", "answer")
    assert claim.state.asks_by_api is False


def test_what_they_ask_for_is_sent_by_a_person() -> None:
    claim = filed().until_due().when(c.NoteStanding(state="asks", theirs="an invoice"))
    assert claim.turn == ("merchant", "send_evidence")
    assert "an invoice" in claim.step.summary
    assert claim.says("file", reference="clm_1").turn == ("carrier", "answer")


def test_a_carrier_that_takes_nothing_from_us_is_told_by_a_person() -> None:
    claim = opened().until_due().when(c.NoteFilingRefused(theirs="NOT_INSURED"))
    assert claim.turn == ("merchant", "file_by_hand")
    assert claim.step.due_at <= facts().file_by
    by_hand = opened(channel="", not_before=SHIPPED)
    assert by_hand.turn == ("merchant", "file_by_hand")


def test_nobody_files_after_the_last_day_and_people_are_told_before() -> None:
    claim = opened(channel="").until_due()
    assert claim.step.action == "file_by_hand"
    told = []
    while claim.steps:
        claim = claim.until_due()
        told += claim.moves
    assert told[-1] == "RecoveryLapsed"
    assert "RecoveryOverdue" in told
    assert claim.now == facts().file_by
    assert claim.says("file", reference="late").state.life is RecoveryLife.FILED


def test_found_before_it_was_filed_nothing_is_claimed() -> None:
    claim = opened().when(FOUND)
    assert claim.moves == ["RecoveryWithdrawn"]
    assert claim.steps == ()


def test_found_while_it_is_filed_they_are_told_so() -> None:
    claim = filed().when(FOUND)
    assert claim.step.performs == "cancel_claim"
    assert claim.when(c.NoteStanding(state="cancelled")).moves == ["RecoveryWithdrawn"]


def test_found_while_an_attempt_was_filing_it_they_are_told_so() -> None:
    claim = opened().until_due().when(FOUND, c.NoteFiled(reference="clm_1"))
    assert claim.step.performs == "cancel_claim"


def test_found_after_they_paid_the_money_is_theirs() -> None:
    claim = paid().when(FOUND)
    assert claim.turn == ("merchant", "give_back")
    claim = claim.says("give_back", reference="transfer-9")
    assert (claim.state.life, claim.steps) == (RecoveryLife.GIVEN_BACK, ())


def test_paid_before_they_heard_that_it_is_withdrawn_the_money_is_theirs() -> None:
    claim = filed().when(FOUND).says("book_payment", amount=euro(WORTH), reference="w-1")
    assert claim.turn == ("merchant", "give_back")


def test_what_they_have_granted_they_do_not_cancel_and_a_person_writes() -> None:
    claim = filed().when(FOUND, c.NoteStanding(state="granted", granted_minor=WORTH))
    assert claim.turn == ("merchant", "withdraw_by_hand")


def test_lost_again_it_goes_on_where_it_was() -> None:
    assert opened().when(FOUND, AGAIN).turn == ("system", "wait_to_file")
    assert filed().when(FOUND, AGAIN).turn == ("carrier", "answer")
    assert paid().when(FOUND, AGAIN).state.life is RecoveryLife.PAID


def test_it_is_opened_once_however_often_its_return_says_so() -> None:
    assert opened().when(AGAIN, AGAIN).moves == []
    other = facts(subject="P2")
    opened().refuses(c.OpenRecovery(facts=other), "another_recovery")


def test_a_customer_has_no_say_in_it_and_another_currency_is_no_payment() -> None:
    claim = granted()
    customer = Who(kind="customer", id="c-1")
    claim.refuses(c.CloseRecovery(request_id="1", actor=customer, because="x"), "not_yours")
    dollars = euro(1).model_copy(update={"currency": "USD"})
    said = c.BookRecoveryPayment(request_id="2", actor=STAFF, amount=dollars, reference="w")
    claim.refuses(said, "other_currency")


def test_what_failed_waits_for_a_person_and_is_tried_again() -> None:
    step = opened().until_due().step
    note = c.NoteRecoveryStepFailed(step_id=step.id, kind="Unauthorised", because="the key")
    claim = opened().until_due().when(note)
    assert claim.turn == ("merchant", "look_into")
    assert claim.says("retry").step.performs == "file_claim"


def test_a_claim_of_which_nobody_knows_says_so() -> None:
    Claim().refuses(c.NoteTimePassed(), "unknown_recovery")


def test_a_name_of_a_stream_is_read_back() -> None:
    key = RecoveryKey("acme", "R-1.P1-lost")
    assert RecoveryKey.of_name(key.name) == key
    assert RecoveryKey.of_name("return:acme:R-1") is None


OVER = {
    RecoveryLife.WITHDRAWN, RecoveryLife.PAID, RecoveryLife.GIVEN_BACK, RecoveryLife.LAPSED,
    RecoveryLife.CLOSED,
}  # fmt: skip

WHO: dict[str, Any] = {"request_id": "r", "actor": STAFF}
SAID: dict[str, c.RecoveryCommand] = {
    "found": FOUND,
    "lost": AGAIN,
    "filed": c.FileRecovery(**WHO, reference="ref-1"),
    "granted": c.AnswerRecovery(**WHO, verdict="granted"),
    "refused": c.AnswerRecovery(**WHO, verdict="refused"),
    "asks": c.AnswerRecovery(**WHO, verdict="asks"),
    "half": c.BookRecoveryPayment(**WHO, amount=euro(WORTH // 2), reference="w-1"),
    "other half": c.BookRecoveryPayment(**WHO, amount=euro(WORTH // 2), reference="w-2"),
    "close": c.CloseRecovery(**WHO, because="enough"),
    "withdraw": c.WithdrawRecovery(**WHO, because="told by post"),
    "give back": c.GiveBackRecovery(**WHO, reference="t-1"),
    "noted": c.NoteFiled(reference="clm_1"),
    "waiting": c.NoteStanding(state="waiting"),
    "cancelled": c.NoteStanding(state="cancelled"),
    "time": c.NoteTimePassed(),
}


@given(st.lists(st.tuples(st.sampled_from(sorted(SAID)), st.integers(0, 20)), max_size=25))
def test_whatever_is_said_it_is_over_or_somebodys_turn(words: list[tuple[str, int]]) -> None:
    claim = opened()
    for word, days in words:
        claim = claim.later(days)
        if isinstance(decide(claim.state, SAID[word], claim.now), Refused):
            continue
        claim = claim.when(SAID[word])
        assert bool(claim.steps) is (claim.state.life not in OVER)
        assert claim.state.paid_minor <= WORTH


def test_every_life_is_a_row_of_the_table() -> None:
    assert {life for life in RECOVERY if life is not None} == set(RecoveryLife)
