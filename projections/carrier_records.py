"""How well carriers did of late: the figures by which the next parcel's carrier is chosen.

Figures of some minutes ago are as good as those of now, so one reading serves for a while; and
where there is none, a return is opened without them.
"""

import time
from contextlib import suppress
from datetime import datetime, timedelta
from typing import LiteralString

from psycopg.errors import UndefinedTable

from activities.event_store import StoreUnavailable
from adapters.postgres.pool import Pool, borrowed
from domain.policy.outlook import CarrierRecord, Records

JUDGED_DAYS = 90
GOOD_FOR_S = 300.0

_READ: LiteralString = """
SELECT carrier, service, count(*), sum(exceptions + is_lost::int), count(*) FILTER (WHERE is_late)
FROM projections.carrier_leg
WHERE tenant = %s AND since > %s AND carrier <> ''
AND (handed_over_at IS NOT NULL OR exceptions > 0)
GROUP BY carrier, service"""


class CarrierRecords:
    """Keeps `activities.recorder.CarrierHistory`."""

    def __init__(self, pool: Pool, *, good_for_s: float = GOOD_FOR_S) -> None:
        self._pool = pool
        self._good_for_s = good_for_s
        self._kept: dict[str, tuple[float, Records]] = {}

    async def of(self, tenant: str, now: datetime) -> Records:
        """Give what each service of each carrier did for a merchant in the last 90 days."""
        read_at, records = self._kept.get(tenant, (0.0, {}))
        if read_at and time.monotonic() - read_at < self._good_for_s:
            return records
        # Else what was known before, or nothing: no reason to turn a customer away.
        with suppress(StoreUnavailable, UndefinedTable):
            records = await self._read(tenant, now)
        self._kept[tenant] = (time.monotonic(), records)
        return records

    async def _read(self, tenant: str, now: datetime) -> Records:
        since = now - timedelta(days=JUDGED_DAYS)
        async with borrowed(self._pool) as connection:
            rows = await (await connection.execute(_READ, (tenant, since))).fetchall()
        return {
            (carrier, service): CarrierRecord(
                parcels=parcels, exceptions=int(exceptions), late=late
            )
            for carrier, service, parcels, exceptions, late in rows
        }
