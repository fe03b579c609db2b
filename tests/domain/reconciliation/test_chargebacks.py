"""Chargebacks are paired by their id, and by their looks where the two sides have two ids."""

from dataclasses import replace
from datetime import timedelta

from domain.reconciliation.books import OurBooks
from domain.reconciliation.words import Kind
from tests.domain.reconciliation.pairs import BANK, BANK_LINE, HOUR, INSIDE, Pair, eur
from tests.domain.reconciliation.test_comparing import found, only


def test_a_chargeback_told_without_an_id_is_paired_with_the_one_most_like_it() -> None:
    nameless = replace(BANK, chargeback_id="t1", named=False)
    other = replace(BANK_LINE, ref="dp_a", amount=eur(100))
    news = only(Pair(OurBooks((), (nameless,)), (other, BANK_LINE)))
    assert (news.kind, news.ref) == (Kind.CHARGEBACK, "dp_a")


def test_a_transaction_listed_for_a_dispute_that_we_know_by_its_own_id_is_that_dispute() -> None:
    transaction = replace(BANK_LINE, ref="8AB", at=INSIDE + HOUR)
    assert found(Pair(OurBooks((), (BANK,)), (transaction,))) == ()
    outcome = only(Pair(OurBooks((), (BANK,)), (replace(transaction, state="lost"),)))
    assert (outcome.kind, outcome.chargeback_id) == (Kind.CHARGEBACK, BANK.chargeback_id)
    later = replace(transaction, at=INSIDE + timedelta(days=5))
    kinds = {one.kind for one in found(Pair(OurBooks((), (BANK,)), (later,)))}
    assert kinds == {Kind.CHARGEBACK, Kind.MISSING}


def test_two_chargebacks_of_one_payment_are_paired_by_their_ids() -> None:
    second = replace(BANK, chargeback_id="dp_again", state="lost")
    line = replace(BANK_LINE, ref="dp_again", state="lost")
    assert found(Pair(OurBooks((), (BANK, second)), (line, BANK_LINE))) == ()
