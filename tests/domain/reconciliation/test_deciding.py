"""Findings live: found, known again, looked after, resolved by a person or by the books."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.reconciliation.books import OurBooks, Span
from domain.reconciliation.comparing import compare
from domain.reconciliation.deciding import acknowledge, note_comparison, resolve
from domain.reconciliation.events import ReconciliationEvent
from domain.reconciliation.hints import Hint, hints_of
from domain.reconciliation.state import Findings, fold
from domain.refusal import Refused
from domain.words import MoneyState
from tests.domain.reconciliation.pairs import (
    BANK,
    BANK_LINE,
    INSIDE,
    KEY,
    LINE,
    UNTIL,
    VICTIM,
    WINDOW,
    Pair,
    eur,
)
from tests.domain.reconciliation.test_comparing import STRANGER

A_DAY = timedelta(days=1)
ORDERS = {VICTIM.payment_ref: VICTIM.order_id, BANK.payment_ref: BANK.order_id}
AGREED = Pair(OurBooks((VICTIM,), (BANK,), ORDERS), (LINE, BANK_LINE))
ORPHANED = AGREED.plus(STRANGER)
RETURNED = AGREED.with_line(LINE, state="failed")


class Ledger:
    """A stream of findings, told day after day."""

    def __init__(self) -> None:
        self.findings = Findings()

    def compared(self, pair: Pair, day: int = 0, window: Span | None = None) -> list[str]:
        """Compare on a day; gives what was recorded of findings."""
        by = day * A_DAY
        shown = window or Span(WINDOW.since + by, WINDOW.until + by)
        comparison = compare(KEY, pair.ours, pair.theirs, shown)
        return self.told(*note_comparison(self.findings, comparison, shown, UNTIL + by))

    def told(self, *events: ReconciliationEvent | Refused) -> list[str]:
        happened = [event for event in events if not isinstance(event, Refused)]
        assert len(happened) == len(events), events
        self.findings = fold(happened, self.findings)
        return [event.type for event in happened if event.type != "BooksCompared"]

    @property
    def only(self) -> Any:
        [known] = self.findings.known.values()
        return known

    @property
    def key(self) -> str:
        return str(self.only.finding.finding_id)


@pytest.fixture
def orphan() -> Ledger:
    ledger = Ledger()
    assert ledger.compared(ORPHANED) == ["FindingOpened"]
    return ledger


def test_a_comparison_is_recorded_whatever_came_of_it() -> None:
    ledger = Ledger()
    assert ledger.compared(AGREED) == []
    compared = ledger.findings.compared
    assert compared is not None
    assert (compared.ours, compared.theirs, compared.findings) == (2, 2, 0)
    assert (compared.since, compared.until) == (WINDOW.since, WINDOW.until)


def test_a_finding_is_opened_with_a_time_by_which_somebody_has_looked(orphan: Ledger) -> None:
    assert (orphan.only.life, orphan.only.due_at) == ("open", UNTIL + A_DAY)
    assert orphan.findings.unresolved == [orphan.only]


def test_the_same_finding_tomorrow_is_no_news(orphan: Ledger) -> None:
    before = orphan.only
    assert orphan.compared(ORPHANED, day=1) == []
    assert orphan.only == before


def test_other_facts_about_a_known_finding_are_news(orphan: Ledger) -> None:
    more = AGREED.plus(replace(STRANGER, amount=eur(901)))
    assert orphan.compared(more, day=2) == ["FindingReopened"]
    assert (orphan.only.finding.theirs, orphan.only.due_at) == (eur(901), UNTIL + 3 * A_DAY)
    assert orphan.only.opened_at == UNTIL


def test_a_finding_that_is_gone_resolves_itself(orphan: Ledger) -> None:
    called_off = AGREED.plus(replace(STRANGER, state="cancelled"))
    assert orphan.compared(called_off, day=1) == ["FindingResolved"]
    assert (orphan.only.life, orphan.only.resolved_by) == ("resolved", "books")
    assert orphan.findings.unresolved == []


def test_a_finding_that_the_window_does_not_show_any_more_stays_open(orphan: Ledger) -> None:
    later = Span(INSIDE + A_DAY, UNTIL + 50 * A_DAY)
    assert orphan.compared(Pair(OurBooks(), ()), window=later) == []
    assert orphan.only.life == "open"


def test_a_finding_that_was_gone_and_is_there_again_is_opened_again(orphan: Ledger) -> None:
    orphan.compared(AGREED, day=1)
    assert orphan.compared(ORPHANED, day=2) == ["FindingReopened"]
    assert (orphan.only.life, orphan.only.resolved_by) == ("open", "")


def test_somebody_who_looks_has_a_time_to_settle_it(orphan: Ledger) -> None:
    at = UNTIL + A_DAY
    orphan.told(acknowledge(orphan.findings, orphan.key, "asked the help desk", at))
    assert (orphan.only.life, orphan.only.due_at) == ("acknowledged", at + 7 * A_DAY)
    assert orphan.compared(ORPHANED, day=2) == []
    assert orphan.only.because == "asked the help desk"


def test_what_a_person_has_resolved_stays_so_while_the_facts_do(orphan: Ledger) -> None:
    orphan.told(resolve(orphan.findings, orphan.key, "a courtesy, agreed with the shop", UNTIL))
    assert (orphan.only.life, orphan.only.resolved_by) == ("resolved", "person")
    assert orphan.compared(ORPHANED, day=1) == []
    more = AGREED.plus(replace(STRANGER, amount=eur(5000)))
    assert orphan.compared(more, day=2) == ["FindingReopened"]
    assert orphan.only.life == "open"


@pytest.mark.parametrize("say", [acknowledge, resolve])
@pytest.mark.parametrize(
    ("key", "because", "code"),
    [("orphan-0", "why", "unknown_finding"), ("", " ", "reason_missing")],
)
def test_what_a_person_says_needs_a_finding_and_a_reason(
    orphan: Ledger, say: Any, key: str, because: str, code: str
) -> None:
    refused = say(orphan.findings, key or orphan.key, because, UNTIL)
    assert isinstance(refused, Refused)
    assert refused.code == code


@pytest.mark.parametrize("say", [acknowledge, resolve])
def test_what_is_resolved_is_not_resolved_again(orphan: Ledger, say: Any) -> None:
    orphan.told(resolve(orphan.findings, orphan.key, "a courtesy", UNTIL))
    refused = say(orphan.findings, orphan.key, "again", UNTIL)
    assert isinstance(refused, Refused)
    assert (refused.code, "a courtesy" in refused.because) == ("already_resolved", True)


# ── What returns are told of it ───────────────────────────────────────────────────────────


def told(pair: Pair, findings: Findings | None = None) -> Sequence[Hint]:
    comparison = compare(KEY, pair.ours, pair.theirs, WINDOW)
    known = findings or Findings()
    return hints_of(note_comparison(known, comparison, WINDOW, UNTIL), UNTIL)


def test_a_return_is_told_that_its_payout_moved_and_asks_the_provider_itself() -> None:
    [hint] = told(RETURNED)
    assert (hint.signal, hint.reference_kind, hint.reference) == (
        "report_payout",
        "instruction",
        VICTIM.instruction_id,
    )
    assert (hint.body["status"], hint.body["payout_ref"]) == ("failed", LINE.ref)
    assert hint.body["message_id"] == hint.message_id


def test_what_is_known_already_is_told_to_nobody() -> None:
    comparison = compare(KEY, RETURNED.ours, RETURNED.theirs, WINDOW)
    known = fold(note_comparison(Findings(), comparison, WINDOW, UNTIL))
    assert told(RETURNED, known) == ()


@pytest.mark.parametrize(
    ("state", "statuses"),
    [("open", ["opened"]), ("lost", ["opened", "lost"]), ("won", ["opened", "won"])],
)
def test_an_order_is_told_of_a_chargeback_as_a_webhook_would_have(
    state: str, statuses: list[str]
) -> None:
    unknown = Pair(OurBooks((VICTIM,), (), ORDERS), (LINE, replace(BANK_LINE, state=state)))
    hints = told(unknown)
    assert [hint.body["status"] for hint in hints] == statuses
    assert {(hint.signal, hint.reference) for hint in hints} == {
        ("report_chargeback", BANK.payment_ref)
    }
    assert len({hint.message_id for hint in hints}) == len(hints)


def test_of_a_known_chargeback_only_its_outcome_is_told() -> None:
    [hint] = told(AGREED.with_line(BANK_LINE, state="lost"))
    assert hint.body["status"] == "lost"
    assert hint.body["amount"] == {"amount_minor": 7000, "currency": "EUR"}


def test_a_second_chargeback_of_a_payment_is_told_under_its_own_id() -> None:
    first, second = told(AGREED.plus(replace(BANK_LINE, ref="dp_again", state="lost")))
    assert [first.body["status"], second.body["status"]] == ["opened", "lost"]
    assert {first.body["chargeback_id"], second.body["chargeback_id"]} == {"dp_again"}


def test_the_outcome_of_one_that_was_told_without_an_id_is_told_without_one() -> None:
    nameless = replace(BANK, chargeback_id="t1", named=False)
    pair = Pair(OurBooks((VICTIM,), (nameless,), ORDERS), (LINE, replace(BANK_LINE, state="won")))
    [hint] = told(pair)
    assert (hint.body["status"], hint.body["chargeback_id"]) == ("won", "")


@pytest.mark.parametrize(
    "pair",
    [
        ORPHANED,
        AGREED.without(LINE),
        AGREED.with_line(LINE, amount=eur(1)),
        AGREED.plus(replace(LINE, ref="re_again")),
    ],
)
def test_nothing_else_that_is_found_is_told_to_a_return(pair: Pair) -> None:
    assert told(pair) == ()


def test_an_order_that_is_not_ours_is_told_nothing() -> None:
    foreign = replace(BANK_LINE, payment_ref="pi_else", ref="dp_else")
    assert told(AGREED.plus(foreign)) == ()


def test_a_payout_in_doubt_is_asked_for() -> None:
    doubt = replace(VICTIM, state=MoneyState.UNKNOWN, payout_ref="", answered_at=None)
    [hint] = told(AGREED.with_ours(doubt))
    assert hint.body["status"] == "succeeded"
