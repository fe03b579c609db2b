"""The Python client: checks what is sent, sends it once, and reads what is recorded."""

import os
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any, Self, cast

from temporalio.runtime import Runtime

from activities.event_store import StoredEvent
from api.client.access import Access
from api.client.answers import Answer, Quoted, Unavailable
from api.client.asks import Asks
from api.client.bodies import (
    THE_CLIENT,
    Body,
    checked_ask,
    checked_key,
    checked_report,
    new_request_id,
    update_id_of,
)
from api.client.books import Books
from api.client.boxes import DockBoxes
from api.client.documents import ReturnDocuments
from api.client.erasing import Erasing
from api.client.exporting import Kind, Row, rows
from api.client.keys import Keys
from api.client.lots import Lots
from api.client.opening import Opening, Request, opening_of
from api.client.orders import Orders
from api.client.pricing import policies_of, quoted
from api.client.quarantine import Quarantining
from api.client.reconciling import Reconciliation
from api.client.recoveries import Recoveries
from api.client.reporting import shares_of, unknown
from api.client.reviving import Revived, open_returns, revive
from api.client.sheets import Sheets
from api.client.subscriptions import Subscriptions
from api.client.surroundings import Surroundings
from api.client.temporal import Returns, Which
from domain.refusal import Refused
from domain.returns.commands import ReportInspection, ReportReceipt, Who
from domain.returns.money.explaining import Explanation, explain
from domain.returns.shown.status import Status, status_of
from projections.board import Board, BoardFilter, BoardPage
from projections.carrier_records import CarrierRecords
from projections.runner import rebuild

DEADLINE_S = 10.0
"""Seconds for one call, all its attempts included."""


