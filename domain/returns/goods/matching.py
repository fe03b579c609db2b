"""What nobody announced: a person says which unit it is after all, or where it goes."""

from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import StraySettled, UnitMatched, UnitUnmatched
from domain.returns.goods.fitting import STILL_OUT
from domain.returns.goods.undoing import is_undoable, reopen, uncounted
from domain.returns.money.promising import standing
from domain.returns.state import Unit
from domain.returns.unfolding import Unfolding
from domain.words import Decision, MoneyState


def match_unit(u: Unfolding, ask: c.MatchUnit) -> Refused | None:
    """A person says that one of a stray is a unit, or where all that is left of it goes."""
    stray = u.state.strays.get(ask.stray_id)
    if stray is None:
        return Refused(code="unknown_stray", because=f"stray_id: no stray {ask.stray_id} here")
    if not stray.open:
        return Refused(code="stray_settled", because="stray_id: that was decided already")
    if ask.disposition is not None:
        u.happened(
            StraySettled(
                occurred_at=u.now,
                stray_id=stray.stray_id,
                quantity=stray.left,
                disposition=ask.disposition,
                because=ask.because or f"decided by {ask.actor.kind}",
            )
        )
        return None
    unit = u.state.units.get(ask.unit)
    if unit is None:
        known = ", ".join(u.state.units)
        return Refused(code="unknown_unit", because=f"unit: no {ask.unit}, there are {known}")
    if unit.receipt not in STILL_OUT:
        return Refused(code="unit_not_missing", because=f"unit: {unit.id} is {unit.receipt}")
    u.happened(
        UnitMatched(
            occurred_at=u.now,
            unit=unit.id,
            stray_id=stray.stray_id,
            because=ask.because or f"decided by {ask.actor.kind}",
        )
    )
    return None


def unmatch_unit(u: Unfolding, ask: c.UnmatchUnit) -> Refused | None:
    """A match was wrong: both go back to what they were, unless it was decided on already."""
    stray = u.state.strays.get(ask.stray_id)
    if stray is None or not stray.matched:
        return Refused(code="not_matched", because=f"stray_id: {ask.stray_id} is not matched")
    if len(stray.matched) > 1 and not ask.unit:
        matched = ", ".join(stray.matched)
        return Refused(
            code="which_unit", because=f"unit: several are matched to it, name one of {matched}"
        )
    if ask.unit and ask.unit not in stray.matched:
        return Refused(code="not_matched", because=f"unit: {ask.unit} is not matched to it")
    unit = u.state.units[ask.unit or stray.matched[0]]
    refused = _too_late(u, unit)
    if refused is not None:
        return refused
    undoable = is_undoable(u.state, unit)
    because = ask.because or f"decided by {ask.actor.kind}"
    u.happened(
        UnitUnmatched(occurred_at=u.now, unit=unit.id, stray_id=stray.stray_id, because=because)
    )
    if undoable:
        reopen(u, unit, because)
    elif unit.decision not in {Decision.PENDING, Decision.NEEDS_REVIEW}:
        uncounted(u, unit, f"{stray.stray_id}/{len(u.state.receipts)}")
    return None


def _too_late(u: Unfolding, unit: Unit) -> Refused | None:
    """What was looked at, put away, sent or paid as this unit is this unit."""
    if unit.inspection_id or unit.moved or unit.id in u.state.send_backs:
        return Refused(
            code="decided_already",
            because=f"{unit.id} was inspected or put away on this match: {unit.decision}",
        )
    gone = [
        payout
        for payout in standing(u.state)
        if payout.state not in {MoneyState.PLANNED, MoneyState.HELD}
        and any(part.key == unit.id for part in payout.parts)
    ]
    if gone:
        return Refused(
            code="decided_already",
            because=f"{unit.id} was decided on this match: {unit.decision}; its money is "
            f"{gone[0].state}, and what was paid is not asked back",
        )
    if unit.decision in {Decision.APPEALED, Decision.APPEAL_DENIED, Decision.REJECTED}:
        return Refused(
            code="decided_already", because=f"{unit.id} was decided on this match: {unit.decision}"
        )
    return None
