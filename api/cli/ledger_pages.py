"""An order's ledger, for people and for programs. Nothing personal is in it."""

from collections.abc import Iterator
from typing import Any

from domain.money import Money
from domain.orders.ledger import Ledger, Reserved
from domain.orders.refunds.agenda import next_step
from domain.orders.refunds.text import explained
from domain.orders.room import overdrawn, room


def as_lines(ledger: Ledger) -> list[str]:
    """What was captured, what took from it, and what is left."""
    order, left = ledger.order, room(ledger)

    def money(minor: int) -> str:
        return str(Money(amount_minor=minor, currency=order.currency))

    captured, still = money(order.captured_minor), money(left.order_minor)
    lines = [f"order {order.order_id}: {captured} captured, {still} may still go back"]
    for tender in order.tenders:
        open_minor = left.tenders[tender.tender_id]
        lines.append(
            f"  tender {tender.tender_id} ({tender.kind}): {money(open_minor)} "
            f"of {money(tender.captured_minor)}"
        )
    for key, amount in left.parts.items():
        lines.append(f"  {key.replace(':', ' ')}: {money(amount)}")
    lines += [f"  {who}" for who in _takers(ledger, money)]
    lines += [f"  over its cap: {over.cap} by {money(over.by_minor)}" for over in overdrawn(ledger)]
    for concern in ledger.open_concerns:
        lines.append(f"  for a person, {concern.concern_id}: {concern.because}")
    return lines


def _takers(ledger: Ledger, money: Any) -> Iterator[str]:
    for (line_id, ordinal), holder in sorted(ledger.claims.items()):
        yield f"unit {line_id} {ordinal} is in return {holder}"
    for key, kept in ledger.reservations.items():
        who = f"return {kept.return_id}" if kept.return_id else "staff"
        yield f"{kept.state}: {money(kept.amount_minor)} by {who}, {key}"
        yield from (f"    {line}" for line in explained(ledger, kept))
    for ref, refund in ledger.outside.items():
        state = "made outside" if refund.live else "made outside, came back"
        yield f"{state}: {money(refund.told.amount_minor)} in {refund.told.made_in}, {ref}"
    for ref, dispute in ledger.chargebacks.items():
        yield f"chargeback {dispute.state}: {money(dispute.amount_minor)}, {ref}"


def _refund(ledger: Ledger, kept: Reserved) -> dict[str, Any] | None:
    """How a refund by staff stands; none for what a return pays."""
    refund, step = kept.refund, next_step(ledger, kept.instruction_id)
    if refund is None:
        return None
    return {
        "state": str(refund.state),
        "reason": refund.reason,
        "because": kept.because,
        "asked_by": refund.by,
        "approved_by": list(refund.approved_by),
        "destination": refund.destination,
        "provider": refund.provider,
        "payout_ref": refund.payout_ref,
        "parts": [part.model_dump() for part in kept.parts],
        "next": step.model_dump(mode="json") if step is not None else None,
    }


def as_data(ledger: Ledger) -> dict[str, Any]:
    """The same as data."""
    order, left = ledger.order, room(ledger)
    return {
        "order_id": order.order_id,
        "tenant": order.tenant,
        "currency": order.currency,
        "captured_minor": order.captured_minor,
        "left": {
            "order_minor": left.order_minor,
            "parts": dict(left.parts),
            "lines": dict(left.lines),
            "tenders": dict(left.tenders),
        },
        "claims": [
            {"line_id": line_id, "ordinal": ordinal, "return_id": holder}
            for (line_id, ordinal), holder in sorted(ledger.claims.items())
        ],
        "payouts": [
            {
                "instruction_id": key,
                "return_id": kept.return_id,
                "tender_id": kept.tender_id,
                "amount_minor": kept.amount_minor,
                "state": kept.state,
                "refund": _refund(ledger, kept),
            }
            for key, kept in ledger.reservations.items()
        ],
        "outside_refunds": [
            {**refund.told.model_dump(mode="json"), "came_back": not refund.live}
            for refund in ledger.outside.values()
        ],
        "chargebacks": [
            {
                "chargeback_id": key,
                "tender_id": dispute.tender_id,
                "amount_minor": dispute.amount_minor,
                "state": dispute.state,
            }
            for key, dispute in ledger.chargebacks.items()
        ],
        "over": [over.model_dump() for over in overdrawn(ledger)],
        "concerns": [concern.model_dump(mode="json") for concern in ledger.open_concerns],
    }