class ReturnsClient(Asks):
    """Use it as `async with await ReturnsClient.connect() as returns`.

    Every method may raise `Unavailable`. An update of a return whose workflow has ended
    starts it again; one of a return that nobody opened is refused.
    """

    def __init__(
        self,
        where: Surroundings,
        *,
        actor: Who = THE_CLIENT,
        deadline_s: float = DEADLINE_S,
        runtime: Runtime | None = None,
    ) -> None:
        self.where = where
        self._actor = actor
        self._books = Books(where)
        self._running = Returns(where, self._books, deadline_s=deadline_s, runtime=runtime)
        self.reconciliation = Reconciliation(where, actor, self._books, self._running)
        self.documents = ReturnDocuments(where, self._books)
        self.orders = Orders(where, self._books, actor, self._running)
        self.sheets = Sheets(self._books)
        self.boxes = DockBoxes(self._books)
        self.quarantine = Quarantining(self._books, actor)
        self.access = Access(self._books)
        self.keys = Keys(where, self._books)
        self.recoveries = Recoveries(where, actor, self._books, self._running)
        self.erasing = Erasing(self._books, self.orders, self.recoveries, actor)
        self.lots = Lots(where, actor, self._books, self._running)
        self.subscriptions = Subscriptions(where, actor, self._books, self._running)

    @classmethod
    async def connect(cls, env: Mapping[str, str] = os.environ, **how: Any) -> Self:
        """Find the engine in the environment, or the local stack that runs here.

        Connections are made when they are first needed.

        Raises:
            SettingsError: A variable makes no sense.
        """
        return cls(Surroundings.from_env(env), **how)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_how: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of what was connected."""
        await self._running.aclose()
        await self._books.aclose()

    # ── Asking and telling ────────────────────────────────────────────────────────────────

    async def open(
        self,
        request: Request,
        *,
        tenant: str | None = None,
        request_id: str | None = None,
        actor: Who | None = None,
    ) -> Answer:
        """Open a return. The same request, opened again, is the same return.

        Args:
            request: As `domain.returns.asking.request.ReturnRequest` says it.
            tenant: Whose return it is; without it, the tenant of the order that comes along.
            request_id: Without it, one that follows from the request.
            actor: Who asks; without it, this client.
        """
        opening = self._opening(request, tenant, request_id, actor)
        if isinstance(opening, Refused):
            return Answer.no(opening)
        update_id = update_id_of("open", opening.ask.request_id, opening.raw)
        return await self._running.update(opening.which, "open", update_id, opening.raw)

    async def ask(
        self,
        tenant: str,
        return_id: str,
        update: str,
        body: Body,
        request_id: str | None = None,
        *,
        actor: Who | None = None,
        occurred_at: datetime | None = None,
    ) -> Answer:
        """Ask a return something by the update of that name.

        Args:
            tenant: Whose return it is.
            return_id: Which return.
            update: A name of `domain.returns.commands.UPDATES`.
            body: Its fields; `request_id` and `actor` are put in where they are missing.
            request_id: The same one acts once.
            actor: Who asks.
            occurred_at: When it happened, if not now.
        """
        told = {"request_id": request_id, "actor": actor, "occurred_at": occurred_at}
        said = {key: value for key, value in told.items() if value is not None}
        missing = {"request_id": new_request_id(), "actor": self._actor}
        checked = checked_key(tenant, return_id) or checked_ask(update, {**missing, **body, **said})
        if isinstance(checked, Refused):
            return Answer.no(checked, return_id)
        ask, raw = checked
        which = Which(tenant, return_id)
        update_id = update_id_of(update, ask.request_id, raw)
        return await self._running.update(which, update, update_id, raw)

    async def tell(self, tenant: str, return_id: str, signal: str, body: Body) -> Answer:
        """Tell a return something that nobody waits for; it is recorded a moment later.

        Args:
            tenant: Whose return it is.
            return_id: Which return.
            signal: A name of `domain.returns.commands.SIGNALS`.
            body: Its fields.
        """
        checked = checked_key(tenant, return_id) or checked_report(signal, body)
        if isinstance(checked, Refused):
            return Answer.no(checked, return_id)
        if not await self._books.events(tenant, return_id):
            return Answer.no(unknown(tenant, return_id), return_id)
        await self._running.signal(Which(tenant, return_id), signal, checked[1])
        return Answer(code="told", because=f"{return_id} was told", return_id=return_id)

    async def receive(self, tenant: str, body: Body) -> tuple[Answer, ...]:
        """Tell a receipt to the returns it names, else to those whose parcel it is."""
        checked = checked_report("report_receipt", body)
        if isinstance(checked, Refused):
            return (Answer.no(checked),)
        report = cast("ReportReceipt", checked[0])
        shares = await shares_of(self._books, tenant, report, body)
        if isinstance(shares, Refused):
            return (Answer.no(shares),)
        return tuple(
            [
                await self.tell(tenant, return_id, "report_receipt", share)
                for return_id, share in shares
            ]
        )

    async def inspect(self, tenant: str, body: Body) -> Answer:
        """Tell an inspection to the return it names."""
        checked = checked_report("report_inspection", body)
        if isinstance(checked, Refused):
            return Answer.no(checked)
        report = cast("ReportInspection", checked[0])
        return await self.tell(tenant, report.return_id, "report_inspection", body)

    # ── Looking ───────────────────────────────────────────────────────────────────────────

    async def status(self, tenant: str, return_id: str) -> Status:
        """Tell how a return stands; version 0 where nobody opened it.

        Its workflow is asked, and its stream where the workflow or every worker is gone.
        """
        if checked_key(tenant, return_id) is not None:
            return Status(tenant=tenant, return_id=return_id)
        try:
            told = await self._running.query(Which(tenant, return_id), "status")
        except Unavailable:
            told = None
        if told is not None:
            status = Status.model_validate_json(told, extra="ignore")
            if status.version:
                return status
        return status_of(tenant, return_id, (await self._books.known(tenant, return_id)).state)

    async def events(self, tenant: str, return_id: str) -> tuple[StoredEvent, ...]:
        """Tell what happened to a return, in order."""
        return await self._books.events(tenant, return_id)

    async def explain(self, tenant: str, return_id: str) -> Explanation | None:
        """Derive the money of a return to the minor unit; none where it was never priced."""
        state = (await self._books.known(tenant, return_id)).state
        return explain(state) if state.quote is not None else None

    async def quote(self, request: Request, *, tenant: str | None = None) -> Quoted:
        """Say what opening it would bring, on what is known of the order. Records nothing."""
        opening = self._opening(request, tenant)
        if isinstance(opening, Refused):
            return Quoted(accepted=False, code=opening.code, because=opening.because)
        which, order_id = opening.which, opening.ask.request.order_id
        known = await self._books.known(which.tenant, which.return_id, order_id)
        now = datetime.now(UTC)
        async with self._books.pool("quote") as pool:
            records = await CarrierRecords(pool).of(which.tenant, now)
        return quoted(opening, known, policies_of(self.where), now, records)

    async def list(self, wanted: BoardFilter, *, cursor: str = "", limit: int = 50) -> BoardPage:
        """List returns, the newest request first; the board may be a moment behind.

        Raises:
            InvalidCursor: The cursor is not one of an earlier page.
        """
        async with self._books.pool("list returns") as pool:
            return await Board(pool).list_returns(wanted, cursor=cursor, limit=limit)

    # ── Running it ────────────────────────────────────────────────────────────────────────

    async def export(self, kind: Kind, *, tenant: str | None = None) -> AsyncIterator[Row]:
        """Give what is recorded as rows, of one merchant or of all, the oldest first."""
        async for row in rows(self._books, kind, tenant):
            yield row

    async def rebuild(self, projection: str) -> int:
        """Build a read model again from the first event; give the position it has come to.

        Raises:
            UnknownProjection: There is none of that name.
        """
        async with self._books.pool(f"rebuild {projection}") as pool:
            return await rebuild(pool, projection)

    async def revive(self, *, tenant: str | None = None) -> AsyncIterator[Revived]:
        """Start all that is open: returns, refunds by staff, claims, lots, active subscriptions.

        Gives the id of each one's workflow, and True where it was not running. Nothing is done
        twice by it: what was under way is found again by its id.
        """
        for open_ones in (
            open_returns(self._books, self.where.task_queue, tenant),
            self.orders.refunds.open_ones(tenant),
            self.recoveries.open_ones(tenant),
            self.lots.open_ones(tenant),
            self.subscriptions.open_ones(tenant),
        ):
            async for revived in revive(self._running, open_ones):
                yield revived

    def _opening(
        self,
        request: Request,
        tenant: str | None,
        request_id: str | None = None,
        actor: Who | None = None,
    ) -> Opening | Refused:
        who = actor or self._actor
        return opening_of(request, tenant=tenant, request_id=request_id, actor=who)
