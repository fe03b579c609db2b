"""The lives of a return, as tables: which event may follow in which state.

One table for each question, and none for "the status": the headline is derived elsewhere
and decides nothing. A final state is a row with nothing in it, not a row that is missing.
What the world did (a scan, a receipt, a payout's outcome) stands in every row where it can
come true, since the world does not ask us first.

`python -m domain.returns.lifecycle` draws the tables as they stand in docs/lifecycle.md.
"""

import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from domain import words
from domain.lots import lifecycle as lots
from domain.recoveries import lifecycle as recoveries
from domain.returns.lives_of_money import BILL, HOLD, MONEY

A = words.Authorisation
D = words.Decision
L = words.Logistics
LL = words.LabelLife
R = words.Receipt
"""Short, so that a table's row stays a row."""

Table = Mapping[StrEnum | None, Mapping[str, StrEnum]]


class Life(StrEnum):
    """Is there anything left to do? `completed` once per life; a reopened return has another."""

    OPEN = "open"
    COMPLETED = "completed"


LIFE: Table = {
    None: {"ReturnRequested": Life.OPEN},
    Life.OPEN: {"ReturnCompleted": Life.COMPLETED},
    Life.COMPLETED: {"ReturnReopened(completed)": Life.OPEN},
}  # fmt: skip

_APPROVALS: Mapping[str, StrEnum] = {
    "ReturnApproved(full)": A.APPROVED,
    "ReturnApproved(partial)": A.PARTIALLY_APPROVED,
}
_BACK = (
    "ReturnReopened(cancelled)",
    "ReturnReopened(cancelled_in_part)",
    "ReturnReopened(expired)",
    "ReturnReopened(expired_in_part)",
)
_ENDS: Mapping[str, StrEnum] = {"ReturnExpired": A.EXPIRED, "ReturnCancelled": A.CANCELLED}

AUTHORISATION: Table = {
    None:                 {"ReturnRequested": A.REQUESTED},
    A.REQUESTED:          {**_APPROVALS, "ReviewRequested": A.NEEDS_REVIEW,
                           "ReturnDeclined": A.DECLINED},
    A.NEEDS_REVIEW:       {**_APPROVALS, "ReturnDeclined": A.DECLINED,
                           "ReturnCancelled": A.CANCELLED},
    A.APPROVED:           _ENDS,
    A.PARTIALLY_APPROVED: {**_ENDS, **_APPROVALS},
    A.DECLINED:           _APPROVALS,
    A.CANCELLED:          {"ReturnReopened(cancelled)": A.APPROVED,
                           "ReturnReopened(cancelled_in_part)": A.PARTIALLY_APPROVED},
    A.EXPIRED:            {"ReturnReopened(expired)": A.APPROVED,
                           "ReturnReopened(expired_in_part)": A.PARTIALLY_APPROVED},
}  # fmt: skip

# Wherever a parcel is, a scan may be heard of and the dock may receive it.
_SEEN: Mapping[str, StrEnum] = {
    "ParcelScanned(in_transit)": L.IN_TRANSIT,
    "ParcelScanned(at_hub)": L.AT_HUB,
    "ParcelScanned(customs_hold)": L.CUSTOMS_HOLD,
    "ParcelScanned(delivered_unscanned)": L.DELIVERED_UNSCANNED,
    "ParcelScanned(returned_to_customer)": L.RETURNED_TO_CUSTOMER,
    "ParcelReceived": L.DELIVERED,
}
_NOT_HERE: Mapping[str, StrEnum] = {
    "ParcelReceiptRetracted(in_transit)": L.IN_TRANSIT,
    "ParcelReceiptRetracted(at_hub)": L.AT_HUB,
    "ParcelReceiptRetracted(customs_hold)": L.CUSTOMS_HOLD,
    "ParcelReceiptRetracted(delivered_unscanned)": L.DELIVERED_UNSCANNED,
    "ParcelReceiptRetracted(returned_to_customer)": L.RETURNED_TO_CUSTOMER,
    "ParcelReceiptRetracted(never_scanned)": L.AWAITING_HANDOVER,
}
_SWITCH: Mapping[str, StrEnum] = {
    "CarrierSwitched(label)": L.AWAITING_LABEL,
    "CarrierSwitched(own)": L.AWAITING_HANDOVER,
}
_BOUGHT: Mapping[str, StrEnum] = {"LabelPurchased": L.AWAITING_HANDOVER}
_BOOKED: Mapping[str, StrEnum] = {"PickupScheduled": L.PICKUP_SCHEDULED}
_FAILED: Mapping[str, StrEnum] = {"PickupFailed": L.PICKUP_EXCEPTION}
_UNSENT: Mapping[str, StrEnum] = {"ReturnCancelled": L.NO_SHIPMENT, "ReturnExpired": L.NO_SHIPMENT}
_ASTRAY: Mapping[str, StrEnum] = {"ParcelDelayed": L.TRANSIT_EXCEPTION, "ParcelLost": L.LOST}

