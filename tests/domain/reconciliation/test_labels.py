"""Labels that nobody here knows of: found once they are some hours old, and told to their return."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.money import Money
from domain.reconciliation.books import BooksKey, Span
from domain.reconciliation.deciding import note_comparison
from domain.reconciliation.finding import Finding
from domain.reconciliation.hints import hints_of
from domain.reconciliation.labels import Sold, compare_labels
from domain.reconciliation.state import Findings
from domain.reconciliation.words import Kind, Severity

BOOKS = BooksKey("acme", "easypost")
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
WINDOW = Span(NOW - timedelta(days=90), NOW)


def sold(**changes: Any) -> Sold:
    fields: dict[str, Any] = {
        "label_ref": "shp_1",
        "reference": "acme:R-1:label:P1:2",
        "tracking_number": "SP1",
        "cost": Money(amount_minor=420, currency="EUR"),
        "at": NOW - timedelta(days=2),
        "given_back": False,
    }
    return Sold(**{**fields, **changes})


def found(*labels: Sold, known: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    return compare_labels(BOOKS, frozenset(known), labels, WINDOW).findings


def test_a_label_that_stands_in_a_stream_is_no_finding() -> None:
    assert found(sold(), known=("shp_1",)) == ()


def test_an_orphan_says_whose_it_is_what_it_cost_and_when_it_was_sold() -> None:
    [one] = found(sold(), sold())
    assert (one.kind, one.severity, one.return_id) == (Kind.ORPHAN_LABEL, Severity.MEDIUM, "R-1")
    assert "4.20 EUR" in one.because
    assert "return R-1" in one.because


def test_what_was_given_back_or_is_another_merchants_or_was_sold_just_now_is_no_finding() -> None:
    assert found(sold(given_back=True)) == ()
    assert found(sold(reference="brio:R-1:label:P1:1")) == ()
    assert found(sold(at=NOW - timedelta(hours=3))) == ()


def test_a_label_without_our_reference_is_for_people_alone() -> None:
    [one] = found(sold(reference="made by hand"))
    assert (one.severity, one.return_id) == (Severity.LOW, "")
    assert hints(one) == []


def test_its_return_is_told_to_ask_the_carrier_and_never_what_to_believe() -> None:
    [one] = found(sold())
    [hint] = hints(one)
    assert (hint.signal, hint.reference_kind, hint.reference) == ("report_label", "return", "R-1")
    told = {key: hint.body[key] for key in ("label_ref", "step_id", "status")}
    assert told == {"label_ref": "shp_1", "step_id": "label:P1:2", "status": "found"}


def hints(one: Finding) -> list[Any]:
    comparison = compare_labels(BOOKS, frozenset(), [], WINDOW)
    events = note_comparison(
        Findings(), type(comparison)(findings=(one,), ours=0, theirs=1), WINDOW, NOW
    )
    return list(hints_of(events, NOW))
