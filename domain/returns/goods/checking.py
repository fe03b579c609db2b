"""What of a unit's checklist was answered, and what the answers mean. Questions about the state."""

from domain.policy.inspecting import Check, Checklist
from domain.returns.state import ReturnState, Unit
from domain.words import Disposition, Grade, Reason

_WORST_LAST = list(Grade)
_NOTHING = Checklist(rule="none")


def checklist_of(state: ReturnState, unit: Unit) -> Checklist:
    """What was agreed to be looked at."""
    return state.agreed.checklists.get(unit.id, _NOTHING) if state.terms else _NOTHING


def still_to_check(state: ReturnState, unit: Unit) -> tuple[str, ...]:
    """What an inspection of the unit still lacks; nothing where nobody has looked at all."""
    if unit.grade is None:
        return ()
    asked = checklist_of(state, unit)
    missing = [each.check for each in asked.checks if each.check not in unit.checks]
    if asked.serial and not unit.serial:
        missing.append("serial")
    if asked.photos_from is not None and not unit.photos:
        is_as_bad = _WORST_LAST.index(unit.grade) >= _WORST_LAST.index(asked.photos_from)
        missing += ["photos"] if is_as_bad else []
    return tuple(missing)


def failed_checks(state: ReturnState, unit: Unit) -> list[Check]:
    """The questions that were answered with no."""
    return [
        check for check in checklist_of(state, unit).checks if unit.checks.get(check.check) is False
    ]


def share_less_findings(state: ReturnState, unit: Unit, share_bp: int) -> tuple[int, str]:
    """What the findings leave of a share, and the words for it."""
    failed = [check for check in failed_checks(state, unit) if check.deduct_bp]
    left = max(0, share_bp - sum(check.deduct_bp for check in failed))
    said = "".join(f", {check.check}: -{check.deduct_bp / 100:g} %" for check in failed)
    return left, said


def sent_by_finding(state: ReturnState, unit: Unit) -> tuple[Disposition, str] | None:
    """Where the first finding that says so sends the unit."""
    for check in failed_checks(state, unit):
        if check.disposition is not None:
            return check.disposition, f"{check.check} was answered with no"
    return None


def reason_found(state: ReturnState, unit: Unit) -> Reason | None:
    """What the first finding that means a reason says of why it came back."""
    reasons = (check.reason for check in failed_checks(state, unit) if check.reason is not None)
    return next(reasons, None)
