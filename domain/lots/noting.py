"""What our own steps came to, what partners tell when they are asked, and what time brings."""

from domain.lots import answering
from domain.lots import commands as c
from domain.lots import events as e
from domain.lots.agenda import lot_agenda
from domain.lots.placing import to_place, to_tell
from domain.lots.step import LotStep
from domain.lots.unfolding import LotUnfolding
from domain.lots.words import LotLife as L
from domain.refusal import Refused
from domain.words import Disposition


def offered(u: LotUnfolding, note: c.NoteOffered) -> Refused | None:
    """They take it. Given up meanwhile, it is for the person who gave it up to tell them."""
    if u.state.life in {L.CLOSED, L.AGREED}:
        return answering.agreed(u, note.reference, note.price, by="partner")
    return None


def offer_refused(u: LotUnfolding, note: c.NoteOfferRefused) -> Refused | None:
    """They do not."""
    if u.state.life is L.CLOSED and not u.state.refused:
        u.happened(e.LotOfferRefused(occurred_at=u.now, theirs=note.theirs, by="partner"))
    return None


def label_prepared(u: LotUnfolding, note: c.NoteLabelPrepared) -> Refused | None:
    """The first offer that is kept is the one that counts."""
    if u.state.life is L.CLOSED and not u.state.offer_ref:
        u.happened(e.LotLabelPrepared(occurred_at=u.now, offer_ref=note.offer_ref))
    return None


def label(u: LotUnfolding, note: c.NoteLotLabel) -> Refused | None:
    """Transport is bought, or a person has to find another; its price is a cost of the lot."""
    if u.state.life is not L.CLOSED or u.state.label_ref:
        return None
    if not note.label_ref or note.cost is None:
        if not u.state.refused:
            u.happened(e.LotOfferRefused(occurred_at=u.now, theirs=note.theirs, by="partner"))
        return None
    u.happened(
        e.LotLabelBought(
            occurred_at=u.now,
            label_ref=note.label_ref,
            tracking_number=note.tracking_number,
            document_ref=note.document_ref,
            cost=note.cost,
        )
    )
    if note.cost.currency == u.state.facts.currency and note.cost.amount_minor > 0:
        u.happened(
            e.LotCharged(
                occurred_at=u.now, charge_ref=note.label_ref, amount_minor=note.cost.amount_minor
            )
        )
    return None


def standing(u: LotUnfolding, note: c.NoteLotStanding) -> Refused | None:
    """All that they know; what was heard before says nothing again."""
    if u.state.life not in {L.AGREED, L.SENT, L.SETTLED}:
        return None
    told_by_people = {**u.state.paid}
    for payment in note.payments:
        if told_by_people.get(payment.reference) is None:
            answering.paid(u, payment.reference, payment.amount)
    if note.left:
        answering.left(u)
    if note.certificate is not None and u.state.certificate is None:
        answering.certified(u, note.certificate)
    if note.graded and u.state.life is not L.SETTLED:
        answering.graded(u, [unit for unit in note.graded if not _is_placed(u, unit.key)])
    if note.report_id:
        answering.counted(u, note.report_id, note.counted)
    if u.state.looking:
        u.happened(e.LotChecked(occurred_at=u.now))
    return None


def _is_placed(u: LotUnfolding, key: str) -> bool:
    known = u.state.inside.get(key)
    return known is None or bool(known.placed)


def placed(u: LotUnfolding, note: c.NotePlaced) -> Refused | None:
    """Units are where they go from here, each once."""
    for place in to_place(u.state):
        key = place.unit.told.key
        if key in note.moves:
            u.happened(
                e.UnitPlaced(
                    occurred_at=u.now,
                    key=key,
                    warehouse=place.warehouse,
                    disposition=place.disposition,
                    move_ref=note.moves[key],
                )
            )
    return None


def returns_told(u: LotUnfolding, note: c.NoteReturnsTold) -> Refused | None:
    """Their returns know where they are."""
    for unit in to_tell(u.state):
        if unit.told.key in note.keys:
            u.happened(e.ReturnTold(occurred_at=u.now, key=unit.told.key))
    return None


def step_failed(u: LotUnfolding, note: c.NoteLotStepFailed) -> Refused | None:
    """A person has to look before it is tried again."""
    if u.state.failed != note.step_id:
        u.happened(
            e.LotStepFailed(
                occurred_at=u.now, step_id=note.step_id, kind=note.kind, because=note.because
            )
        )
    return None


def retry(u: LotUnfolding, _ask: c.RetryLot) -> Refused | None:
    """It is mended."""
    if not u.state.failed:
        return Refused(code="nothing_failed", because="no step of this lot has failed")
    u.happened(e.LotRetried(occurred_at=u.now))
    return None


def time_passed(u: LotUnfolding, _note: c.NoteTimePassed) -> Refused | None:
    """Act on what is due by now; at or after its time, never before."""
    for step in lot_agenda(u.state):
        if step.due_at <= u.now:
            _on_due(u, step)
    return None


def _on_due(u: LotUnfolding, step: LotStep) -> None:
    state = u.state
    if step.action == "collect":
        _old_enough(u)
        return
    if step.looks and not state.looking:
        u.happened(e.LotCheckDue(occurred_at=u.now))
    if step.late_at <= u.now:
        u.happened(
            e.LotOverdue(
                occurred_at=u.now,
                step_id=step.id,
                owner=str(step.owner),
                action=step.action,
                due_at=step.late_at,
            )
        )


def _old_enough(u: LotUnfolding) -> None:
    """So old it leaves with what is in it; where that is nothing, it is over."""
    if u.state.inside:
        u.happened(e.LotClosed(occurred_at=u.now, because="age"))
    else:
        u.happened(
            e.LotDissolved(
                occurred_at=u.now, because="nothing joined it", goes=Disposition.QUARANTINE
            )
        )
