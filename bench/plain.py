"""The stream of a plain drop-off refund, as the rules alone decide it: real events, and no server."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.policies import Policies
from bench.journey import request
from bench.words import TENANT
from domain.money import Money
from domain.orders.events import LedgerEvent
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.agenda import Step, agenda
from domain.returns.asking.request import ReturnRequest
from domain.returns.decider import Asked, Command, decide
from domain.returns.doors import read_report
from domain.returns.events import ReturnEvent
from domain.returns.state import ReturnState

REFUND = "re_1"
BEGAN = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)


def plain_return(return_id: str = "R-1") -> tuple[ReturnEvent, ...]:
    """Everything that happens to it, from the opening to the last message.

    Raises:
        RuntimeError: The rules do not take it: the journey is no longer a plain one.
    """
    return tuple(event for events in plain_recordings(return_id).values() for event in events)


def plain_recordings(return_id: str = "R-1") -> dict[str, tuple[ReturnEvent, ...]]:
    """The same by what caused it: a message's id, or what was performed and as which of its kind.

    Raises:
        RuntimeError: The rules do not take it: the journey is no longer a plain one.
    """
    life = _opened(return_id, BEGAN)
    number = _number(return_id)
    for status in ("scanned", "delivered"):
        life.report("report_tracking", status, tracking_number=number, status=status)
    parcel, units = {"tracking_number": number}, [{"sku": "SHOE-42", "quantity": 1}]
    life.report("report_receipt", "receipt", warehouse="w", parcel=parcel, units=units)
    graded = [{"line_id": "1", "unit": 1, "grade": "like_new"}]
    looked = {"warehouse": "w", "inspector": "ann", "return_id": return_id, "units": graded}
    life.report("report_inspection", "inspection", **looked)
    life.report("report_payout", "payout", payout_ref=REFUND)
    if agenda(life.state):
        raise RuntimeError(f"still open: {[step.action for step in agenda(life.state)]}")
    return life.recorded


def waiting_return(
    return_id: str, began: datetime
) -> tuple[tuple[ReturnEvent, ...], tuple[LedgerEvent, ...]]:
    """What happened to one whose customer has the label, and on the ledger of its order."""
    life = _opened(return_id, began)
    recorded = tuple(event for events in life.recorded.values() for event in events)
    return recorded, tuple(life.of_order)


def _opened(return_id: str, began: datetime) -> "_Life":
    life = _Life(return_id, began)
    asked = ReturnRequest.model_validate_json(json.dumps(request(return_id, began)))
    life.hear(
        "open",
        c.Open(request_id="open", actor=c.Who(kind="service", id="shop"), request=asked),
    )
    return life


def _number(return_id: str) -> str:
    return f"SP-{return_id}"


class _Life:
    """A return whose partners have nothing but good days."""

    def __init__(self, return_id: str, began: datetime) -> None:
        self.of_order: list[LedgerEvent] = []
        self.recorded: dict[str, tuple[ReturnEvent, ...]] = {}
        self.state = ReturnState()
        self._return_id = return_id
        self._ledger: Any = None
        self._now = began
        self._policy = Policies.load().in_force(began)

    def report(self, signal: str, message_id: str, **said: Any) -> None:
        """Hear of it an hour later."""
        self._now += timedelta(hours=1)
        about = {"message_id": message_id, "occurred_at": self._now.isoformat(), "source": "bench"}
        read = read_report(signal, json.dumps({**about, **said}))
        if isinstance(read, Refused):
            raise RuntimeError(f"{signal} was refused: {read.because}")  # noqa: TRY004 - a no is a value
        self.hear(message_id, read)

    def hear(self, cause: str, command: Command) -> None:
        """Decide, and do what is then ours to do."""
        self._decide(cause, command)
        while ours := [step for step in agenda(self.state) if step.performs]:
            performed = ours[0].performs
            before = sum(known.startswith(f"{performed}:") for known in self.recorded)
            self._decide(f"{performed}:{before + 1}", _answer(ours[0], self.state))

    def _decide(self, cause: str, command: Command) -> None:
        asked = Asked(TENANT, self._return_id, command, self._now, self._policy)
        decided = decide(self.state, self._ledger, asked)
        if isinstance(decided, Refused):
            raise RuntimeError(  # noqa: TRY004 - a no is a value
                f"{type(command).__name__} was refused: {decided.because}"
            )
        self.state, self._ledger = decided.state, decided.ledger
        self.recorded[cause] = decided.events
        self.of_order += decided.ledger_events


def _answer(step: Step, state: ReturnState) -> n.Note:
    """What the step's activity would note, on a good day."""
    kind, said = _notes(step, state)[step.performs]
    return kind.model_validate(said)


def _notes(step: Step, state: ReturnState) -> Mapping[str, tuple[type[n.Note], dict[str, Any]]]:
    payout, unit = state.payouts.get(step.subject), state.units.get(step.subject)
    paid = {
        "instruction_id": step.subject,
        "payout_ref": REFUND,
        "amount": payout and Money(amount_minor=payout.amount_minor, currency=state.currency),
    }
    return {
        "buy_label": (n.NoteLabel, {
            "step_id": step.id, "label_ref": "shp_1", "carrier": "swiftpost",
            "service": "return_label", "tracking_number": _number(state.return_id), "document_ref": "label.pdf",
            "cost": Money(amount_minor=520, currency="EUR"),
        }),
        "announce": (n.NoteAnnounced, {"announcement_ref": "ann_1"}),
        "move_stock": (n.NoteMove, {
            "unit": step.subject, "move_ref": "mv_1", "disposition": unit and unit.disposition,
        }),
        "pay_out": (n.NotePayout, {**paid, "state": "pending"}),
        "look_up_payout": (n.NotePayout, {**paid, "state": "succeeded"}),
        "notify": (n.NoteNotified, {"notice_id": step.subject, "delivery_ref": "<1@mail>"}),
    }  # fmt: skip
