"""What is known of the findings of one merchant with one provider: the fold of their events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, assert_never

from domain.reconciliation.events import (
    BooksCompared,
    FindingAcknowledged,
    FindingOpened,
    FindingReopened,
    FindingResolved,
    ReconciliationEvent,
)
from domain.reconciliation.finding import Finding
from domain.reconciliation.words import FindingLife


@dataclass(frozen=True, slots=True)
class KnownFinding:
    """A finding, and how far people are with it."""

    finding: Finding
    life: FindingLife
    opened_at: datetime  # the first time; it may have been gone meanwhile
    since: datetime  # of its life
    due_at: datetime | None  # none: it is resolved
    because: str = ""  # the last person's reason, or why it is over
    resolved_by: Literal["", "books", "person"] = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings that there ever were, and when the books were last compared."""

    known: Mapping[str, KnownFinding] = field(default_factory=dict)
    compared: BooksCompared | None = None
    comparisons: int = 0

    @property
    def unresolved(self) -> list[KnownFinding]:
        """Those that somebody must still settle, the most pressing first."""
        left = [one for one in self.known.values() if one.due_at is not None]
        return sorted(left, key=lambda one: (one.due_at, one.finding.finding_id))


def evolve(findings: Findings, event: ReconciliationEvent) -> Findings:
    """Fold one recorded event. Never refuses what has happened."""
    match event:
        case BooksCompared():
            return replace(findings, compared=event, comparisons=findings.comparisons + 1)
        case FindingOpened():
            opened = KnownFinding(
                event.finding, FindingLife.OPEN, event.occurred_at, event.occurred_at, event.due_at
            )
            return _with(findings, opened)
        case FindingReopened():
            before = findings.known[event.finding.finding_id]
            opened_at = before.opened_at
            anew = KnownFinding(
                event.finding, FindingLife.OPEN, opened_at, event.occurred_at, event.due_at
            )
            return _with(findings, anew)
        case FindingAcknowledged():
            known = findings.known[event.finding_id]
            life = FindingLife.ACKNOWLEDGED
            return _with(findings, _moved(known, event, life, event.due_at))
        case FindingResolved():
            known = findings.known[event.finding_id]
            over = _moved(known, event, FindingLife.RESOLVED, None)
            return _with(findings, replace(over, resolved_by=event.by))
        case _:
            assert_never(event)


def fold(events: Iterable[ReconciliationEvent], findings: Findings | None = None) -> Findings:
    """Fold a stream, or what follows in it."""
    folded = findings or Findings()
    for event in events:
        folded = evolve(folded, event)
    return folded


def _moved(
    known: KnownFinding,
    event: FindingAcknowledged | FindingResolved,
    life: FindingLife,
    due_at: datetime | None,
) -> KnownFinding:
    return replace(known, life=life, since=event.occurred_at, due_at=due_at, because=event.because)


def _with(findings: Findings, known: KnownFinding) -> Findings:
    return replace(findings, known={**findings.known, known.finding.finding_id: known})
