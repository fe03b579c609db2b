"""What is written out of the store, a line each, in an order that never changes."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, Literal

from activities.event_store import StoredEvent
from api.client.books import Books
from domain.lots.events import read_lot_event
from domain.lots.evolve import fold as fold_lot
from domain.lots.showing import shown
from domain.lots.words import LotKey
from domain.money import Money
from domain.returns.events import (
    LabelPurchased,
    PayoutCancelled,
    PayoutFailed,
    PayoutHeld,
    PayoutPlanned,
    PayoutSucceeded,
    ReturnEvent,
)
from domain.returns.evolve import fold
from domain.returns.shown.status import status_of
from domain.returns.state import ReturnState
from projections.streams import ReturnKey

Kind = Literal["events", "returns", "payouts", "labels", "lots"]
Row = dict[str, Any]


async def rows(books: Books, kind: Kind, tenant: str | None) -> AsyncIterator[Row]:
    """Give the rows of one kind, of one merchant or of all; by the age of what they tell."""
    if kind == "events":
        async for event in books.feed():
            if tenant in {None, event.tenant}:
                yield event_row(event)
        return
    if kind == "lots":
        async for lot, stored in books.streams(LotKey.of_name, tenant):
            told = (read_lot_event(one.type, one.schema_version, one.data) for one in stored)
            yield shown(lot, fold_lot(told)).model_dump(mode="json")
        return
    async for key, life in books.returns(tenant):
        for row in _of_return(kind, key, life):
            yield row


def event_row(event: StoredEvent) -> Row:
    """An event as it was written down, `data` to the byte."""
    return {
        "position": event.position,
        "stream_id": event.stream_id,
        "version": event.version,
        "event_id": str(event.event_id),
        "type": event.type,
        "schema_version": event.schema_version,
        "occurred_at": event.occurred_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "actor": event.actor,
        "causation_id": event.causation_id,
        "correlation_id": event.correlation_id,
        "tenant": event.tenant,
        "data": json.loads(event.data),
    }


def _of_return(kind: Kind, key: ReturnKey, life: tuple[ReturnEvent, ...]) -> Iterator[Row]:
    state = fold(life)
    match kind:
        case "payouts":
            yield from _payouts(key, state, life)
        case "labels":
            yield from _labels(key, state, life)
        case _:
            yield status_of(*key, state).model_dump(mode="json")


def _payouts(key: ReturnKey, state: ReturnState, life: Iterable[ReturnEvent]) -> Iterator[Row]:
    """One row for each instruction, planned or held."""
    times = _payout_times(life)
    for payout in state.payouts.values():
        yield {
            **_whose(key, state),
            "instruction_id": payout.instruction_id,
            "destination": payout.destination,
            "tender_id": payout.tender_id,
            "provider": payout.provider,
            "payment_ref": payout.payment_ref,
            "payout_ref": payout.payout_ref,
            "amount_minor": payout.amount_minor,
            "currency": state.currency,
            "state": str(payout.state),
            "reason": payout.reason,
            "stands": payout.stands,
            "chosen_by": payout.chosen_by,
            "approved_by": list(payout.approved_by),
            "exchange_loss": _money(payout.exchange_loss),
            "parts": [part.model_dump(mode="json") for part in payout.parts],
            **times[payout.instruction_id],
        }


def _money(amount: Money | None) -> Row | None:
    return None if amount is None else amount.model_dump(mode="json")


def _payout_times(life: Iterable[ReturnEvent]) -> dict[str, Row]:
    times: dict[str, Row] = {}
    for event in life:
        match event:
            case PayoutPlanned() | PayoutHeld():
                at = event.occurred_at.isoformat()
                times.setdefault(event.instruction_id, {"planned_at": at, "ended_at": None})
            case PayoutSucceeded() | PayoutFailed() | PayoutCancelled():
                times[event.instruction_id]["ended_at"] = event.occurred_at.isoformat()
            case _:
                pass
    return times


def _labels(key: ReturnKey, state: ReturnState, life: Iterable[ReturnEvent]) -> Iterator[Row]:
    """One row for each label that was bought."""
    for event in life:
        if isinstance(event, LabelPurchased):
            label = state.labels[event.label_id]
            yield {
                **_whose(key, state),
                "parcel_id": event.parcel_id,
                "label_id": event.label_id,
                "label_ref": event.label_ref,
                "carrier": event.carrier,
                "service": event.service,
                "tracking_number": event.tracking_number,
                "cost": event.cost.model_dump(mode="json"),
                "purchased_at": event.occurred_at.isoformat(),
                "life": str(label.life),
                "life_since": label.since.isoformat(),
            }


def _whose(key: ReturnKey, state: ReturnState) -> Row:
    return {"tenant": key.tenant, "return_id": key.return_id, "order_id": state.order_id}
