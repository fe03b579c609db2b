"""One return of a test's own, told as the customer, the carrier and the dock tell it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent, WorkflowExecutionStartedEventAttributes
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from tests.engine import TODAY, Condition, Engine, order, request

PRICE_MINOR = 5510
"""What comes back for one of the shoes: 50.00 and its tax of 10.00, less the label of 4.90."""


@dataclass
class Case:
    """A return with an order and a payment that nobody else has."""

    engine: Engine
    return_id: str
    order_id: str
    payment: str
    _told: int = field(default=0)

    @classmethod
    async def of(
        cls, engine: Engine, captured_minor: int = 18600, settles: dict[str, str] | None = None
    ) -> Self:
        """Let somebody pay for an order of three shoes; `settles` in another currency."""
        key = uuid4().hex[:10]
        case = cls(engine, f"R-{key}", f"W-{key}", f"pi_{key}")
        await engine.sandbox.capture(case.payment, captured_minor, "EUR", settles=settles)
        return case

    def sibling(self) -> "Case":
        """Another return of the same order."""
        return Case(self.engine, f"{self.return_id}-b", self.order_id, self.payment)

    def order(self, **changed: Any) -> dict[str, Any]:
        """The order of this return, as the shop knows it."""
        told = order(order_id=self.order_id, **changed)
        told["tenders"][0]["payment_ref"] = self.payment
        return told

    def request(self, **changed: Any) -> dict[str, Any]:
        """Ask for one of the shoes to be taken back."""
        told = {"order_id": self.order_id, "order": self.order(), **changed}
        return request(self.return_id, **told)

    async def open(self, request_id: str = "open-1", **changed: Any) -> dict[str, Any]:
        return await self.engine.open(self.request(**changed), request_id)

    async def ask(self, update: str, **body: Any) -> dict[str, Any]:
        return await self.engine.ask(self.return_id, update, body)

    async def tell(self, signal: str, **body: Any) -> None:
        """Tell something, under an id of its own where the body names none."""
        self._told += 1
        said = {"message_id": f"m-{self._told}", "occurred_at": TODAY.isoformat(), **body}
        await self.engine.tell(self.return_id, signal, said)

    @property
    def run(self) -> WorkflowHandle[Any, Any]:
        """Its workflow, whatever the run."""
        return self.engine.handle(self.return_id)

    async def status(self) -> dict[str, Any]:
        return await self.engine.status(self.return_id)

    async def until(self, condition: Condition | str, what: str = "") -> dict[str, Any]:
        """Wait until the status is so, or until the headline is this one."""
        if isinstance(condition, str):
            wanted = condition
            return await self.engine.until(
                self.return_id, lambda s: bool(s["headline"] == wanted), wanted
            )
        return await self.engine.until(self.return_id, condition, what)

    async def until_open(self, action: str) -> dict[str, Any]:
        """Wait until such a step is open."""
        return await self.until(lambda s: any(x["action"] == action for x in s["agenda"]), action)

    async def until_quiet(self) -> dict[str, Any]:
        """Wait until nothing of ours is left to do now."""
        return await self.until(lambda s: not any(x["performs"] for x in s["agenda"]), "quiet")

    async def later(self, **by: float) -> None:
        await self.engine.later(self.return_id, timedelta(**by))

    # ── The journey ───────────────────────────────────────────────────────────────────────

    async def labelled(self, **changed: Any) -> str:
        """Open it and wait for its label; gives the tracking number."""
        answer = await self.open(**changed)
        assert answer["accepted"], answer["because"]
        status = await self.until("label_ready")
        await self.until_quiet()
        return str(status["parcels"][0]["tracking_number"])

    async def track(self, number: str, status: str, **said: Any) -> None:
        await self.tell("report_tracking", tracking_number=number, status=status, **said)

    async def receive(self, number: str = "", quantity: int = 1, sku: str = "SHOE-42") -> None:
        await self.tell(
            "report_receipt",
            warehouse="hub-de",
            parcel={"tracking_number": number},
            units=[{"sku": sku, "quantity": quantity}],
        )

    async def inspect(self, grade: str = "like_new", unit: int = 1, **said: Any) -> None:
        await self.tell(
            "report_inspection",
            warehouse="hub-de",
            return_id=self.return_id,
            inspector="w-17",
            units=[{"line_id": "1", "unit": unit, "grade": grade}],
            **said,
        )

    async def received(self, **changed: Any) -> str:
        """Open it, send it, and let the dock count it."""
        number = await self.labelled(**changed)
        await self.track(number, "scanned")
        await self.receive(number)
        await self.until("received")
        return number

    async def paid(self, **changed: Any) -> dict[str, Any]:
        """The whole journey, until the money is back and the workflow has ended."""
        await self.received(**changed)
        await self.inspect()
        await self.engine.ended(self.return_id)
        return await self.status()

    # ── What others know ──────────────────────────────────────────────────────────────────

    async def history(self) -> list[HistoryEvent]:
        return await self.engine.history(self.return_id)

    async def runs(self) -> list[WorkflowHistory]:
        """The present run and those that it followed at once, the first one first."""
        handle = self.engine.handle(self.return_id)
        found = [await handle.fetch_history()]
        while before := _begun(found[0]).continued_execution_run_id:
            one_before = self.engine.env.client.get_workflow_handle(handle.id, run_id=before)
            found.insert(0, await one_before.fetch_history())
        return found

    async def finished_runs(self) -> list[WorkflowHistory]:
        """Those of them that came to their own end; of none, where nothing was ever told."""
        try:
            runs = await self.runs()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return []
        return [run for run in runs if kinds(list(run.events)[-1:]) <= FINISHED]

    async def events_named(self, name: str) -> int:
        """Count the events of a kind in the present run, such as `ACTIVITY_TASK_SCHEDULED`."""
        return kinds(await self.history())[name]

    async def booked(self, book: str, *booked: str) -> list[dict[str, Any]]:
        """What partners have booked for this return; of these kinds."""
        rows = await self.engine.sandbox.ledger(book)
        keys = (self.return_id, self.payment)
        return [
            row
            for row in rows
            if any(key in str(value) for value in row.values() for key in keys)
            and (not booked or row.get("kind") in booked)
        ]

    async def refunds(self) -> list[dict[str, Any]]:
        return await self.booked("payments", "refund")


FINISHED = Counter(["WORKFLOW_EXECUTION_COMPLETED", "WORKFLOW_EXECUTION_CONTINUED_AS_NEW"])


def _begun(run: WorkflowHistory) -> WorkflowExecutionStartedEventAttributes:
    return run.events[0].workflow_execution_started_event_attributes


def kinds(history: list[HistoryEvent]) -> Counter[str]:
    """How many events of each kind."""
    return Counter(
        EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history
    )
