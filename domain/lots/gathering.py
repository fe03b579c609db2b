"""What joins a lot and what leaves it, by returns and by people, until it is gone."""

from domain.lots import commands as c
from domain.lots import events as e
from domain.lots.unfolding import LotUnfolding
from domain.lots.words import LotLife as L
from domain.refusal import Refused

STILL_HERE = frozenset({L.COLLECTING, L.CLOSED, L.AGREED})
"""A unit can still be taken out of it."""


def begin(u: LotUnfolding, command: c.OpenLot) -> Refused | None:
    """It is begun, once."""
    if u.state.known is None:
        u.happened(e.LotOpened(occurred_at=u.now, facts=command.facts))
    return None


def add(u: LotUnfolding, command: c.AddUnit) -> Refused | None:
    """A unit joins; an older word than one that was heard says nothing."""
    key, state = command.unit.key, u.state
    if command.word <= state.heard.get(key, 0):
        return None
    if state.life is L.COLLECTING:
        u.happened(e.UnitAdded(occurred_at=u.now, unit=command.unit, word=command.word))
    elif key not in state.inside:
        return Refused(code="lot_closed", because=f"nothing joins any more: it is {state.life}")
    return None


def remove(u: LotUnfolding, command: c.RemoveUnit) -> Refused | None:
    """A unit leaves, or does not join after all; what has left already is for a person."""
    key, state = command.key, u.state
    if command.word <= state.heard.get(key, 0):
        return None
    if state.life in STILL_HERE:
        u.happened(
            e.UnitWithdrawn(occurred_at=u.now, key=key, because=command.because, word=command.word)
        )
        return None
    finding_id = f"withdrawn_late:{key}"
    if key in state.inside and finding_id not in state.findings:
        u.happened(
            e.LotFindingOpened(
                occurred_at=u.now, finding_id=finding_id, what="withdrawn_late",
                subject=key,
            )
        )  # fmt: skip
    return None


def take_out(u: LotUnfolding, ask: c.TakeOut) -> Refused | None:
    """A person takes a unit out."""
    if ask.key not in u.state.inside:
        return _not_in_it(ask.key)
    if u.state.life not in STILL_HERE:
        return Refused(code="gone", because=f"key: {ask.key} has left with it")
    u.happened(e.UnitWithdrawn(occurred_at=u.now, key=ask.key, because=ask.because))
    return None


def close(u: LotUnfolding, _ask: c.CloseLot) -> Refused | None:
    """A person closes it; an empty one is over with that."""
    if u.state.life is not L.CLOSED:
        u.happened(e.LotClosed(occurred_at=u.now, because="asked"))
    return None


def declare(u: LotUnfolding, ask: c.DeclareUnit) -> Refused | None:
    """A person says what customs must know."""
    if ask.key not in u.state.inside:
        return _not_in_it(ask.key)
    u.happened(
        e.CustomsDeclared(
            occurred_at=u.now, key=ask.key, hs_code=ask.hs_code, origin_country=ask.origin_country
        )
    )
    return None


def dissolve(u: LotUnfolding, ask: c.DissolveLot) -> Refused | None:
    """It is given up; what is in it is put elsewhere."""
    u.happened(e.LotDissolved(occurred_at=u.now, because=ask.because, goes=ask.goes))
    return None


def _not_in_it(key: str) -> Refused:
    return Refused(code="unknown_unit", because=f"key: {key} is not in it")
