"""A worker that halts where it is told to, for a test that kills it there: `HALTS`, as JSON.

It is the worker as it runs, on a store that stands still before or after it writes an event
of a kind to a stream: what the partner answered is known and not written, or written and
told to nobody. Where it stands it says so in its log, and never goes on.
"""

import asyncio
import json
import os
import sys
from datetime import timedelta
from functools import partial
from typing import Literal, NamedTuple

import structlog

import wiring
import worker
from activities.event_store import Append
from adapters.postgres.event_store import PostgresEventStore

When = Literal["before", "after"]
HALTED = "halted"
PATIENT = timedelta(minutes=1)
"""How long it waits for a partner's answer: it is killed before that."""


class Halt(NamedTuple):
    """Where to stand still: at the writing of an event of a kind to a stream."""

    stream: str
    event: str
    when: When

    @property
    def said(self) -> str:
        """How the log says that it stands there."""
        return f"{HALTED} {self.when} {self.event} {self.stream}"


class HaltingStore(PostgresEventStore):
    """The store, and where it stands still."""

    halts: frozenset[Halt] = frozenset()

    async def append(self, *appends: Append) -> None:
        await self._halt_at("before", appends)
        await super().append(*appends)
        await self._halt_at("after", appends)

    async def _halt_at(self, when: When, appends: tuple[Append, ...]) -> None:
        for append in appends:
            for event in append.events:
                here = Halt(append.stream_id, event.type, when)
                if here in self.halts:
                    structlog.get_logger().info(here.said)
                    await asyncio.Event().wait()


if __name__ == "__main__":
    HaltingStore.halts = frozenset(Halt(*told) for told in json.loads(os.environ["HALTS"]))
    vars(wiring)["PostgresEventStore"] = HaltingStore
    vars(worker)["partners"] = partial(wiring.partners, deadline=PATIENT)
    sys.exit(asyncio.run(worker.main([])))
