"""`python -m bench.on_dbos SIZES`: the plain journey as a program on DBOS Transact.

Written as well as we can: an asynchronous workflow, so that one that waits costs no thread; a step
for each call of a partner, and the event that tells of it written in the same step; messages with
durable timeouts; LISTEN and NOTIFY. Events are rows keyed by what caused them, so that a step or a
message that comes again writes nothing: those of messages need no checkpoint beside the one of
the message. They are the very bytes that the rules decide, but nothing decides them here, no
version is checked and no chain of hashes is kept. Payloads are sealed as the bare worker's are.
"""

import asyncio
import os
import signal
import sys
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from dbos import DBOS, DBOSConfig, Serializer, StepOptions
from psycopg_pool import AsyncConnectionPool

from adapters.http import open_client
from adapters.logging import configure_logging
from adapters.sealing import cipher
from adapters.settings import Settings
from bench.bare import HANDOVER, INSPECTION
from bench.bare_activities import Bare, Outside, Pool
from bench.bare_words import Done, Order
from bench.bare_worker import reach
from bench.plain import plain_recordings
from bench.sizes import Sizes
from bench.words import TENANT, Json
from worker import collect_seldom

WORKFLOW, QUEUE, DECISION = "plain_return", "returns", "decision"
STARTED = "dbos.started"
POLL_S = 0.1
"""How often the queue of new returns is looked at: ten times as often as by itself."""

CONNECTIONS = 20
TABLE = """
CREATE TABLE IF NOT EXISTS bench_event (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    return_id text NOT NULL, cause text NOT NULL, number integer NOT NULL, type text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(), data json NOT NULL,
    UNIQUE (return_id, cause, number)
)"""
_APPEND = """
INSERT INTO bench_event (return_id, cause, number, type, data)
SELECT %b, %b, number, type, data::json
FROM unnest(%b::text[], %b::text[]) WITH ORDINALITY AS happened (type, data, number)
ON CONFLICT DO NOTHING"""


class Sealing(Serializer):
    """JSON, sealed under one key."""

    def serialize(self, data: Any) -> str:
        return b64encode(cipher.seal(_KEY, orjson.dumps(data), b"dbos")).decode()

    def deserialize(self, serialized_data: str) -> Any:
        return orjson.loads(cipher.unseal(_KEY, b64decode(serialized_data), b"dbos"))

    def name(self) -> str:
        return "sealed"


_KEY = bytes(cipher.KEY_BYTES)  # of a server that is thrown away


class Steps(Bare):
    """The bare worker's calls of partners; what each came to is written as events."""

    def __init__(self, pool: Pool, reached: Outside, sizes: Sizes) -> None:
        super().__init__(pool, reached, sizes)
        self._recordings = {
            cause: ([event.type for event in events], [event.model_dump_json() for event in events])
            for cause, events in plain_recordings().items()
        }

    def know(self, return_id: str, request: Json) -> None:
        """Take what the workflow was started with; after a crash it is started with it again."""
        self._cases[return_id].request = request

    async def keep(self, return_id: str, cause: str) -> None:
        """Write the events of a cause, once."""
        types, data = self._recordings[cause]
        async with self._pool.connection() as connection:
            await connection.execute(_APPEND, (return_id, cause, types, data))

    async def perform(self, return_id: str, cause: str, step_id: str) -> Json:
        """Call a partner and write what it came to; answers with what the next steps need."""
        name = cause.partition(":")[0]
        order = Order(tenant=TENANT, return_id=return_id, step_id=step_id, now=datetime.now(UTC))
        act: Callable[[Order], Awaitable[Done]] = getattr(self, name)
        done = await act(order)
        await self.keep(return_id, cause)
        return {"filling": done.filling, "tracking_number": self._cases[return_id].tracking_number}

    def track(self, return_id: str, number: str) -> None:
        """Take what a step answered, now or before a crash."""
        self._cases[return_id].tracking_number = number

    async def _done(self, _return_id: str, name: str) -> Done:
        """Answer with as many bytes as the engine did."""
        return Done(filling="x" * self._sizes.answers[name][0])


def flow(steps: Steps) -> Callable[[str, Json], Awaitable[str]]:
    """The workflow, which does these steps."""

    async def plain_return(return_id: str, request: Json) -> str:
        async def act(cause: str, step_id: str = "") -> Json:
            options: StepOptions = {"name": cause, "retries_allowed": True, "max_attempts": 20}
            answered: Json = await DBOS.run_step_async(
                options, steps.perform, return_id, cause, step_id or cause
            )
            return answered

        async def hear(signal: str, cause: str, within: timedelta) -> None:
            if await DBOS.recv_async(signal, within.total_seconds()) is None:
                raise TimeoutError(f"{signal}: nobody told of it in time")
            await steps.keep(return_id, cause)

        steps.know(return_id, request)
        await steps.keep(return_id, "open")
        await DBOS.set_event_async(DECISION, {"accepted": True})
        bought = await act("buy_label:1")
        steps.track(return_id, bought["tracking_number"])
        await asyncio.gather(act("announce:1"), act("notify:1", "label:1"))
        await hear("report_tracking", "scanned", HANDOVER)
        await hear("report_tracking", "delivered", HANDOVER)
        await hear("report_receipt", "receipt", HANDOVER)
        await act("notify:2", "received:1")
        await hear("report_inspection", "inspection", INSPECTION)
        await asyncio.gather(
            act("move_stock:1"), act("pay_out:1"), act("notify:3", "refund_sent:1")
        )
        await hear("report_payout", "payout", HANDOVER)
        await act("look_up_payout:1")
        await act("notify:4", "completed:1")
        return "completed"

    registered: Callable[[str, Json], Awaitable[str]] = DBOS.workflow(name=WORKFLOW)(plain_return)
    return registered


async def main(sizes: Sizes) -> None:
    settings = Settings.from_env(os.environ)
    configure_logging(settings.log)
    stop = asyncio.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(told, stop.set)
    async with AsyncExitStack() as stack:
        pool: Pool = AsyncConnectionPool(
            settings.database_url, kwargs={"autocommit": True}, min_size=1, max_size=10, open=False
        )
        await stack.enter_async_context(pool)
        async with pool.connection() as connection:
            await connection.execute(TABLE)
        http = await stack.enter_async_context(open_client())
        flow(Steps(pool, reach(settings, http), sizes))
        config: DBOSConfig = {
            "name": "bench",
            "system_database_url": settings.database_url,
            "sys_db_pool_size": CONNECTIONS,
            "serializer": Sealing(),
            "log_level": "WARNING",
            "application_version": "1",
        }
        DBOS(config=config)
        DBOS.launch()
        try:
            await DBOS.register_queue_async(QUEUE, polling_interval_sec=POLL_S)
            collect_seldom()
            print(STARTED)
            await stop.wait()
        finally:
            DBOS.destroy()


if __name__ == "__main__":
    asyncio.run(main(Sizes.read(Path(sys.argv[1]))))
