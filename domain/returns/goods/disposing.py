"""Where a unit goes from the inspection table, and that it got there."""

from typing import NamedTuple

from domain.policy.recovery import Recovery, compare
from domain.refusal import Refused
from domain.returns.events import DispositionDecided, UnitMoved, UnitRestocked
from domain.returns.events.inspection import DispositionWithdrawn, MoveWithdrawn, UnitMovedBack
from domain.returns.goods.checking import sent_by_finding, still_to_check
from domain.returns.goods.gathering import goes_onward
from domain.returns.goods.inspecting import is_final
from domain.returns.notes import NoteMove
from domain.returns.state import ReturnState, Unit
from domain.returns.unfolding import Unfolding
from domain.returns.worrying import worry
from domain.words import Decision, Disposition, Receipt, Resolution


class Place(NamedTuple):
    """Where something goes, why, and what else was looked at."""

    disposition: Disposition
    because: str
    compared: tuple[Recovery, ...] = ()


def dispose_of_units(u: Unfolding) -> None:
    """Say where each inspected unit goes, as soon as its verdict stands."""
    for unit in list(u.state.units.values()):
        if unit.disposition is None and _has_a_place(u.state, unit):
            goes(u, unit, where_it_goes(u.state, unit))


def follow_places(u: Unfolding) -> None:
    """What was put, or was to be put, where it does not belong by what stands is put right."""
    for unit in list(u.state.units.values()):
        if unit.disposition is None or unit.moving_back or _is_settled(u.state, unit):
            continue
        place = where_it_goes(u.state, unit) if _has_a_place(u.state, unit) else None
        if place is not None and place.disposition is unit.disposition:
            continue
        because = place.because if place is not None else "what it was put there on is not so"
        if unit.moved:
            u.happened(MoveWithdrawn(occurred_at=u.now, unit=unit.id, because=because))
        else:
            u.happened(DispositionWithdrawn(occurred_at=u.now, unit=unit.id, because=because))


def _is_settled(state: ReturnState, unit: Unit) -> bool:
    """It is as it was when it was said where it goes; or it has left, to the customer or others."""
    if unit.lot is not None and unit.lot.life == "gone":
        return True
    is_here = unit.receipt is Receipt.RECEIVED and is_final(unit)
    if is_here and unit.placed_on == unit.basis:
        return True
    way = state.send_backs.get(unit.id)
    chosen = way is not None and bool(way.choice or way.order_ref)
    return chosen or (unit.moved and unit.disposition is Disposition.RETURN_TO_CUSTOMER)


def _has_a_place(state: ReturnState, unit: Unit) -> bool:
    is_here = unit.receipt is Receipt.RECEIVED
    return is_here and is_final(unit) and _is_looked_at(state, unit) and not _is_at_work(unit)


def goes(u: Unfolding, unit: Unit, place: Place) -> None:
    """A unit goes there."""
    u.happened(
        DispositionDecided(
            occurred_at=u.now,
            unit=unit.id,
            disposition=place.disposition,
            because=place.because,
            compared=place.compared,
        )
    )


def _is_looked_at(state: ReturnState, unit: Unit) -> bool:
    """What was refused, repaired or is to be kept needs no grade to go back."""
    done = unit.repair is not None and unit.repair.life == "completed"
    is_seen = unit.grade is not None and not still_to_check(state, unit)
    return is_seen or unit.decision is Decision.REJECTED or unit.stays or done


def _is_at_work(unit: Unit) -> bool:
    """A unit that is to be repaired stays where it is until that is over."""
    over = unit.repair is not None and unit.repair.life == "completed"
    refused = unit.decision is Decision.REJECTED or (
        unit.decision is Decision.APPEAL_DENIED and not unit.share_bp
    )
    return unit.resolution is Resolution.REPAIR and unit.approved and not over and not refused


def where_it_goes(state: ReturnState, unit: Unit) -> Place:
    """Where a unit goes that was judged, and why."""
    sold = unit.asked.serials
    if sold and unit.serial and unit.serial not in sold:
        return Place(Disposition.QUARANTINE, "its serial number is not one that was sold")
    if unit.decision is Decision.REJECTED or (
        unit.decision is Decision.APPEAL_DENIED and not unit.share_bp
    ):
        return Place(Disposition.RETURN_TO_CUSTOMER, "not accepted: it is the customer's")
    if unit.stays:
        return Place(Disposition.RETURN_TO_CUSTOMER, "the customer keeps it, as was agreed")
    if unit.resolution is Resolution.REPAIR and unit.approved:
        return Place(Disposition.RETURN_TO_CUSTOMER, "it is the customer's, and repaired")
    if unit.suggested is not None:
        return Place(unit.suggested, "as the inspector suggests")
    found = sent_by_finding(state, unit)
    return Place(*found) if found is not None else _worth_most(state, unit)


def _worth_most(state: ReturnState, unit: Unit) -> Place:
    """By what it brings, where the policy compares ways out; else by its grade alone."""
    if unit.grade is None or state.terms is None:
        return Place(Disposition.QUARANTINE, "no rule says where it goes")
    quoted = state.quoted(unit.id)
    exits = state.terms.ways_out.get(unit.asked.line_id, ())
    compared = compare(exits, unit.grade, quoted.net_minor if quoted else 0)
    if compared:
        best = compared[0]
        because = f"graded {unit.grade}: {best.way} brings most of {len(compared)}"
        return Place(best.disposition, because, compared)
    if unit.grade in state.terms.disposition_by_grade:
        return Place(state.terms.disposition_by_grade[unit.grade], f"graded {unit.grade}")
    return Place(Disposition.QUARANTINE, "no rule says where it goes")


def note_move(u: Unfolding, note: NoteMove) -> Refused | None:
    """The unit is where it was sent, though it may have been sent elsewhere since; or back."""
    unit = u.state.units[note.unit]
    if note.reverses:
        if unit.moving_back and unit.move_ref == note.reverses:
            u.happened(
                UnitMovedBack(
                    occurred_at=u.now,
                    unit=unit.id,
                    move_ref=note.move_ref,
                    reverses=note.reverses,
                )
            )
        return None
    if unit.moved:
        if unit.move_ref != note.move_ref:
            because = f"{unit.id} was put away twice, as {unit.disposition} and {note.disposition}"
            worry(u, f"moved:{unit.id}:{note.move_ref}"[:200], "moved_twice", because)
        return None
    onward = goes_onward(u.state, unit, note.disposition)
    if note.disposition is Disposition.RESTOCK and not onward:
        u.happened(UnitRestocked(occurred_at=u.now, unit=unit.id, move_ref=note.move_ref))
    else:
        u.happened(
            UnitMoved(
                occurred_at=u.now,
                unit=unit.id,
                disposition=note.disposition,
                move_ref=note.move_ref,
            )
        )
    return None
