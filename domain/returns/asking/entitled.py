"""Who may say what: one table for what is asked, and a look at what a message says it is about.

That somebody is who they say they are is a door's business; what they may do is decided here.
"""

from collections.abc import Mapping

from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.asking.request import ReturnRequest
from domain.returns.state import ReturnState

_ANYBODY = frozenset({"customer", "staff", "service", "system"})
_THE_MERCHANT = frozenset({"staff", "service", "system"})

MAY_ASK: Mapping[type[c.Ask], frozenset[str]] = {
    c.Open: _ANYBODY,
    c.Cancel: _ANYBODY,
    c.ChooseMethod: _ANYBODY,
    c.AcceptOffer: _ANYBODY,
    c.DeclineOffer: _ANYBODY,
    c.CorrectAddress: _ANYBODY,
    c.ReschedulePickup: _ANYBODY,
    c.Dispute: _ANYBODY,
    c.ChoosePayout: _ANYBODY,
    c.ChooseGoods: _ANYBODY,
    c.ChooseContact: _ANYBODY,
    c.GiveFeedback: _ANYBODY,
    # What was decided binds the customer; only the merchant may decide otherwise.
    c.Approve: _THE_MERCHANT,
    c.Decline: _THE_MERCHANT,
    c.Override: _THE_MERCHANT,
    c.ResolveDispute: _THE_MERCHANT,
    c.DeclareGoods: _THE_MERCHANT,
    c.MatchUnit: _THE_MERCHANT,
    c.UnmatchUnit: _THE_MERCHANT,
    c.ReleasePayout: _THE_MERCHANT,
    c.WriteOffPayout: _THE_MERCHANT,
}
"""The kinds of actor that may ask it. A customer only of a return of their own."""


def may_not(ask: c.Ask, customer_id: str) -> Refused | None:
    """Say why this actor may not ask this, if so.

    Args:
        ask: What is asked, and by whom.
        customer_id: Whose return, or order, it is about.
    """
    allowed = MAY_ASK[type(ask)]
    if ask.actor.kind not in allowed:
        return Refused(
            code="staff_only",
            because=f"actor.kind: a {ask.actor.kind} may not ask this, only "
            f"{', '.join(sorted(allowed))}",
        )
    if ask.actor.kind == "customer" and ask.actor.id != customer_id:
        return Refused(code="not_yours", because="actor.id: this is the return of another customer")
    return None


def is_of_another(report: c.Report, return_id: str) -> Refused | None:
    """Say that a report names another return than the one it was sent to, if so."""
    if isinstance(report, c.ReportInspection) and report.return_id != return_id:
        return Refused(
            code="other_return", because=f"return_id: {report.return_id} is not this return"
        )
    if isinstance(report, c.ReportReceipt) and report.returns and return_id not in report.returns:
        named = ", ".join(report.returns)
        return Refused(code="other_return", because=f"returns: this return is not among {named}")
    return None


def is_another_opening(
    state: ReturnState, return_id: str, request: ReturnRequest
) -> Refused | None:
    """Say in what a request differs from the one that this return was opened with, if at all.

    Facts of the order may be told anew; what is to come back, and why, is what was asked.
    """
    if request.return_id not in {None, return_id}:
        return Refused(
            code="other_return", because=f"request.return_id: expected {return_id} or nothing"
        )
    if not state.version:
        return None
    if request.order_id != state.order_id:
        return Refused(
            code="return_exists",
            because=f"return_id: {return_id} is a return of order {state.order_id}",
        )
    asked = sorted(
        (line.line_id, line.reason, line.resolution)
        for line in request.lines
        for _ in range(line.quantity)
    )
    known = sorted(
        (unit.asked.line_id, unit.asked.reason, unit.asked.resolution)
        for unit in state.units.values()
    )
    if asked != known:
        return Refused(
            code="return_exists",
            because=f"request.lines: return {return_id} was opened for other units, "
            "reasons or resolutions; ask for a return of its own",
        )
    return None
