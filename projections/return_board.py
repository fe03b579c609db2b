"""One row for each return: how it stands, whose turn it is, by when, and where the money is.

A row is the return's status as its stream tells it, so a list on a screen, the overdue
query and the workflow's own answer can never disagree about the same version. It names no
person.
"""

from collections.abc import Sequence
from typing import Any

from activities.event_store import StoredEvent
from adapters.postgres.pool import Connection
from domain.returns.lifecycle import Life
from domain.returns.shown.status import Status, status_of
from domain.returns.state import ReturnState
from projections.streams import KEPT, MovedReturn, return_states

_CREATE = """
CREATE TABLE return_board (
    tenant           text COLLATE "C" NOT NULL,
    return_id        text COLLATE "C" NOT NULL,
    order_id         text NOT NULL,
    headline         text NOT NULL,
    authorisation    text NOT NULL,
    next_actor       text NOT NULL,  -- empty: nobody's turn, the return is closed
    next_action      text NOT NULL,
    due_at           timestamptz,
    method           text NOT NULL,
    carrier          text NOT NULL,         -- of its first parcel that has one
    country          text NOT NULL,
    currency         text NOT NULL,
    promised_minor   bigint NOT NULL,
    paid_minor       bigint NOT NULL,
    held_minor       bigint NOT NULL,
    reasons          text[] NOT NULL,
    flags            text[] NOT NULL,
    tracking_numbers text[] NOT NULL,
    opened_at        timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,  -- when its last event was recorded
    completed_at     timestamptz,
    closed           boolean NOT NULL,
    version          integer NOT NULL,      -- of the stream: how many events it tells
    PRIMARY KEY (tenant, return_id)
);
CREATE INDEX return_board_newest ON return_board (opened_at DESC, tenant DESC, return_id DESC);
CREATE INDEX return_board_due ON return_board (due_at) WHERE NOT closed;
CREATE INDEX return_board_order ON return_board (order_id, tenant);
CREATE INDEX return_board_tracking ON return_board USING gin (tracking_numbers);
"""
_PUT = """
INSERT INTO return_board AS known (
    tenant, return_id, order_id, headline, authorisation, next_actor, next_action, due_at,
    method, carrier, country, currency, promised_minor, paid_minor, held_minor,
    reasons, flags, tracking_numbers, opened_at, updated_at, completed_at, closed, version
) VALUES (
    %(tenant)s, %(return_id)s, %(order_id)s, %(headline)s, %(authorisation)s, %(next_actor)s,
    %(next_action)s, %(due_at)s, %(method)s, %(carrier)s, %(country)s, %(currency)s,
    %(promised_minor)s, %(paid_minor)s, %(held_minor)s, %(reasons)s, %(flags)s,
    %(tracking_numbers)s, %(opened_at)s, %(updated_at)s, %(completed_at)s, %(closed)s, %(version)s
)
ON CONFLICT (tenant, return_id) DO UPDATE SET
    headline = excluded.headline, authorisation = excluded.authorisation,
    next_actor = excluded.next_actor, next_action = excluded.next_action,
    due_at = excluded.due_at, method = excluded.method, carrier = excluded.carrier,
    promised_minor = excluded.promised_minor, paid_minor = excluded.paid_minor,
    held_minor = excluded.held_minor, reasons = excluded.reasons, flags = excluded.flags,
    tracking_numbers = excluded.tracking_numbers, updated_at = excluded.updated_at,
    completed_at = excluded.completed_at, closed = excluded.closed, version = excluded.version
"""


class ReturnBoard:
    """Keeps `adapters.postgres.subscription.Projection`. Read it through `projections.board`."""

    name = "return_board"
    version = 1

    def __init__(self, keep: int = KEPT) -> None:
        self._states = return_states(keep)

    async def create(self, connection: Connection) -> None:
        await connection.execute(_CREATE)

    async def apply(self, connection: Connection, events: Sequence[StoredEvent]) -> None:
        rows = [_row(moved) for moved in await self._states.after(connection, events)]
        async with connection.cursor() as cursor:
            await cursor.executemany(_PUT, rows)


def _row(moved: MovedReturn) -> dict[str, Any]:
    state = moved.state
    status = status_of(*moved.key, state)
    shown = ("order_id", "headline", "authorisation", "next_actor", "next_action", "due_at",
             "method", "country", "currency", "closed", "version")  # fmt: skip
    return {
        **moved.key._asdict(),
        **{name: getattr(status, name) for name in shown},
        **_money(status),
        "reasons": list(status.reasons),
        "flags": list(status.flags),
        "carrier": next((p.carrier for p in state.parcels.values() if p.carrier), ""),
        "tracking_numbers": _numbers(state),
        "opened_at": state.requested_at,
        "updated_at": moved.last.recorded_at,
        "completed_at": state.ended_at if state.life is Life.COMPLETED else None,
    }


def _money(status: Status) -> dict[str, int]:
    money = status.money
    return {
        "promised_minor": money.promised_minor if money else 0,
        "paid_minor": money.paid_minor if money else 0,
        "held_minor": money.held_minor if money else 0,
    }


def _numbers(state: ReturnState) -> list[str]:
    return sorted({n for parcel in state.parcels.values() for n in parcel.tracking_numbers})
