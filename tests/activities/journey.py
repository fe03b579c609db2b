"""One return of a test's own, led by hand to the point where something is to be done."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self
from uuid import uuid4

from activities.recorded import Perform, Recorded, Recording, Recordings
from domain.returns.agenda import Step
from domain.returns.shown.status import Status
from tests.activities.stage import OneWorker, Stage
from tests.engine import TODAY, order, request

TENANT = "acme"
EXCHANGE: dict[str, Any] = {"resolution": "exchange", "exchange_for": {"sku": "SHOE-43"}}
DEARER: dict[str, Any] = {
    "resolution": "exchange",
    "exchange_for": {"sku": "SHOE-43", "unit_price_minor": 7_000},
}
IN_ADVANCE: dict[str, Any] = {"resolution": "advance_exchange"}

Kind = Literal["ask", "report", "deadline", "failed_step", "look"]


@dataclass
class Journey:
    """A return, with an order, a customer and a payment that nobody else has."""

    stage: Stage
    worker: OneWorker
    key: str
    payment: str

    @classmethod
    async def of(cls, stage: Stage) -> Self:
        """Let somebody pay for an order of three shoes, by card and by gift card alike."""
        key = uuid4().hex[:10]
        journey = cls(stage, stage.first, key, f"pi_{key}")
        for payment in (journey.payment, f"gc_{key}"):
            await stage.sandbox.capture(payment, 18600, "EUR")
        return journey

    @property
    def return_id(self) -> str:
        return f"R-{self.key}"

    @property
    def stream(self) -> str:
        return f"return:{TENANT}:{self.return_id}"

    @property
    def ledger(self) -> str:
        return f"order:{TENANT}:W-{self.key}"

    def request(self, **changed: Any) -> dict[str, Any]:
        """Ask for one of the shoes to be taken back; `line` and `customer` change as said."""
        line, customer = changed.pop("line", {}), changed.pop("customer", {})
        sold = order(order_id=f"W-{self.key}")
        sold["tenders"][0]["payment_ref"] = self.payment
        if self.payment.startswith("gc_"):
            sold["tenders"][0] |= {"kind": "gift_card", "provider": "stored_value"}
        sold["customer"] |= {"customer_id": f"c-{self.key}", **customer}
        told = request(self.return_id, order_id=sold["order_id"], order=sold, **changed)
        told["lines"][0] |= line
        return told

    # ── What it is told ───────────────────────────────────────────────────────────────────

    def recording(
        self, kind: Kind, name: str = "", body: Any = "", *, now: datetime = TODAY, bodies: int = 1
    ) -> Recording:
        text = body if isinstance(body, str) else json.dumps(body)
        return Recording(
            tenant=TENANT,
            return_id=self.return_id,
            now=now,
            kind=kind,
            name=name,
            body=text,
            bodies=bodies,
        )

    def asking(self, update: str, **body: Any) -> Recording:
        actor = {"kind": "staff", "id": "s-1"}
        return self.recording("ask", update, {"request_id": update, "actor": actor, **body})

    def telling(self, signal: str, **body: Any) -> Recording:
        said = {"message_id": signal, "occurred_at": TODAY.isoformat(), **body}
        return self.recording("report", signal, said)

    async def record(self, *recordings: Recording, by: OneWorker | None = None) -> Recorded:
        asked = Recordings(recordings=recordings)
        return await (by or self.worker).attempt("record", asked)

    async def accepted(self, recording: Recording) -> None:
        recorded = await self.record(recording)
        assert recorded.accepted, recorded.because

    async def status(self) -> Status:
        return (await self.record(self.recording("look"))).status

    # ── Where it is led ───────────────────────────────────────────────────────────────────

    async def open(self, **changed: Any) -> None:
        await self.accepted(self.asking("open", request=self.request(**changed)))

    async def labelled(self, **changed: Any) -> None:
        await self.open(**changed)
        await self.perform("buy_label")

    async def billed(self) -> None:
        """Open an exchange for something dearer, with stock held: the bill is to be sent."""
        await self.open(line=DEARER)
        await self.perform("reserve")

    async def sent_first(self) -> None:
        """The card's amount is kept ready, and the new shoe has left."""
        await self.labelled(line=IN_ADVANCE)
        for action in ("reserve", "place_hold", "order_replacement"):
            await self.perform(action)

    async def received(self, **changed: Any) -> None:
        """Open it, send it, let the dock count it and the inspector look."""
        await self.labelled(**changed)
        await self.arrives()

    async def arrives(self) -> None:
        number = await self.tracking_number()
        counted = {
            "parcel": {"tracking_number": number},
            "units": [{"sku": "SHOE-42", "quantity": 1}],
        }
        await self.accepted(self.telling("report_receipt", warehouse="hub-de", **counted))
        seen = {"units": [{"line_id": "1", "unit": 1, "grade": "like_new"}], "inspector": "w-17"}
        await self.accepted(
            self.telling("report_inspection", warehouse="hub-de", return_id=self.return_id, **seen)
        )

    async def brings(self, sku: str) -> None:
        """The dock counts something that nobody announced."""
        counted = {
            "parcel": {"tracking_number": await self.tracking_number()},
            "units": [{"sku": sku, "quantity": 1}],
        }
        await self.accepted(self.telling("report_receipt", warehouse="hub-de", **counted))

    async def cancelled(self) -> None:
        await self.accepted(self.asking("cancel"))

    async def perform(self, action: str, now: datetime = TODAY) -> None:
        """Do what is to be done, as the engine does."""
        await self.worker.attempt(action, await self.order(action, now))

    async def order(self, action: str, now: datetime = TODAY) -> Perform:
        """What an activity is told when a step with this action is to be performed."""
        step, version = await self.step(action), (await self.status()).version
        return Perform(
            tenant=TENANT, return_id=self.return_id, step_id=step.id, now=now, version=version
        )

    # ── What is known of it ───────────────────────────────────────────────────────────────

    async def step(self, action: str) -> Step:
        agenda = (await self.status()).agenda
        found = [step for step in agenda if step.performs == action]
        assert found, f"no {action} among {[step.action for step in agenda]}"
        return found[0]

    async def tracking_number(self) -> str:
        return (await self.status()).parcels[0].tracking_number

    async def instruction(self) -> str:
        return (await self.status()).payouts[0].instruction_id

    async def told(self, event: str, stream: str = "") -> list[dict[str, Any]]:
        """The events of a type that are in its stream, or in another."""
        events = await self.stage.events(stream or self.stream)
        return [json.loads(each.data) for each in events if each.type == event]
