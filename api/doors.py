"""What the routes share, made once by the process that serves them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from httpx2 import AsyncClient
from temporalio.client import Client

from activities.known import Known, KnownReturns
from adapters.postgres.data_keys import DataKeys
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.inbox import Inbox
from adapters.postgres.pool import Pool
from adapters.sealing.words import Words
from adapters.webhooks.paypal_certificates import PayPalCertificates
from api.access.attempts import Attempts
from api.access.gate import Gate
from api.access.keys import ApiKeys
from api.access.links import Links
from api.access.staff import Staff
from api.client import ReturnsClient
from api.clock import Clock, MachineClock
from api.limits import Limits
from api.relay import Relay
from api.resolving import Resolver
from api.settings import ApiSettings, account_key
from projections.board import Board
from workflows.names import TASK_QUEUE


@dataclass
class Doors:
    """Everything behind the doors."""

    pool: Pool
    temporal: Client
    returns: ReturnsClient
    http: AsyncClient  # to the identity provider of staff, and to PayPal's certificates
    webhook_secrets: Mapping[str, Sequence[str]] = field(repr=False)
    settings: ApiSettings = field(default_factory=ApiSettings)
    clock: Clock = field(default_factory=MachineClock)
    task_queue: str = TASK_QUEUE
    paypal_url: str = ""  # of a stand-in, or empty
    keys_of_files: DataKeys | None = None  # without them, nothing sealed is opened here
    namespace: str = "default"

    def __post_init__(self) -> None:
        self.certificates = PayPalCertificates(self.http, base_url=self.paypal_url)
        words = Words(self.keys_of_files) if self.keys_of_files is not None else None
        self.store = PostgresEventStore(self.pool, words=words)
        self.board = Board(self.pool)
        self.inbox = Inbox(self.pool)
        self.keys = ApiKeys(self.pool)
        self.links = Links(self.settings.link_secrets)
        self.gate = Gate(self.keys, self.links, Staff(self.http, self.settings.staff))
        self.attempts = Attempts(self.pool)
        self.limits = Limits(self.settings.most_of_merchant, self.settings.most_of_return)
        self.relay = Relay(
            self.inbox,
            Resolver(self.store, self.settings.webhook_tenants),
            self.temporal,
            task_queue=self.task_queue,
        )

    async def known(self, tenant: str, return_id: str) -> Known:
        """Give a return as its stream has it now; version 0 where there is none."""
        return await KnownReturns(self.store).load(tenant, return_id)

    def secrets_of(self, provider: str, account: str) -> Sequence[str]:
        """Give the live secrets of an account; none: we know of no such account."""
        return self.webhook_secrets.get(account_key(provider, account), ())


def doors_of(request: Request) -> Doors:
    """Find the doors of the app that was asked."""
    doors: Doors = request.app.state.doors
    return doors


Behind = Annotated[Doors, Depends(doors_of)]
"""A route's parameter: what is behind it."""
