"""Events in, what is known of a lot out: no rule is asked again."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from domain.lots import events as e
from domain.lots.lifecycle import after
from domain.lots.state import Inside, LotFinding, LotState
from domain.words import Disposition

TAKEN_OUT_TO = Disposition.QUARANTINE
"""Where a unit is put that a person takes out: another look at it says what becomes of it."""


def fold(events: Iterable[e.LotEvent], state: LotState | None = None) -> LotState:
    """What is known after all of them."""
    known = state or LotState()
    for event in events:
        known = evolve(known, event)
    return known


def evolve(state: LotState, event: e.LotEvent) -> LotState:
    """What is known after one more event."""
    life = after(state.life, event.move)
    moved = life is not state.life
    since = event.occurred_at if moved or state.since is None else state.since
    state = replace(state, version=state.version + 1, life=life, since=since)
    learn = _LEARN.get(type(event))
    return learn(state, event) if learn is not None else state


def _opened(state: LotState, event: e.LotOpened) -> LotState:
    return replace(state, known=event.facts, opened_at=event.occurred_at)


def _added(state: LotState, event: e.UnitAdded) -> LotState:
    key = event.unit.key
    return replace(
        state,
        inside={**state.inside, key: Inside(event.unit)},
        out={each: unit for each, unit in state.out.items() if each != key},
        heard={**state.heard, key: event.word},
    )


def _withdrawn(state: LotState, event: e.UnitWithdrawn) -> LotState:
    rest = {key: unit for key, unit in state.inside.items() if key != event.key}
    unit = state.inside.get(event.key)
    if event.word is not None:
        heard = {**state.heard, event.key: event.word}
        # Its return sees to it; but for what was put elsewhere already.
        out = {key: one for key, one in state.out.items() if key != event.key or one.placed}
        return replace(state, inside=rest, out=out, heard=heard)
    if unit is None:
        return state
    taken = replace(unit, goes=TAKEN_OUT_TO, out_since=event.occurred_at, because=event.because)
    return replace(state, inside=rest, out={**state.out, event.key: taken})


def _closed(state: LotState, event: e.LotClosed) -> LotState:
    return replace(state, closed_because=event.because)


def _declared(state: LotState, event: e.CustomsDeclared) -> LotState:
    said = {"hs_code": event.hs_code, "origin_country": event.origin_country}
    told = state.inside[event.key].told.model_copy(update=said)
    return _with(state, event.key, told=told)


def _invoiced(state: LotState, event: e.LotInvoiced) -> LotState:
    return replace(
        state, invoices=state.invoices + 1, invoiced=event.goods, relief=event.relief,
        export_references=event.export_references,
    )  # fmt: skip


def _refused(state: LotState, event: e.LotOfferRefused) -> LotState:
    return replace(state, refused=event.theirs or "no", reference="", looking=False)


def _prepared(state: LotState, event: e.LotLabelPrepared) -> LotState:
    return replace(state, offer_ref=event.offer_ref)


def _bought(state: LotState, event: e.LotLabelBought) -> LotState:
    return replace(
        state, label_ref=event.label_ref, tracking_number=event.tracking_number,
        label_document=event.document_ref, freight=event.cost,
    )  # fmt: skip


def _agreed(state: LotState, event: e.LotAgreed) -> LotState:
    price = state.price_minor if event.price_minor is None else event.price_minor
    return replace(
        state, reference=event.reference, price_minor=price, agreed_by=event.by, refused=""
    )


def _sent(state: LotState, event: e.LotSent) -> LotState:
    number = event.tracking_number or state.tracking_number
    return replace(state, tracking_number=number, looking=False, looked_at=None)


def _check_due(state: LotState, _event: e.LotCheckDue) -> LotState:
    return replace(state, looking=True, looks=state.looks + 1)


def _checked(state: LotState, event: e.LotChecked) -> LotState:
    return replace(state, looking=False, looked_at=event.occurred_at)


def _paid(state: LotState, event: e.LotPaid) -> LotState:
    return replace(state, paid={**state.paid, event.payment_ref: event.amount_minor})


def _charged(state: LotState, event: e.LotCharged) -> LotState:
    return replace(state, charged={**state.charged, event.charge_ref: event.amount_minor})


def _certified(state: LotState, event: e.LotCertified) -> LotState:
    return replace(state, certificate=event.certificate)


def _received(state: LotState, event: e.LotReceived) -> LotState:
    inside = {
        key: replace(unit, counted=unit.counted or key in event.keys)
        for key, unit in state.inside.items()
    }
    return replace(state, inside=inside, reports=(*state.reports, event.report_id))


def _graded(state: LotState, event: e.UnitGraded) -> LotState:
    said = event.graded
    return _with(state, said.key, grade=said.grade, goes=said.goes)


def _placed(state: LotState, event: e.UnitPlaced) -> LotState:
    return _with(state, event.key, placed=event.move_ref)


def _told(state: LotState, event: e.ReturnTold) -> LotState:
    return _with(state, event.key, known=True)


def _finding(state: LotState, event: e.LotFindingOpened) -> LotState:
    found = LotFinding(event.finding_id, event.what, event.subject, event.occurred_at)
    return replace(state, findings={**state.findings, event.finding_id: found})


def _disputed(state: LotState, event: e.LotFindingDisputed) -> LotState:
    found = replace(state.findings[event.finding_id], disputed=True, since=event.occurred_at)
    return replace(state, findings={**state.findings, event.finding_id: found})


def _resolved(state: LotState, event: e.LotFindingResolved) -> LotState:
    found = replace(state.findings[event.finding_id], resolved=event.because or "settled")
    return replace(state, findings={**state.findings, event.finding_id: found})


def _accepted(state: LotState, event: e.LotAccepted) -> LotState:
    return replace(state, accepted=event.because or "accepted")


def _settled(state: LotState, event: e.LotSettled) -> LotState:
    return replace(
        state, settled=event.recovered, settled_minor=event.proceeds_minor, looking=False, failed=""
    )


def _dissolved(state: LotState, event: e.LotDissolved) -> LotState:
    inside = {key: replace(unit, goes=event.goes) for key, unit in state.inside.items()}
    return replace(state, because=event.because, inside=inside, looking=False, failed="")


def _overdue(state: LotState, event: e.LotOverdue) -> LotState:
    times = state.missed.get(event.step_id, 0) + 1
    return replace(state, missed={**state.missed, event.step_id: times})


def _step_failed(state: LotState, event: e.LotStepFailed) -> LotState:
    return replace(state, failed=event.step_id, failed_because=event.because)


def _retried(state: LotState, _event: e.LotRetried) -> LotState:
    return replace(state, failed="", failed_because="")


def _with(state: LotState, key: str, **learned: Any) -> LotState:
    if key in state.inside:
        return replace(state, inside={**state.inside, key: replace(state.inside[key], **learned)})
    if key in state.out:
        return replace(state, out={**state.out, key: replace(state.out[key], **learned)})
    return state


_LEARN: Mapping[type[Any], Callable[[LotState, Any], LotState]] = {
    e.LotOpened: _opened,
    e.UnitAdded: _added,
    e.UnitWithdrawn: _withdrawn,
    e.LotClosed: _closed,
    e.CustomsDeclared: _declared,
    e.LotInvoiced: _invoiced,
    e.LotOfferRefused: _refused,
    e.LotLabelPrepared: _prepared,
    e.LotLabelBought: _bought,
    e.LotAgreed: _agreed,
    e.LotSent: _sent,
    e.LotCheckDue: _check_due,
    e.LotChecked: _checked,
    e.LotPaid: _paid,
    e.LotCharged: _charged,
    e.LotCertified: _certified,
    e.LotReceived: _received,
    e.UnitGraded: _graded,
    e.UnitPlaced: _placed,
    e.ReturnTold: _told,
    e.LotFindingOpened: _finding,
    e.LotFindingDisputed: _disputed,
    e.LotFindingResolved: _resolved,
    e.LotAccepted: _accepted,
    e.LotSettled: _settled,
    e.LotDissolved: _dissolved,
    e.LotOverdue: _overdue,
    e.LotStepFailed: _step_failed,
    e.LotRetried: _retried,
}
