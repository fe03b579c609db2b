"""What follows from a comparison, and from what people say about its findings."""

from collections.abc import Iterable
from datetime import datetime

from domain.reconciliation.books import Span
from domain.reconciliation.comparing import Comparison
from domain.reconciliation.events import (
    BooksCompared,
    FindingAcknowledged,
    FindingOpened,
    FindingReopened,
    FindingResolved,
    ReconciliationEvent,
)
from domain.reconciliation.finding import Finding
from domain.reconciliation.state import Findings, KnownFinding
from domain.reconciliation.words import LOOK_WITHIN, SETTLE_WITHIN, FindingLife
from domain.refusal import Refused


def note_comparison(
    findings: Findings, comparison: Comparison, window: Span, now: datetime
) -> tuple[ReconciliationEvent, ...]:
    """Say what is new, what is there again, and what is gone.

    What a person has resolved stays so while the facts do. What the window does not show is
    left as it is: a list that does not reach back so far says nothing about it.
    """
    found = {one.finding_id: one for one in comparison.findings}
    return (
        *(event for one in found.values() for event in _news(findings, one, now)),
        *_gone(findings, found, window, now),
        BooksCompared(
            occurred_at=now,
            since=window.since,
            until=window.until,
            ours=comparison.ours,
            theirs=comparison.theirs,
            findings=len(found),
        ),
    )


def _news(findings: Findings, one: Finding, now: datetime) -> Iterable[ReconciliationEvent]:
    known = findings.known.get(one.finding_id)
    due_at = now + LOOK_WITHIN[one.severity]
    if known is None:
        yield FindingOpened(occurred_at=now, finding=one, due_at=due_at)
    elif known.finding.facts != one.facts:
        yield FindingReopened(occurred_at=now, finding=one, due_at=due_at, why="changed")
    elif known.resolved_by == "books":
        yield FindingReopened(occurred_at=now, finding=one, due_at=due_at, why="came_back")


def _gone(
    findings: Findings, found: dict[str, Finding], window: Span, now: datetime
) -> Iterable[ReconciliationEvent]:
    for known in findings.unresolved:
        key = known.finding.finding_id
        if key not in found and window.covers(known.finding.span):
            yield FindingResolved(
                occurred_at=now, finding_id=key, by="books", because="The two books agree again."
            )


def acknowledge(
    findings: Findings, finding_id: str, because: str, now: datetime
) -> FindingAcknowledged | Refused:
    """Somebody looks after it; it is due again after a while."""
    known = _unresolved(findings, finding_id, because)
    if isinstance(known, Refused):
        return known
    return FindingAcknowledged(
        occurred_at=now, finding_id=finding_id, because=because, due_at=now + SETTLE_WITHIN
    )


def resolve(
    findings: Findings, finding_id: str, because: str, now: datetime
) -> FindingResolved | Refused:
    """A person says why it may stay as it is. Other facts about it open it again."""
    known = _unresolved(findings, finding_id, because)
    if isinstance(known, Refused):
        return known
    return FindingResolved(occurred_at=now, finding_id=finding_id, by="person", because=because)


def _unresolved(findings: Findings, finding_id: str, because: str) -> KnownFinding | Refused:
    known = findings.known.get(finding_id)
    if known is None:
        return Refused(code="unknown_finding", because="finding_id: there is no such finding")
    if not because.strip():
        return Refused(code="reason_missing", because="because: say why, in a sentence")
    if known.life is FindingLife.RESOLVED:
        said = f"finding_id: it is resolved already: {known.because}"
        return Refused(code="already_resolved", because=said[:2_000])
    return known
