"""What was begun and has not ended must be somebody's turn, by some time.

Read from the events alone, by a table of its own, so that an agenda which forgets a state is
found out: who asks the engine whether it forgot something asks the one that forgot it.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from demo.audit.rows import Difference, Row


class Duty(NamedTuple):
    """An event that begins something, and those that end it; `key` names it in all of them."""

    begins: str
    key: str
    ends: tuple[str, ...]


OFFERS = Duty("OfferMade", "offer_id", ("OfferAccepted", "OfferDeclined", "OfferLapsed"))

DUTIES: tuple[Duty, ...] = (
    Duty("PayoutPlanned", "instruction_id", ("PayoutSucceeded", "PayoutCancelled")),
    Duty(
        "NoticePlanned",
        "notice_id",
        ("CustomerNotified", "ReminderSent", "NoticeWithheld", "NoticeGivenUp"),
    ),
    Duty("Escalated", "concern_id", ("ConcernSettled",)),
    Duty("DisputeOpened", "unit", ("DisputeResolved",)),
    Duty("BillPlanned", "instruction_id", ("BillPaid", "BillExpired", "BillCancelled")),
    Duty(
        "HoldPlanned", "instruction_id", ("HoldTaken", "HoldReleased", "HoldRefused", "HoldLapsed")
    ),
    OFFERS,
)


_UNSENT = frozenset({"PayoutPlanned", "PayoutReleased"})
_OF_PAYOUTS = _UNSENT | {
    "PayoutHeld",
    "PayoutSubmitted",
    "PayoutPending",
    "PayoutRequiresAction",
    "PayoutUnknown",
    "PayoutSucceeded",
    "PayoutFailed",
    "PayoutCancelled",
}


def forgotten(
    stream_id: str, rows: Sequence[Row], looked_after: Collection[str]
) -> Iterator[Difference]:
    """Name what is open by the events and that nobody looks after.

    Args:
        stream_id: Which return.
        rows: Its events, in order.
        looked_after: The subjects of the steps that somebody has to take.
    """
    asked = _asked_about(rows) | _held_up(rows, looked_after)
    for duty in DUTIES:
        for key in sorted(_open(duty, rows) - asked - set(looked_after)):
            because = f"{key} is open since its {duty.begins}, and nobody's turn"
            yield Difference("S2", stream_id, because)


def _asked_about(rows: Sequence[Row]) -> set[str]:
    """Payouts of which the customer chooses the way: their answer is what is waited for."""
    offered = {row["offer_id"]: row["instruction_id"] for row in rows if row.type == "OfferMade"}
    return {offered[offer_id] for offer_id in _open(OFFERS, rows)}


def _held_up(rows: Sequence[Row], looked_after: Collection[str]) -> set[str]:
    """Nothing is sent while a provider is asked of one that was cancelled on its way to it."""
    last = {row["instruction_id"]: row.type for row in rows if row.type in _OF_PAYOUTS}
    cancelled = {key for key, kind in last.items() if kind == "PayoutCancelled"}
    if not cancelled & set(looked_after):
        return set()
    return {key for key, kind in last.items() if kind in _UNSENT}


def _open(duty: Duty, rows: Sequence[Row]) -> set[str]:
    found: set[str] = set()
    for row in rows:
        if row.type == duty.begins:
            found.add(row[duty.key])
            found.discard(row.data.get("replaces", ""))
        elif row.type in duty.ends:
            found.discard(row[duty.key])
    return found
