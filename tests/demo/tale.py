"""One return told to its end, and the books that honest partners would have kept meanwhile."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from activities.event_store import StoredEvent
from adapters.policies import Policies
from demo.audit import Books, Row, Streams
from domain.money import Money
from domain.orders.events import LedgerEvent, ledger_stream
from domain.orders.ledger import Ledger
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.agenda import Step, agenda
from domain.returns.decider import Accepted, Asked, Command, decide
from domain.returns.events import ReturnEvent
from domain.returns.events.labels import Billed
from domain.returns.state import ReturnState

DEMO = Path(__file__).parents[2] / "demo"
TENANT, RETURN, ORDER = "acme", "R-1", "W-2001"
STREAM, LEDGER = f"return:{TENANT}:{RETURN}", ledger_stream(TENANT, ORDER)
MORNING = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
STAFF = c.Who(kind="staff", id="s-1")


@dataclass
class Tale:
    """A return, its order's ledger, and everybody's books."""

    state: ReturnState = field(default_factory=ReturnState)
    ledger: Ledger | None = None
    now: datetime = MORNING
    rows: list[Row] = field(default_factory=list)
    payments: list[dict[str, Any]] = field(default_factory=list)
    labels: list[dict[str, Any]] = field(default_factory=list)
    warehouse: list[dict[str, Any]] = field(default_factory=list)
    mail: list[dict[str, Any]] = field(default_factory=list)
    said: int = 0
    billed: Billed = "on_purchase"  # how the carrier of it wants to be paid

    @property
    def books(self) -> Books:
        return Books(self.payments, self.labels, self.warehouse, self.mail)

    @property
    def streams(self) -> Streams:
        return Streams.of(self.rows)

    def say(self, command: Command, *, days: float = 0) -> None:
        """Ask or tell the return something, some days later, and do what follows of our own."""
        self.now += timedelta(days=days, minutes=1)
        self._record(command)
        while ours := [step for step in agenda(self.state) if step.performs]:
            self._record(getattr(self, f"_{ours[0].performs}")(ours[0]))

    def row(self, event_type: str) -> Row:
        """The last event of a type."""
        return next(row for row in reversed(self.rows) if row.type == event_type)

    def change(self, row: Row, **data: Any) -> None:
        """Let an event say something else than it did."""
        changed = {**row.data, **data}
        self.rows[self.rows.index(row)] = _like(row, data=changed)

    def _record(self, command: Command) -> None:
        asked = Asked(TENANT, RETURN, command, self.now, POLICIES.in_force(self.now))
        decided = decide(self.state, self.ledger, asked)
        assert isinstance(decided, Accepted), decided
        self.said += 1
        self._store(STREAM, decided.events)
        self._store(LEDGER, decided.ledger_events)
        self.state, self.ledger = decided.state, decided.ledger

    def _store(self, stream_id: str, events: tuple[ReturnEvent | LedgerEvent, ...]) -> None:
        for event in events:
            version = 1 + sum(row.stream_id == stream_id for row in self.rows)
            self.rows.append(
                Row.stored(
                    StoredEvent(
                        event_id=UUID(int=len(self.rows)),
                        type=event.type,
                        schema_version=1,
                        occurred_at=event.occurred_at,
                        actor="system:tests",
                        causation_id=f"said:{self.said}",
                        correlation_id=STREAM,
                        tenant=TENANT,
                        data=event.model_dump_json(),
                        stream_id=stream_id,
                        version=version,
                        position=len(self.rows) + 1,
                        recorded_at=self.now,
                    )
                )
            )

    # ── What partners do, and write down ──────────────────────────────────────────────────

    def _enter(self, book: list[dict[str, Any]], kind: str, **entry: Any) -> None:
        book.append({"seq": len(book) + 1, "kind": kind, **entry})

    def _buy_label(self, step: Step) -> n.Note:
        number = f"TRK{len(self.labels):03d}"
        parcel = self.state.parcels[step.subject]
        made = "purchase" if self.billed == "on_purchase" else "ordered"
        self.see_label(made, number, step_id=step.id)
        return n.NoteLabel(
            step_id=step.id,
            label_ref=f"shp_{number}",
            carrier=parcel.carrier,
            service=parcel.service,
            tracking_number=number,
            cost=Money(amount_minor=450, currency="EUR"),
            document_ref=f"https://labels.example/{number}",
            billed=self.billed,
        )

    def see_label(self, kind: str, number: str, step_id: str = "label:P1:1") -> None:
        """Let the carrier write down what became of a label."""
        self._enter(
            self.labels,
            kind,
            label_id=f"shp_{number}",
            reference=f"{TENANT}:{RETURN}:{step_id}",
            tracking_number=number,
            cost_minor=0 if kind == "ordered" else 450,
            currency="EUR",
        )

    def _void_label(self, step: Step) -> n.Note:
        number = self.state.labels[step.subject].tracking_number
        self.see_label("void_requested", number, step.subject)
        self.see_label("voided", number, step.subject)
        return n.NoteVoid(label_id=step.subject, state="granted")

    def _announce(self, _step: Step) -> n.Note:
        return n.NoteAnnounced(announcement_ref="ann_1")

    def _pay_out(self, step: Step) -> n.Note:
        payout = self.state.payouts[step.subject]
        self.pay(f"re_{len(self.payments)}", payout.instruction_id, payout.amount_minor)
        return n.NotePayout(
            instruction_id=payout.instruction_id, state="succeeded", payout_ref="re_1"
        )

    def pay(self, refund_id: str, key: str, amount_minor: int, **entry: Any) -> None:
        """Let the gateway write down a refund."""
        told = {
            "payment_ref": "pi_2001",
            "refund_id": refund_id,
            "idempotency_key": key,
            "amount_minor": amount_minor,
            "currency": "EUR",
            "status": "succeeded",
        }
        self._enter(self.payments, "refund", **{**told, **entry})

    def capture(self, amount_minor: int) -> None:
        """Let the gateway write down what was paid."""
        about = {"payment_ref": "pi_2001", "amount_minor": amount_minor, "currency": "EUR"}
        self._enter(self.payments, "capture", refund_id=None, status="succeeded", **about)

    def _move_stock(self, step: Step) -> n.Note:
        unit = self.state.units[step.subject]
        self._enter(self.warehouse, "stock_move", return_id=RETURN, sku=unit.asked.sku, quantity=1)
        to = {"disposition": unit.disposition, "move_ref": f"mov_{unit.id}"}
        return n.NoteMove.model_validate({"unit": unit.id, **to})

    def _notify(self, step: Step) -> n.Note:
        self._enter(self.mail, "mail", step_id=f"{TENANT}:{RETURN}:{step.id}")
        return n.NoteNotified(notice_id=step.subject, delivery_ref=f"<{step.subject}@mail>")

    def count(self, sku: str, quantity: int) -> None:
        """Let the dock write down what it counted."""
        self._enter(self.warehouse, "counted", return_id=RETURN, sku=sku, quantity=quantity)


POLICIES = Policies.load()


def _like(row: Row, **changed: Any) -> Row:
    fields = {name: getattr(row, name) for name in Row.__slots__}
    return Row(**{**fields, **changed})


def moved(row: Row, **changed: Any) -> Row:
    """The same event with another place or id."""
    return _like(row, **changed)


def opened(billed: Billed = "on_purchase") -> Tale:
    """Two of three running shoes are to come back, and have their label."""
    orders = json.loads((DEMO / "orders.json").read_text("utf-8"))
    order = next(order for order in orders if order["order_id"] == ORDER)
    request = {
        "order_id": ORDER,
        "order": order,
        "requested_at": MORNING.isoformat(),
        "lines": [{"line_id": "1", "quantity": 2, "reason": "too_small"}],
        "method": "drop_off_label",
    }
    actor = {"kind": "customer", "id": order["customer"]["customer_id"]}
    asked = {"request_id": "o-1", "actor": actor, "request": request}
    tale = Tale(billed=billed)
    tale.capture(order["tenders"][0]["captured_minor"])
    tale.say(c.Open.model_validate_json(json.dumps(asked)))
    return tale


def completed(billed: Billed = "on_purchase") -> Tale:
    """They came, were inspected and paid for."""
    tale = opened(billed)
    number = tale.labels[0]["tracking_number"]
    tale.see_label("scan", number)
    if billed == "on_scan":
        tale.see_label("billed", number)
    tale.say(_told(c.ReportTracking, tale, tracking_number=number, status="scanned"), days=1)
    tale.count("SHOE-RUN-42", 2)
    counted = [{"sku": "SHOE-RUN-42", "quantity": 2}]
    receipt = {"warehouse": "hub-de", "parcel": {"tracking_number": number}, "units": counted}
    tale.say(_told(c.ReportReceipt, tale, **receipt), days=2)
    units = [{"line_id": "1", "unit": unit, "grade": "like_new"} for unit in (1, 2)]
    seen = {"warehouse": "hub-de", "return_id": RETURN, "inspector": "i-1", "units": units}
    tale.say(_told(c.ReportInspection, tale, **seen), days=1)
    return tale


def cancelled(billed: Billed = "on_purchase") -> Tale:
    """The customer keeps them, and the label is taken back, or just ends."""
    tale = opened(billed)
    tale.say(c.Cancel(request_id="c-1", actor=STAFF), days=1)
    return tale


def _told(kind: type[c.Report], tale: Tale, **said: Any) -> c.Report:
    head = {"message_id": f"m-{tale.said}", "occurred_at": tale.now.isoformat()}
    return kind.model_validate_json(json.dumps({**head, **said}))
