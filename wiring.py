"""Says who does what outside: the only place that knows which adapter is used."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter

from activities.collecting import Collecting
from activities.contracts import Contracts
from activities.delivering import Delivering
from activities.enclosing import Enclosing
from activities.gathering import Gathering
from activities.goods import Goods
from activities.holding import Holding
from activities.ledgers import OrderLedgers
from activities.lots import Lots
from activities.notices import Notices
from activities.owners import Owners
from activities.payouts import Payouts
from activities.reconciling import Reconciling
from activities.recorder import Recorder
from activities.recording import RecordingActivity
from activities.recovering import Recoveries
from activities.refunds import Refunds
from activities.transport import Transport
from activities.visits import Visits
from adapters.carriers.connecting import connect_carriers
from adapters.carriers.easypost_books import EasyPostLabels
from adapters.carriers.easypost_claims import EasyPostClaims
from adapters.documents.lot_papers import LotPapers
from adapters.documents.store import Documents
from adapters.http import DEFAULT_DEADLINE, open_client
from adapters.links import LinkedPages
from adapters.mail.connecting import connect_channels, connect_mail
from adapters.payments.gateways import Providers, connect_providers
from adapters.policies import policies_of
from adapters.postgres.data_keys import DataKeys
from adapters.postgres.deliveries import Deliveries
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool, connect
from adapters.postgres.subjects import PostgresSubjects
from adapters.postgres.tidings import InboxTidings
from adapters.postgres.told import PostgresTold
from adapters.postgres.unplaced import InboxUnplaced
from adapters.postgres.wake_ups import WakeUps
from adapters.postgres.webhook_subscriptions import WebhookSubscriptions
from adapters.runs import WorkflowRuns
from adapters.sealing.words import Words
from adapters.sealing.wrapping import MasterKeys
from adapters.settings import PARTNERS, Settings
from adapters.subscriptions.bell import Bell
from adapters.subscriptions.owner import OwnerLetters
from adapters.subscriptions.reach import Reach
from adapters.subscriptions.sending import Sender
from adapters.warehouses.connecting import connect_warehouse
from adapters.warehouses.lots import RestLots
from projections.carrier_records import CarrierRecords
from projections.label_books import LabelBooks
from projections.payout_books import PayoutBooks

Activities = Sequence[Any]


@dataclass(frozen=True)
class Partners:
    """What each queue of activities can do."""

    here: Activities  # on the workflows' own worker
    by_queue: dict[str, Activities]
    limits: Mapping[str, float]  # calls a second, of queues that have a quota
    bell: Bell  # for who works on the queue `webhooks`


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
        SettingsError: A partner's address or key is missing, or a policy cannot be followed.
    """
    for name in PARTNERS:
        settings.partner(name)  # at once, and not when it is asked first
    async with AsyncExitStack() as stack:
        connecting = connect(settings.database_url, migrate=settings.sets_up)
        pool = await stack.enter_async_context(await connecting)
        wake_ups = await stack.enter_async_context(WakeUps(settings.database_url))
        http = await stack.enter_async_context(open_client())
        carriers = connect_carriers(http, settings, deadline=deadline)
        policies = policies_of(settings.policy, carriers)
        wrapper = MasterKeys(*settings.master_keys)
        subjects = PostgresSubjects(pool, wrapper)
        store = PostgresEventStore(pool, wake_ups.ring, Words(DataKeys(pool, wrapper)))
        recorder = Recorder(store, subjects, policies, InboxUnplaced(pool), CarrierRecords(pool))
        contracts = Contracts(recorder, carriers, papers := Documents(pool, wrapper))
        providers = connect_providers(http, settings, PostgresTold(pool), deadline=deadline)
        warehouse = connect_warehouse(http, settings, deadline=deadline)
        transport, visits = Transport(recorder, contracts), Visits(recorder, contracts)
        goods, payouts = Goods(recorder, warehouse), Payouts(recorder, providers.gateways)
        collecting = Collecting(recorder, providers.collectors)
        holding = Holding(recorder, providers.collectors)
        notices = _notices(recorder, papers, http, settings, deadline=deadline)
        reconciling = _reconciling(store, pool, providers, http, settings)
        refunds = Refunds(OrderLedgers(store, policies=policies), providers.gateways)
        runs = WorkflowRuns(settings.temporal_connect(), converter)
        recoveries = Recoveries(store, recorder, _claims(http, settings, deadline), runs)
        taking = RestLots(http, **settings.partner("warehouse").model_dump(), deadline=deadline)
        lots = Lots(store, taking, warehouse, contracts, LotPapers(pool))
        gathering = Gathering(store, recorder, runs)
        yield Partners(
            here=[
                RecordingActivity(recorder).record, notices.here, reconciling.settle_finding,
                refunds.record_refund, recoveries.record_recovery, lots.record_lot,
            ],
            by_queue={
                **_by_queue(
                    transport, visits, goods, recoveries, carriers, gathering=gathering, lots=lots
                ),
                **_of_money(payouts, refunds, collecting, holding, reconciling),
                "mail": [notices.notify, _owners(pool, wrapper, settings, deadline).tell_owner],
                "webhooks": [_delivering(store, pool, wrapper, settings).deliver_events],
            },
            limits=_limits(settings),
            bell=Bell(pool, wake_ups, runs),
        )  # fmt: skip


