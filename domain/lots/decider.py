"""What a lot does when it is asked or told something: events, or a refusal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.lots import answering, gathering, noting
from domain.lots import commands as c
from domain.lots import events as e
from domain.lots.rules import follow
from domain.lots.state import LotState
from domain.lots.unfolding import LotUnfolding
from domain.refusal import Refused
from domain.unfolded import WrongMoment


@dataclass(frozen=True, slots=True)
class LotDecision:
    """What happens. Nothing, if it is old news."""

    events: tuple[e.LotEvent, ...]
    state: LotState


def decide(state: LotState, command: c.LotCommand, now: datetime) -> LotDecision | Refused:
    """Say what a lot in `state` does when asked: events, or a refusal."""
    if state.known is None and not isinstance(command, c.OpenLot):
        return Refused(code="unknown_lot", because="there is no such lot")
    if isinstance(command, c.LotAsk) and command.actor.kind == "customer":
        return Refused(code="not_yours", because="actor: lots are the merchant's alone")
    u = LotUnfolding(state, now)
    try:
        refused = _HANDLERS[type(command)](u, command)
        if refused is None:
            follow(u)
    except WrongMoment as wrong:
        return Refused(code="wrong_moment", because=str(wrong))
    return refused or LotDecision(tuple(u.events), u.state)


_HANDLERS: Mapping[type[Any], Callable[[LotUnfolding, Any], Refused | None]] = {
    c.OpenLot: gathering.begin,
    c.AddUnit: gathering.add,
    c.RemoveUnit: gathering.remove,
    c.CloseLot: gathering.close,
    c.TakeOut: gathering.take_out,
    c.DeclareUnit: gathering.declare,
    c.DissolveLot: gathering.dissolve,
    c.AgreeLot: answering.agree,
    c.RefuseLot: answering.refuse,
    c.HandOver: answering.hand_over,
    c.BookProceeds: answering.book_proceeds,
    c.BookCost: answering.book_cost,
    c.CertifyLot: answering.certify,
    c.ReceiveLot: answering.receive,
    c.GradeUnits: answering.grade,
    c.DisputeFinding: answering.dispute_finding,
    c.ResolveFinding: answering.resolve_finding,
    c.AcceptLot: answering.accept,
    c.RetryLot: noting.retry,
    c.NoteTimePassed: noting.time_passed,
    c.NoteOffered: noting.offered,
    c.NoteOfferRefused: noting.offer_refused,
    c.NoteLabelPrepared: noting.label_prepared,
    c.NoteLotLabel: noting.label,
    c.NoteLotStanding: noting.standing,
    c.NotePlaced: noting.placed,
    c.NoteReturnsTold: noting.returns_told,
    c.NoteLotStepFailed: noting.step_failed,
}
