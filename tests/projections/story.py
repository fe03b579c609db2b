"""Returns that really happened: told to the one door through which a return changes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from activities.event_store import EventStore
from activities.recorded import Perform
from activities.recorder import Recorder
from adapters.memory.subjects import MemorySubjects
from adapters.memory.unplaced import MemoryUnplaced
from domain.money import Money
from domain.orders.order import Customer, OrderSnapshot, PostalAddress
from domain.policy.policy import Policy
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.agenda import agenda
from domain.returns.asking.request import RequestedLine, ReturnRequest
from domain.returns.state import ReturnState
from domain.words import Grade, Method, Reason
from tests.domain.orders.orders import DELIVERED, line, order
from tests.domain.policy.policies import policy

A_DAY = timedelta(days=1)
OPENED = DELIVERED
CUSTOMER = c.Who(kind="customer", id="c-1")
PERSON = Customer(
    customer_id="c-1",
    name="Canary Bird",
    email="canary@example.org",
    locale="de",
    address=PostalAddress(line1="Canary Lane 5", city="Leipzig", country="DE"),
)


class OnePolicy:
    """The small policy of the domain's tests, whenever an order was placed."""

    def in_force(self, at: datetime) -> Policy:
        return policy()


@dataclass
class Story:
    """Tells a return what happens to it, day after day."""

    store: EventStore
    tenant: str = "acme"

    def __post_init__(self) -> None:
        self.recorder = Recorder(self.store, MemorySubjects(), OnePolicy(), MemoryUnplaced())

    async def state(self, return_id: str) -> ReturnState:
        return (await self.recorder.look(self.tenant, return_id)).state

    async def tell(self, return_id: str, command: Any, at: datetime, cause: str) -> None:
        asked = Perform(tenant=self.tenant, return_id=return_id, step_id="told", now=at)
        outcome = await self.recorder.decide(asked, command, at, cause)
        assert outcome.refused is None, outcome.refused

    async def open(
        self,
        return_id: str = "R-1",
        *,
        order_id: str = "W-1",
        skus: dict[str, int] | None = None,
        at: datetime = OPENED,
        method: Method = Method.DROP_OFF_LABEL,
    ) -> None:
        """Ask to send back all of an order that holds so many of each article."""
        held = (skus or {"SHIRT": 1}).items()
        lines = [
            line(str(number), sku=sku, quantity=quantity, tax_minor=0)
            for number, (sku, quantity) in enumerate(held, start=1)
        ]
        sold = order(*lines, order_id=order_id, tenant=self.tenant).model_dump()
        for field in ("customer_id", "locale", "customer_group"):
            sold.pop(field)
        request = ReturnRequest(
            order_id=order_id,
            order=OrderSnapshot.model_validate({**sold, "customer": PERSON}),
            requested_at=at,
            method=method,
            lines=tuple(
                RequestedLine(line_id=each.line_id, quantity=each.quantity, reason=Reason.TOO_SMALL)
                for each in lines
            ),
        )
        ask = c.Open(request_id=f"open {return_id}", actor=CUSTOMER, request=request)
        await self.tell(return_id, ask, at, f"open {return_id}")

    async def label(self, return_id: str, tracking_number: str, at: datetime = OPENED) -> None:
        note = n.NoteLabel(
            step_id=await self.step(return_id, "buy_label"),
            label_ref=f"shp_{return_id}",
            carrier="swiftpost",
            service="return_label",
            tracking_number=tracking_number,
            cost=Money(amount_minor=520, currency="EUR"),
            document_ref="http://127.0.0.1/label.pdf",
        )
        await self.tell(return_id, note, at, f"label {return_id}")

    async def scan(
        self, return_id: str, tracking_number: str, at: datetime = OPENED + A_DAY
    ) -> None:
        report = c.ReportTracking(
            message_id=f"scan {return_id} {at}",
            occurred_at=at,
            tracking_number=tracking_number,
            status="scanned",
        )
        await self.tell(return_id, report, at, report.message_id)

    async def receive(
        self,
        return_id: str,
        tracking_number: str,
        skus: dict[str, int],
        at: datetime = OPENED + 3 * A_DAY,
        message_id: str = "receipt",
    ) -> None:
        report = c.ReportReceipt(
            message_id=message_id,
            occurred_at=at,
            warehouse="hub-de",
            parcel=c.ReceivedParcel(tracking_number=tracking_number),
            units=tuple(c.CountedUnits(sku=sku, quantity=count) for sku, count in skus.items()),
        )
        await self.tell(return_id, report, at, message_id)

    async def inspect(self, return_id: str, at: datetime = OPENED + 4 * A_DAY) -> None:
        state = await self.state(return_id)
        report = c.ReportInspection(
            message_id=f"inspection {return_id}",
            occurred_at=at,
            warehouse="hub-de",
            return_id=return_id,
            inspector="i-7",
            units=tuple(
                c.InspectedUnit(
                    line_id=unit.asked.line_id,
                    unit=int(unit.id.rpartition("/")[2]),
                    grade=Grade.LIKE_NEW,
                )
                for unit in state.units.values()
            ),
        )
        await self.tell(return_id, report, at, report.message_id)

    async def pay(self, return_id: str, at: datetime = OPENED + 5 * A_DAY) -> None:
        for payout in (await self.state(return_id)).payouts.values():
            note = n.NotePayout(
                instruction_id=payout.instruction_id,
                state="succeeded",
                payout_ref=f"re_{return_id}",
                amount=Money(amount_minor=payout.amount_minor, currency="EUR"),
            )
            await self.tell(return_id, note, at, f"paid {payout.instruction_id}")

    async def finish(self, return_id: str, at: datetime = OPENED + 6 * A_DAY) -> None:
        """Do whatever of our own is still on the agenda: move units, tell the customer."""
        state = await self.state(return_id)
        for unit in state.units.values():
            if unit.disposition is None or unit.moved:
                continue
            to = unit.disposition
            move = n.NoteMove(unit=unit.id, move_ref=f"mv_{unit.id}", disposition=to)
            await self.tell(return_id, move, at, f"moved {unit.id}")
        announced = n.NoteAnnounced(announcement_ref="ann_1")
        await self.tell(return_id, announced, at, "announced")
        for notice in (await self.state(return_id)).notices.values():
            if not notice.sent:
                note = n.NoteNotified(notice_id=notice.notice_id, delivery_ref="<1@shop>")
                await self.tell(return_id, note, at, f"told {notice.notice_id}")

    async def whole(self, return_id: str = "R-1", **opening: Any) -> None:
        """All of it, from the request to the money."""
        await self.open(return_id, **opening)
        await self.label(return_id, f"T-{return_id}")
        await self.scan(return_id, f"T-{return_id}")
        await self.receive(return_id, f"T-{return_id}", opening.get("skus") or {"SHIRT": 1})
        await self.inspect(return_id)
        await self.pay(return_id)
        await self.finish(return_id)

    async def step(self, return_id: str, action: str) -> str:
        """The id of the open step that asks for this action."""
        steps = agenda(await self.state(return_id))
        return next(step.id for step in steps if step.action == action)
