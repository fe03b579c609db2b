"""What a unit is worth by what is known of it."""

from domain.returns.events import DecisionMade, DecisionReopened, Verdict
from domain.returns.goods.checking import share_less_findings, still_to_check
from domain.returns.state import ReturnState, Unit
from domain.returns.unfolding import Unfolding
from domain.words import Decision, Fault, Receipt, RefundTrigger, Resolution

WHOLE = 10_000
"""All of it, in basis points."""


_FINAL = frozenset(
    {
        Decision.ACCEPTED,
        Decision.ACCEPTED_WITH_DEDUCTION,
        Decision.REJECTED,
        Decision.APPEAL_UPHELD,
        Decision.APPEAL_DENIED,
    }
)


def is_final(unit: Unit) -> bool:
    """Whether a verdict on the unit stands and nobody is asked again."""
    return unit.decision in _FINAL


def decide_units(u: Unfolding) -> None:
    """Give every verdict that can be given on what is known now."""
    if not u.state.is_approved:
        return
    for unit in list(u.state.units.values()):
        if unit.approved and _turned_up(unit):
            u.happened(
                DecisionReopened(
                    occurred_at=u.now, unit=unit.id, because="it was missing, and turned up"
                )
            )
        current = u.state.units[unit.id]
        if current.approved and current.decision in {Decision.PENDING, Decision.NEEDS_REVIEW}:
            known = verdict(u.state, current)
            is_left_to_a_person = current.decision is Decision.NEEDS_REVIEW
            if known is not None and not (is_left_to_a_person and known[0] < 0):
                _decide(u, current, *known)


def _turned_up(unit: Unit) -> bool:
    """Rejected, or left to a person, because it was not there, and now it is."""
    return (
        unit.decision in {Decision.REJECTED, Decision.APPEAL_DENIED, Decision.NEEDS_REVIEW}
        and unit.receipt is Receipt.RECEIVED
        and unit.decided_unseen
        and not unit.share_bp
    )


def verdict(state: ReturnState, unit: Unit) -> tuple[int, str] | None:
    """What share of the quote the unit brings, and why; none while it is too early to say.

    A share below zero leaves the verdict to a person.
    """
    if state.keep_item or unit.resolution is Resolution.KEEP_ITEM:
        return WHOLE, "the customer keeps it"
    if unit.stays and unit.receipt is not Receipt.RECEIVED:
        return None  # the customer says whether a share is enough
    match unit.receipt:
        case Receipt.LOST_IN_TRANSIT:
            return WHOLE, "lost by the carrier on its way back"
        case Receipt.SHORT_SHIPPED:
            return 0, "it was not in any box that came"
        case Receipt.WRONG_ITEM:
            return -1, "another article was in the box"
        case Receipt.RECEIVED:
            return _verdict_on_what_is_here(state, unit)
        case _:
            all_left = bool(state.parcels) and all(p.has_left for p in state.parcels.values())
            if state.agreed.refund_trigger is RefundTrigger.FIRST_SCAN and all_left:
                return WHOLE, "handed over"
            return None


def _verdict_on_what_is_here(state: ReturnState, unit: Unit) -> tuple[int, str] | None:
    sold = unit.asked.serials
    if sold and unit.serial and unit.serial not in sold:
        return 0, "its serial number is not one that was sold"
    if state.agreed.refund_trigger is not RefundTrigger.INSPECTED:
        return WHOLE, "received"
    if unit.grade is None or still_to_check(state, unit):
        return None
    if unit.reason.fault in {Fault.MERCHANT, Fault.CARRIER}:
        return WHOLE, f"graded {unit.grade}, and its state is not the customer's fault"
    by_grade = state.agreed.grade_share_bp.get(unit.grade, WHOLE)
    share_bp, findings = share_less_findings(state, unit, by_grade)
    return share_bp, f"graded {unit.grade}{findings}"


def _decide(u: Unfolding, unit: Unit, share_bp: int, because: str) -> None:
    u.happened(
        DecisionMade(
            occurred_at=u.now,
            unit=unit.id,
            outcome=outcome_of(share_bp),
            share_bp=max(0, share_bp),
            because=because,
        )
    )


def outcome_of(share_bp: int) -> Verdict:
    """What a share is called."""
    of_share: dict[int, Verdict] = {-1: Decision.NEEDS_REVIEW, 0: Decision.REJECTED}
    outcomes = {**of_share, WHOLE: Decision.ACCEPTED}
    return outcomes.get(share_bp, Decision.ACCEPTED_WITH_DEDUCTION)