LOGISTICS: Table = {
    None:                   {"ParcelPlanned(label)": L.AWAITING_LABEL,
                             "ParcelPlanned(own)": L.AWAITING_HANDOVER,
                             "ParcelReceived": L.DELIVERED},
    L.NO_SHIPMENT:          {**_SEEN, **dict.fromkeys(_BACK, L.AWAITING_HANDOVER)},
    L.AWAITING_LABEL:       {**_SEEN, **_SWITCH, **_BOUGHT, **_UNSENT,
                             "LabelRefused": L.AWAITING_LABEL},
    L.AWAITING_HANDOVER:    {**_SEEN, **_SWITCH, **_BOOKED, **_FAILED, **_UNSENT,
                             "PickupRescheduled": L.AWAITING_HANDOVER},
    L.PICKUP_SCHEDULED:     {**_SEEN, **_SWITCH, **_BOOKED, **_FAILED, **_UNSENT,
                             "PickupRescheduled": L.AWAITING_HANDOVER},
    L.PICKUP_EXCEPTION:     {**_SEEN, **_SWITCH, **_BOOKED, **_FAILED, **_UNSENT,
                             "PickupRescheduled": L.AWAITING_HANDOVER},
    L.IN_TRANSIT:           {**_SEEN, **_ASTRAY},
    L.TRANSIT_EXCEPTION:    {**_SEEN, **_ASTRAY},
    L.AT_HUB:               {**_SEEN, **_ASTRAY},
    L.CUSTOMS_HOLD:         {**_SEEN, **_ASTRAY},
    L.DELIVERED_UNSCANNED:  {**_SEEN, **_ASTRAY},
    L.RETURNED_TO_CUSTOMER: {**_SEEN, **_SWITCH, "ReturnCancelled": L.NO_SHIPMENT,
                             "ParcelLost": L.LOST},
    L.LOST:                 {"ParcelFound": L.IN_TRANSIT, "ParcelReceived": L.DELIVERED},
    L.DELIVERED:            {"ParcelReceived": L.DELIVERED, **_NOT_HERE},
}  # fmt: skip

_TRAVELS: Mapping[str, StrEnum] = {"ParcelScanned": LL.USED, "ParcelReceived": LL.USED}

LABEL: Table = {
    None:              {"LabelPurchased": LL.LIVE},
    LL.LIVE:           {**_TRAVELS, "LabelVoidRequested": LL.VOID_REQUESTED,
                        "LabelExpired": LL.EXPIRED, "LabelVoided": LL.VOIDED},
    LL.EXPIRED:        {**_TRAVELS, "LabelVoidRequested": LL.VOID_REQUESTED,
                        "LabelVoided": LL.VOIDED},
    LL.VOID_REQUESTED: {**_TRAVELS, "LabelVoidSubmitted": LL.VOID_SUBMITTED,
                        "LabelVoided": LL.VOIDED, "LabelVoidRejected": LL.KEPT},
    LL.VOID_SUBMITTED: {**_TRAVELS, "LabelVoided": LL.VOIDED, "LabelVoidRejected": LL.KEPT},
    LL.VOIDED:         _TRAVELS,
    LL.KEPT:           {**_TRAVELS, "LabelVoided": LL.VOIDED},
    LL.USED:           {**_TRAVELS, "LabelVoided": LL.USED},
}  # fmt: skip

_CAME: Mapping[str, StrEnum] = {"UnitReceived": R.RECEIVED, "UnitMatched": R.RECEIVED}
RECEIPT: Table = {
    None:              {"ReturnRequested": R.AWAITING, "UnexpectedUnitReceived": R.UNEXPECTED},
    R.AWAITING:        {**_CAME, "UnitMissed(short_shipped)": R.SHORT_SHIPPED,
                        "UnitMissed(wrong_item)": R.WRONG_ITEM,
                        "UnitMissed(lost_in_transit)": R.LOST_IN_TRANSIT,
                        "ReturnCancelled": R.CANCELLED, "ReturnExpired": R.EXPIRED,
                        "ReturnDeclined": R.CANCELLED, "UnitDeclined": R.CANCELLED},
    R.RECEIVED:        {"UnitReceived": R.RECEIVED, "UnitReceiptRetracted": R.AWAITING,
                        "UnitUnmatched": R.AWAITING},
    R.SHORT_SHIPPED:   _CAME,
    R.WRONG_ITEM:      {**_CAME, "UnitReceiptRetracted": R.AWAITING},
    R.LOST_IN_TRANSIT: _CAME,
    R.CANCELLED:       {**_CAME,
                        "ReturnReopened(cancelled)": R.AWAITING,
                        "ReturnReopened(cancelled_in_part)": R.AWAITING,
                        "ReturnApproved(full)": R.AWAITING,
                        "ReturnApproved(partial)": R.AWAITING},
    R.EXPIRED:         {**_CAME,
                        "ReturnReopened(expired)": R.AWAITING,
                        "ReturnReopened(expired_in_part)": R.AWAITING},
    R.UNEXPECTED:      {"UnitMatched": R.UNEXPECTED, "UnitUnmatched": R.UNEXPECTED,
                        "StraySettled": R.UNEXPECTED, "StrayRetracted": R.UNEXPECTED},
}  # fmt: skip

