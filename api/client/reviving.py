"""All that is open runs again, from its stream: on a new cluster, or a lost one."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from api.client.books import Books
from api.client.temporal import Returns, Which
from domain.returns.evolve import fold
from domain.returns.shown.status import status_of
from workflows.names import WORKFLOW_TYPE

AT_ONCE = 20
"""Workflows that are started at the same time."""

Revived = tuple[str, bool]
"""The id of a workflow of something open, and whether it had to be started."""


class Opened(NamedTuple):
    """Something that somebody must still do something about."""

    kind: str  # the type of the workflow that follows it
    begin: dict[str, Any]  # what every start of it says


async def open_returns(books: Books, queue: str, tenant: str | None) -> AsyncIterator[Opened]:
    """Give the returns that are open, of one merchant or of all."""
    async for key, life in books.returns(tenant):
        if not status_of(*key, fold(life)).closed:
            yield Opened(WORKFLOW_TYPE, Which(*key).start(queue))


async def revive(running: Returns, open_ones: AsyncIterator[Opened]) -> AsyncIterator[Revived]:
    """Start what does not run, some of them at the same time."""
    starting: set[asyncio.Task[Revived]] = set()
    try:
        async for opened in open_ones:
            starting.add(asyncio.create_task(_started(running, opened)))
            if len(starting) >= AT_ONCE:
                done, starting = await asyncio.wait(starting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield await task
        for task in tuple(starting):
            yield await task
    finally:
        for task in starting:
            task.cancel()


async def _started(running: Returns, opened: Opened) -> Revived:
    name = str(opened.begin["id"])
    return name, await running.begin(opened.kind, opened.begin, name)
