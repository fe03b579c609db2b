"""What the returns are told of a finding: to ask the provider, never what to believe.

A label that nobody knows of is told to the return that its reference names, which asks the carrier
for it and gives it back. A payout's state is told as `report_payout`, upon which the return asks the provider itself. A
chargeback is told as `report_chargeback`, as the provider's webhook would have: it can only
hold money back, or let go what was held for it. Nothing else about a finding is told to
anybody but people.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from domain.model import Value
from domain.reconciliation.events import FindingOpened, FindingReopened, ReconciliationEvent
from domain.reconciliation.finding import Finding
from domain.reconciliation.words import Kind

SOURCE = "reconciliation"


class Hint(Value):
    """One signal, to the returns that a reference leads to."""

    message_id: str  # the same facts on the same day: told twice, it counts once
    signal: str
    reference_kind: str  # as `projections.partner_references` has it
    reference: str
    body: dict[str, Any]


def hints_of(events: Sequence[ReconciliationEvent], now: datetime) -> tuple[Hint, ...]:
    """The hints that follow from what was found anew."""
    news = (event for event in events if isinstance(event, FindingOpened | FindingReopened))
    return tuple(hint for event in news for hint in _hints(event.finding, now))


def _hints(finding: Finding, now: datetime) -> Iterator[Hint]:
    if finding.kind is Kind.STATE_DIFFERS and finding.can_ask:
        body = {
            "payout_ref": finding.ref,
            "instruction_id": finding.instruction_id,
            "status": finding.their_state,
        }
        to = ("report_payout", "instruction", finding.instruction_id)
        yield _hint(finding, *to, now=now, body=body)
    if finding.kind is Kind.ORPHAN_LABEL and finding.return_id:
        told = {"label_ref": finding.ref, "step_id": finding.instruction_id, "status": "found"}
        to = ("report_label", "return", finding.return_id)
        yield _hint(finding, *to, now=now, body=told)
    if finding.kind is Kind.CHARGEBACK and finding.order_id and finding.theirs is not None:
        for status in _told_of_a_bank(finding):
            taken = {
                "payment_ref": finding.payment_ref,
                "chargeback_id": finding.chargeback_id,
                "amount": finding.theirs.model_dump(),
                "status": status,
            }
            to = ("report_chargeback", "payment", finding.payment_ref)
            yield _hint(finding, *to, now=now, body=taken)


def _told_of_a_bank(finding: Finding) -> Iterator[str]:
    """That it was opened, where nobody knew; and how it ended, where it has."""
    if not finding.our_state:
        yield "opened"
    if finding.their_state != "open":
        yield finding.their_state


def _hint(
    finding: Finding, signal: str, kind: str, reference: str, *, now: datetime, body: dict[str, Any]
) -> Hint:
    message_id = f"{SOURCE}:{finding.finding_id}:{body['status']}:{now:%Y%m%d}"
    said = {"message_id": message_id, "occurred_at": now.isoformat(), "source": SOURCE}
    return Hint(
        message_id=message_id,
        signal=signal,
        reference_kind=kind,
        reference=reference,
        body={**said, **body},
    )
