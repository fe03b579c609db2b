"""Two books are compared: agreement is silent, and each difference has its own name."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Money
from domain.reconciliation.books import BooksKey, Movement, OurBooks, OurPayout, Span
from domain.reconciliation.comparing import compare
from domain.reconciliation.finding import Finding
from domain.reconciliation.words import Kind, Owner, Severity
from domain.words import MoneyState
from tests.domain.reconciliation.pairs import (
    BANK,
    BANK_LINE,
    HOUR,
    INSIDE,
    KEY,
    LINE,
    VICTIM,
    WINDOW,
    Pair,
    agreeing,
    eur,
    line_of,
    payout,
)

STRANGER = Movement("payout", "re_hand", "", VICTIM.payment_ref, eur(900), "succeeded", INSIDE)

CORRUPTIONS: dict[str, tuple[Kind, Callable[[Pair], Pair]]] = {
    "a refund made in the dashboard": (Kind.ORPHAN, lambda p: p.plus(STRANGER)),
    "one under an instruction that we never gave": (
        Kind.ORPHAN,
        lambda p: p.plus(replace(STRANGER, instruction_id="ins-of-nobody")),
    ),
    "a line that is gone": (Kind.MISSING, lambda p: p.without(LINE)),
    "a chargeback that is gone": (Kind.MISSING, lambda p: p.without(BANK_LINE)),
    "a cent more": (Kind.AMOUNT_DIFFERS, lambda p: p.with_line(LINE, amount=eur(5001))),
    "a chargeback of a cent more": (
        Kind.AMOUNT_DIFFERS,
        lambda p: p.with_line(BANK_LINE, amount=eur(7001)),
    ),
    "another currency": (
        Kind.CURRENCY_DIFFERS,
        lambda p: p.with_line(LINE, amount=Money(amount_minor=5000, currency="USD")),
    ),
    "another currency and amount": (
        Kind.CURRENCY_DIFFERS,
        lambda p: p.with_line(LINE, amount=Money(amount_minor=1, currency="JPY")),
    ),
    "a refund that came back": (Kind.STATE_DIFFERS, lambda p: p.with_line(LINE, state="failed")),
    "one that is called off there": (
        Kind.STATE_DIFFERS,
        lambda p: p.with_line(LINE, state="cancelled"),
    ),
    "an answer that we lost": (
        Kind.STATE_DIFFERS,
        lambda p: p.with_ours(
            replace(VICTIM, state=MoneyState.UNKNOWN, payout_ref="", answered_at=None)
        ),
    ),
    "paid after we gave it up": (
        Kind.STATE_DIFFERS,
        lambda p: p.with_ours(replace(VICTIM, state=MoneyState.FAILED)),
    ),
    "an instruction carried out twice": (
        Kind.PAID_TWICE,
        lambda p: p.plus(replace(LINE, ref="re_again", at=LINE.at + HOUR)),
    ),
    "a chargeback nobody told us of": (
        Kind.CHARGEBACK,
        lambda p: p.plus(
            Movement("chargeback", "dp_1", "", VICTIM.payment_ref, eur(5000), "open", INSIDE)
        ),
    ),
    "a second chargeback": (
        Kind.CHARGEBACK,
        lambda p: p.plus(replace(BANK_LINE, ref="dp_again", at=INSIDE + HOUR)),
    ),
    "a chargeback that was lost": (
        Kind.CHARGEBACK,
        lambda p: p.with_line(BANK_LINE, state="lost"),
    ),
}


def found(pair: Pair, window: Span = WINDOW) -> tuple[Finding, ...]:
    return compare(KEY, pair.ours, pair.theirs, window).findings


def only(pair: Pair, window: Span = WINDOW) -> Finding:
    [finding] = found(pair, window)
    return finding


def a_pair(ours: OurPayout = VICTIM, *lines: Movement) -> Pair:
    return Pair(OurBooks((ours,), (), {ours.payment_ref: ours.order_id}), lines or (line_of(ours),))


@given(agreeing())
def test_books_that_agree_have_no_finding(pair: Pair) -> None:
    assert found(pair) == ()


@given(agreeing(), st.sampled_from(sorted(CORRUPTIONS)))
def test_each_single_corruption_is_found_by_its_name_and_nothing_else_is(
    pair: Pair, corruption: str
) -> None:
    kind, corrupt = CORRUPTIONS[corruption]
    assert [one.kind for one in found(corrupt(pair))] == [kind]


@given(agreeing(), st.sampled_from(sorted(CORRUPTIONS)), st.data())
def test_neither_order_nor_paging_changes_what_is_found(
    pair: Pair, corruption: str, data: st.DataObject
) -> None:
    corrupted = CORRUPTIONS[corruption][1](pair)
    repeated = data.draw(st.lists(st.sampled_from(corrupted.theirs), max_size=5))
    theirs = data.draw(st.permutations([*corrupted.theirs, *repeated]))
    ours = replace(
        corrupted.ours, payouts=tuple(data.draw(st.permutations(corrupted.ours.payouts)))
    )
    assert found(Pair(ours, tuple(theirs))) == found(corrupted)


@given(agreeing(), st.sampled_from(sorted(CORRUPTIONS)), st.integers(1, 9 * 24))
def test_a_difference_has_the_same_id_in_every_window_that_shows_it(
    pair: Pair, corruption: str, later_h: int
) -> None:
    corrupted = CORRUPTIONS[corruption][1](pair)
    by = timedelta(hours=later_h)
    tomorrow = Span(WINDOW.since + by, WINDOW.until + by)
    again = [one for one in found(corrupted, tomorrow) if one.finding_id in _ids(corrupted)]
    assert {one.finding_id for one in again} == _ids(corrupted)


def _ids(pair: Pair) -> set[str]:
    return {one.finding_id for one in found(pair)}


def test_each_difference_has_an_id_of_its_own() -> None:
    pair = Pair(OurBooks((VICTIM,), (BANK,), {VICTIM.payment_ref: "W-0"}), (LINE, BANK_LINE))
    findings = [only(corrupt(pair)) for _, corrupt in CORRUPTIONS.values()]
    differences = {(one.kind, one.ref or one.payment_ref) for one in findings}
    assert len({one.finding_id for one in findings}) == len(differences) > len(Kind)


def test_the_same_difference_at_another_provider_or_merchant_is_another() -> None:
    pair = a_pair(VICTIM, LINE, STRANGER)
    keys = [KEY, BooksKey("acme", "adyen"), BooksKey("brio", "stripe")]
    ids = {
        one.finding_id
        for key in keys
        for one in compare(key, pair.ours, pair.theirs, WINDOW).findings
    }
    assert len(ids) == len(keys)


# ── What is told of it ────────────────────────────────────────────────────────────────────


def test_an_orphan_on_a_payment_of_ours_weighs_more_than_one_on_anybodys() -> None:
    ours = only(a_pair(VICTIM, LINE, STRANGER))
    assert (ours.severity, ours.owner) == (Severity.HIGH, Owner.FINANCE)
    assert (ours.order_id, ours.ref, ours.theirs) == ("W-0", "re_hand", eur(900))
    assert "9.00 EUR back to pi_0 (re_hand" in ours.because
    assert "order W-0 is less by it" in ours.because
    other = only(a_pair(VICTIM, LINE, replace(STRANGER, payment_ref="pi_else")))
    assert (other.severity, other.order_id) == (Severity.LOW, "")


def test_an_orphan_that_names_an_instruction_says_which() -> None:
    marked = replace(STRANGER, payment_ref="pi_else", instruction_id="ins-lost")
    orphan = only(a_pair(VICTIM, LINE, marked))
    assert orphan.severity is Severity.HIGH
    assert "ins-lost, which none of ours gave" in orphan.because


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_what_somebody_tried_and_moved_nothing_is_no_orphan(state: str) -> None:
    assert found(a_pair(VICTIM, LINE, replace(STRANGER, state=state))) == ()


def test_another_merchants_movement_on_the_same_account_is_none_of_ours() -> None:
    pair = a_pair(VICTIM, LINE, STRANGER)
    known = replace(pair, ours=replace(pair.ours, foreign=frozenset({"re_hand"})))
    assert found(known) == ()


def test_a_returned_refund_tells_both_states_and_whose_it_is() -> None:
    returned = only(a_pair(VICTIM, replace(LINE, state="failed")))
    assert (returned.severity, returned.owner) == (Severity.HIGH, Owner.MERCHANT)
    assert (returned.our_state, returned.their_state) == ("succeeded", "failed")
    assert (returned.return_id, returned.order_id) == ("R-0", "W-0")


@pytest.mark.parametrize(
    ("ours", "theirs", "severity"),
    [
        (MoneyState.UNKNOWN, "succeeded", Severity.MEDIUM),
        (MoneyState.PLANNED, "succeeded", Severity.MEDIUM),
        (MoneyState.PENDING, "succeeded", Severity.MEDIUM),
        (MoneyState.PENDING, "failed", Severity.MEDIUM),
        (MoneyState.PENDING, "requires_action", Severity.MEDIUM),
        (MoneyState.SUCCEEDED, "pending", Severity.MEDIUM),
        (MoneyState.SUCCEEDED, "failed", Severity.HIGH),
        (MoneyState.REVERSED, "succeeded", Severity.HIGH),
        (MoneyState.CANCELLED, "pending", Severity.HIGH),
    ],
)
def test_states_that_differ_weigh_what_they_may_cost(
    ours: MoneyState, theirs: str, severity: Severity
) -> None:
    known = payout(0, ours)
    finding = only(a_pair(known, replace(line_of(known), state=theirs)))
    assert (finding.kind, finding.severity) == (Kind.STATE_DIFFERS, severity)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (MoneyState.SUBMITTED, "pending"),
        (MoneyState.PENDING, "submitted"),
        (MoneyState.FAILED, "cancelled"),
        (MoneyState.CANCELLED, "failed"),
        (MoneyState.REVERSED, "failed"),
    ],
)
def test_two_words_for_one_thing_are_no_difference(ours: MoneyState, theirs: str) -> None:
    known = payout(0, ours)
    assert found(a_pair(known, replace(line_of(known), state=theirs))) == ()


def test_of_an_instruction_carried_out_twice_the_one_we_know_counts() -> None:
    earlier = replace(LINE, ref="re_a", at=LINE.at - HOUR)
    twice = only(a_pair(VICTIM, earlier, LINE))
    assert (twice.kind, twice.ref) == (Kind.PAID_TWICE, "re_a")
    assert "carried out as re_0 already" in twice.because


def test_a_failed_attempt_and_the_one_that_went_through_are_one_payout() -> None:
    failed = replace(LINE, ref="re_a", state="failed", at=LINE.at - HOUR)
    assert found(a_pair(VICTIM, failed, LINE)) == ()


def test_a_line_without_our_id_is_known_by_its_reference() -> None:
    assert found(a_pair(VICTIM, replace(LINE, instruction_id=""))) == ()


def test_where_two_pages_disagree_the_later_state_counts() -> None:
    assert only(a_pair(VICTIM, LINE, replace(LINE, state="failed"))).their_state == "failed"


HAND = replace(
    payout(7), payout_ref="re_typed", names=("re_hand",), answered_at=None, by_hand=True,
    payment_ref=VICTIM.payment_ref, amount=eur(900),
)  # fmt: skip


def test_a_refund_that_people_made_and_told_us_of_is_no_orphan() -> None:
    told = OurBooks((VICTIM, HAND), (), {VICTIM.payment_ref: "W-0"})
    assert found(Pair(told, (LINE, STRANGER))) == ()
    assert only(Pair(told, (LINE, replace(STRANGER, amount=eur(901))))).kind is Kind.AMOUNT_DIFFERS
    assert only(Pair(told, (LINE, replace(STRANGER, state="failed")))).kind is Kind.STATE_DIFFERS


def test_a_reference_that_people_typed_is_not_called_missing() -> None:
    assert found(Pair(OurBooks((VICTIM, HAND)), (LINE,))) == ()


def test_one_of_an_order_without_a_return_is_told_by_its_order() -> None:
    of_order = replace(HAND, return_id="")
    told = only(Pair(OurBooks((of_order,)), (replace(STRANGER, state="failed"),)))
    assert "of order W-7 as failed" in told.because


def test_what_was_compared_is_counted() -> None:
    pair = a_pair(VICTIM, LINE, LINE, STRANGER)
    comparison = compare(KEY, pair.ours, pair.theirs, WINDOW)
    assert (comparison.ours, comparison.theirs) == (1, 2)