def _reconciling(
    store: PostgresEventStore,
    pool: Pool,
    providers: Providers,
    http: httpx2.AsyncClient,
    settings: Settings,
) -> Reconciling:
    """Connect what compares our books with those of providers and of whoever lists its labels."""
    sellers = {"easypost": EasyPostLabels(http, **settings.partner("easypost").model_dump())}
    books = (LabelBooks(pool), sellers)
    return Reconciling(store, PayoutBooks(pool), InboxTidings(pool), providers.bookkeepers, books)


def _notices(
    recorder: Recorder,
    papers: Documents,
    http: httpx2.AsyncClient,
    settings: Settings,
    *,
    deadline: timedelta,
) -> Notices:
    """Connect to whoever delivers letters and texts to customers, and what goes with them."""
    enclosing = Enclosing(papers, LinkedPages(settings.link_secrets, settings.api_url))
    return Notices(recorder, connect_channels(http, settings, deadline=deadline), enclosing)


def _delivering(
    store: PostgresEventStore, pool: Pool, wrapper: MasterKeys, settings: Settings
) -> Delivering:
    """Connect to merchants' servers: on this machine only where partners are simulated, too."""
    sender = Sender(Reach(loopback=settings.sandbox_url is not None))
    return Delivering(store, WebhookSubscriptions(pool, wrapper), Deliveries(pool), sender)


def _owners(pool: Pool, wrapper: MasterKeys, settings: Settings, deadline: timedelta) -> Owners:
    """Connect to whoever delivers letters to those who look after merchants' servers."""
    mail = connect_mail(settings, deadline=deadline, writer=OwnerLetters())
    return Owners(WebhookSubscriptions(pool, wrapper), mail)


def _claims(http: httpx2.AsyncClient, settings: Settings, deadline: timedelta) -> EasyPostClaims:
    """Connect to whoever decides on claims for parcels."""
    return EasyPostClaims(
        http,
        **settings.partner("easypost").model_dump(),
        contact=settings.claims_contact,
        currency=settings.claims_currency,
        deadline=deadline,
    )


def _limits(settings: Settings) -> dict[str, float]:
    """Say how often a second each contract with a carrier may be asked, by its queue."""
    return {
        f"carrier-{account}".removesuffix("-"): calls
        for account, calls in settings.carrier_limits.items()
    }


def _by_queue(
    transport: Transport,
    visits: Visits,
    goods: Goods,
    recoveries: Recoveries,
    carriers: Iterable[str],
    *,
    gathering: Gathering,
    lots: Lots,
) -> dict[str, Activities]:
    """Say which worker does what about parcels and goods: one for each kind of partner.

    Each contract with a carrier has a queue, and a quota, of its own beside the one for most.
    """
    queues: dict[str, Activities] = {
        "carrier": [
            transport.buy_label, transport.look_up_label, transport.void_label,
            transport.track, transport.follow_parcel,
            visits.book_pickup, visits.look_up_pickup, visits.cancel_pickup,
            recoveries.open_recovery, recoveries.recall_recovery,
            recoveries.file_claim, recoveries.look_up_claim, recoveries.cancel_claim,
            lots.ship_lot, lots.look_up_lot,
        ],
        "warehouse": [
            goods.announce, goods.move_stock, goods.reserve,
            goods.release_reservation, goods.order_replacement,
            goods.order_repair, goods.send_back,
            gathering.join_lot, gathering.leave_lot, gathering.tell_returns,
            lots.offer_lot, lots.place_lot,
        ],
    }  # fmt: skip
    return queues | {f"carrier-{name}": queues["carrier"] for name in carriers if name}


def _of_money(
    payouts: Payouts,
    refunds: Refunds,
    collecting: Collecting,
    holding: Holding,
    reconciling: Reconciling,
) -> dict[str, Activities]:
    """Say what the worker of the payment providers does."""
    return {
        "payment": [
            payouts.pay_out, payouts.look_up_payout, payouts.issue_coupon, reconciling.compare_books,
            refunds.pay_refund, refunds.look_up_refund,
            collecting.send_bill, collecting.look_up_bill, collecting.cancel_bill,
            holding.place_hold, holding.look_up_hold, holding.take_hold, holding.release_hold,
        ],
    }  # fmt: skip
