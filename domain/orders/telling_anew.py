"""The shop tells an order again, changed: what may differ, and what would contradict us."""

from domain.orders.events import is_pot
from domain.orders.ledger import Ledger
from domain.orders.order import Order
from domain.refusal import Refused


def contradiction(ledger: Ledger, order: Order) -> Refused | None:
    """Say why the order as it is told now cannot be the one we know, if so.

    Amounts, quantities, captures and deliveries may change. What a return holds, and what
    money was taken from, must still be there: else it would count against nothing.
    """
    known = ledger.order
    for name in ("order_id", "tenant", "currency"):
        if getattr(known, name) != getattr(order, name):
            return _contradicts(f"{name}: it was {getattr(known, name)}")
    sold = {line.line_id: line.quantity for line in order.lines}
    for (line_id, ordinal), holder in sorted(ledger.claims.items()):
        if ordinal > sold.get(line_id, 0):
            return _contradicts(f"lines: return {holder} holds unit {ordinal} of line {line_id}")
    for key in sorted(_parts_spoken_for(ledger)):
        _, line_id, ordinal_text = key.split(":")
        if int(ordinal_text) > sold.get(line_id, 0):
            return _contradicts(f"lines: money went back for unit {ordinal_text} of line {line_id}")
    tenders = {*(tender.tender_id for tender in order.tenders), *ledger.collected}
    gone = sorted(_tenders_spoken_for(ledger) - tenders)
    if gone:
        return _contradicts(f"tenders: money was taken from {gone[0]}")
    return None


def _parts_spoken_for(ledger: Ledger) -> set[str]:
    live = [reserved.parts for reserved in ledger.reservations.values() if reserved.live]
    return {part.key for parts in live for part in parts if not is_pot(part.key)}


def _tenders_spoken_for(ledger: Ledger) -> set[str]:
    reserved = {
        kept.tender_id for kept in ledger.reservations.values() if kept.live and kept.tender_id
    }
    return reserved | {kept.tender_id for kept in ledger.chargebacks.values() if kept.live}


def _contradicts(because: str) -> Refused:
    return Refused(code="order_contradicts", because=because)
