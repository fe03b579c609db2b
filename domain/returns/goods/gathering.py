"""Which of a return's units leave the hub in a lot, and in which: told to one lot at a time.

What a lot is told of a unit is counted, and the next word waits for the answer to the one
before: so a unit is in at most one lot that is not over, whatever comes late or twice.
"""

from domain.lots.facts import LotFacts, LotUnit
from domain.lots.shelf import Shelf
from domain.lots.words import KIND_OF
from domain.policy.gathering import LotTerms
from domain.refusal import Refused
from domain.returns import notes as n
from domain.returns.events.gathering import LotChosen, LotGaveBack, LotJoined, LotLeft
from domain.returns.state import ReturnState, Unit
from domain.returns.unfolding import Unfolding
from domain.words import Disposition, Receipt

ONWARD = "consolidate"
"""How the warehouse is told to put what is not sold here, but where it goes from here."""


def gathered_by(state: ReturnState, unit: Unit, disposition: Disposition | None) -> LotTerms | None:
    """The terms of the lot that a unit belongs in as soon as it is put away there, if in any.

    Only what the dock stands by, and has not taken back since, leaves its hub.
    """
    if state.terms is None or unit.receipt is not Receipt.RECEIVED or not unit.receipt_id:
        return None
    line_id = unit.asked.line_id
    return next((t for t in state.terms.lots if t.takes(disposition, line_id)), None)


def goes_onward(state: ReturnState, unit: Unit, disposition: Disposition | None) -> bool:
    """Whether a unit that can be sold again is sold at another warehouse than where it came."""
    terms = gathered_by(state, unit, disposition)
    return terms is not None and terms.destination is not None


def wanted(state: ReturnState, unit: Unit) -> LotFacts | None:
    """The kind of lot that a unit belongs in now."""
    is_put_away = unit.moved and not unit.moving_back
    terms = gathered_by(state, unit, unit.disposition) if is_put_away else None
    if terms is None:
        return None
    return LotFacts(
        kind=KIND_OF[terms.disposition],
        hub=state.agreed.hub,
        currency=state.currency,
        terms=terms.model_copy(update={"lines": ()}),
    )


def shelf_of(state: ReturnState, facts: LotFacts) -> Shelf:
    """Where such a lot is gathered."""
    return Shelf.of(state.tenant, facts)


def is_to_leave(state: ReturnState, unit: Unit) -> bool:
    """Whether a unit is in, or on its way into, a lot that it does not belong in."""
    place = unit.lot
    if place is None or place.life not in {"chosen", "in"}:
        return False
    facts = wanted(state, unit)
    return facts is None or shelf_of(state, facts).shelf_id != place.shelf_id


def is_to_join(state: ReturnState, unit: Unit) -> bool:
    """Whether a unit belongs in a lot and is in none. What is gone joins none any more."""
    is_nowhere = unit.lot is None or unit.lot.life in {"chosen", "left"}
    return is_nowhere and not is_to_leave(state, unit) and wanted(state, unit) is not None


def next_word(unit: Unit) -> int:
    """The number of what a lot is told next of the unit; the same until it has answered."""
    if unit.lot is None:
        return 1
    return unit.lot.word if unit.lot.life == "chosen" else unit.lot.word + 1


def lot_unit(state: ReturnState, unit: Unit) -> LotUnit:
    """What a lot has to know of it."""
    quoted = state.quoted(unit.id)
    return LotUnit(
        return_id=state.return_id,
        order_id=state.order_id,
        unit=unit.id,
        sku=unit.asked.sku,
        name=unit.asked.name,
        serial=unit.serial,
        grade=unit.grade,
        disposition=unit.disposition or Disposition.QUARANTINE,
        weight_grams=unit.asked.weight_grams,
        hs_code=unit.asked.hs_code,
        origin_country=unit.asked.origin_country,
        value_minor=quoted.net_minor if quoted else 0,
    )


def note_lot_chosen(u: Unfolding, note: n.NoteLotChosen) -> Refused | None:
    """The first lot that is named for a word is the one that is asked."""
    unit = u.state.units[note.unit]
    already = unit.lot is not None and unit.lot.life == "chosen"
    if not already and is_to_join(u.state, unit) and note.word == next_word(unit):
        u.happened(LotChosen(occurred_at=u.now, unit=unit.id, lot_id=note.lot_id, word=note.word))
    return None


def note_lot_joined(u: Unfolding, note: n.NoteLotJoined) -> Refused | None:
    """The lot has it; or took nothing more, and another is chosen."""
    unit = u.state.units[note.unit]
    place = unit.lot
    if place is None or (place.lot_id, place.life) != (note.lot_id, "chosen"):
        return None
    if note.taken:
        u.happened(LotJoined(occurred_at=u.now, unit=unit.id, lot_id=place.lot_id))
    else:
        u.happened(LotLeft(occurred_at=u.now, unit=unit.id, lot_id=place.lot_id, word=place.word))
    return None


def note_lot_left(u: Unfolding, note: n.NoteLotLeft) -> Refused | None:
    """The lot knows that the unit is none of it; or it had left with it."""
    unit = u.state.units[note.unit]
    place = unit.lot
    if place is not None and place.lot_id == note.lot_id and place.life in {"chosen", "in"}:
        u.happened(
            LotLeft(
                occurred_at=u.now,
                unit=unit.id,
                lot_id=place.lot_id,
                word=note.word,
                gone=note.gone,
            )
        )
    return None


def note_lot_gave_back(u: Unfolding, note: n.NoteLotGaveBack) -> Refused | None:
    """It is elsewhere now. A lot that it has left since, or was none of, says nothing of it."""
    place = u.state.units[note.unit].lot
    if place is not None and place.lot_id == note.lot_id and place.life in {"chosen", "in"}:
        u.happened(LotGaveBack(occurred_at=u.now, **note.model_dump()))
    return None
