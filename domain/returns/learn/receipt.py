"""What the events at the dock teach."""

from dataclasses import replace

from domain.returns import events as e
from domain.returns.learn._with import with_unit
from domain.returns.state import Parcel, ReturnState, Stray
from domain.words import Logistics


def parcel_received(state: ReturnState, event: e.ParcelReceived) -> ReturnState:
    known = state.parcels.get(event.parcel_id) or Parcel(event.parcel_id, Logistics.DELIVERED)
    numbers = known.tracking_numbers
    if event.tracking_number and event.tracking_number not in numbers:
        numbers = (*numbers, event.tracking_number)
    parcel = replace(
        known, received_at=known.received_at or event.occurred_at, tracking_numbers=numbers
    )
    told = [event.receipt_id, *([event.corrects] if event.corrects else [])]
    receipts = (*state.receipts, *(one for one in told if one not in state.receipts))
    return replace(state, parcels={**state.parcels, event.parcel_id: parcel}, receipts=receipts)


def unit_received(state: ReturnState, event: e.UnitReceived) -> ReturnState:
    known = state.units[event.unit]
    return with_unit(
        state,
        event.unit,
        parcel_id=event.parcel_id or known.parcel_id,
        receipt_id=event.receipt_id or known.receipt_id,
        received_at=known.received_at or event.occurred_at,
        serial=event.serial or known.serial,
    )


def retracted(state: ReturnState, event: e.UnitReceiptRetracted) -> ReturnState:
    return with_unit(state, event.unit, parcel_id="", receipt_id="", received_at=None)


def stray_came(state: ReturnState, event: e.UnexpectedUnitReceived) -> ReturnState:
    stray = Stray(
        event.stray_id,
        event.sku,
        event.kind,
        event.parcel_id,
        event.receipt_id,
        event.occurred_at,
        event.quantity,
    )
    return replace(state, strays={**state.strays, event.stray_id: stray})


def matched(state: ReturnState, event: e.UnitMatched) -> ReturnState:
    stray = state.strays[event.stray_id]
    stray = replace(stray, matched=(*stray.matched, event.unit))
    state = replace(state, strays={**state.strays, event.stray_id: stray})
    return with_unit(
        state,
        event.unit,
        stray_id=event.stray_id,
        parcel_id=stray.parcel_id,
        receipt_id=stray.receipt_id,
        received_at=stray.since,
    )


def unmatched(state: ReturnState, event: e.UnitUnmatched) -> ReturnState:
    stray = state.strays[event.stray_id]
    stray = replace(stray, matched=tuple(unit for unit in stray.matched if unit != event.unit))
    state = replace(state, strays={**state.strays, event.stray_id: stray})
    return with_unit(state, event.unit, stray_id="", parcel_id="", receipt_id="", received_at=None)


def stray_settled(state: ReturnState, event: e.StraySettled) -> ReturnState:
    stray = state.strays[event.stray_id]
    stray = replace(stray, settled=event.disposition, gone=stray.gone + event.quantity)
    return replace(state, strays={**state.strays, event.stray_id: stray})
