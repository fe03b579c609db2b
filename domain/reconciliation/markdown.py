"""A comparison as a person reads it in the Temporal UI: lists, since tables lose their padding."""

from collections.abc import Iterator

from domain.reconciliation.events import BooksCompared
from domain.reconciliation.finding import REMEDIES, Finding
from domain.reconciliation.state import Findings, KnownFinding
from domain.reconciliation.wording import at
from domain.returns.shown.markdown import ROOM, escaped

MOST = 25
"""Findings that are told in full before the rest is only counted."""

LONGEST = 400
"""Characters of one sentence."""


def as_markdown(findings: Findings, compared: BooksCompared) -> str:
    """What was compared, and every finding that somebody must still settle."""
    lines = list(_lines(findings, compared))
    while len("\n".join(lines).encode()) > ROOM and len(lines) > 1:
        lines.pop()
    return "\n".join(lines)


def sentences(findings: Findings) -> tuple[str, ...]:
    """The same in lines without markup."""
    return tuple(
        f"{known.finding.finding_id} ({known.finding.severity}, {known.finding.owner}, {known.life}"
        f"): {known.finding.because}"
        for known in findings.unresolved[:MOST]
    )


def _lines(findings: Findings, compared: BooksCompared) -> Iterator[str]:
    unresolved = findings.unresolved
    yield f"## {len(unresolved)} to settle" if unresolved else "## The books agree"
    yield (
        f"{compared.ours} of ours against {compared.theirs} of theirs, "
        f"from {at(compared.since)} to {at(compared.until)}"
    )
    for known in unresolved[:MOST]:
        yield from _finding(known)
    if len(unresolved) > MOST:
        yield f"\n… and {len(unresolved) - MOST} more: `python starter.py findings --open`"


def _finding(known: KnownFinding) -> Iterator[str]:
    finding = known.finding
    due = f", due {at(known.due_at)}" if known.due_at else ""
    yield f"\n### {finding.kind.replace('_', ' ')} ({finding.severity})"
    yield f"- {_plain(finding.because)}"
    yield f"- **{finding.owner}**, {known.life}{due}: {REMEDIES[finding.kind]}"
    if known.because:
        yield f"- said last: {escaped(known.because)}"
    yield f"- `{finding.finding_id}`{_sums(finding)}"


def _plain(sentence: str) -> str:
    """A sentence of ours with their references in it, which are shown and never obeyed."""
    pieces = [sentence[start : start + 90] for start in range(0, min(len(sentence), LONGEST), 90)]
    return "".join(escaped(piece) for piece in pieces)


def _sums(finding: Finding) -> str:
    ours = f", ours {finding.ours.plain()} {finding.our_state}" if finding.ours else ""
    theirs = f", theirs {finding.theirs.plain()} {finding.their_state}" if finding.theirs else ""
    return ours + theirs
