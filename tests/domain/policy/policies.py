"""A small policy to test with, requests on the order of `tests.domain.orders`, and the asking."""

import json
from datetime import datetime
from typing import Any

from domain.orders.ledger import Ledger
from domain.orders.order import Order
from domain.policy.evaluate import evaluate
from domain.policy.outlook import NOTHING_KNOWN, Outlook
from domain.policy.policy import Policy
from domain.policy.quote import Evaluation, RuleFired
from domain.policy.reading import read_policy
from domain.policy.units import RequestedUnit, units_of
from domain.refusal import Refused
from domain.returns.asking.request import RequestedLine, ReturnRequest
from domain.words import Method, Reason
from tests.domain.orders.orders import DELIVERED

FAULTS = ("customer", "merchant", "carrier", "unknown")

SMALL: dict[str, Any] = {
    "policy_id": "small",
    "version": 1,
    "in_force_from": "2026-01-01T00:00:00Z",
    "currencies": ["EUR"],
    "business_groups": ["business"],
    "windows": [{"rule": "window", "days": 30}],
    "way_back_paid_by": {
        "customer": "customer",
        "merchant": "merchant",
        "carrier": "merchant",
        "unknown": "merchant",
    },
    "methods": {"*": ["drop_off_label", "carrier_pickup"]},
    "fallback_method": "drop_off_label",
    "transports": [
        {
            "countries": ["*"],
            "method": "drop_off_label",
            "carrier": "swiftpost",
            "service": "return_label",
        },
        {
            "countries": ["*"],
            "method": "carrier_pickup",
            "carrier": "swiftpost",
            "service": "return_pickup",
        },
    ],
    "fees": {
        "label": {"drop_off_label": {"EUR": 490}, "carrier_pickup": {"EUR": 690}},
        "restocking_bp": {"*": 0},
    },
    "shipping_refund": dict.fromkeys(FAULTS, "none"),
    "otherwise": "approve",
    "refund_trigger": "inspected",
    "grades": {
        "new_sealed": {"share_bp": 10_000, "disposition": "restock"},
        "like_new": {"share_bp": 10_000, "disposition": "restock"},
        "minor_wear": {"share_bp": 9_000, "disposition": "resale_hold"},
        "used": {"share_bp": 7_000, "disposition": "refurbish"},
        "damaged": {"share_bp": 4_000, "disposition": "liquidate"},
        "unsalvageable": {"share_bp": 0, "disposition": "recycle"},
    },
    "hubs": [
        {
            "warehouse": "hub-de",
            "name": "Returns",
            "line1": "Ringstrasse 12",
            "city": "Leipzig",
            "postcode": "04129",
            "country": "DE",
        }
    ],
    "restock_hub": {"*": "hub-de"},
    "deadlines": {
        "ship_by_days": 14,
        "reminder_days_before": 4,
        "review_hours": 48,
        "receipt_days": 21,
        "lost_after_days": 10,
        "late_scan_days": 14,
        "missing_units_days": 7,
        "inspection_days": 3,
        "dispute_days": 14,
        "stray_days": 14,
        "payout_days": 5,
        "choose_payout_days": 14,
        "replacement_hold_days": 30,
        "customer_answer_days": 5,
    },
    "pickup_attempts": 3,
    "tender_order": ["gift_card", "card"],
    "tolerance": {"EUR": 5},
}


def policy(**changes: Any) -> Policy:
    """The small policy with some of its fields changed, read as from a file."""
    return read_policy(json.dumps({**SMALL, **changes}))


def wanted(line_id: str = "1", quantity: int = 1, **changes: Any) -> RequestedLine:
    """One unit that no longer pleases, unless changed."""
    fields = {"reason": Reason.CHANGED_MIND, **changes}
    return RequestedLine(line_id=line_id, quantity=quantity, **fields)


def request(
    *lines: RequestedLine, at: datetime = DELIVERED, method: Method = Method.DROP_OFF_LABEL
) -> ReturnRequest:
    """A request made at the hour of delivery, unless said otherwise."""
    return ReturnRequest(order_id="W-1", requested_at=at, lines=lines or (wanted(),), method=method)


def named(known: Ledger, asked: ReturnRequest) -> tuple[RequestedUnit, ...]:
    """The units a request is about."""
    units = units_of(known, asked)
    assert not isinstance(units, Refused)
    return units


def ask(
    rules: Policy,
    sold: Order | Ledger,
    asked: ReturnRequest | None = None,
    outlook: Outlook = NOTHING_KNOWN,
) -> Evaluation:
    """Have a request judged and priced."""
    known = sold if isinstance(sold, Ledger) else Ledger(sold)
    asked = asked or request()
    return evaluate(rules, known, asked, named(known, asked), outlook)


def outcome(evaluation: Evaluation) -> tuple[str, str]:
    """The outcome and the code of an evaluation's first unit."""
    verdict = evaluation.verdicts[0]
    return verdict.outcome, verdict.code


def fired(evaluation: Evaluation, rule: str) -> RuleFired | None:
    """What a rule had to say, if it spoke."""
    return next((known for known in evaluation.fired if known.rule == rule), None)