_VERDICTS: Mapping[str, StrEnum] = {
    "DecisionMade(accepted)": D.ACCEPTED,
    "DecisionMade(accepted_with_deduction)": D.ACCEPTED_WITH_DEDUCTION,
    "DecisionMade(rejected)": D.REJECTED,
}
_APPEAL: Mapping[str, StrEnum] = {"DisputeOpened": D.APPEALED}

_AGAIN_PENDING: Mapping[str, StrEnum] = {"DecisionReopened": D.PENDING}

DECISION: Table = {
    None:                      {"ReturnRequested": D.PENDING},
    D.PENDING:                 {**_VERDICTS, "DecisionMade(needs_review)": D.NEEDS_REVIEW,
                                "UnitDeclined": D.REJECTED, "ReturnDeclined": D.REJECTED},
    D.NEEDS_REVIEW:            {"DecisionMade(accepted)": D.ACCEPTED,
                                "DecisionMade(rejected)": D.REJECTED,
                                "DecisionReopened": D.PENDING},
    D.ACCEPTED:                _AGAIN_PENDING,
    D.ACCEPTED_WITH_DEDUCTION: {**_APPEAL, **_AGAIN_PENDING},
    D.REJECTED:                {**_APPEAL, "DecisionReopened": D.PENDING,
                                "ReturnApproved(full)": D.PENDING,
                                "ReturnApproved(partial)": D.PENDING},
    D.APPEALED:                {"DisputeResolved(upheld)": D.APPEAL_UPHELD,
                                "DisputeResolved(denied)": D.APPEAL_DENIED},
    D.APPEAL_UPHELD:           {},
    D.APPEAL_DENIED:           {"DecisionReopened": D.PENDING},
}  # fmt: skip

TABLES: Mapping[str, Table] = {
    "life": LIFE,
    "authorisation": AUTHORISATION,
    "logistics": LOGISTICS,
    "label": LABEL,
    "receipt": RECEIPT,
    "decision": DECISION,
    "money": MONEY,
    "bill": BILL,
    "hold": HOLD,
}


class Axis(NamedTuple):
    """One question's table, and every move that can be asked of it."""

    name: str
    table: Table
    moves: frozenset[str]


AXES: Mapping[str, Axis] = {
    name: Axis(name, table, frozenset(move for row in table.values() for move in row))
    for name, table in TABLES.items()
}


def after(axis: str, state: StrEnum | None, move: str) -> StrEnum | None:
    """Follow a recorded move along one axis. It is history: no rule is asked again."""
    return TABLES[axis][state].get(move, state)


def allows(axis: str, state: StrEnum | None, move: str) -> bool:
    """Say whether this move may be made now on this axis (moves it does not know, it allows)."""
    return move not in AXES[axis].moves or move in TABLES[axis][state]


def to_mermaid(table: Table) -> str:
    """Draw one table as a state diagram; parallel arrows are merged into one."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for state, row in table.items():
        for move, target in row.items():
            arrows.setdefault((str(state) if state else "[*]", str(target)), []).append(move)
    lines = [f"    {a} --> {b}: {', '.join(moves)}" for (a, b), moves in arrows.items()]
    finals = [f"    {state} --> [*]" for state, row in table.items() if not row]
    return "\n".join(["stateDiagram-v2", *lines, *finals])


QUESTIONS: Mapping[str, str] = {
    "life": "Is there anything left to do? One answer for the return.",
    "authorisation": "May the goods come back? One answer for the return.",
    "logistics": "Where is the parcel? One answer for each parcel.",
    "label": "What became of the transport that was bought? One answer for each label.",
    "receipt": "Did the unit arrive? One answer for each unit.",
    "decision": "What is the unit worth to its sender? One answer for each unit.",
    "money": "Where is the money? One answer for each payout instruction.",
    "bill": "Where is what the customer is asked for? One answer for each bill.",
    "hold": "Is the worth of what is still out kept ready? One answer for each hold.",
}


def as_document() -> str:
    """The text of docs/lifecycle.md."""
    drawn = [
        f"## {name.capitalize()}\n\n{QUESTIONS[name]}\n\n```mermaid\n{to_mermaid(table)}\n```\n"
        for name, table in TABLES.items()
    ]
    beside = [
        f"## {name}\n\n{question}\n\n```mermaid\n{to_mermaid(table)}\n```\n"
        for name, question, table in (
            ("Recovery", recoveries.QUESTION, recoveries.RECOVERY),
            ("Lot", lots.QUESTION, lots.LOT),
        )
    ]
    return "\n".join([_HEAD, *drawn, *beside])


_HEAD = """\
# The lives of a return

Each question has a table of its own; the headline that people see is derived from all of them. Five
are asked of every return: authorisation, logistics, receipt, decision, money. Life says whether
anything is left to do; label, bill and hold are the lives of what was bought, billed and kept ready.
An arrow's words are the events that move it, an outcome in brackets.

Drawn from the tables: `python -m domain.returns.lifecycle > docs/lifecycle.md`.
"""

if __name__ == "__main__":
    sys.stdout.write(as_document())
