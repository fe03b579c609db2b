"""`python -m bench.bare_worker SIZES`: runs the bare workflow, set up as the engine's is."""

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import httpx2
from psycopg_pool import AsyncConnectionPool
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from adapters.carriers.easypost import EasyPostCarrier
from adapters.http import open_client
from adapters.logging import configure_logging
from adapters.mail.smtp import SmtpNotifier
from adapters.payments.stripe import StripeGateway
from adapters.settings import Settings
from adapters.warehouses.rest import RestWarehouse
from bench import sealing
from bench.bare import BareReturn
from bench.bare_activities import TABLE, Bare, Outside, Pool
from bench.sizes import Sizes
from worker import PASSED_THROUGH, collect_seldom
from workflows.names import partner_queue

QUEUE = "bare"
SENDER = "returns@backhaul.example"
STARTED = "bare.started"


async def main(sizes: Sizes) -> None:
    settings = Settings.from_env(os.environ)
    configure_logging(settings.log)
    stop = asyncio.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(told, stop.set)
    client = await Client.connect(**settings.temporal_connect(), data_converter=sealing.converter())
    async with AsyncExitStack() as stack:
        pool: Pool = AsyncConnectionPool(
            settings.database_url, kwargs={"autocommit": True}, min_size=1, open=False
        )
        await stack.enter_async_context(pool)
        async with pool.connection() as connection:
            await connection.execute(TABLE)
        http = await stack.enter_async_context(open_client())
        for worker in _workers(client, Bare(pool, reach(settings, http), sizes)):
            await stack.enter_async_context(worker)
        collect_seldom()
        print(STARTED)
        await stop.wait()
    await asyncio.sleep(0.1)  # the SDK's threads end a moment after its last call


def reach(settings: Settings, http: httpx2.AsyncClient) -> Outside:
    """The partners of a plain return."""
    return Outside(
        EasyPostCarrier(http, **settings.partner("easypost").model_dump()),
        StripeGateway(http, **settings.partner("stripe").model_dump()),
        RestWarehouse(http, **settings.partner("warehouse").model_dump()),
        SmtpNotifier(host=settings.smtp_host, port=settings.smtp_port, sender=SENDER),
    )


def _workers(client: Client, bare: Bare) -> list[Worker]:
    """As many workers and queues as the engine has for these steps."""
    runner = SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules("bench", *PASSED_THROUGH)
    )
    steps = {
        "carrier": [bare.buy_label],
        "warehouse": [bare.announce, bare.move_stock],
        "payment": [bare.pay_out, bare.look_up_payout],
        "mail": [bare.notify],
    }
    return [
        Worker(
            client,
            task_queue=QUEUE,
            workflows=[BareReturn],
            activities=[bare.record, bare.notify],
            workflow_runner=runner,
            max_cached_workflows=2_000,
            sticky_queue_schedule_to_start_timeout=timedelta(seconds=5),
        ),
        *(
            Worker(
                client,
                task_queue=partner_queue(QUEUE, kind),
                activities=activities,
                max_concurrent_activities=50,
            )
            for kind, activities in steps.items()
        ),
    ]


if __name__ == "__main__":
    asyncio.run(main(Sizes.read(Path(sys.argv[1]))))
