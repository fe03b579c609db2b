"""Refunds made past us: taken as they are, and laid on the units they were for."""

from datetime import datetime

from domain.money import allocate
from domain.orders.commands import OutsideRefundCameBack, RecordOutsideRefund
from domain.orders.events import (
    SHIPPING,
    FundsPart,
    LedgerEvent,
    LineTaken,
    OutsideRefundRecorded,
    OutsideRefundReturned,
    unit_key,
)
from domain.orders.ledger import Ledger, evolve
from domain.orders.room import room
from domain.refusal import Refused


def record_outside_refund(
    ledger: Ledger, told: RecordOutsideRefund, now: datetime
) -> tuple[LedgerEvent, ...]:
    """Take it into the ledger, once; under any of its names. One of our own is no news."""
    names = {told.refund_ref, *told.also_known_as}
    if any(key in names or kept.payout_ref in names for key, kept in ledger.reservations.items()):
        return ()
    known = next((kept for kept in ledger.outside.values() if _is_same(kept.told, told)), None)
    if known is not None and (not known.live or not _knows_more(known.told, told)):
        return ()
    ref = known.told.refund_ref if known is not None else told.refund_ref
    if known is not None:  # what it was thought to be is free again before it is laid anew
        back = OutsideRefundReturned(
            order_id=ledger.order.order_id, occurred_at=now, refund_ref=ref, because="told anew"
        )
        ledger = evolve(ledger, back)
    return (
        OutsideRefundRecorded(
            order_id=ledger.order.order_id,
            occurred_at=min(told.occurred_at, now),
            refund_ref=ref,
            also_known_as=tuple(sorted(names - {ref})),
            made_in=told.made_in,
            amount_minor=told.amount_minor,
            tenders=told.tenders,
            lines=told.lines,
            shipping_minor=told.shipping_minor,
            unallocated_minor=told.unallocated_minor,
            parts=laid_on_units(ledger, told),
        ),
    )


def outside_refund_came_back(
    ledger: Ledger, told: OutsideRefundCameBack, now: datetime
) -> tuple[LedgerEvent, ...] | Refused:
    """The amount of an outside refund is free again."""
    known = next(
        (kept for kept in ledger.outside.values() if told.refund_ref in _names(kept.told)), None
    )
    if known is None:
        return Refused(
            code="unknown_refund", because=f"refund_ref: no outside refund {told.refund_ref}"
        )
    if not known.live:
        return ()
    return (
        OutsideRefundReturned(
            order_id=ledger.order.order_id,
            occurred_at=min(told.occurred_at, now),
            refund_ref=known.told.refund_ref,
            because=told.because,
        ),
    )


def laid_on_units(ledger: Ledger, told: RecordOutsideRefund) -> tuple[FundsPart, ...]:
    """Say which units the lines of an outside refund are about, to the minor unit.

    Returns claim the lowest units first, so it is laid on the highest that no return holds;
    each takes what it has left. What is more than the line has left stays on the first of
    them, where it is seen as over its cap.
    """
    left = dict(room(ledger).parts)
    parts: list[FundsPart] = []
    for line in told.lines:
        for key, amount in _of_line(ledger, line, left):
            left[key] = left.get(key, 0) - amount
            parts.append(FundsPart(key=key, amount_minor=amount))
    if told.shipping_minor:
        parts.append(FundsPart(key=SHIPPING, amount_minor=told.shipping_minor))
    return tuple(parts)


def _of_line(ledger: Ledger, line: LineTaken, left: dict[str, int]) -> list[tuple[str, int]]:
    sold = ledger.order.line(line.line_id)
    count = sold.quantity if sold is not None else 1
    by_choice = sorted(range(1, count + 1), key=lambda n: ((line.line_id, n) in ledger.claims, -n))
    keys = [unit_key(line.line_id, ordinal) for ordinal in by_choice]
    open_minor = {key: max(0, left.get(key, 0)) for key in keys}
    rest, laid = line.amount_minor, dict.fromkeys(keys, 0)
    named = keys[: line.quantity or count]
    for group in (named, keys):
        weights = [open_minor[key] - laid[key] for key in group]
        fits = min(rest, sum(weights))
        for key, share in zip(group, allocate(fits, weights), strict=True):
            laid[key] += share
        rest -= fits
    laid[keys[0]] += rest
    return [(key, amount) for key, amount in laid.items() if amount]


def _names(known: OutsideRefundRecorded) -> set[str]:
    return {known.refund_ref, *known.also_known_as}


def _is_same(known: OutsideRefundRecorded, told: RecordOutsideRefund) -> bool:
    """Whether two parties speak of one refund.

    A further name joins what two parties say. One party calls one refund one thing: should
    its provider give two of them the same name, they stay two.
    """
    names = {told.refund_ref, *told.also_known_as}
    if known.made_in == told.made_in:
        return told.refund_ref in _names(known)
    return bool(names & _names(known))


def _knows_more(known: OutsideRefundRecorded, told: RecordOutsideRefund) -> bool:
    """Whether it is news: whoever told it tells it otherwise, or another says what it was for."""
    said = (known.tenders, known.lines, known.shipping_minor)
    if known.made_in == told.made_in:
        return said != (told.tenders, told.lines, told.shipping_minor)
    explains = bool(told.lines or told.shipping_minor)
    return explains and not (known.lines or known.shipping_minor)
