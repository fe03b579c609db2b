"""Keeps every read model up to date, in whatever process has room for it.

Any number of processes may do so at once: a page is applied by one of them, and the others
find it done.
"""

import asyncio
from contextlib import suppress

import structlog

from adapters.postgres.pool import Pool, connect
from adapters.postgres.subscription import Projection, Subscription
from adapters.postgres.wake_ups import WakeUps
from projections.catalogue import PROJECTIONS

AGAIN_S = 5.0
"""Seconds until a projection that failed is tried again, from where it stands."""

REST_S = 0.2
"""Seconds between two pages of a read model, which costs as much for one event as for many: the
events of one step (decided, bought, told) come within this time."""

log = structlog.get_logger()


class UnknownProjection(KeyError):
    """There is no read model of that name; the text lists those there are."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no projection {name}: there are {', '.join(PROJECTIONS)}")


async def keep_up(pool: Pool, wake_ups: WakeUps | None, stop: asyncio.Event) -> None:
    """Run all projections until `stop` is set. A task of the worker, or a process of its own."""
    subscription = Subscription(pool, wake_ups, rest_s=REST_S)
    async with asyncio.TaskGroup() as tasks:
        for name, make in PROJECTIONS.items():
            tasks.create_task(_supervise(subscription, make(), stop), name=f"projection {name}")


async def run_projections(database_url: str, stop: asyncio.Event, *, migrate: bool = True) -> None:
    """Do the same on connections of one's own, woken by appends in any process.

    Raises:
        psycopg.Error: The database does not answer at the start; later on that is waited out.
    """
    connecting = connect(database_url, migrate=migrate)
    async with await connecting as pool, WakeUps(database_url) as wake_ups:
        log.info("projections.started")
        await keep_up(pool, wake_ups, stop)


async def catch_up(pool: Pool) -> dict[str, int]:
    """Apply what there is to every projection, once; give how far each has come.

    Raises:
        StoreUnavailable: The database does not answer.
        Superseded: A newer release is in place.
    """
    subscription = Subscription(pool)
    return {name: await subscription.catch_up(make()) for name, make in PROJECTIONS.items()}


async def rebuild(pool: Pool, name: str) -> int:
    """Throw a read model away and build it from the first event; give its position.

    Raises:
        UnknownProjection: There is none of that name.
        StoreUnavailable: The database does not answer; what was there is still there.
    """
    make = PROJECTIONS.get(name)
    if make is None:
        raise UnknownProjection(name)
    return await Subscription(pool).rebuild(make())


async def _supervise(
    subscription: Subscription, projection: Projection, stop: asyncio.Event
) -> None:
    """Run one projection; where it cannot go on, say so and let the others."""
    while not stop.is_set():
        try:
            return await subscription.run(projection, stop)
        except Exception as defect:  # noqa: BLE001 a read model is no reason for a worker to end
            failure = type(defect).__name__  # its text may hold what an event says
        log.error("projection.failed", projection=projection.name, error=failure)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), AGAIN_S)
    return None
