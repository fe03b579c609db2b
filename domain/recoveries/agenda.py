"""What must happen next with a claim, whose turn it is, and by when.

A claim that is neither over nor on somebody's list cannot be said. Each deadline that was
missed gives another, twice as far away as the one before; the last day to file moves for
nobody.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from pydantic import AwareDatetime

from domain.model import Value
from domain.recoveries.state import RecoveryState
from domain.recoveries.words import Owner, RecoveryKind, RecoveryLife

OURS = timedelta(days=1)
"""How long a step of our own may take before a person is told."""
BY_HAND = timedelta(days=5)
"""Within which a person files, sends what is asked for, or tells them."""
LOOK = timedelta(days=7)
"""After which they are asked how it stands."""
TO_DECIDE = timedelta(days=14)
"""Within which a person says what becomes of a no; and money that was promised comes."""
_OFTEN = 6


class RecoveryStep(Value):
    """One thing to be done. `performs` names the activity, where it is ours to do."""

    id: str
    owner: Owner
    action: str
    due_at: AwareDatetime
    summary: str
    performs: str = ""


def recovery_agenda(state: RecoveryState) -> tuple[RecoveryStep, ...]:
    """List the open steps, the most pressing first; none where it is over."""
    if state.known is None or state.life is None:
        return ()
    if state.failed:
        return (_mend(state),)
    return tuple(sorted(_steps(state), key=lambda step: (step.due_at, step.id)))


def _steps(state: RecoveryState) -> Iterator[RecoveryStep]:
    match state.life:
        case RecoveryLife.OPEN:
            yield _to_file(state)
        case RecoveryLife.FILED:
            yield _to_answer(state, "answer", timedelta(days=state.facts.answer_days))
        case RecoveryLife.GRANTED:
            yield _to_answer(state, "pay", TO_DECIDE)
        case RecoveryLife.REFUSED:
            summary = f"{_they(state)} refused {_what(state)}: file again, or close"
            yield _step(state, Owner.MERCHANT, "answer_refusal", TO_DECIDE, summary)
        case RecoveryLife.WITHDRAWING:
            yield _to_withdraw(state)
        case RecoveryLife.OWED_BACK:
            summary = f"give {_they(state)} the money back: {state.because}"
            yield _step(state, Owner.MERCHANT, "give_back", TO_DECIDE, summary)
        case _:
            return


def _to_file(state: RecoveryState) -> RecoveryStep:
    facts = state.facts
    if not state.ripe and _opened(state) < facts.not_before:
        return RecoveryStep(
            id=_id(state, "wait_to_file"),
            owner=Owner.SYSTEM,
            action="wait_to_file",
            due_at=facts.not_before,
            summary=f"{_they(state)} takes {_what(state)} from then on",
        )
    if state.by_api:
        step = _ours(state, "file_claim", f"file {_what(state)} with {_they(state)}")
    else:
        summary = f"file {_what(state)} with {_they(state)}, and tell its number"
        step = _step(state, Owner.MERCHANT, "file_by_hand", BY_HAND, summary)
    return step.model_copy(update={"due_at": min(step.due_at, facts.file_by)})


def _to_answer(state: RecoveryState, action: str, within: timedelta) -> RecoveryStep:
    if state.looking:
        step = _ours(state, "look_up_claim", f"ask {_they(state)} how {_what(state)} stands")
        return step.model_copy(update={"id": f"{step.id}:{state.looks}"})
    if state.asks:
        summary = f"{_they(state)} asks: {state.asks[:200]}"
        return _step(state, Owner.MERCHANT, "send_evidence", BY_HAND, summary)
    words = {"answer": "decides on", "pay": "pays"}[action]
    step = _step(state, _owner(state), action, within, f"{_they(state)} {words} {_what(state)}")
    if state.asks_by_api:
        look = (state.looked_at or state.since or _opened(state)) + LOOK
        step = step.model_copy(update={"due_at": min(step.due_at, look)})
    return step


def _to_withdraw(state: RecoveryState) -> RecoveryStep:
    if state.asks_by_api and not state.granted_minor:  # what they granted they do not take back
        return _ours(state, "cancel_claim", f"withdraw {_what(state)} from {_they(state)}")
    summary = f"tell {_they(state)} that {_what(state)} is withdrawn: {state.because}"
    return _step(state, Owner.MERCHANT, "withdraw_by_hand", BY_HAND, summary)


def _mend(state: RecoveryState) -> RecoveryStep:
    summary = f"{state.failed.partition(':')[0]} failed, {state.failed_because[:200]}: retry"
    return _step(state, Owner.MERCHANT, "look_into", BY_HAND, summary)


def _ours(state: RecoveryState, action: str, summary: str) -> RecoveryStep:
    step = _step(state, Owner.SYSTEM, action, OURS, summary)
    return step.model_copy(update={"performs": action})


def _step(
    state: RecoveryState, owner: Owner, action: str, within: timedelta, summary: str
) -> RecoveryStep:
    step_id = _id(state, action)
    missed = min(state.missed.get(step_id, 0), _OFTEN)
    due = (state.since or _opened(state)) + within * (1 << missed)
    return RecoveryStep(id=step_id, owner=owner, action=action, due_at=due, summary=summary)


def _id(state: RecoveryState, action: str) -> str:
    return f"{action}:{state.rounds}"


def _opened(state: RecoveryState) -> datetime:
    if state.opened_at is None:
        raise ValueError("a recovery that nobody opened")
    return state.opened_at


def _owner(state: RecoveryState) -> Owner:
    is_claim = state.facts.kind is RecoveryKind.CARRIER_CLAIM
    return Owner.CARRIER if is_claim else Owner.CUSTOMS


def _they(state: RecoveryState) -> str:
    facts = state.facts
    is_claim = facts.kind is RecoveryKind.CARRIER_CLAIM
    return facts.counterparty if is_claim else f"customs of {facts.counterparty}"


def _what(state: RecoveryState) -> str:
    facts = state.facts
    if facts.kind is RecoveryKind.DUTY_DRAWBACK:
        return f"the duties of {facts.return_id}"
    return f"the claim for {facts.cause} {facts.subject} of {facts.return_id}"
