"""What the events at the dock teach."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.returns import events as e
from domain.returns.learn._with import with_parcel, with_unit
from domain.returns.state import Parcel, ReturnState, Stray
from domain.returns.successions import Successor, what_counts
from domain.words import Logistics

_UNCOUNTED: Mapping[str, Any] = {
    "parcel_id": "",
    "receipt_id": "",
    "received_at": None,
    "counted_serial": "",
    "condition": "",
}


def parcel_received(state: ReturnState, event: e.ParcelReceived) -> ReturnState:
    """The box has come; said again of another parcel, it is that one and not the first."""
    state = _with_number(_without_box(state, event), event.receipt_id, event.tracking_number)
    if not event.tracking_number:
        state = replace(state, nameless={**state.nameless, event.receipt_id: event.occurred_at})
    known = state.parcels.get(event.parcel_id) or Parcel(event.parcel_id, Logistics.DELIVERED)
    numbers = known.tracking_numbers
    if event.tracking_number and event.tracking_number not in numbers:
        numbers = (*numbers, event.tracking_number)
    parcel = replace(
        known,
        received_at=known.received_at or event.occurred_at,
        tracking_numbers=numbers,
        receipts=(*known.receipts, event.receipt_id),
    )
    state = replace(state, parcels={**state.parcels, event.parcel_id: parcel})
    return _heard(state, event, event.receipt_id, event.corrects)


def _without_box(state: ReturnState, event: e.ParcelReceived) -> ReturnState:
    one, there = event.receipt_id, event.parcel_id
    if one not in state.receipts:
        return state
    parcels, units, strays = state.parcels, state.units, state.strays
    return replace(
        state,
        parcels={
            key: replace(parcel, receipts=tuple(r for r in parcel.receipts if r != one))
            for key, parcel in parcels.items()
        },
        units={
            key: replace(unit, parcel_id=there) if unit.receipt_id == one else unit
            for key, unit in units.items()
        },
        strays={
            key: replace(stray, parcel_id=there) if stray.receipt_id == one else stray
            for key, stray in strays.items()
        },
    )


def _with_number(state: ReturnState, receipt_id: str, number: str) -> ReturnState:
    return replace(state, numbers={**state.numbers, receipt_id: number}) if number else state


def receipt_retracted(state: ReturnState, event: e.ReceiptRetracted) -> ReturnState:
    state = _with_number(state, event.message_id, event.tracking_number)
    return _heard(state, event, event.message_id, event.receipt_id)


def _heard(state: ReturnState, event: e.Event, message_id: str, corrects: str) -> ReturnState:
    """A report was heard; what it takes the place of does not count any more."""
    heard = dict.fromkeys([*state.receipts, message_id])
    if not corrects:
        return replace(state, receipts=tuple(heard))
    corrected = {**state.corrected, message_id: Successor(corrects, event.occurred_at)}
    _, retired = what_counts(corrected, message_id)
    parcels = {
        key: replace(parcel, receipts=tuple(r for r in parcel.receipts if r not in retired))
        for key, parcel in state.parcels.items()
    }
    return replace(state, receipts=tuple(heard), corrected=corrected, parcels=parcels)


def parcel_retracted(state: ReturnState, event: e.ParcelReceiptRetracted) -> ReturnState:
    known = state.parcels[event.parcel_id]
    if known.method is None:  # nobody had announced it: it never was
        rest = {key: one for key, one in state.parcels.items() if key != event.parcel_id}
        return replace(state, parcels=rest)
    return with_parcel(state, event.parcel_id, received_at=None)


def unit_received(state: ReturnState, event: e.UnitReceived) -> ReturnState:
    known = state.units[event.unit]
    return with_unit(
        state,
        event.unit,
        parcel_id=event.parcel_id or known.parcel_id,
        receipt_id=event.receipt_id or known.receipt_id,
        received_at=known.received_at or event.occurred_at,
        counted_serial=event.serial or known.counted_serial,
        condition=event.condition or known.condition,
    )


def retracted(state: ReturnState, event: e.UnitReceiptRetracted) -> ReturnState:
    state = with_unit(state, event.unit, **_UNCOUNTED)
    return (
        state if state.units[event.unit].moved else with_unit(state, event.unit, disposition=None)
    )


def stray_retracted(state: ReturnState, event: e.StrayRetracted) -> ReturnState:
    stray = state.strays[event.stray_id]
    rest = {key: one for key, one in state.strays.items() if key != event.stray_id}
    if event.quantity < stray.quantity:
        rest[event.stray_id] = replace(stray, quantity=stray.quantity - event.quantity)
    return replace(state, strays=rest)


def stray_came(state: ReturnState, event: e.UnexpectedUnitReceived) -> ReturnState:
    stray = Stray(
        event.stray_id,
        event.sku,
        event.kind,
        event.parcel_id,
        event.receipt_id,
        event.occurred_at,
        event.quantity,
        event.serial,
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
        counted_serial=stray.serial or state.units[event.unit].counted_serial,
    )


def unmatched(state: ReturnState, event: e.UnitUnmatched) -> ReturnState:
    stray = state.strays[event.stray_id]
    stray = replace(stray, matched=tuple(unit for unit in stray.matched if unit != event.unit))
    state = replace(state, strays={**state.strays, event.stray_id: stray})
    return with_unit(state, event.unit, stray_id="", **_UNCOUNTED)


def stray_settled(state: ReturnState, event: e.StraySettled) -> ReturnState:
    stray = state.strays[event.stray_id]
    stray = replace(stray, settled=event.disposition, gone=stray.gone + event.quantity)
    return replace(state, strays={**state.strays, event.stray_id: stray})
