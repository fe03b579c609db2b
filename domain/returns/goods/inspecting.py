"""What an inspector saw, what it is worth, where it goes."""

from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import (
    DecisionMade,
    DecisionReopened,
    MessageRejected,
    ReasonRecoded,
    UnitInspected,
    UnitReceiptRetracted,
    UnitReceived,
    Verdict,
)
from domain.returns.goods.checking import (
    completes,
    reason_found,
    share_less_findings,
    still_to_check,
)
from domain.returns.goods.fitting import seen_unit
from domain.returns.state import ReturnState, Unit
from domain.returns.unfolding import Unfolding
from domain.returns.worrying import worry
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


def report_inspection(u: Unfolding, report: c.ReportInspection) -> Refused | None:
    """Record what was seen of each unit; what cannot be placed is kept by name."""
    if any(unit.inspection_id == report.message_id for unit in u.state.units.values()):
        return None
    for seen in report.units:
        unit = seen_unit(u.state, seen)
        if unit is None:
            u.happened(
                MessageRejected(
                    occurred_at=report.occurred_at,
                    message="report_inspection",
                    message_id=report.message_id,
                    code="unknown_unit",
                    because=f"units: no unit {seen} in this return, "
                    f"there are {', '.join(u.state.units)}",
                )
            )
        else:
            _see(u, report, seen, unit)
    return None


def _see(u: Unfolding, report: c.ReportInspection, seen: c.InspectedUnit, unit: Unit) -> None:
    """A unit that is inspected is there, whether or not the dock has said so yet."""
    if unit.inspection_id and not completes(u.state, seen, unit):
        _differs(u, report, seen, unit)
        return
    if unit.receipt is not Receipt.RECEIVED:
        _must_be_here(u, report, unit)
    u.happened(
        UnitInspected(
            occurred_at=report.occurred_at,
            unit=unit.id,
            inspection_id=report.message_id,
            grade=seen.grade,
            inspector=report.inspector,
            warehouse=report.warehouse,
            note=seen.note,
            serial=seen.serial,
            lot=seen.lot,
            checks=seen.checks,
            photos=seen.photos,
            suggested_disposition=seen.suggested_disposition,
        )
    )
    found = seen.found_reason or reason_found(u.state, u.state.units[unit.id])
    if found is not None and found is not unit.reason:
        u.happened(
            ReasonRecoded(occurred_at=report.occurred_at, unit=unit.id, was=unit.reason, now=found)
        )


def _must_be_here(u: Unfolding, report: c.ReportInspection, unit: Unit) -> None:
    """The inspector numbers what the dock had only counted: then it was this one of its kind."""
    taken_for = next(
        (
            other
            for other in u.state.units.values()
            if other.asked.line_id == unit.asked.line_id
            and other.receipt is Receipt.RECEIVED
            and other.receipt_id
            and not other.serial
            and not other.inspection_id
            and other.decision is Decision.PENDING
        ),
        None,
    )
    if taken_for is not None:
        u.happened(
            UnitReceiptRetracted(
                occurred_at=report.occurred_at,
                unit=taken_for.id,
                receipt_id=taken_for.receipt_id,
                because=f"by its inspection it was {unit.id}",
            )
        )
    u.happened(
        UnitReceived(
            occurred_at=report.occurred_at,
            unit=unit.id,
            parcel_id=taken_for.parcel_id if taken_for else "",
            receipt_id=taken_for.receipt_id if taken_for else "",
        )
    )


def _differs(u: Unfolding, report: c.ReportInspection, seen: c.InspectedUnit, unit: Unit) -> None:
    """A second look never rewrites what was decided on the first: a person compares them."""
    if seen.grade is not unit.grade:
        concern_id = f"inspection:{unit.id}:{report.message_id}"
        because = f"{unit.id} was graded {unit.grade} and now {seen.grade}"
        worry(u, concern_id, "inspections_differ", because)


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
            verdict = _verdict(u.state, current)
            is_left_to_a_person = current.decision is Decision.NEEDS_REVIEW
            if verdict is not None and not (is_left_to_a_person and verdict[0] < 0):
                _decide(u, current, *verdict)


def _turned_up(unit: Unit) -> bool:
    """Rejected, or left to a person, because it was not there, and now it is."""
    return (
        unit.decision in {Decision.REJECTED, Decision.APPEAL_DENIED, Decision.NEEDS_REVIEW}
        and unit.receipt is Receipt.RECEIVED
        and unit.decided_unseen
        and not unit.share_bp
    )


def _verdict(state: ReturnState, unit: Unit) -> tuple[int, str] | None:
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
    of_share: dict[int, Verdict] = {-1: Decision.NEEDS_REVIEW, 0: Decision.REJECTED}
    outcomes = {**of_share, WHOLE: Decision.ACCEPTED}
    u.happened(
        DecisionMade(
            occurred_at=u.now,
            unit=unit.id,
            outcome=outcomes.get(share_bp, Decision.ACCEPTED_WITH_DEDUCTION),
            share_bp=max(0, share_bp),
            because=because,
        )
    )
