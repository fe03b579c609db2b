"""What an order's ledger adds to its returns' payouts: its payments, banks, refunds past us."""

from datetime import datetime
from typing import LiteralString

from activities.event_store import StoredEvent
from adapters.postgres.pool import Connection
from domain.orders import events as e
from domain.orders.refunds import events as r
from domain.orders.upcasting import read_ledger_event

TABLES = """
CREATE TABLE tender (
    tenant      text COLLATE "C" NOT NULL,
    order_id    text COLLATE "C" NOT NULL,
    tender_id   text COLLATE "C" NOT NULL,
    provider    text COLLATE "C" NOT NULL,
    payment_ref text COLLATE "C" NOT NULL,
    currency    text NOT NULL,
    PRIMARY KEY (tenant, order_id, tender_id)
);
CREATE INDEX tender_payment ON tender (payment_ref);
CREATE TABLE chargeback (
    tenant        text COLLATE "C" NOT NULL,
    order_id      text COLLATE "C" NOT NULL,
    chargeback_id text COLLATE "C" NOT NULL,
    tender_id     text COLLATE "C" NOT NULL,
    amount_minor  bigint NOT NULL,
    state         text NOT NULL,
    opened_at     timestamptz NOT NULL,
    PRIMARY KEY (tenant, order_id, chargeback_id)
);
CREATE INDEX chargeback_opened ON chargeback (tenant, opened_at);
-- Made by people, past us. A name is what anybody calls it.
CREATE TABLE other_refund (
    tenant       text COLLATE "C" NOT NULL,
    order_id     text COLLATE "C" NOT NULL,
    refund_key   text COLLATE "C" NOT NULL,
    tender_id    text COLLATE "C" NOT NULL,  -- empty: nobody knows from which
    names        text[] NOT NULL,
    amount_minor bigint NOT NULL,
    state        text NOT NULL,
    since        timestamptz NOT NULL,
    PRIMARY KEY (tenant, order_id, refund_key, tender_id)
);
CREATE INDEX other_refund_names ON other_refund USING gin (names);
"""
_TENDER: LiteralString = """
INSERT INTO tender (tenant, order_id, tender_id, provider, payment_ref, currency)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (tenant, order_id, tender_id) DO UPDATE SET
    provider = excluded.provider, payment_ref = excluded.payment_ref,
    currency = excluded.currency"""
# Paid for a return: a tender of the order as well, in its currency.
_COLLECTED: LiteralString = """
INSERT INTO tender (tenant, order_id, tender_id, provider, payment_ref, currency)
SELECT tenant, order_id, %s, %s, %s, currency FROM tender
WHERE tenant = %s AND order_id = %s ORDER BY tender_id LIMIT 1
ON CONFLICT (tenant, order_id, tender_id) DO NOTHING"""
_OPEN: LiteralString = """
INSERT INTO chargeback (
    tenant, order_id, chargeback_id, tender_id, amount_minor, state, opened_at
) VALUES (%s, %s, %s, %s, %s, 'open', %s)
ON CONFLICT (tenant, order_id, chargeback_id) DO UPDATE SET
    tender_id = excluded.tender_id, amount_minor = excluded.amount_minor"""
_CLOSE: LiteralString = """
UPDATE chargeback SET state = %s WHERE tenant = %s AND order_id = %s AND chargeback_id = %s"""
_OTHER: LiteralString = """
INSERT INTO other_refund (
    tenant, order_id, refund_key, tender_id, names, amount_minor, state, since
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (tenant, order_id, refund_key, tender_id) DO UPDATE SET
    names = excluded.names, amount_minor = excluded.amount_minor, state = excluded.state"""
_FORGET: LiteralString = """
DELETE FROM other_refund WHERE tenant = %s AND order_id = %s AND refund_key = %s"""
_UNDONE: LiteralString = """
UPDATE other_refund SET state = 'reversed'
WHERE tenant = %s AND order_id = %s AND refund_key = %s"""
# By staff, without a return: an instruction to a provider like any other, of no return.
_SET_ASIDE: LiteralString = """
INSERT INTO payout (
    tenant, instruction_id, return_id, order_id, provider, destination, payment_ref,
    payout_ref, amount_minor, currency, state
)
SELECT tenant, %s, '', order_id, '', '', '', '', %s, currency, 'planned' FROM tender
WHERE tenant = %s AND order_id = %s ORDER BY tender_id LIMIT 1
ON CONFLICT (tenant, instruction_id) DO NOTHING"""
_PLANNED: LiteralString = """
UPDATE payout SET provider = %s, destination = %s, payment_ref = %s, askable_at = %s
WHERE tenant = %s AND order_id = %s AND instruction_id = %s AND return_id = ''"""
_MOVED: LiteralString = """
UPDATE payout SET state = %s, payout_ref = coalesce(nullif(%s, ''), payout_ref),
    askable_at = coalesce(%s, askable_at), answered_at = coalesce(answered_at, %s)
WHERE tenant = %s AND order_id = %s AND instruction_id = %s AND return_id = ''"""
_FREED: LiteralString = """
UPDATE payout SET state = CASE state
    WHEN 'succeeded' THEN 'reversed' WHEN 'failed' THEN 'failed' ELSE 'cancelled' END
WHERE tenant = %s AND order_id = %s AND instruction_id = %s AND return_id = ''"""

