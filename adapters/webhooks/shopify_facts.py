"""Shopify's events in our words: a refund that moved, if it is one of ours.

A refund names what the payment provider calls it. One that is ours is asked for over there;
one that the shop made by itself has no return, and is found by importing the order and by
reconciliation, which know the order's room for money.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.webhooks.event import SourceEvent, Unreadable, text_at
from adapters.webhooks.fact import Fact
from adapters.webhooks.shopify import ORDER, PROVIDER, REFUND

_STATUS: Mapping[str, str] = {
    "pending": "pending",
    "success": "succeeded",
    "failure": "failed",
    "error": "failed",
}


def shopify_facts(event: SourceEvent) -> tuple[Fact, ...]:
    """Read a refund, or those that an order holds; other bodies say nothing of returns."""
    if event.kind == REFUND:
        return tuple(_payouts(event, event.body))
    if event.kind == ORDER:
        refunds = event.body.get("refunds") or []
        return tuple(fact for refund in _objects(refunds) for fact in _payouts(event, refund))
    return ()


def _payouts(event: SourceEvent, refund: Mapping[str, Any]) -> Iterator[Fact]:
    for moved in _objects(refund.get("transactions") or []):
        reference = text_at(moved, "authorization")
        if text_at(moved, "kind") != "refund" or not reference:
            continue
        body = {
            "message_id": f"{event.event_id}:{moved.get('id')}",
            "occurred_at": event.occurred_at.isoformat(),
            "source": PROVIDER,
            "payout_ref": reference,
            "status": _STATUS.get(text_at(moved, "status"), ""),
        }
        yield Fact("report_payout", "payout", reference, body, only_if_known=True)


def _objects(listed: object) -> list[Mapping[str, Any]]:
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise Unreadable("expected a list of objects")
    return listed
