"""What must happen next with a lot, whose turn it is, and by when.

A lot that is neither over nor on somebody's list cannot be said. Each deadline that was missed
gives another, twice as far away as the one before.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.lots.accounting import due_minor
from domain.lots.customs import undeclared
from domain.lots.placing import to_place, to_tell
from domain.lots.rules import is_done
from domain.lots.state import LotFinding, LotState
from domain.lots.step import LotStep
from domain.lots.words import LotKind, LotOwner
from domain.lots.words import LotLife as L
from domain.money import Money

OURS = timedelta(days=1)
"""How long a step of our own may take before a person is told."""
BY_HAND = timedelta(days=5)
"""Within which a person mends what failed."""
LOOK = timedelta(days=2)
"""After which they are asked how it stands."""
TO_SETTLE = timedelta(days=14)
"""Within which a person settles what does not agree; and they answer, where it is disputed."""
_OFTEN = 6

_AWAITED: dict[LotKind, tuple[str, str]] = {
    LotKind.VENDOR_RETURN: ("credit", "credits"),
    LotKind.LIQUIDATION: ("pay", "pays"),
    LotKind.DONATION: ("give_receipt", "gives a receipt for"),
    LotKind.RECYCLING: ("give_certificate", "proves the recycling of"),
    LotKind.DISPOSAL: ("give_certificate", "proves the disposal of"),
    LotKind.REFURBISHMENT: ("grade", "grades"),
    LotKind.REPAIR: ("grade", "grades"),
    LotKind.CONSOLIDATION: ("receive", "counts"),
}
"""What they do with a lot that was sent to them: the action, and in words."""


def lot_agenda(state: LotState) -> tuple[LotStep, ...]:
    """List the open steps, the most pressing first; none where it is over."""
    if state.known is None or state.life is None:
        return ()
    if state.failed:
        return (_mend(state),)
    return tuple(sorted(_steps(state), key=lambda step: (step.due_at, step.id)))


def _steps(state: LotState) -> Iterator[LotStep]:
    match state.life:
        case L.COLLECTING:
            yield _collect(state)
        case L.CLOSED:
            yield _to_agree(state)
        case L.AGREED:
            within = timedelta(days=state.facts.terms.send_days)
            summary = f"hand {what(state)} over to {state.facts.counterparty}"
            yield from _waited(state, LotOwner.WAREHOUSE, "hand_over", within, summary)
        case L.SENT:
            yield from _to_be_answered(state)
        case _:
            pass
    yield from _to_put_away(state)
    for finding in state.open_findings:
        yield _to_settle(state, finding)


def _collect(state: LotState) -> LotStep:
    terms = state.facts.terms
    close = _opened(state) + timedelta(days=terms.closes_after_days)
    return LotStep(
        id="collect",
        owner=LotOwner.WAREHOUSE,
        action="collect",
        due_at=close,
        late_at=close,
        summary=f"{what(state)} gathers: {len(state.inside)} of {terms.closes_at_units} units",
    )


def _to_agree(state: LotState) -> LotStep:
    """Each in turn: what customs must know, transport, and a yes of whoever takes it."""
    they, terms = state.facts.counterparty, state.facts.terms
    by_hand = timedelta(days=terms.agree_days)
    unknown = next(undeclared(state), None)
    if unknown is not None:
        summary = f"HS code or origin of {unknown.told.key} ({unknown.told.name}) is not known"
        step = _step(state, LotOwner.MERCHANT, "declare", by_hand, summary)
        return step.model_copy(update={"subject": unknown.told.key})
    if state.refused:
        summary = f"{they} does not take {what(state)} ({state.refused[:200]}): agree, or dissolve"
        return _step(state, LotOwner.MERCHANT, "answer_refusal", by_hand, summary)
    if not state.by_partner:
        summary = f"agree with {they} that it takes {what(state)}"
        return _step(state, LotOwner.MERCHANT, "agree", by_hand, summary)
    if state.facts.kind is LotKind.CONSOLIDATION and not state.label_ref:
        return _of_carrier(
            state, "ship_lot", f"buy transport for {what(state)} with {terms.carrier}"
        )
    return _ours(state, "offer_lot", f"offer {what(state)} to {they}")


def _to_be_answered(state: LotState) -> Iterator[LotStep]:
    if is_done(state):
        return
    action, words = _AWAITED[state.facts.kind]
    within = timedelta(days=state.facts.terms.answer_days)
    summary = f"{state.facts.counterparty} {words} {what(state)}"
    if state.facts.kind.brings_money:
        owed = Money(amount_minor=due_minor(state), currency=state.facts.currency)
        summary = f"{summary}: {owed}"
    yield from _waited(state, LotOwner.COUNTERPARTY, action, within, summary)


def _waited(
    state: LotState, owner: LotOwner, action: str, within: timedelta, summary: str
) -> Iterator[LotStep]:
    """Somebody else's turn; whoever can be asked by machine is asked meanwhile."""
    if state.looking:
        looked = _of_carrier(state, "look_up_lot", f"ask how {what(state)} stands")
        yield looked.model_copy(update={"id": f"{looked.id}:{state.looks}"})
    step = _step(state, owner, action, within, summary)
    if state.by_partner and not state.looking:
        look = (state.looked_at or state.since or _opened(state)) + LOOK
        step = step.model_copy(update={"due_at": min(step.due_at, look), "looks": True})
    yield step