TYPES = frozenset(
    kind.__name__
    for kind in (
        e.OrderRecorded,
        e.PaymentCollected,
        e.ChargebackOpened,
        e.ChargebackClosed,
        e.FundsReserved,
        e.FundsPaid,
        e.FundsReleased,
        e.OutsideRefundRecorded,
        e.OutsideRefundReturned,
        r.StaffRefundPlanned,
        r.StaffRefundHeld,
        r.StaffRefundReleased,
        r.StaffRefundAnswered,
    )
)
"""The types worth reading."""


Order = tuple[str, str]
"""Whose, and which."""


async def book(connection: Connection, stored: StoredEvent) -> None:
    """Follow an order's ledger by one event."""
    event = read_ledger_event(stored.type, stored.schema_version, stored.data)
    order = (stored.tenant, event.order_id)
    await _payments(connection, order, event)
    await _refunds(connection, order, event)
    await _by_staff(connection, order, event)


async def _payments(connection: Connection, order: Order, event: e.LedgerEvent) -> None:
    """What was paid, and what banks took of it."""
    match event:
        case e.OrderRecorded(order=told):
            for tender in told.tenders:
                at = (tender.provider, tender.payment_ref, told.currency)
                await connection.execute(_TENDER, (*order, tender.tender_id, *at))
        case e.PaymentCollected():
            collected = (event.collected_id, event.provider, event.payment_ref)
            await connection.execute(_COLLECTED, (*collected, *order))
        case e.ChargebackOpened():
            taken = (event.tender_id, event.amount_minor, event.occurred_at)
            await connection.execute(_OPEN, (*order, event.chargeback_id, *taken))
        case e.ChargebackClosed():
            decided = "won" if event.won else "lost"
            await connection.execute(_CLOSE, (decided, *order, event.chargeback_id))
        case _:
            return


async def _refunds(connection: Connection, order: Order, event: e.LedgerEvent) -> None:
    """What people gave back past us."""
    match event:
        case e.OutsideRefundRecorded():
            await _outside(connection, order, event)
        case e.OutsideRefundReturned():
            await connection.execute(_UNDONE, (*order, event.refund_ref))
        case _:
            return


async def _by_staff(connection: Connection, order: Order, event: e.LedgerEvent) -> None:
    """What staff give back without a return; what a return pays is told by its own stream."""
    match event:
        case e.FundsReserved(return_id=None):
            await connection.execute(_SET_ASIDE, (event.instruction_id, event.amount_minor, *order))
        case r.StaffRefundPlanned():
            way = (event.provider, event.destination, event.payment_ref, event.occurred_at)
            await connection.execute(_PLANNED, (*way, *order, event.instruction_id))
        case r.StaffRefundHeld():
            await _moved(connection, order, event, "held")
        case r.StaffRefundReleased():
            await _moved(connection, order, event, "planned", askable_at=event.occurred_at)
        case r.StaffRefundAnswered(state="unknown" | "failed"):
            await _moved(connection, order, event, event.state)
        case r.StaffRefundAnswered():
            await _moved(connection, order, event, event.state, answered_at=event.occurred_at)
        case e.FundsPaid():
            await _moved(connection, order, event, "succeeded", answered_at=event.occurred_at)
        case e.FundsReleased():
            await connection.execute(_FREED, (*order, event.instruction_id))
        case _:
            return


async def _moved(
    connection: Connection,
    order: Order,
    event: r.StaffRefundHeld | r.StaffRefundReleased | r.StaffRefundAnswered | e.FundsPaid,
    state: str,
    **times: datetime,
) -> None:
    ref = getattr(event, "payout_ref", "")
    told = (state, ref, times.get("askable_at"), times.get("answered_at"))
    await connection.execute(_MOVED, (*told, *order, event.instruction_id))


async def _outside(connection: Connection, order: Order, event: e.OutsideRefundRecorded) -> None:
    """Told again with another content, the newest counts."""
    await connection.execute(_FORGET, (*order, event.refund_ref))
    names = sorted({event.refund_ref, *event.also_known_as})
    for taken in event.tenders:
        key = (event.refund_ref, taken.tender_id or "")
        told = (names, taken.amount_minor, "succeeded", event.occurred_at)
        await connection.execute(_OTHER, (*order, *key, *told))
