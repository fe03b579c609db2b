"""What the customer may say to a verdict, and the second one."""

from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import DisputeOpened, DisputeResolved
from domain.returns.unfolding import Unfolding
from domain.words import Decision, Resolution


def dispute(u: Unfolding, ask: c.Dispute) -> Refused | None:
    """The customer does not agree with a deduction or a no; once for each unit."""
    unit = u.state.units.get(ask.unit)
    if unit is None:
        return Refused(code="unknown_unit", because=f"unit: no {ask.unit} in this return")
    if not unit.approved:
        return Refused(
            code="declined_by_policy", because=f"unit: {unit.id} may not come back: staff override"
        )
    if unit.decision not in {Decision.ACCEPTED_WITH_DEDUCTION, Decision.REJECTED}:
        return Refused(code="nothing_to_dispute", because=f"unit: {unit.id} is {unit.decision}")
    if unit.resolution is Resolution.PARTIAL_REFUND:
        return Refused(
            code="nothing_to_dispute", because=f"unit: {unit.id} is as it was offered and accepted"
        )
    since = unit.decided_at
    days = u.state.agreed.dispute_days if u.state.terms else 0
    if since is not None and (u.now - since).days >= days:
        return Refused(
            code="too_late_to_dispute", because=f"a decision can be disputed for {days} days"
        )
    u.happened(
        DisputeOpened(
            occurred_at=ask.occurred_at or u.now,
            unit=unit.id,
            dispute_id=u.made_id(
                "dispute", 1 + sum(bool(x.dispute_id) for x in u.state.units.values())
            ),
            because=ask.because,
            evidence=ask.evidence,
        )
    )
    return None


def resolve_dispute(u: Unfolding, ask: c.ResolveDispute) -> Refused | None:
    """The second decision; what it changes in money follows by itself, and only that."""
    unit = u.state.units.get(ask.unit)
    if unit is None or unit.decision is not Decision.APPEALED:
        return Refused(code="no_dispute", because=f"unit: no dispute is open on {ask.unit}")
    if u.by in {unit.decided_by, f"staff:{unit.inspector}"}:
        return Refused(
            code="same_person",
            because=f"actor: {u.by} looked at {unit.id} or decided on it first: "
            "the second decision is another person's",
        )
    u.happened(
        DisputeResolved(
            occurred_at=u.now,
            unit=unit.id,
            dispute_id=unit.dispute_id,
            outcome=ask.outcome,
            because=ask.because,
            by=u.by,
        )
    )
    return None
