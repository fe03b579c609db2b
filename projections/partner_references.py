"""Which return, or refund by staff, a partner means: by the references in our own streams.

A webhook is believed about a return only because *we* have noted the partner's reference
for it, never because of an id in its body. A parcel may be shared, and an order may have
several returns, so a reference can mean more than one.
"""

from collections.abc import Iterator, Sequence
from typing import LiteralString

from activities.event_store import StoredEvent
from adapters.postgres.pool import Connection
from domain.orders.events import OrderRecorded, PaymentCollected
from domain.orders.refunds.events import StaffRefundAnswered, StaffRefundPlanned
from domain.orders.refunds.messages import RefundKey
from domain.orders.upcasting import read_ledger_event
from domain.returns import events as e
from domain.returns.events import bills as b
from domain.returns.events import holds as h
from domain.returns.upcasting import read_event
from projections.streams import ReturnKey, return_of

_CREATE = """
CREATE TABLE return_reference (
    kind      text COLLATE "C" NOT NULL,
    reference text COLLATE "C" NOT NULL,
    tenant    text COLLATE "C" NOT NULL,
    return_id text COLLATE "C" NOT NULL,  -- or a refund by staff: `RefundKey.reference`
    position  bigint NOT NULL,  -- of the event that told it first
    PRIMARY KEY (kind, reference, tenant, return_id)
);
CREATE TABLE order_payment (
    payment_ref text COLLATE "C" NOT NULL,
    tenant      text COLLATE "C" NOT NULL,
    order_id    text COLLATE "C" NOT NULL,
    PRIMARY KEY (payment_ref, tenant, order_id)
);
-- A payment belongs to an order, and through it to all of the order's returns.
CREATE VIEW partner_reference AS
SELECT kind, reference, tenant, return_id, position FROM return_reference
UNION ALL
SELECT 'payment', paid.payment_ref, paid.tenant, of_order.return_id, of_order.position
FROM order_payment AS paid
JOIN return_reference AS of_order
  ON of_order.kind = 'order' AND of_order.reference = paid.order_id
 AND of_order.tenant = paid.tenant;
"""
_PUT: LiteralString = """
INSERT INTO return_reference (kind, reference, tenant, return_id, position)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""
_PUT_PAYMENT: LiteralString = """
INSERT INTO order_payment (payment_ref, tenant, order_id)
VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"""
_FIND: LiteralString = """
SELECT tenant, return_id FROM projections.partner_reference
WHERE kind = %s AND reference = %s AND (%s::text IS NULL OR tenant = %s)
ORDER BY position"""

_Payout = (
    e.PayoutSubmitted
    | e.PayoutPending
    | e.PayoutRequiresAction
    | e.PayoutSucceeded
    | e.PayoutFailed
)


class PartnerReferences:
    """Keeps `adapters.postgres.subscription.Projection`. Ask it with `find_returns`."""

    name = "partner_references"
    version = 4

    async def create(self, connection: Connection) -> None:
        await connection.execute(_CREATE)

    async def apply(self, connection: Connection, events: Sequence[StoredEvent]) -> None:
        async with connection.cursor() as cursor:
            await cursor.executemany(_PUT, [row for event in events for row in _told(event)])
            await cursor.executemany(_PUT, [row for event in events for row in _refunded(event)])
            await cursor.executemany(_PUT_PAYMENT, [row for ev in events for row in _paid(ev)])


async def find_returns(
    connection: Connection, kind: str, reference: str, *, tenant: str | None = None
) -> list[ReturnKey]:
    """Find the returns that a reference means, the one that had it first at the front.

    Args:
        connection: Of the engine.
        kind: `tracking`, `pickup`, `label`, `payout`, `instruction`, `payment`, `return`, `order`,
            `serial`, `article`, `receipt` or `inspection`.
        reference: As the partner says it.
        tenant: Look among the returns of this one only.
    """
    cursor = await connection.execute(_FIND, (kind, reference, tenant, tenant))
    return [ReturnKey(*row) for row in await cursor.fetchall()]


def _told(stored: StoredEvent) -> Iterator[tuple[str, str, str, str, int]]:
    """Read the references that an event of a return tells."""
    key = return_of(stored.stream_id)
    if key is None or stored.type not in _TELLING:
        return
    for kind, reference in _references(read_event(stored.type, stored.schema_version, stored.data)):
        if reference:
            yield (kind, reference, *key, stored.position)


def _of_goods(event: e.ReturnRequested) -> Iterator[tuple[str, str]]:
    """By what goods that come back may be known, beside the number on the box."""
    yield "return", event.return_id
    yield "order", event.order_id
    for sku in dict.fromkeys(unit.sku for unit in event.units):
        yield "article", sku
    for serial in dict.fromkeys(one for unit in event.units for one in unit.serials):
        yield "serial", serial


def _references(event: e.Event) -> Iterator[tuple[str, str]]:
    match event:
        case e.ReturnRequested():
            yield from _of_goods(event)
        case e.LabelPurchased():
            yield "tracking", event.tracking_number
            yield "label", event.label_ref
        case e.PickupScheduled():
            yield "pickup", event.pickup_ref
        case e.ParcelReceived() | e.TrackingEntered():
            yield "tracking", event.tracking_number
            yield "receipt", getattr(event, "receipt_id", "")
        case e.UnitInspected():
            yield "inspection", event.inspection_id
        case e.PayoutPlanned() | e.PayoutHeld():
            yield "instruction", event.instruction_id
        case b.BillPlanned() | h.HoldPlanned():
            yield "instruction", event.instruction_id
        case b.BillSent():
            yield "payout", event.bill_ref
        case h.HoldPlaced():
            yield "payout", event.hold_ref
        case _:
            yield "payout", getattr(event, "payout_ref", "")


_TELLING = frozenset(
    known.__name__
    for known in (
        e.ReturnRequested,
        e.LabelPurchased,
        e.PickupScheduled,
        e.TrackingEntered,
        e.ParcelReceived,
        e.UnitInspected,
        e.PayoutPlanned,
        e.PayoutHeld,
        *_Payout.__args__,
        *(b.BillPlanned, b.BillSent),
        *(h.HoldPlanned, h.HoldPlaced),
    )
)
"""The types worth reading; the others tell no reference."""


def _refunded(stored: StoredEvent) -> Iterator[tuple[str, str, str, str, int]]:
    """Read by which references a refund without a return is known."""
    if stored.type not in {StaffRefundPlanned.__name__, StaffRefundAnswered.__name__}:
        return
    event = read_ledger_event(stored.type, stored.schema_version, stored.data)
    if isinstance(event, StaffRefundPlanned | StaffRefundAnswered):
        key = {"order_id": event.order_id, "instruction_id": event.instruction_id}
        mine = RefundKey(tenant=stored.tenant, **key).reference
        ref = getattr(event, "payout_ref", "")
        yield "instruction", event.instruction_id, stored.tenant, mine, stored.position
        if ref:
            yield "payout", ref, stored.tenant, mine, stored.position


def _paid(stored: StoredEvent) -> Iterator[tuple[str, str, str]]:
    """Read how an order was paid, and what was collected for it since, from its ledger."""
    if stored.type not in {OrderRecorded.__name__, PaymentCollected.__name__}:
        return
    event = read_ledger_event(stored.type, stored.schema_version, stored.data)
    if isinstance(event, PaymentCollected):
        yield event.payment_ref, stored.tenant, event.order_id
    if isinstance(event, OrderRecorded):
        for tender in event.order.tenders:
            yield tender.payment_ref, event.order.tenant, event.order_id
