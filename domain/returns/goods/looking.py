"""Inspectors see units, correct themselves, and take back what they had said.

Inspections are a set, as the reports of the dock are: what stands in the end does not depend
on the order in which they come. Of several looks at one unit the first counts, by the time of
looking; a verdict follows what stands, as far as nothing was given for it.
"""

from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import (
    ConcernSettled,
    MessageRejected,
    ReasonRecoded,
    UnitInspected,
    UnitReceived,
)
from domain.returns.events.inspection import InspectionRetracted, VerdictKept
from domain.returns.goods.alike import counted_alike, move_count, settle_alike
from domain.returns.goods.checking import reason_found
from domain.returns.goods.correcting import fill_from_strays
from domain.returns.goods.fitting import seen_unit
from domain.returns.goods.inspecting import outcome_of, verdict
from domain.returns.goods.undoing import GIVEN, is_given, is_undoable, no_longer_here, reopen
from domain.returns.state import ReturnState, Unit
from domain.returns.successions import on_hearing
from domain.returns.unfolding import Unfolding
from domain.returns.worrying import worry
from domain.words import Decision, Disposition, Receipt

DIFFER = "inspections"
OUTDATED = "verdict"
"""The first part of a concern's id: looks that disagree; a verdict on what is not so any more."""

_UNDECIDED = frozenset({Decision.PENDING, Decision.NEEDS_REVIEW})


def report_inspection(u: Unfolding, report: c.ReportInspection) -> Refused | None:
    """Record what was seen of each unit; what cannot be placed is kept by name."""
    if report.message_id in u.state.inspections:
        return None
    counts, retired = on_hearing(
        u.state.seen_again, report.message_id, report.takes_back, report.occurred_at
    )
    gone = _units_of(u.state, retired)
    if report.takes_back:
        u.happened(
            InspectionRetracted(
                occurred_at=report.occurred_at,
                inspection_id=report.takes_back,
                message_id=report.message_id,
            )
        )
    if counts:  # else what takes its place was faster
        for seen in report.units:
            _see(u, report, seen)
    for key in gone:
        _not_seen(u, report, u.state.units[key])
    if gone:
        settle_alike(u, report)
        fill_from_strays(u, report)
    return None


def _units_of(state: ReturnState, retired: frozenset[str]) -> list[str]:
    return [
        unit.id
        for unit in state.units.values()
        if any(look.inspection_id in retired for look in unit.looks)
    ]


def _see(u: Unfolding, report: c.ReportInspection, seen: c.InspectedUnit) -> None:
    """A unit that is inspected is there, whether or not the dock has said so yet."""
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
            found_reason=seen.found_reason,
        )
    )
    grades = " and ".join(dict.fromkeys(look.grade for look in u.state.units[unit.id].looks))
    if seen.grade != grades:
        because = f"{unit.id} was graded {grades}; the first look counts"
        worry(u, f"{DIFFER}:{unit.id}", "inspections_differ", because)


def _must_be_here(u: Unfolding, report: c.ReportInspection, unit: Unit) -> None:
    """The inspector numbers what the dock had only counted: then it was this one of its kind."""
    taken_for = next(counted_alike(u.state, unit), None)
    if taken_for is not None:
        move_count(u, report, taken_for, unit)
        return
    u.happened(
        UnitReceived(occurred_at=report.occurred_at, unit=unit.id, parcel_id="", receipt_id="")
    )


def _not_seen(u: Unfolding, report: c.ReportInspection, unit: Unit) -> None:
    """A unit that only an inspection knew of is not here when that was of another one."""
    counts = bool(unit.receipt_id or unit.stray_id)
    if unit.looks or counts or unit.receipt is not Receipt.RECEIVED or has_left(u.state, unit):
        return
    because = f"taken back by {report.message_id}"
    no_longer_here(u, unit, report.occurred_at, because, report.message_id)


def has_left(state: ReturnState, unit: Unit) -> bool:
    """Whether it is on its way to the customer, or there."""
    way = state.send_backs.get(unit.id)
    sent = unit.moved and unit.disposition is Disposition.RETURN_TO_CUSTOMER
    return sent or (way is not None and bool(way.order_ref))


# ── Rules ─────────────────────────────────────────────────────────────────────────────────


def follow_looks(u: Unfolding) -> None:
    """Reasons and verdicts are those of the inspections that stand."""
    for key in u.state.units:
        _recode(u, u.state.units[key])
        _judge_again(u, u.state.units[key])
    for concern_id in list(u.state.concerns):
        kind, _, key = concern_id.partition(":")
        unit = u.state.units.get(key)
        if unit is not None and kind in {DIFFER, OUTDATED} and _is_settled(u.state, kind, unit):
            because = "what stands of the inspections says so"
            u.happened(ConcernSettled(occurred_at=u.now, concern_id=concern_id, because=because))


def _recode(u: Unfolding, unit: Unit) -> None:
    """The reason that was found, as long as anybody says that they found it."""
    found = unit.found_reason or (reason_found(u.state, unit) if unit.looks else None)
    now = found or unit.asked.reason
    if now is not unit.reason:
        u.happened(ReasonRecoded(occurred_at=u.now, unit=unit.id, was=unit.reason, now=now))


def _judge_again(u: Unfolding, unit: Unit) -> None:
    """A verdict on what is not so any more is given anew, unless something has left on it."""
    is_here = unit.approved and unit.receipt is Receipt.RECEIVED and not unit.decided_unseen
    if not is_here or unit.decision in _UNDECIDED or unit.judged_on == unit.basis:
        return
    if is_same(u.state, unit):
        return
    if is_undoable(u.state, unit) or _brings_more(u.state, unit):
        reopen(u, unit, "what it was decided on is not so any more")
        return
    because = f"{unit.id} is {unit.decision}, and is not what it was when that was decided"
    u.happened(VerdictKept(occurred_at=u.now, unit=unit.id, because=because))
    worry(u, f"{OUTDATED}:{unit.id}", "inspection_corrected", because)


def is_same(state: ReturnState, unit: Unit) -> bool:
    """Whether rules would decide as they did: to the word, while nothing was given."""
    now = verdict(state, unit)
    by_rules = unit.decision in GIVEN and not unit.decided_by
    if not by_rules or now is None:
        return False
    alike = outcome_of(now[0]) is unit.decision and max(0, now[0]) == unit.share_bp
    return alike and (now[1] == unit.decided_because or is_given(state, unit))


def _brings_more(state: ReturnState, unit: Unit) -> bool:
    now = verdict(state, unit)
    by_rules = unit.decision in GIVEN and not unit.decided_by
    return by_rules and now is not None and now[0] > unit.share_bp


def _is_settled(state: ReturnState, kind: str, unit: Unit) -> bool:
    if kind == DIFFER:
        return len({look.grade for look in unit.looks}) <= 1
    return unit.decision in _UNDECIDED or is_same(state, unit)
