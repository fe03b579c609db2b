"""The state of an order's ledger: which units are claimed, and which money is spoken for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, NamedTuple, assert_never

from domain.orders.events import (
    ChargebackClosed,
    ChargebackOpened,
    FundsPaid,
    FundsPart,
    FundsReleased,
    FundsReserved,
    LedgerEvent,
    OrderConcernSettled,
    OrderEscalated,
    OrderRecorded,
    OutsideRefundRecorded,
    OutsideRefundReturned,
    PaymentCollected,
    UnitsClaimed,
    UnitsReleased,
)
from domain.orders.order import Order
from domain.orders.refunds.events import StaffRefundPlanned
from domain.orders.refunds.standing import RefundEvent, StaffRefund, moved, paid, planned, set_free

UnitId = tuple[str, int]
"""A unit of the order: line and ordinal."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """An amount set aside for an instruction, and what became of it."""

    instruction_id: str
    return_id: str | None  # none: staff, without a return
    tender_id: str | None
    amount_minor: int
    parts: tuple[FundsPart, ...]
    state: Literal["reserved", "paid", "released"] = "reserved"
    payout_ref: str = ""
    because: str = ""
    refund: StaffRefund | None = None  # where staff give it back without a return

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
    as_of: datetime  # when the bank said so last
    state: Literal["open", "won", "lost"] = "open"

    @property
    def live(self) -> bool:
        """Whether the money is away: taken, or frozen until the bank decides."""
        return self.state != "won"


@dataclass(frozen=True, slots=True)
class OutsideRefund:
    """Money that went back past us, and whether it came back."""

    told: OutsideRefundRecorded
    live: bool = True


class Payment(NamedTuple):
    """Where money can go back to: by whom, and against which payment there."""

    tender_id: str
    provider: str
    payment_ref: str


@dataclass(frozen=True, slots=True)
class Collected:
    """A payment that was collected for a return, after the order was sold."""

    collected_id: str
    return_id: str
    provider: str
    payment_ref: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Concern:
    """What a person has to look at, or has looked at."""

    raised: OrderEscalated
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """An order and everything that was taken from it so far."""

    order: Order
    claims: Mapping[UnitId, str] = field(default_factory=dict)  # the return that holds it
    reservations: Mapping[str, Reserved] = field(default_factory=dict)
    chargebacks: Mapping[str, Chargeback] = field(default_factory=dict)
    outside: Mapping[str, OutsideRefund] = field(default_factory=dict)
    concerns: Mapping[str, Concern] = field(default_factory=dict)
    collected: Mapping[str, Collected] = field(default_factory=dict)

    def payment(self, tender_id: str) -> Payment | None:
        """The payment of that id: one that the order was paid with, or one collected since."""
        sold = next((t for t in self.order.tenders if t.tender_id == tender_id), None)
        if sold is not None:
            return Payment(sold.tender_id, sold.provider, sold.payment_ref)
        more = self.collected.get(tender_id)
        return Payment(tender_id, more.provider, more.payment_ref) if more else None

    def refund(self, instruction_id: str) -> StaffRefund | None:
        """The refund by staff of that id."""
        known = self.reservations.get(instruction_id)
        return known.refund if known is not None else None

    def paid_by(self, payment_ref: str) -> str | None:
        """Name the tender that a provider knows by that reference."""
        known = [(t.payment_ref, t.tender_id) for t in self.order.tenders]
        known += [(more.payment_ref, key) for key, more in self.collected.items()]
        return next((key for ref, key in known if ref == payment_ref), None)

    @property
    def open_concerns(self) -> tuple[OrderEscalated, ...]:
        """What still waits for a person, the oldest first."""
        return tuple(known.raised for known in self.concerns.values() if not known.settled)


def evolve(ledger: Ledger | None, event: LedgerEvent) -> Ledger:
    """Fold one recorded event into the ledger. Never refuses what has happened.

    Raises:
        ValueError: The stream does not begin with the order.
    """
    if ledger is None:
        return _begun(event)
    if isinstance(event, RefundEvent):
        return _refund_moved(ledger, event)
    match event:
        case OrderRecorded(order=order):
            return replace(ledger, order=order)
        case UnitsClaimed() | UnitsReleased():
            return replace(ledger, claims=_claims(ledger.claims, event))
        case FundsReserved() | FundsPaid() | FundsReleased():
            return _moved(ledger, event)
        case PaymentCollected():
            return replace(ledger, collected={**ledger.collected, **_collected(event)})
        case ChargebackOpened() | ChargebackClosed():
            return _bank_moved(ledger, event)
        case OutsideRefundRecorded() | OutsideRefundReturned():
            return _outside(ledger, event)
        case OrderEscalated() | OrderConcernSettled():
            return _for_a_person(ledger, event)
        case _:
            assert_never(event)


def _begun(event: LedgerEvent) -> Ledger:
    if isinstance(event, OrderRecorded):
        return Ledger(event.order)
    raise ValueError(f"a ledger begins with OrderRecorded, not with {event.type}")


def fold(events: Iterable[LedgerEvent], ledger: Ledger | None = None) -> Ledger | None:
    """Fold a stream into the ledger; none while the order was never recorded."""
    for event in events:
        ledger = evolve(ledger, event)
    return ledger


def _reserved(event: FundsReserved) -> Reserved:
    return Reserved(
        event.instruction_id,
        event.return_id,
        event.tender_id,
        event.amount_minor,
        event.parts,
        because=event.because,
    )


def _claims(claims: Mapping[UnitId, str], event: UnitsClaimed | UnitsReleased) -> dict[UnitId, str]:
    """Let go of what the return holds; a unit that another holds by now stays with it."""
    meant = {(unit.line_id, unit.ordinal) for unit in event.units}
    if isinstance(event, UnitsClaimed):
        return {**claims, **dict.fromkeys(sorted(meant), event.return_id)}
    return {
        unit: holder
        for unit, holder in claims.items()
        if unit not in meant or holder != event.return_id
    }


def _collected(event: PaymentCollected) -> dict[str, Collected]:
    key = event.collected_id
    more = Collected(key, event.return_id, event.provider, event.payment_ref, event.amount_minor)
    return {key: more}


def _moved(ledger: Ledger, event: FundsReserved | FundsPaid | FundsReleased) -> Ledger:
    if isinstance(event, FundsReserved):
        return _with_reservation(ledger, _reserved(event))
    reservation = ledger.reservations.get(event.instruction_id)
    if reservation is None:
        return ledger
    refund, at = reservation.refund, event.occurred_at
    then: StaffRefund | None
    if isinstance(event, FundsPaid):
        then = paid(refund, event.payout_ref, at) if refund else None
        gone = replace(reservation, state="paid", payout_ref=event.payout_ref, refund=then)
        return _with_reservation(ledger, gone)
    then = set_free(refund, event.because, at) if refund else None
    return _with_reservation(ledger, replace(reservation, state="released", refund=then))


def _refund_moved(ledger: Ledger, event: RefundEvent) -> Ledger:
    reservation = ledger.reservations.get(event.instruction_id)
    if reservation is None:
        return ledger
    if isinstance(event, StaffRefundPlanned):
        return _with_reservation(ledger, replace(reservation, refund=planned(event)))
    if reservation.refund is None:
        return ledger
    refund = moved(reservation.refund, event)
    return _with_reservation(ledger, replace(reservation, refund=refund))


def _bank_moved(ledger: Ledger, event: ChargebackOpened | ChargebackClosed) -> Ledger:
    """Opened again, it is for another amount; what the bank has decided stays decided."""
    known = ledger.chargebacks.get(event.chargeback_id)
    if isinstance(event, ChargebackOpened):
        opened = Chargeback(
            event.chargeback_id, event.tender_id, event.amount_minor, event.occurred_at
        )
        known = replace(opened, state=known.state) if known is not None else opened
    elif known is None:
        return ledger
    else:
        decided: Literal["won", "lost"] = "won" if event.won else "lost"
        known = replace(known, state=decided, as_of=event.occurred_at)
    return replace(ledger, chargebacks={**ledger.chargebacks, event.chargeback_id: known})


def _outside(ledger: Ledger, event: OutsideRefundRecorded | OutsideRefundReturned) -> Ledger:
    if isinstance(event, OutsideRefundRecorded):
        known = OutsideRefund(event)
    elif event.refund_ref in ledger.outside:
        known = replace(ledger.outside[event.refund_ref], live=False)
    else:
        return ledger
    return replace(ledger, outside={**ledger.outside, event.refund_ref: known})


def _for_a_person(ledger: Ledger, event: OrderEscalated | OrderConcernSettled) -> Ledger:
    if isinstance(event, OrderEscalated):
        known = Concern(event)
    elif event.concern_id in ledger.concerns:
        known = replace(ledger.concerns[event.concern_id], settled=True)
    else:
        return ledger
    return replace(ledger, concerns={**ledger.concerns, event.concern_id: known})


def _with_reservation(ledger: Ledger, reservation: Reserved) -> Ledger:
    known = {**ledger.reservations, reservation.instruction_id: reservation}
    return replace(ledger, reservations=known)
