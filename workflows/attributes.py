"""What the lists of the Temporal UI can be filtered by. No personal data: never encrypted."""

from collections.abc import Mapping
from typing import Any

from temporalio.common import (
    SearchAttributeKey,
    SearchAttributeUpdate,
    TypedSearchAttributes,
)

from domain.lots.showing import LotStatus
from domain.recoveries.showing import RecoveryStatus
from domain.returns.shown.status import Status
from domain.subscriptions.messages import Delivered
from domain.words import Actor, Headline

TENANT = SearchAttributeKey.for_keyword("Tenant")
ORDER_ID = SearchAttributeKey.for_keyword("OrderId")
HEADLINE = SearchAttributeKey.for_keyword("Headline")
NEXT_ACTOR = SearchAttributeKey.for_keyword("NextActor")
NEXT_ACTION = SearchAttributeKey.for_keyword("NextAction")
METHOD = SearchAttributeKey.for_keyword("Method")
CARRIER = SearchAttributeKey.for_keyword("Carrier")
COUNTRY = SearchAttributeKey.for_keyword("Country")
CURRENCY = SearchAttributeKey.for_keyword("Currency")
REASONS = SearchAttributeKey.for_keyword_list("Reasons")
TRACKING_NUMBERS = SearchAttributeKey.for_keyword_list("TrackingNumbers")
FLAGS = SearchAttributeKey.for_keyword_list("Flags")
DUE_AT = SearchAttributeKey.for_datetime("DueAt")
REFUND_MINOR = SearchAttributeKey.for_int("RefundMinor")

SEARCH_ATTRIBUTES: tuple[SearchAttributeKey[Any], ...] = (
    TENANT, ORDER_ID, HEADLINE, NEXT_ACTOR, NEXT_ACTION, METHOD, CARRIER, COUNTRY, CURRENCY,
    REASONS, TRACKING_NUMBERS, FLAGS, DUE_AT, REFUND_MINOR,
)  # fmt: skip
"""Every search attribute of ours, with its type; within what SQL visibility holds."""

_ENDED = frozenset({Headline.COMPLETED, Headline.DECLINED, Headline.CANCELLED, Headline.EXPIRED})
"""Headlines after which only messages and the like are still to be sent."""


def _values(status: Status) -> Mapping[SearchAttributeKey[Any], Any]:
    carriers = [parcel.carrier for parcel in status.parcels if parcel.carrier]
    over = status.headline in _ENDED and status.next_actor in {"", Actor.SYSTEM}
    numbers = sorted({p.tracking_number for p in status.parcels if p.tracking_number})
    return {
        TENANT: status.tenant,
        ORDER_ID: status.order_id,
        HEADLINE: status.headline,
        NEXT_ACTOR: "" if over else status.next_actor,
        NEXT_ACTION: "" if over else status.next_action,
        METHOD: status.method,
        CARRIER: carriers[0] if carriers else "",
        COUNTRY: status.country,
        CURRENCY: status.currency,
        REASONS: list(status.reasons),
        TRACKING_NUMBERS: numbers,
        FLAGS: list(status.flags),
        DUE_AT: None if over else status.due_at,
        REFUND_MINOR: status.money.promised_minor if status.money else None,
    }


def attributes_of(
    present: TypedSearchAttributes, before: Status | None, status: Status, *, delayed: bool
) -> list[SearchAttributeUpdate[Any]]:
    """What is to be shown anew: nothing while a step of our own is over in a moment.

    Each change is an event in the history and a row written anew in the server's lists, so our
    own turn is shown where it lasts, or where there is nothing else to be shown.

    Args:
        present: What the lists show now; a run inherits it from the one before.
        before: The status that was shown last in this run.
        status: The one to be shown.
        delayed: Whether a step of ours takes its time.
    """
    ours = status.next_actor == Actor.SYSTEM and not status.closed
    if not status.version or (ours and not delayed and not status.flags):
        return []
    if before is not None and _says(before) == _says(status) and not (ours and delayed):
        return []
    return _changes(present, _values(status))


def attributes_of_recovery(
    present: TypedSearchAttributes, status: RecoveryStatus
) -> list[SearchAttributeUpdate[Any]]:
    """What is to be shown anew of a claim: the same columns, in the words of claims."""
    values: Mapping[SearchAttributeKey[Any], Any] = {
        TENANT: status.tenant,
        ORDER_ID: status.order_id,
        HEADLINE: f"{status.kind} {status.life}".strip(),
        CARRIER: status.counterparty,
        CURRENCY: status.currency,
        FLAGS: ["overdue"] if status.overdue else [],
        NEXT_ACTOR: status.next_owner,
        NEXT_ACTION: status.next_action,
        DUE_AT: status.due_at,
    }
    return _changes(present, values)


def attributes_of_lot(
    present: TypedSearchAttributes, status: LotStatus
) -> list[SearchAttributeUpdate[Any]]:
    """What is to be shown anew of a lot: the same columns, in the words of lots."""
    found = any(not finding.resolved for finding in status.findings)
    flags = [*(["disputed"] if found else []), *(["overdue"] if status.overdue else [])]
    values: Mapping[SearchAttributeKey[Any], Any] = {
        TENANT: status.tenant,
        HEADLINE: f"{status.kind} {status.life}".strip(),
        CARRIER: status.counterparty,
        CURRENCY: status.currency,
        TRACKING_NUMBERS: [status.tracking_number] if status.tracking_number else [],
        FLAGS: flags,
        NEXT_ACTOR: status.next_owner,
        NEXT_ACTION: status.next_action,
        DUE_AT: status.due_at,
    }
    return _changes(present, values)


def attributes_of_subscription(
    present: TypedSearchAttributes, tenant: str, stands: Delivered
) -> list[SearchAttributeUpdate[Any]]:
    """What is to be shown anew of a subscription: whose turn it is where nobody takes anything."""
    stopped = stands.state == "stopped"
    failing = stands.state == "active" and bool(stands.problem)
    values: Mapping[SearchAttributeKey[Any], Any] = {
        TENANT: tenant,
        HEADLINE: f"webhooks {stands.state or 'deleted'}",
        FLAGS: ["webhooks_stopped"] if stopped else ["webhooks_failing"] if failing else [],
        NEXT_ACTOR: Actor.MERCHANT if stopped else "",
        NEXT_ACTION: "mend_endpoint" if stopped else "",
    }
    return _changes(present, values)


def _changes(
    present: TypedSearchAttributes, values: Mapping[SearchAttributeKey[Any], Any]
) -> list[SearchAttributeUpdate[Any]]:
    changed: list[SearchAttributeUpdate[Any]] = []
    for key, value in values.items():
        shown = present.get(key)
        if value is None or value in ("", []):
            if shown is not None:
                changed.append(key.value_unset())
        elif shown != value:
            changed.append(key.value_set(value))
    return changed


def _says(status: Status) -> tuple[object, ...]:
    """What a person who looks at a list wants to know of a return."""
    ours = status.next_actor == Actor.SYSTEM
    turn = (
        None
        if ours or not status.next_actor
        else (status.next_actor, status.next_action, status.due_at)
    )
    return (status.headline, status.flags, turn)
