"""S and T: whoever is asked, somebody must act by some time; and at the end nobody must."""

import json
from collections.abc import Iterator, Sequence

from demo.audit.duties import forgotten
from demo.audit.labels import settled
from demo.audit.rows import Books, Difference, Row, Streams, every, first
from domain.returns.agenda import Step, agenda
from domain.returns.evolve import fold
from domain.returns.state import ReturnState
from domain.returns.upcasting import read_event

VERDICTS = frozenset({"DecisionMade", "DisputeResolved", "UnitDeclined"})


def state_of(rows: Sequence[Row]) -> ReturnState:
    """Fold a stream, as the engine does after a restart."""
    return fold(read_event(row.type, row["schema_version"], json.dumps(row.data)) for row in rows)


def open_steps(rows: Sequence[Row]) -> tuple[Step, ...]:
    """What is still to be done for a return, by whom and by when."""
    return agenda(state_of(rows))


def turns(streams: Streams, _books: Books) -> Iterator[Difference]:
    """No silent state: what is not finished has somebody whose turn it is, and a deadline."""
    for stream_id, rows in streams.returns:
        yield from _closed_units_only(stream_id, rows)
        steps = open_steps(rows)
        if not steps and _unfinished(rows):
            yield Difference("S1", stream_id, "is not finished, and nobody's turn")
        yield from forgotten(stream_id, rows, {step.subject for step in steps})


def _unfinished(rows: Sequence[Row]) -> bool:
    """Whether neither a completion nor another end is the last word."""
    last = [
        row.type
        for row in rows
        if row.type
        in {
            *("ReturnRequested", "ReturnApproved", "ReturnReopened"),
            *("ReturnCompleted", "ReturnDeclined", "ReturnCancelled", "ReturnExpired"),
        }
    ]
    return last[-1] in {"ReturnRequested", "ReturnApproved", "ReturnReopened"}


def _closed_units_only(stream_id: str, rows: Sequence[Row]) -> Iterator[Difference]:
    """A return is completed only when each unit of it has its outcome."""
    opened = first(rows, "ReturnRequested")
    if opened is None:
        return
    for completed in every(rows, "ReturnCompleted"):
        before = [row for row in rows if row.version < completed.version]
        judged = {row["unit"] for row in before if row.type in VERDICTS}
        for unit in opened["units"]:
            if unit["unit"] not in judged:
                yield Difference("T1", stream_id, f"completed without a word on {unit['unit']}")


def ends(streams: Streams, books: Books) -> Iterator[Difference]:
    """At the end every return is closed, every payout has its outcome, and no label lies about."""
    for stream_id, rows in streams.returns:
        for step in open_steps(rows):
            because = f"{step.actor} has to {step.action} by {step.due_at:%Y-%m-%d %H:%M}"
            yield Difference("S1", stream_id, f"is open: {because}")
        yield from _without_outcome(stream_id, rows)
    yield from settled(streams, books)


def _without_outcome(stream_id: str, rows: Sequence[Row]) -> Iterator[Difference]:
    told = every(rows, "PayoutSucceeded", "PayoutFailed", "PayoutCancelled")
    ended = {row["instruction_id"] for row in told}
    ended |= {row["replaces"] for row in every(rows, "PayoutPlanned") if row["replaces"]}
    for row in every(rows, "PayoutPlanned"):
        if row["instruction_id"] not in ended:
            yield Difference("S1", stream_id, f"payout {row['instruction_id']} has no outcome")
