"""What the routes share, made once by the process that serves them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from temporalio.client import Client

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.inbox import Inbox
from adapters.postgres.pool import Pool
from api.clock import Clock, MachineClock
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
    webhook_secrets: Mapping[str, Sequence[str]] = field(repr=False)
    settings: ApiSettings = field(default_factory=ApiSettings)
    clock: Clock = field(default_factory=MachineClock)
    task_queue: str = TASK_QUEUE

    def __post_init__(self) -> None:
        self.store = PostgresEventStore(self.pool)
        self.board = Board(self.pool)
        self.inbox = Inbox(self.pool)
        self.relay = Relay(
            self.inbox,
            Resolver(self.store, self.settings.webhook_tenants),
            self.temporal,
            task_queue=self.task_queue,
        )

    def secrets_of(self, provider: str, account: str) -> Sequence[str]:
        """Give the live secrets of an account; none: we know of no such account."""
        return self.webhook_secrets.get(account_key(provider, account), ())


def doors_of(request: Request) -> Doors:
    """Find the doors of the app that was asked."""
    doors: Doors = request.app.state.doors
    return doors


Behind = Annotated[Doors, Depends(doors_of)]
"""A route's parameter: what is behind it."""
