"""From the inbox to the returns: each event is told once, in order, and none is lost.

Whom to tell is written down in one turn and told in the next. Killed between telling and
noting it, the relay tells it again, and the return knows the message by its id.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from psycopg.errors import UndefinedTable
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from activities.event_store import StoreUnavailable
from adapters.postgres.inbox import Delivery, Inbox, Open, Turn
from adapters.telemetry.doors import continued
from api.resolving import ForAPerson, NotOurs, NotYet, Resolver
from domain.orders.refunds.messages import RefundKey
from workflows.names import (
    REFUND_TYPE,
    TASK_QUEUE,
    WORKFLOW_TYPE,
    StartReturn,
    refund_id,
    workflow_id,
)

BATCH = 100
AT_ONCE = 16
"""Returns that are told something at the same time; one return is told one thing after another."""

POLL_S = 0.5
AWAY_S = 1.0
"""Seconds until a server that was away is tried again."""

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=0.25), timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(hours=24)
"""How long an event may be ahead of what it is about; then a person looks at it."""

SIGNAL_TIMEOUT = timedelta(seconds=5)
TELLING_S = 10.0
"""Seconds of telling in one turn, whatever is left: far less than a turn may take."""

SET_ASIDE = timedelta(seconds=30)
"""How long a return that cannot be told anything holds up nobody but itself."""

_AWAY = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
    }
)

log = structlog.get_logger()


class TemporalAway(Exception):
    """The Temporal server does not answer; what was to be told stays in the inbox."""


class Relay:
    """One in each API process; they take turns."""

    def __init__(
        self,
        inbox: Inbox,
        resolver: Resolver,
        temporal: Client,
        *,
        task_queue: str = TASK_QUEUE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._inbox = inbox
        self._resolver = resolver
        self._temporal = temporal
        self._task_queue = task_queue
        self._now = now
        self._woken = asyncio.Event()
        self._set_aside: dict[str, datetime] = {}

    def wake(self) -> None:
        """Say that something has come in; comes back at once."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until `stop` is set: what a former life left behind first."""
        while not stop.is_set():
            self._woken.clear()
            pause_s = POLL_S
            try:
                await self.drain()
            except (StoreUnavailable, TemporalAway, UndefinedTable) as away:
                log.warning("relay.interrupted", error=type(away).__name__)
                pause_s = AWAY_S
            except Exception as defect:  # noqa: BLE001 webhooks go on being taken meanwhile
                log.error("relay.failed", error=type(defect).__name__)  # noqa: TRY400 no bodies in logs
                pause_s = AWAY_S
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken_or(stop), pause_s)

    async def drain(self) -> int:
        """Relay what can be relayed now; give how many signals were sent.

        Raises:
            StoreUnavailable: The database does not answer.
            TemporalAway: The Temporal server does not answer.
            psycopg.errors.UndefinedTable: The read models were never built.
        """
        sent = 0
        while True:
            resolved = await self._resolve_some()
            told = await self._tell_some()
            sent += told
            if not resolved and not told:
                return sent

    # ── Whom to tell ──────────────────────────────────────────────────────────────────────

    async def _resolve_some(self) -> int:
        async with self._inbox.turn() as turn:
            if turn is None:
                return 0
            events = await turn.to_resolve(self._now(), BATCH)
            for event in events:
                await self._resolve(turn, event)
            return len(events)

    async def _resolve(self, turn: Turn, event: Open) -> None:
        now = self._now()
        found = await self._resolver.resolve(turn, event, now)
        about = {"provider": event.provider, "event_id": event.event_id, "kind": event.kind}
        match found:
            case NotYet(reason) if now - event.received_at < GIVE_UP_AFTER:
                await turn.wait(event, reason, now + _pause(event.attempts))
            case NotOurs(reason):
                await turn.settle(event.id, "ignored", reason)
            case NotYet(reason) | ForAPerson(reason):
                await turn.settle(event.id, "quarantined", reason)
                log.error("webhook.quarantined", because=reason, **about)
            case tidings:
                await turn.resolve(event, tidings)

    # ── Telling ───────────────────────────────────────────────────────────────────────────

    async def _tell_some(self) -> int:
        """Send what is written down; note it in the transaction that holds the turn."""
        away: TemporalAway | None = None
        told: list[Delivery] = []
        async with self._inbox.turn() as turn:
            if turn is None:
                return 0
            deliveries = await turn.to_tell(BATCH, except_for=self._left_alone())
            gate, until = asyncio.Semaphore(AT_ONCE), asyncio.get_running_loop().time() + TELLING_S
            results = await asyncio.gather(
                *(self._tell_one_return(turn, gate, each, until) for each in _by_return(deliveries))
            )
            for sent, failure in results:
                told += sent
                away = away or failure
            if told:
                await turn.told(told)
        if away is not None:
            raise away
        return len(told)

    async def _tell_one_return(
        self, turn: Turn, gate: asyncio.Semaphore, deliveries: Sequence[Delivery], until: float
    ) -> tuple[list[Delivery], TemporalAway | None]:
        """Tell one return its news in order; give what was sent, and what stopped it."""
        sent: list[Delivery] = []
        async with gate:
            for delivery in deliveries:
                if asyncio.get_running_loop().time() > until:
                    break
                try:
                    await self._signal(delivery)
                except RPCError as failure:
                    if failure.status in _AWAY:
                        return sent, TemporalAway(failure.status.name)
                    if failure.status is not RPCStatusCode.INVALID_ARGUMENT:
                        self._leave_alone(delivery, failure.status)
                        break
                    await self._give_up(turn, delivery)
                except ValueError:  # no payload can be made of it
                    await self._give_up(turn, delivery)
                except RuntimeError as unconnected:  # so the SDK says that nobody listens
                    return sent, TemporalAway(type(unconnected).__name__)
                else:
                    sent.append(delivery)
        return sent, None

    async def _signal(self, delivery: Delivery) -> None:
        """Tell a return something; a workflow that has ended is started again for it."""
        kind, arguments, named, summary = _whom(delivery.tenant, delivery.return_id)
        with continued(delivery.traceparent):
            await self._temporal.start_workflow(
                kind,
                args=arguments,
                id=named,
                task_queue=self._task_queue,
                start_signal=delivery.signal,
                start_signal_args=[delivery.body],
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=summary,
                rpc_timeout=SIGNAL_TIMEOUT,
            )

    async def _give_up(self, turn: Turn, delivery: Delivery) -> None:
        """What the server will never take is for a person."""
        await turn.settle(delivery.inbox_id, "quarantined", "the Temporal server refuses it")
        log.error(
            "webhook.quarantined", return_id=delivery.return_id, because="refused by Temporal"
        )

    def _leave_alone(self, delivery: Delivery, status: RPCStatusCode) -> None:
        """A return that cannot be told anything now must not hold up the others."""
        self._set_aside[f"{delivery.tenant}:{delivery.return_id}"] = self._now() + SET_ASIDE
        log.error("relay.set_aside", return_id=delivery.return_id, status=status.name)

    def _left_alone(self) -> list[str]:
        now = self._now()
        self._set_aside = {key: until for key, until in self._set_aside.items() if until > now}
        return list(self._set_aside)

    async def _woken_or(self, stop: asyncio.Event) -> None:
        waits = [asyncio.create_task(event.wait()) for event in (self._woken, stop)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


def _whom(tenant: str, reference: str) -> tuple[str, list[StartReturn], str, str]:
    """The workflow of a return, or of a refund that staff made without one."""
    refund = RefundKey.of_reference(tenant, reference)
    if refund is None:
        start = StartReturn(tenant=tenant, return_id=reference)
        return WORKFLOW_TYPE, [start], workflow_id(tenant, reference), f"Return {reference}"
    named = refund_id(tenant, refund.order_id, refund.instruction_id)
    return REFUND_TYPE, [], named, f"Refund of order {refund.order_id}"


def _pause(attempts: int) -> timedelta:
    """Wait twice as long after each attempt, up to the longest."""
    return min(FIRST_WAIT * (1 << min(attempts, 12)), LONGEST_WAIT)


def _by_return(deliveries: Sequence[Delivery]) -> list[list[Delivery]]:
    groups: dict[tuple[str, str], list[Delivery]] = {}
    for delivery in deliveries:
        groups.setdefault((delivery.tenant, delivery.return_id), []).append(delivery)
    return list(groups.values())
