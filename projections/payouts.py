"""What our streams say of money that goes back: each payout, and what banks took of a payment.

Reconciliation reads it (`projections.payout_books`), through the providers' own references.
It names no person.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString

from activities.event_store import StoredEvent
from adapters.postgres.pool import Connection
from domain.returns import events as e
from domain.returns.events.resolving import CouponIssued, CouponPlanned
from domain.returns.money.paying import STORE_CREDIT
from domain.returns.upcasting import read_event
from domain.words import MoneyState
from projections.payout_ledger import TABLES, TYPES, book
from projections.streams import MovedReturn, return_of, return_states

KEPT = 200
"""States held in memory: few pages speak of the money of the same return."""

_CREATE = """
CREATE TABLE payout (
    tenant         text COLLATE "C" NOT NULL,
    instruction_id text COLLATE "C" NOT NULL,
    return_id      text NOT NULL,  -- empty: a refund by staff, of its order
    order_id       text NOT NULL,
    provider       text COLLATE "C" NOT NULL,  -- empty: held, with no place to go
    destination    text NOT NULL,
    payment_ref    text COLLATE "C" NOT NULL,
    payout_ref     text COLLATE "C" NOT NULL,
    amount_minor   bigint NOT NULL,
    currency       text NOT NULL,
    state          text NOT NULL,
    askable_at     timestamptz,  -- planned, or last released
    answered_at    timestamptz,  -- when they first said that they have it
    PRIMARY KEY (tenant, instruction_id)
);
CREATE INDEX payout_instruction ON payout (instruction_id);
CREATE INDEX payout_ref ON payout (payout_ref) WHERE payout_ref <> '';
CREATE INDEX payout_asked ON payout (tenant, provider, askable_at);
"""
_PUT: LiteralString = """
INSERT INTO payout AS known (
    tenant, instruction_id, return_id, order_id, provider, destination, payment_ref,
    payout_ref, amount_minor, currency, state, askable_at, answered_at
) VALUES (
    %(tenant)s, %(instruction_id)s, %(return_id)s, %(order_id)s, %(provider)s, %(destination)s,
    %(payment_ref)s, %(payout_ref)s, %(amount_minor)s, %(currency)s, %(state)s, %(askable_at)s, %(answered_at)s
)
ON CONFLICT (tenant, instruction_id) DO UPDATE SET
    provider = excluded.provider, destination = excluded.destination,
    payment_ref = excluded.payment_ref,
    payout_ref = excluded.payout_ref, amount_minor = excluded.amount_minor,
    state = excluded.state,
    askable_at = coalesce(excluded.askable_at, known.askable_at),
    answered_at = coalesce(known.answered_at, excluded.answered_at)"""

_ASKABLE = (e.PayoutPlanned, e.PayoutReleased, CouponPlanned)
_ANSWERED = (
    e.PayoutSubmitted, e.PayoutPending, e.PayoutRequiresAction, e.PayoutSucceeded, CouponIssued,
)  # fmt: skip
_COUPON_STATES = {
    "planned": MoneyState.PLANNED,
    "issued": MoneyState.SUCCEEDED,
    "refused": MoneyState.FAILED,
}

Times = dict[str, datetime]


class Payouts:
    """Keeps `adapters.postgres.subscription.Projection`."""

    name = "payouts"
    version = 2

    def __init__(self, keep: int = KEPT) -> None:
        self._states = return_states(keep)

    async def create(self, connection: Connection) -> None:
        await connection.execute(_CREATE + TABLES)

    async def apply(self, connection: Connection, events: Sequence[StoredEvent]) -> None:
        of_money = {event.stream_id for event in events if _is_about_a_payout(event)}
        page = [event for event in events if event.stream_id in of_money]
        times = _times(page)
        moved = await self._states.after(connection, page)
        async with connection.cursor() as cursor:
            rows = [row for one in moved for row in (*_rows(one, times), *_coupons(one, times))]
            await cursor.executemany(_PUT, rows)
        for event in events:
            if event.type in TYPES:
                await book(connection, event)


def _is_about_a_payout(event: StoredEvent) -> bool:
    about = event.type.startswith(("Payout", "Coupon"))
    return about and return_of(event.stream_id) is not None


def _times(page: Iterable[StoredEvent]) -> Mapping[tuple[str, str], Times]:
    """When each payout that the page speaks of could be asked for, and was first answered."""
    times: dict[tuple[str, str], Times] = {}
    for stored in page:
        if not _is_about_a_payout(stored):
            continue
        event = read_event(stored.type, stored.schema_version, stored.data)
        for name in ("instruction_id", "replaces"):
            if instruction_id := getattr(event, name, ""):
                times.setdefault((stored.stream_id, instruction_id), {})
        known = times.get((stored.stream_id, getattr(event, "instruction_id", "")), {})
        if isinstance(event, _ASKABLE):
            known["askable_at"] = event.occurred_at
        if isinstance(event, _ANSWERED):
            known.setdefault("answered_at", event.occurred_at)
    return times


def _rows(moved: MovedReturn, times: Mapping[tuple[str, str], Times]) -> Iterator[dict[str, Any]]:
    for payout in moved.state.payouts.values():
        told = times.get((moved.last.stream_id, payout.instruction_id))
        if told is None:
            continue
        yield {
            **moved.key._asdict(),
            "instruction_id": payout.instruction_id,
            "order_id": moved.state.order_id,
            "provider": payout.provider,
            "destination": payout.destination,
            "payment_ref": payout.payment_ref,
            "payout_ref": payout.payout_ref,
            "amount_minor": payout.amount_minor,
            "currency": moved.state.currency,
            "state": payout.state,
            "askable_at": told.get("askable_at"),
            "answered_at": told.get("answered_at"),
        }


def _coupons(
    moved: MovedReturn, times: Mapping[tuple[str, str], Times]
) -> Iterator[dict[str, Any]]:
    """A coupon is no money, but an account at the provider of stored value all the same."""
    for coupon in moved.state.coupons.values():
        told = times.get((moved.last.stream_id, coupon.instruction_id))
        if told is None:
            continue
        yield {
            **moved.key._asdict(),
            "instruction_id": coupon.instruction_id,
            "order_id": moved.state.order_id,
            "provider": STORE_CREDIT,
            "destination": "coupon",
            "payment_ref": "",
            "payout_ref": "",
            "amount_minor": coupon.amount.amount_minor,
            "currency": coupon.amount.currency,
            "state": _COUPON_STATES[coupon.life],
            "askable_at": told.get("askable_at"),
            "answered_at": told.get("answered_at"),
        }
