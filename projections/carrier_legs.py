"""What each carrier did with each parcel: one row for each way a parcel was to go.

Read through `projections.carrier_records`, by which the next returns choose their carriers. A
carrier that was given up keeps its row, with what it failed. It names no person.
"""

from collections.abc import Iterator, Sequence
from typing import Any, LiteralString

from activities.event_store import StoredEvent
from adapters.postgres.pool import Connection
from domain.returns import events as e
from domain.returns.upcasting import read_event
from domain.words import Fault
from projections.streams import return_of

_CREATE = """
CREATE TABLE carrier_leg (
    tenant         text COLLATE "C" NOT NULL,
    return_id      text COLLATE "C" NOT NULL,
    parcel_id      text COLLATE "C" NOT NULL,
    leg            integer NOT NULL,  -- 1, 2 … of the parcel: each carrier it was given to
    carrier        text COLLATE "C" NOT NULL,
    service        text COLLATE "C" NOT NULL,
    since          timestamptz NOT NULL,
    handed_over_at timestamptz,
    exceptions     integer NOT NULL DEFAULT 0,  -- visits that failed by its own fault
    is_late        boolean NOT NULL DEFAULT false,
    is_lost        boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant, return_id, parcel_id, leg)
);
CREATE INDEX carrier_leg_since ON carrier_leg (tenant, since);
"""
_BEGIN: LiteralString = """
INSERT INTO carrier_leg (tenant, return_id, parcel_id, leg, carrier, service, since)
SELECT %(tenant)s, %(return_id)s, %(parcel_id)s, count(*) + 1, %(carrier)s, %(service)s, %(at)s
FROM carrier_leg
WHERE tenant = %(tenant)s AND return_id = %(return_id)s AND parcel_id = %(parcel_id)s"""
_TELL: LiteralString = """
UPDATE carrier_leg AS known SET
    handed_over_at = coalesce(handed_over_at, %(handed_over_at)s),
    exceptions = exceptions + %(exceptions)s,
    is_late = is_late OR %(is_late)s,
    is_lost = coalesce(%(is_lost)s, is_lost)
WHERE tenant = %(tenant)s AND return_id = %(return_id)s AND parcel_id = %(parcel_id)s
AND leg = (
    SELECT max(leg) FROM carrier_leg AS newest
    WHERE newest.tenant = known.tenant AND newest.return_id = known.return_id
    AND newest.parcel_id = known.parcel_id
)"""

_TELLING = frozenset(
    known.__name__
    for known in (
        e.ParcelPlanned,
        e.CarrierSwitched,
        e.PickupFailed,
        e.ParcelScanned,
        e.ParcelDelayed,
        e.ParcelLost,
        e.ParcelFound,
    )
)


class CarrierLegs:
    """Keeps `adapters.postgres.subscription.Projection`."""

    name = "carrier_legs"
    version = 1

    async def create(self, connection: Connection) -> None:
        await connection.execute(_CREATE)

    async def apply(self, connection: Connection, events: Sequence[StoredEvent]) -> None:
        for stored in events:
            for question, row in _rows(stored):
                await connection.execute(question, row)


def _rows(stored: StoredEvent) -> Iterator[tuple[LiteralString, dict[str, Any]]]:
    key = return_of(stored.stream_id)
    if key is None or stored.type not in _TELLING:
        return
    event = read_event(stored.type, stored.schema_version, stored.data)
    whose = {**key._asdict(), "parcel_id": getattr(event, "parcel_id", "")}
    if isinstance(event, e.ParcelPlanned | e.CarrierSwitched):
        way = {"carrier": event.carrier, "service": event.service, "at": event.occurred_at}
        yield _BEGIN, {**whose, **way}
        return
    nothing = {"handed_over_at": None, "exceptions": 0, "is_late": False, "is_lost": None}
    told = _told(event)
    if told:
        yield _TELL, {**whose, **nothing, **told}


def _told(event: e.Event) -> dict[str, Any]:
    """What an event says of the carrier that has the parcel; nothing of the customer's faults."""
    match event:
        case e.PickupFailed():
            return {"exceptions": 1} if event.fault is Fault.CARRIER else {}
        case e.ParcelScanned():
            back = event.stage == "returned_to_customer"
            return {"handed_over_at": event.occurred_at, "exceptions": int(back)}
        case e.ParcelDelayed():
            return {"is_late": True}
        case e.ParcelLost():
            return {"is_lost": True}
        case _:
            return {"is_lost": False}
