"""The state of an order's ledger: which units are claimed, and which money is spoken for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

from domain.orders.events import (
    ChargebackClosed,
    ChargebackOpened,
    FundsPaid,
    FundsPart,
    FundsReleased,
    FundsReserved,
    LedgerEvent,
    OrderRecorded,
    UnitsClaimed,
    UnitsReleased,
)
from domain.orders.order import Order

UnitId = tuple[str, int]
"""A unit of the order: line and ordinal."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """An amount set aside for an instruction, and what became of it."""

    instruction_id: str
    return_id: str
    tender_id: str | None
    amount_minor: int
    parts: tuple[FundsPart, ...]
    state: Literal["reserved", "paid", "released"] = "reserved"

    @property
    def live(self) -> bool:
        """Whether the amount is still spoken for."""
        return self.state != "released"


@dataclass(frozen=True, slots=True)
class Chargeback:
    """Money that a bank took back, or is about to."""

    chargeback_id: str
    tender_id: str
    amount_minor: int
    state: Literal["open", "won", "lost"] = "open"

    @property
    def live(self) -> bool:
        """Whether the money is away: taken, or frozen until the bank decides."""
        return self.state != "won"


@dataclass(frozen=True, slots=True)
class Ledger:
    """An order and everything that was taken from it so far."""

    order: Order
    claims: Mapping[UnitId, str] = field(default_factory=dict)  # the return that holds it
    reservations: Mapping[str, Reserved] = field(default_factory=dict)
    chargebacks: Mapping[str, Chargeback] = field(default_factory=dict)


def evolve(ledger: Ledger | None, event: LedgerEvent) -> Ledger:
    """Fold one recorded event into the ledger. Never refuses what has happened.

    Raises:
        ValueError: The stream does not begin with the order.
    """
    if ledger is None:
        if isinstance(event, OrderRecorded):
            return Ledger(event.order)
        raise ValueError(f"a ledger begins with OrderRecorded, not with {event.type}")
    match event:
        case OrderRecorded(order=order):
            return replace(ledger, order=order)
        case UnitsClaimed(return_id=return_id, units=units):
            taken = {(unit.line_id, unit.ordinal): return_id for unit in units}
            return replace(ledger, claims={**ledger.claims, **taken})
        case UnitsReleased():
            return replace(ledger, claims=_without(ledger.claims, event))
        case FundsReserved():
            return _with_reservation(ledger, _reserved(event))
        case FundsPaid() | FundsReleased():
            return _moved(ledger, event)
        case ChargebackOpened():
            opened = Chargeback(event.chargeback_id, event.tender_id, event.amount_minor)
            return _with_chargeback(ledger, opened)
        case ChargebackClosed():
            return _closed(ledger, event)
        case _:
            assert_never(event)


def fold(events: Iterable[LedgerEvent], ledger: Ledger | None = None) -> Ledger | None:
    """Fold a stream into the ledger; none while the order was never recorded."""
    for event in events:
        ledger = evolve(ledger, event)
    return ledger


def _reserved(event: FundsReserved) -> Reserved:
    return Reserved(
        event.instruction_id, event.return_id, event.tender_id, event.amount_minor, event.parts
    )


def _without(claims: Mapping[UnitId, str], event: UnitsReleased) -> dict[UnitId, str]:
    """Let go of what the return holds; a unit that another holds by now stays with it."""
    let_go = {(unit.line_id, unit.ordinal) for unit in event.units}
    return {
        unit: holder
        for unit, holder in claims.items()
        if unit not in let_go or holder != event.return_id
    }


def _moved(ledger: Ledger, event: FundsPaid | FundsReleased) -> Ledger:
    reservation = ledger.reservations.get(event.instruction_id)
    if reservation is None:
        return ledger
    state: Literal["paid", "released"] = "paid" if isinstance(event, FundsPaid) else "released"
    return _with_reservation(ledger, replace(reservation, state=state))


def _closed(ledger: Ledger, event: ChargebackClosed) -> Ledger:
    chargeback = ledger.chargebacks.get(event.chargeback_id)
    if chargeback is None:
        return ledger
    return _with_chargeback(ledger, replace(chargeback, state="won" if event.won else "lost"))


def _with_reservation(ledger: Ledger, reservation: Reserved) -> Ledger:
    known = {**ledger.reservations, reservation.instruction_id: reservation}
    return replace(ledger, reservations=known)


def _with_chargeback(ledger: Ledger, chargeback: Chargeback) -> Ledger:
    known = {**ledger.chargebacks, chargeback.chargeback_id: chargeback}
    return replace(ledger, chargebacks=known)
