"""A repair: taken on by the warehouse after the verdict, done or not, and sent back.

What cannot be repaired, or never came back to be, is answered in money, if the customer does
not want it otherwise.
"""

from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.asking.offering import offer, open_offer_for
from domain.returns.events.resolving import RepairCompleted, RepairFailed, RepairStarted
from domain.returns.goods.replacing import is_earned
from domain.returns.notes import NoteRepair
from domain.returns.state import ReturnState, Unit
from domain.returns.unfolding import Unfolding
from domain.words import Receipt, Resolution


def is_to_repair(unit: Unit) -> bool:
    """Whether the verdict says that the unit is repaired."""
    return unit.approved and unit.resolution is Resolution.REPAIR and is_earned(unit)


def may_be_ordered(state: ReturnState, unit: Unit) -> bool:
    """Whether the warehouse is to be asked: it is here, and not at the workshop already.

    After a repair that failed only when the customer wants nothing else, and a person has
    settled the concern about that.
    """
    if not is_to_repair(unit) or unit.receipt is not Receipt.RECEIVED or not state.is_approved:
        return False
    if unit.repair is None:
        return True
    offers = [offered for offered in state.offers.values() if offered.unit == unit.id]
    settled = all(
        offered.answer in {"declined", "lapsed"}
        and f"offer:{offered.offer_id}" not in state.concerns
        for offered in offers
    )
    return unit.repair.life == "failed" and settled


def attempt(state: ReturnState, unit: Unit) -> str:
    """Tell a further order from the ones before."""
    offers = sum(offered.unit == unit.id for offered in state.offers.values())
    return f":{offers + 1}" if offers and unit.repair is not None else ""


def note_repair(u: Unfolding, note: NoteRepair) -> Refused | None:
    """The workshop has it, or will not take it."""
    unit = u.state.units[note.unit]
    if not may_be_ordered(u.state, unit):
        return None
    if note.repair_ref:
        u.happened(RepairStarted(occurred_at=u.now, unit=unit.id, repair_ref=note.repair_ref))
    else:
        _fail(u, unit, "the workshop does not take it")
    return None


def report_repair(u: Unfolding, report: c.ReportRepair) -> Refused | None:
    """It works again, or never will. Told twice, it happened once."""
    unit = next(
        (
            known
            for known in u.state.units.values()
            if known.repair is not None and known.repair.repair_ref == report.repair_ref
        ),
        None,
    )
    if unit is None or unit.repair is None:
        return Refused(code="unknown_repair", because="repair_ref: no such repair in this return")
    if unit.repair.life != "started":
        return None
    if report.status == "repaired":
        u.happened(RepairCompleted(occurred_at=report.occurred_at, unit=unit.id, note=report.note))
    else:
        _fail(u, unit, report.note or "it cannot be repaired")
    return None


def _fail(u: Unfolding, unit: Unit, because: str) -> None:
    u.happened(RepairFailed(occurred_at=u.now, unit=unit.id, because=because))
    why = f"it could not be repaired: {because}"[:1_000]
    offer(u, unit, Resolution.REFUND_ORIGINAL, why, holds_unanswered=True)


def answer_what_is_lost(u: Unfolding) -> None:
    """What a carrier lost on its way to be repaired is offered in money."""
    for unit in list(u.state.units.values()):
        lost = unit.receipt is Receipt.LOST_IN_TRANSIT and is_to_repair(unit)
        asked = any(offered.unit == unit.id for offered in u.state.offers.values())
        if lost and not asked and open_offer_for(u.state, unit) is None:
            why = "it was lost on its way to us, and there is nothing to repair"
            offer(u, unit, Resolution.REFUND_ORIGINAL, why, holds_unanswered=True)
