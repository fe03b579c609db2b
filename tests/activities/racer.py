"""A process of its own that asks for one unit's money again and again, and says how often it got it."""

import asyncio
import sys
from datetime import UTC, datetime

from activities.ledgers import OrderLedgers
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import connect
from domain.orders.commands import RefundByStaff
from domain.orders.events import FundsPart
from domain.who import Who

TIMES = 20
EACH_MINOR = 500
STAFF = Who(kind="staff", id="s-1")


async def main(url: str, order_id: str, name: str) -> None:
    async with await connect(url, migrate=False, connections=2) as pool:
        ledgers = OrderLedgers(PostgresEventStore(pool))
        taken = 0
        sys.stdin.readline()  # all begin when they are told to
        for number in range(TIMES):
            part = FundsPart(key="unit:1:1", amount_minor=EACH_MINOR)
            key = f"{name}-{number}"
            ask = RefundByStaff(
                instruction_id=key, actor=STAFF, request_id=key, parts=(part,), because="race"
            )
            outcome = await ledgers.tell(
                "acme", order_id, ask, actor="staff:s-1", cause=key, now=datetime.now(UTC)
            )
            taken += outcome.refused is None
        sys.stderr.write(f"{taken}\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
