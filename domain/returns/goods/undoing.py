"""A verdict is undone with what it was given on, as long as nothing was given for it.

Money that has not been sent is not sent then (`money.stopping`). What has left is
not asked back: the verdict stands, and a person is told.
"""

from datetime import datetime

from domain.returns.asking.offering import has_other_answer
from domain.returns.events import DecisionReopened, UnitReceiptRetracted
from domain.returns.money.promising import sent_for
from domain.returns.money.uncounting import hold_for
from domain.returns.state import ReturnState, Unit
from domain.returns.unfolding import Unfolding
from domain.returns.worrying import worry
from domain.words import Decision

UNCOUNTED = "uncounted"
"""The first part of a concern's id: a unit is not here, and its verdict stands."""

GIVEN = frozenset({Decision.ACCEPTED, Decision.ACCEPTED_WITH_DEDUCTION, Decision.REJECTED})
"""First verdicts; a second one is a person's."""


def is_undoable(state: ReturnState, unit: Unit) -> bool:
    """Whether rules gave its verdict, and neither money nor goods were given for it."""
    by_rules = unit.decision in GIVEN and not unit.decided_by
    return by_rules and not is_given(state, unit)


def is_given(state: ReturnState, unit: Unit) -> bool:
    """Whether anything has left for it, or may have; or a person has chosen where it goes."""
    way = state.send_backs.get(unit.id)
    gone = way is not None and bool(way.order_ref or way.choice)
    return bool(sent_for(state, unit.id)) or gone or has_other_answer(state, unit)


def reopen(u: Unfolding, unit: Unit, because: str) -> None:
    """Decide it anew."""
    u.happened(DecisionReopened(occurred_at=u.now, unit=unit.id, because=because))


def no_longer_here(u: Unfolding, unit: Unit, at: datetime, because: str, message_id: str) -> None:
    """What was said of the unit does not stand, nor what was decided on it."""
    undoable = is_undoable(u.state, unit)
    u.happened(
        UnitReceiptRetracted(
            occurred_at=at, unit=unit.id, receipt_id=unit.receipt_id, because=because
        )
    )
    if not unit.approved or unit.decision is Decision.PENDING:
        return
    if unit.decision in {Decision.NEEDS_REVIEW, Decision.REJECTED}:
        reopen(u, unit, because)
    elif unit.decided_unseen:
        return  # it was not decided on what the dock had
    elif undoable:
        reopen(u, unit, because)
    else:
        uncounted(u, unit, message_id)


def uncounted(u: Unfolding, unit: Unit, message_id: str) -> None:
    """Something was given for a unit that is not here: the rest is held, a person told."""
    worry(
        u,
        f"{UNCOUNTED}:{unit.id}:{message_id}",
        "corrected_after_decision",
        f"{unit.id} was {unit.decision}, and the dock does not have it after all",
    )
    hold_for(u, unit)
