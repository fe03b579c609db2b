"""Says who does what outside: the only place that knows which adapter is used."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter

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
from adapters.sealing.words import Words
from adapters.sealing.wrapping import MasterKeys
from adapters.settings import PARTNERS, Settings
from adapters.warehouses.connecting import connect_warehouse
from projections.carrier_records import CarrierRecords
from projections.label_books import LabelBooks
from projections.payout_books import PayoutBooks

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
        connecting = connect(settings.database_url, migrate=settings.sets_up)
        pool = await stack.enter_async_context(await connecting)
        wake_ups = await stack.enter_async_context(WakeUps(settings.database_url))
        http = await stack.enter_async_context(open_client())
        policies = Policies.load(*([settings.policy] if settings.policy else []))
        wrapper = MasterKeys(*settings.master_keys)
        subjects = PostgresSubjects(pool, wrapper)
        store = PostgresEventStore(pool, wake_ups.ring, Words(DataKeys(pool, wrapper)))
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