def _to_put_away(state: LotState) -> Iterator[LotStep]:
    """What stays at the hub, and does not leave with it; its return is told of it then."""
    for action, units, words in (
        ("place_lot", len(to_place(state)), "put {} unit(s) of {} where they go"),
        (
            "tell_returns",
            len(to_tell(state)),
            "tell the returns of {} unit(s) of {} where they are",
        ),
    ):
        if units:
            step = _ours(state, action, words.format(units, what(state)))
            since = max(
                (one.out_since for one in state.out.values() if one.out_since), default=None
            )
            due = step.due_at if since is None else max(step.due_at, since + OURS)
            yield step.model_copy(update={"due_at": due, "late_at": due})


def _to_settle(state: LotState, finding: LotFinding) -> LotStep:
    owner = LotOwner.COUNTERPARTY if finding.disputed else LotOwner.MERCHANT
    action = "answer_dispute" if finding.disputed else "settle_finding"
    words = {
        "missing": "did not come with",
        "extra": "came, and is none of",
        "withdrawn_late": "is no more to be in, and has left with,",
        "short": "owes more for",
    }[finding.what]
    due = finding.since + TO_SETTLE * _graces(state, f"{action}:{finding.finding_id}")
    return LotStep(
        id=f"{action}:{finding.finding_id}",
        owner=owner,
        action=action,
        due_at=due,
        late_at=due,
        summary=f"{finding.subject} {words} {what(state)}",
        subject=finding.finding_id,
    )


def _mend(state: LotState) -> LotStep:
    summary = f"{state.failed.partition(':')[0]} failed, {state.failed_because[:200]}: retry"
    return _step(state, LotOwner.MERCHANT, "look_into", BY_HAND, summary)


def _ours(state: LotState, action: str, summary: str) -> LotStep:
    step = _step(state, LotOwner.SYSTEM, action, OURS, summary)
    return step.model_copy(update={"performs": action})


def _of_carrier(state: LotState, action: str, summary: str) -> LotStep:
    """Ours, and done by a contract with a carrier."""
    account = state.facts.terms.account or ""
    return _ours(state, action, summary).model_copy(update={"account": account})


def _step(
    state: LotState, owner: LotOwner, action: str, within: timedelta, summary: str
) -> LotStep:
    due = (state.since or _opened(state)) + within * _graces(state, action)
    return LotStep(id=action, owner=owner, action=action, due_at=due, late_at=due, summary=summary)


def _graces(state: LotState, step_id: str) -> int:
    return 1 << min(state.missed.get(step_id, 0), _OFTEN)


def _opened(state: LotState) -> datetime:
    if state.opened_at is None:
        raise ValueError("a lot that nobody opened")
    return state.opened_at


def what(state: LotState) -> str:
    """What it is, in words."""
    facts = state.facts
    units = len(state.inside)
    return f"the {facts.kind.replace('_', ' ')} of {units} unit(s) at {facts.hub.warehouse}"
