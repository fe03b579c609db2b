"""What a recovery does when it is asked or told something: events, or a refusal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.recoveries import commands as c
from domain.recoveries import events as e
from domain.recoveries.deadlines import note_time
from domain.recoveries.facts import RecoveryFacts
from domain.recoveries.state import RecoveryState
from domain.recoveries.unfolding import RecoveryUnfolding
from domain.recoveries.words import RecoveryLife as L
from domain.refusal import Refused
from domain.unfolded import WrongMoment

_RECALLABLE = frozenset({L.OPEN, L.REFUSED})


@dataclass(frozen=True, slots=True)
class RecoveryDecision:
    """What happens. Nothing, if it is old news."""

    events: tuple[e.RecoveryEvent, ...]
    state: RecoveryState


def decide(
    state: RecoveryState, command: c.RecoveryCommand, now: datetime
) -> RecoveryDecision | Refused:
    """Say what a recovery in `state` does when asked: events, or a refusal."""
    if state.known is None and not isinstance(command, c.OpenRecovery):
        return Refused(code="unknown_recovery", because="there is no such recovery")
    if isinstance(command, c.RecoveryAsk) and command.actor.kind == "customer":
        return Refused(code="not_yours", because="actor: claims are the merchant's alone")
    u = RecoveryUnfolding(state, now)
    try:
        refused = _HANDLERS[type(command)](u, command)
    except WrongMoment as wrong:
        return Refused(code="wrong_moment", because=str(wrong))
    return refused or RecoveryDecision(tuple(u.events), u.state)


def _open(u: RecoveryUnfolding, command: c.OpenRecovery) -> Refused | None:
    state, facts = u.state, command.facts
    if state.known is None:
        u.happened(e.RecoveryOpened(occurred_at=u.now, facts=facts))
    elif _is_other(state.known, facts):
        return Refused(code="another_recovery", because="it is about something else already")
    elif state.life in {L.WITHDRAWN, L.WITHDRAWING, L.OWED_BACK, L.GIVEN_BACK}:
        u.happened(e.RecoveryReopened(occurred_at=u.now, facts=facts))
    return None


def _is_other(known: RecoveryFacts, told: RecoveryFacts) -> bool:
    about = ("kind", "cause", "return_id", "subject")
    return any(getattr(known, name) != getattr(told, name) for name in about)


def _recall(u: RecoveryUnfolding, command: c.RecallRecovery) -> Refused | None:
    """What is lost is found: nothing is claimed for it any more, or what came goes back."""
    _gone(u, command.because)
    return None


def _gone(u: RecoveryUnfolding, because: str) -> None:
    life = u.state.life
    if life is L.PAID or (life is L.GRANTED and u.state.paid_minor):
        u.happened(e.RecoveryOwedBack(occurred_at=u.now, because=because))
    elif life in {L.FILED, L.GRANTED}:
        u.happened(e.RecoveryWithdrawalAsked(occurred_at=u.now, because=because))
    elif life in _RECALLABLE:
        u.happened(e.RecoveryWithdrawn(occurred_at=u.now, because=because))


def _file(u: RecoveryUnfolding, ask: c.FileRecovery) -> Refused | None:
    if ask.reference == u.state.reference and u.state.life is L.FILED and not u.state.asks:
        return None
    u.happened(e.RecoveryFiled(occurred_at=u.now, reference=ask.reference, by="person"))
    return None


def _answer(u: RecoveryUnfolding, ask: c.AnswerRecovery) -> Refused | None:
    granted = u.state.facts.claimed_minor
    if ask.amount is not None:
        other = _other_currency(u, ask.amount.currency)
        if other is not None:
            return other
        granted = ask.amount.amount_minor
    if granted < 0:
        return Refused(code="invalid", because="amount: expected 0 or more")
    is_yes = ask.verdict == "granted"
    u.happened(
        e.RecoveryAnswered(
            occurred_at=u.now,
            verdict=ask.verdict,
            granted_minor=granted if is_yes else 0,
            theirs=ask.theirs,
        )
    )
    return None


def _book(u: RecoveryUnfolding, ask: c.BookRecoveryPayment) -> Refused | None:
    other = _other_currency(u, ask.amount.currency)
    if other is not None:
        return other
    amount = ask.amount.amount_minor
    if amount <= 0:
        return Refused(code="invalid", because="amount: expected more than 0")
    known = u.state.paid.get(ask.reference)
    if known == amount:
        return None  # told before
    if known is not None:
        because = f"reference: {ask.reference} is booked already, with another amount"
        return Refused(code="payment_known", because=because)
    full = u.state.paid_minor + amount >= u.state.due_minor
    u.happened(
        e.RecoveryPaid(occurred_at=u.now, payment_ref=ask.reference, amount_minor=amount, full=full)
    )
    return None


def _other_currency(u: RecoveryUnfolding, currency: str) -> Refused | None:
    ours = u.state.facts.currency
    if currency == ours:
        return None
    because = f"amount: it is claimed in {ours}; tell what it is worth in {ours} where it came"
    return Refused(code="other_currency", because=because)


def _withdraw(u: RecoveryUnfolding, ask: c.WithdrawRecovery) -> Refused | None:
    u.happened(e.RecoveryWithdrawn(occurred_at=u.now, because=ask.because))
    return None


def _close(u: RecoveryUnfolding, ask: c.CloseRecovery) -> Refused | None:
    u.happened(e.RecoveryClosed(occurred_at=u.now, because=ask.because))
    return None


def _give_back(u: RecoveryUnfolding, ask: c.GiveBackRecovery) -> Refused | None:
    if u.state.given_back == ask.reference:
        return None
    u.happened(e.RecoveryGivenBack(occurred_at=u.now, reference=ask.reference))
    return None


def _retry(u: RecoveryUnfolding, _ask: c.RetryRecovery) -> Refused | None:
    if not u.state.failed:
        return Refused(code="nothing_failed", because="no step of this recovery has failed")
    u.happened(e.RecoveryRetried(occurred_at=u.now))
    return None


def _filing_begun(u: RecoveryUnfolding, note: c.NoteFilingBegun) -> Refused | None:
    if u.state.life is L.OPEN and not u.state.filing:
        u.happened(e.RecoveryFilingBegun(occurred_at=u.now, attempt=note.attempt))
    return None


def _filed(u: RecoveryUnfolding, note: c.NoteFiled) -> Refused | None:
    """They took it. If it was withdrawn meanwhile, they are told so next."""
    if note.reference != u.state.reference:
        u.happened(e.RecoveryFiled(occurred_at=u.now, reference=note.reference, by="system"))
    return None


def _filing_refused(u: RecoveryUnfolding, note: c.NoteFilingRefused) -> Refused | None:
    if u.state.life is L.OPEN and not u.state.by_hand:
        u.happened(e.FilingRefused(occurred_at=u.now, theirs=note.theirs))
    return None


def _standing(u: RecoveryUnfolding, note: c.NoteStanding) -> Refused | None:
    """How they say that it stands; the same as before is a look and no news."""
    life = u.state.life
    if note.state == "cancelled" and life is L.WITHDRAWING:
        because = u.state.because or "they say so"
        u.happened(e.RecoveryWithdrawn(occurred_at=u.now, because=because))
    elif note.state == "cancelled" and life in {L.FILED, L.GRANTED}:
        theirs = note.theirs or "cancelled"
        u.happened(e.RecoveryAnswered(occurred_at=u.now, verdict="refused", theirs=theirs))
    elif _is_news(u.state, note):
        _heard(u, note)
    elif u.state.looking:
        u.happened(e.RecoveryChecked(occurred_at=u.now))
    return None


def _is_news(state: RecoveryState, note: c.NoteStanding) -> bool:
    match note.state:
        case "granted":
            new_sum = note.granted_minor not in {None, state.granted_minor}
            first = state.life in {L.FILED, L.REFUSED}
            return first or (state.life in {L.GRANTED, L.WITHDRAWING} and new_sum)
        case "refused":
            return state.life in {L.FILED, L.GRANTED, L.WITHDRAWING}
        case "asks":
            return state.life is L.FILED and not state.asks
        case _:
            return False


def _heard(u: RecoveryUnfolding, note: c.NoteStanding) -> None:
    granted = note.granted_minor
    whole = u.state.facts.claimed_minor
    verdict: Any = note.state
    u.happened(
        e.RecoveryAnswered(
            occurred_at=u.now,
            verdict=verdict,
            granted_minor=(whole if granted is None else granted) if verdict == "granted" else 0,
            theirs=note.theirs,
        )
    )


def _time_passed(u: RecoveryUnfolding, _note: c.NoteTimePassed) -> Refused | None:
    note_time(u)
    return None


def _failed(u: RecoveryUnfolding, note: c.NoteRecoveryStepFailed) -> Refused | None:
    if u.state.failed != note.step_id:
        u.happened(
            e.RecoveryStepFailed(
                occurred_at=u.now, step_id=note.step_id, kind=note.kind, because=note.because
            )
        )
    return None


_HANDLERS: Mapping[type[Any], Callable[[RecoveryUnfolding, Any], Refused | None]] = {
    c.OpenRecovery: _open,
    c.RecallRecovery: _recall,
    c.FileRecovery: _file,
    c.AnswerRecovery: _answer,
    c.BookRecoveryPayment: _book,
    c.WithdrawRecovery: _withdraw,
    c.CloseRecovery: _close,
    c.GiveBackRecovery: _give_back,
    c.RetryRecovery: _retry,
    c.NoteFilingBegun: _filing_begun,
    c.NoteFiled: _filed,
    c.NoteFilingRefused: _filing_refused,
    c.NoteStanding: _standing,
    c.NoteTimePassed: _time_passed,
    c.NoteRecoveryStepFailed: _failed,
}
