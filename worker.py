"""Runs the engine: the only place that knows which adapter is used.

`python worker.py` takes everything from the environment (see `adapters.settings`), runs
until it is told to stop, and then finishes what is under way.
"""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
import structlog
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.collecting import Collecting
from activities.goods import Goods
from activities.holding import Holding
from activities.ledgers import OrderLedgers
from activities.notices import Notices
from activities.payouts import Payouts
from activities.reconciling import Reconciling
from activities.recorder import Recorder
from activities.recording import RecordingActivity
from activities.recovering import Recoveries
from activities.refunds import Refunds
from activities.transport import Transport
from adapters.carriers.easypost import EasyPostCarrier
from adapters.carriers.easypost_books import EasyPostLabels
from adapters.carriers.easypost_claims import EasyPostClaims
from adapters.http import DEFAULT_DEADLINE, open_client
from adapters.logging import configure_logging
from adapters.mail.smtp import SmtpNotifier
from adapters.payments.gateways import connect_providers
from adapters.policies import Policies
from adapters.postgres.data_keys import DataKeys
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import connect
from adapters.postgres.subjects import PostgresSubjects
from adapters.postgres.tidings import InboxTidings
from adapters.postgres.told import PostgresTold
from adapters.postgres.unplaced import InboxUnplaced
from adapters.postgres.wake_ups import WakeUps
from adapters.recovery_runs import RecoveryRuns
from adapters.sealing.codec import converter_of
from adapters.sealing.wrapping import MasterKeys
from adapters.settings import PARTNERS, Settings, SettingsError
from adapters.warehouses.connecting import connect_warehouse
from deploy.search_attributes import register_search_attributes
from projections.carrier_records import CarrierRecords
from projections.label_books import LabelBooks
from projections.payout_books import PayoutBooks
from workflows.names import partner_queue
from workflows.reconciliation import FindingWorkflow, ReconciliationWorkflow
from workflows.recoveries import RecoveryWorkflow
from workflows.refunds import RefundWorkflow
from workflows.returns import ReturnWorkflow

log = structlog.get_logger()

GRACE = timedelta(seconds=30)
"""How long steps under way may take to finish once we are told to stop."""

KEY_CONNECTIONS = 2
"""To the database, for the keys of payloads alone: a task never waits for a recording to end."""

PASSED_THROUGH = (
    "activities", "domain", "workflows", "pydantic", "pydantic_core", "structlog", "annotated_types",
)  # fmt: skip
"""Modules that workflows share with the process instead of importing them for every run."""

WORKFLOWS = (
    ReturnWorkflow,
    RecoveryWorkflow,
    RefundWorkflow,
    ReconciliationWorkflow,
    FindingWorkflow,
)

Activities = Sequence[Any]


@dataclass(frozen=True)
class Partners:
    """What each queue of activities can do."""

    here: Activities  # on the workflows' own worker
    by_queue: dict[str, Activities]


@asynccontextmanager
async def partners(
    settings: Settings,
    *,
    deadline: timedelta = DEFAULT_DEADLINE,
    converter: DataConverter = pydantic_data_converter,
) -> AsyncIterator[Partners]:
    """Connect to the store and to every partner.

    Args:
        settings: Where they are.
        deadline: How long one call of a partner's may take in all.
        converter: How payloads are written, where an activity starts a workflow.

    Raises:
        SettingsError: A partner's address or key is missing.
    """
    access = {name: settings.partner(name).model_dump() for name in PARTNERS}
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(await connect(settings.database_url))
        wake_ups = await stack.enter_async_context(WakeUps(settings.database_url))
        http = await stack.enter_async_context(open_client())
        policies = Policies.load(*([settings.policy] if settings.policy else []))
        subjects = PostgresSubjects(pool, MasterKeys(*settings.master_keys))
        store = PostgresEventStore(pool, wake_ups.ring)
        unplaced, history = InboxUnplaced(pool), CarrierRecords(pool)
        recorder = Recorder(store, subjects, policies, unplaced, history)
        carrier = EasyPostCarrier(http, **access["easypost"], deadline=deadline)
        providers = connect_providers(http, settings, PostgresTold(pool), deadline=deadline)
        warehouse = connect_warehouse(http, settings, deadline=deadline)
        transport = Transport(recorder, carrier)
        goods = Goods(recorder, warehouse)
        payouts = Payouts(recorder, providers.gateways)
        collecting = Collecting(recorder, providers.collectors)
        keeping = Holding(recorder, providers.collectors)
        notices = Notices(recorder, _notifier(settings, deadline))
        sellers = {"easypost": EasyPostLabels(http, **access["easypost"], deadline=deadline)}
        reconciling = Reconciling(
            store,
            PayoutBooks(pool),
            InboxTidings(pool),
            providers.bookkeepers,
            (LabelBooks(pool), sellers),
        )
        refunds = Refunds(OrderLedgers(store, policies=policies), providers.gateways)
        claims = _claims(http, settings, deadline)
        runs = RecoveryRuns(settings.temporal_connect(), converter)
        recoveries = Recoveries(store, recorder, claims, runs)
        yield Partners(
            here=[
                RecordingActivity(recorder).record, notices.here, reconciling.settle_finding,
                refunds.record_refund, recoveries.record_recovery,
            ],
            by_queue={
                **_by_queue(transport, goods, recoveries),
                **_of_money(payouts, refunds, collecting, keeping, reconciling),
                "mail": [notices.notify],
            },
        )  # fmt: skip


