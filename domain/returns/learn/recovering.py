"""What the events about claims, and about customs, teach."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from domain.returns.events import recovering as e
from domain.returns.events.base import Event
from domain.returns.events.customs import CustomsDocumentIssued, CustomsFacts, GoodsDeclared
from domain.returns.state import Recovery, ReturnState


def begun(state: ReturnState, event: e.RecoveryBegun) -> ReturnState:
    known = state.recoveries.get(event.recovery_id)
    told = known.told + 1 if known else 1
    recovery = Recovery(event.recovery_id, event.kind, event.subject, event.occurred_at, told=told)
    return replace(state, recoveries={**state.recoveries, event.recovery_id: recovery})


def recalled(state: ReturnState, event: e.RecoveryRecalled) -> ReturnState:
    known = state.recoveries[event.recovery_id]
    recovery = replace(known, stands=False, since=event.occurred_at, told=known.told + 1)
    return replace(state, recoveries={**state.recoveries, event.recovery_id: recovery})


def document_issued(state: ReturnState, event: CustomsDocumentIssued) -> ReturnState:
    known = {**state.customs_documents, event.label_id: event.document_id}
    return replace(state, customs_documents=known)


def goods_declared(state: ReturnState, event: GoodsDeclared) -> ReturnState:
    told = {facts.line_id: facts for facts in event.goods}
    units = {
        key: replace(unit, asked=unit.asked.model_copy(update=_facts(told[unit.asked.line_id])))
        if unit.asked.line_id in told
        else unit
        for key, unit in state.units.items()
    }
    reference = event.export_reference or state.export_reference
    return replace(
        state, units=units, export_reference=reference, declarations=state.declarations + 1
    )


def _facts(said: CustomsFacts) -> dict[str, Any]:
    return {"hs_code": said.hs_code, "origin_country": said.origin_country}


LEARN: Mapping[type[Event], Callable[[ReturnState, Any], ReturnState]] = {
    e.RecoveryBegun: begun,
    e.RecoveryRecalled: recalled,
    CustomsDocumentIssued: document_issued,
    GoodsDeclared: goods_declared,
}
