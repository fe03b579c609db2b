"""Every open return and refund runs again, from its stream: on a new cluster, or a lost one."""

import asyncio
from collections.abc import AsyncIterator

from api.client.books import Books
from api.client.refunding import StaffRefunds
from api.client.temporal import Returns, Which
from domain.orders.refunds.messages import RefundKey
from domain.returns.evolve import fold
from domain.returns.shown.status import status_of
from projections.streams import ReturnKey

AT_ONCE = 20
"""Returns that are started at the same time."""

Revived = tuple[ReturnKey, bool]
"""An open return, and whether it had to be started."""


async def revive(books: Books, running: Returns, tenant: str | None) -> AsyncIterator[Revived]:
    """Start what is open and does not run, of one merchant or of all."""
    starting: set[asyncio.Task[Revived]] = set()
    try:
        async for key, life in books.returns(tenant):
            if status_of(*key, fold(life)).closed:
                continue
            starting.add(asyncio.create_task(_start(running, key)))
            if len(starting) >= AT_ONCE:
                done, starting = await asyncio.wait(starting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield await task
        for task in tuple(starting):
            yield await task
    finally:
        for task in starting:
            task.cancel()


async def _start(running: Returns, key: ReturnKey) -> Revived:
    return key, await running.start(Which(*key))


async def revive_refunds(
    books: Books, refunds: StaffRefunds, tenant: str | None
) -> AsyncIterator[tuple[RefundKey, bool]]:
    """Start the refunds by staff that are open and do not run, of one merchant or of all."""
    async for key in books.open_refunds(tenant):
        yield key, await refunds.start(key)