def _notifier(settings: Settings, deadline: timedelta) -> SmtpNotifier:
    """Connect to whoever delivers letters to customers."""
    return SmtpNotifier(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender="returns@backhaul.example",
        deadline=deadline,
    )


def _claims(http: httpx2.AsyncClient, settings: Settings, deadline: timedelta) -> EasyPostClaims:
    """Connect to whoever decides on claims for parcels."""
    return EasyPostClaims(
        http,
        **settings.partner("easypost").model_dump(),
        contact=settings.claims_contact,
        currency=settings.claims_currency,
        deadline=deadline,
    )


def _by_queue(transport: Transport, goods: Goods, recoveries: Recoveries) -> dict[str, Activities]:
    """Say which worker does what about parcels and goods: one for each kind of partner."""
    return {
        "carrier": [
            transport.buy_label, transport.look_up_label, transport.void_label,
            transport.book_pickup, transport.cancel_pickup, transport.track, transport.follow_parcel,
            recoveries.open_recovery, recoveries.recall_recovery,
            recoveries.file_claim, recoveries.look_up_claim, recoveries.cancel_claim,
        ],
        "warehouse": [
            goods.announce, goods.move_stock, goods.reserve,
            goods.release_reservation, goods.order_replacement,
            goods.order_repair, goods.send_back,
        ],
    }  # fmt: skip


def _of_money(
    payouts: Payouts,
    refunds: Refunds,
    collecting: Collecting,
    keeping: Holding,
    reconciling: Reconciling,
) -> dict[str, Activities]:
    """Say what the worker of the payment providers does."""
    return {
        "payment": [
            payouts.pay_out, payouts.look_up_payout, payouts.issue_coupon, reconciling.compare_books,
            refunds.pay_refund, refunds.look_up_refund,
            collecting.send_bill, collecting.look_up_bill, collecting.cancel_bill,
            keeping.place_hold, keeping.look_up_hold, keeping.take_hold, keeping.release_hold,
        ],
    }  # fmt: skip


def workflow_runner() -> SandboxedWorkflowRunner:
    """Keep workflows from what would not be the same in a replay."""
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    )


def workers(client: Client, task_queue: str, able: Partners) -> list[Worker]:
    """One worker for the workflows and their recordings, one for each kind of partner."""
    returns = Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=able.here,
        workflow_runner=workflow_runner(),
        max_cached_workflows=2_000,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=5),
        graceful_shutdown_timeout=GRACE,
    )
    return [
        returns,
        *(
            Worker(
                client,
                task_queue=partner_queue(task_queue, kind),
                activities=activities,
                max_concurrent_activities=50,
                graceful_shutdown_timeout=GRACE,
            )
            for kind, activities in able.by_queue.items()
        ),
    ]


def collect_seldom() -> None:
    """Look for rubbish rarely: what was imported stays, and what returns leave is not circular.

    A full collection walks over every object of thousands of cached workflows.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until told to stop; then finish what is under way."""
    async with AsyncExitStack() as stack:
        pool = await connect(settings.database_url, connections=KEY_CONNECTIONS)
        await stack.enter_async_context(pool)
        keys = DataKeys(pool, MasterKeys(*settings.master_keys))
        converter = converter_of(keys, settings.namespace, settings.payloads)
        client = await Client.connect(**settings.temporal_connect(), data_converter=converter)
        await register_search_attributes(client)
        able = await stack.enter_async_context(partners(settings, converter=converter))
        for worker in workers(client, settings.task_queue, able):
            await stack.enter_async_context(worker)
        collect_seldom()
        log.info("worker.started", task_queue=settings.task_queue)
        await stop.wait()
        log.info("worker.stopping")


async def main() -> int:
    """Run as a process of its own."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for told in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(told, stop.set)
    try:
        settings = Settings.from_env(os.environ)
        configure_logging(settings.log)
        await run(settings, stop)
    except SettingsError as wrong:
        sys.stderr.write(f"worker: {wrong}\n")
        return 2
    await asyncio.sleep(0.1)  # the SDK's threads end a moment after its last call
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
