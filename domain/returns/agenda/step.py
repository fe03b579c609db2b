"""One thing to be done, and when it is due."""

from datetime import datetime, timedelta

from pydantic import AwareDatetime

from domain.model import Value
from domain.returns.state import ReturnState
from domain.words import Actor

SOON = timedelta(days=1)
"""How long a step of our own may take before a person is told."""

_OFTEN = 10
"""Deadlines missed after which the distance between them grows no more."""


class Step(Value):
    """One thing to be done. `performs` names the activity, where it is ours to do.

    `account` is whose contract with a partner it is done by, where there are several.
    """

    id: str
    actor: Actor
    action: str
    due_at: AwareDatetime  # what was missed often may be due in a time that no event can have
    summary: str
    subject: str = ""
    performs: str = ""
    account: str = ""


def must(
    state: ReturnState,
    actor: Actor,
    action: str,
    *,
    step_id: str,
    since: datetime | None,
    within: timedelta,
    summary: str,
    subject: str = "",
    performs: str = "",
    account: str = "",
) -> Step:
    """Say that `actor` must act, `within` that time of `since` (of the request, without one).

    Where we heard of it otherwise than in time (`state.counted`), from when we did.

    Each deadline that was missed gives another, twice as far away as the one before: who has
    been told three times is not told every day.

    Raises:
        ValueError: The return was never asked for, so that no time can be counted from it.
    """
    base = since or state.requested_at
    if base is None:
        raise ValueError("a step of a return that nobody asked for")
    heard = state.counted.get(step_id)
    # Where the step is open again since, its own time counts.
    if heard is not None and heard >= base - timedelta(days=1):
        base = heard
    grace = within or SOON
    return Step(
        id=step_id,
        actor=actor,
        action=action,
        due_at=base + within + grace * _graces(state.missed.get(step_id, 0)),
        summary=summary,
        subject=subject,
        # What failed for good is not tried again before a person has looked at it.
        performs="" if f"failed:{step_id}" in state.concerns else performs,
        account=account,
    )


def we_must(
    state: ReturnState,
    action: str,
    *,
    step_id: str,
    since: datetime | None,
    summary: str,
    subject: str = "",
    within: timedelta = SOON,
    account: str = "",
) -> Step:
    """Say that we must act ourselves: the action is the activity that performs it."""
    return must(
        state,
        Actor.SYSTEM,
        action,
        step_id=step_id,
        since=since,
        within=within,
        summary=summary,
        subject=subject,
        performs=action,
        account=account,
    )


def _graces(missed: int) -> int:
    """How many graces a step has had: 0, 1, 3, 7, … and evenly from the tenth on."""
    doubled = min(missed, _OFTEN)
    return (1 << doubled) - 1 + (missed - doubled) * (1 << _OFTEN)
