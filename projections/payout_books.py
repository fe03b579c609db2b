"""Our side of a comparison with a provider: as complete as the streams are when it is asked for."""

from collections.abc import Mapping, Sequence
from typing import LiteralString

from adapters.postgres.pool import Connection, Pool, borrowed
from adapters.postgres.subscription import Subscription
from domain.money import Money
from domain.reconciliation.books import (
    BooksKey,
    Movement,
    OurBooks,
    OurChargeback,
    OurPayout,
    Span,
)
from domain.words import MoneyState
from projections.payouts import Payouts

# What the list names, whenever it was; and what the window should show.
_PAYOUTS: LiteralString = """
SELECT return_id, order_id, instruction_id, payment_ref, payout_ref, amount_minor, currency,
       state, askable_at, answered_at, destination
FROM projections.payout
WHERE tenant = %(tenant)s AND askable_at IS NOT NULL
  AND ((payout_ref <> '' AND payout_ref = ANY (%(refs)s)
        AND (provider = %(provider)s OR destination = 'manual'))
       OR (provider = %(provider)s AND destination <> 'manual'
           AND (instruction_id = ANY (%(instructions)s)
                OR (askable_at >= %(since)s AND answered_at <= %(until)s))))
ORDER BY instruction_id"""
# Made by people past us, at this provider as far as anybody knows.
_OTHER: LiteralString = """
SELECT o.order_id, o.refund_key, coalesce(t.payment_ref, ''), o.names, o.amount_minor,
       c.currency, o.state, o.since
FROM projections.other_refund AS o
LEFT JOIN projections.tender AS t USING (tenant, order_id, tender_id)
CROSS JOIN LATERAL (
    SELECT any_tender.currency FROM projections.tender AS any_tender
    WHERE any_tender.tenant = o.tenant AND any_tender.order_id = o.order_id
    ORDER BY any_tender.tender_id LIMIT 1
) AS c
WHERE o.tenant = %(tenant)s AND o.names && %(refs)s::text[]
  AND coalesce(t.provider, %(provider)s) = %(provider)s
ORDER BY o.order_id, o.refund_key, o.tender_id"""
_CHARGEBACKS: LiteralString = """
SELECT c.order_id, t.payment_ref, c.amount_minor, t.currency, c.state, c.opened_at,
       c.chargeback_id, c.chargeback_id <> c.tender_id
FROM projections.chargeback AS c
JOIN projections.tender AS t USING (tenant, order_id, tender_id)
WHERE c.tenant = %(tenant)s AND t.provider = %(provider)s
  AND (t.payment_ref = ANY (%(payments)s) OR c.opened_at BETWEEN %(since)s AND %(until)s)
ORDER BY c.opened_at, c.chargeback_id"""
_ORDERS: LiteralString = """
SELECT payment_ref, tenant, order_id FROM projections.tender
WHERE payment_ref = ANY (%(payments)s) ORDER BY order_id"""
_OTHERS: LiteralString = """
SELECT instruction_id FROM projections.payout
WHERE tenant <> %(tenant)s AND instruction_id = ANY (%(instructions)s)
UNION ALL
SELECT payout_ref FROM projections.payout
WHERE tenant <> %(tenant)s AND payout_ref <> '' AND payout_ref = ANY (%(refs)s)
UNION ALL
SELECT unnest(names) FROM projections.other_refund
WHERE tenant <> %(tenant)s AND names && %(refs)s::text[]"""


class PayoutBooks:
    """Keeps `activities.reconciling.MoneyBooks`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._payouts = Payouts()

    async def read(self, books: BooksKey, listed: Sequence[Movement], window: Span) -> OurBooks:
        """Read what we know, after the provider's list was: no answer of ours is then too new.

        Raises:
            StoreUnavailable: The database does not answer.
            Superseded: A newer release keeps the read model.
        """
        await Subscription(self._pool).catch_up(self._payouts)
        asked = {
            "tenant": books.tenant,
            "provider": books.provider,
            "instructions": [one.instruction_id for one in listed if one.instruction_id],
            "refs": [one.ref for one in listed],
            "payments": sorted({one.payment_ref for one in listed}),
            "since": window.since,
            "until": window.until,
        }
        async with borrowed(self._pool) as connection, connection.transaction():
            payouts = (
                *await _payouts(connection, asked),
                *await _made_by_people(connection, asked),
            )
            chargebacks = await _chargebacks(connection, asked)
            orders, foreign = await _owners(connection, asked, listed)
        return OurBooks(payouts, chargebacks, orders, foreign)


async def _payouts(connection: Connection, asked: Mapping[str, object]) -> tuple[OurPayout, ...]:
    cursor = await connection.execute(_PAYOUTS, asked)
    return tuple(
        OurPayout(
            return_id=return_id,
            order_id=order_id,
            instruction_id=instruction_id,
            payment_ref=payment_ref,
            payout_ref=payout_ref,
            amount=Money(amount_minor=amount_minor, currency=currency),
            state=MoneyState(state),
            askable_at=askable_at,
            answered_at=answered_at,
            by_hand=destination == "manual",
            can_ask=destination not in {"manual", "coupon"},
        )
        for (
            return_id, order_id, instruction_id, payment_ref, payout_ref, amount_minor, currency,
            state, askable_at, answered_at, destination,
        ) in await cursor.fetchall()
    )  # fmt: skip


async def _made_by_people(
    connection: Connection, asked: Mapping[str, object]
) -> tuple[OurPayout, ...]:
    cursor = await connection.execute(_OTHER, asked)
    return tuple(
        OurPayout(
            return_id="",
            order_id=order_id,
            instruction_id=refund_key,
            payment_ref=payment_ref,
            payout_ref="",
            amount=Money(amount_minor=amount_minor, currency=currency),
            state=MoneyState(state),
            askable_at=since,
            by_hand=True,
            can_ask=False,
            names=tuple(names),
        )
        for (
            order_id, refund_key, payment_ref, names, amount_minor, currency, state, since,
        ) in await cursor.fetchall()
    )  # fmt: skip


async def _chargebacks(
    connection: Connection, asked: Mapping[str, object]
) -> tuple[OurChargeback, ...]:
    cursor = await connection.execute(_CHARGEBACKS, asked)
    return tuple(
        OurChargeback(
            order_id=order_id,
            payment_ref=payment_ref,
            amount=Money(amount_minor=amount_minor, currency=currency),
            state=state,
            opened_at=opened_at,
            chargeback_id=chargeback_id,
            named=named,
        )
        for (
            order_id, payment_ref, amount_minor, currency, state, opened_at, chargeback_id, named,
        ) in await cursor.fetchall()
    )  # fmt: skip


async def _owners(
    connection: Connection, asked: Mapping[str, object], listed: Sequence[Movement]
) -> tuple[dict[str, str], frozenset[str]]:
    """Whose payments they are; and the movements that another merchant's books explain."""
    cursor = await connection.execute(_ORDERS, asked)
    ours: dict[str, str] = {}
    theirs: set[str] = set()
    for payment_ref, tenant, order_id in await cursor.fetchall():
        if tenant == asked["tenant"]:
            ours.setdefault(payment_ref, order_id)
        else:
            theirs.add(payment_ref)
    cursor = await connection.execute(_OTHERS, asked)
    others = {key for (key,) in await cursor.fetchall()}
    foreign = (
        one.ref
        for one in listed
        if one.instruction_id in others
        or one.ref in others
        or (one.payment_ref in theirs and one.payment_ref not in ours)
    )
    return ours, frozenset(foreign)
