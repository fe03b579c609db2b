"""The smallest body that each door takes, and ways to spoil one."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from domain.refusal import Refused
from domain.returns.commands import SIGNALS, UPDATES, Ask, Report
from domain.returns.doors import read_ask, read_report
from tests.domain.returns.story import opening

Body = dict[str, Any]

_ASK: Body = {"request_id": "q-1", "actor": {"kind": "customer", "id": "c-1"}}
_REPORT: Body = {"message_id": "m-1", "occurred_at": "2026-03-10T08:15:00Z"}
_WHY: Body = {"because": "a good customer"}

SMALLEST: Mapping[str, Body] = {
    "open": json.loads(opening().model_dump_json(exclude_defaults=True)),
    "approve": _ASK,
    "decline": {**_ASK, **_WHY},
    "cancel": _ASK,
    "override": {**_ASK, **_WHY},
    "choose_method": {**_ASK, "method": "in_store"},
    "accept_offer": {**_ASK, "offer_id": "O1"},
    "decline_offer": {**_ASK, "offer_id": "O1"},
    "correct_address": {**_ASK, "address": {"line1": "Weg 2", "city": "Bonn", "country": "DE"}},
    "declare_goods": {**_ASK, "export_reference": "26DE1"},
    "reschedule_pickup": {**_ASK, "not_before": "2026-03-12T08:00:00Z"},
    "dispute": {**_ASK, **_WHY, "unit": "1/1"},
    "resolve_dispute": {**_ASK, **_WHY, "unit": "1/1", "outcome": "upheld"},
    "match_unit": {**_ASK, "stray_id": "S1", "unit": "1/1"},
    "unmatch_unit": {**_ASK, "stray_id": "S1"},
    "release_payout": {**_ASK, "instruction_id": "I1"},
    "choose_payout": {**_ASK, "instruction_id": "I1", "destination": "manual"},
    "choose_goods": {**_ASK, "unit": "1/1", "choice": "leave"},
    "write_off_payout": {**_ASK, **_WHY, "instruction_id": "I1"},
    "choose_contact": {**_ASK, "contact": {"channel": "sms"}},
    "give_feedback": {**_ASK, "rating": 5},
    "report_tracking": {**_REPORT, "tracking_number": "TRK-1", "status": "scanned"},
    "report_pickup": {**_REPORT, "status": "picked_up", "pickup_ref": "pickup_1"},
    "report_receipt": {
        **_REPORT, "warehouse": "hub-de", "units": [{"sku": "SHIRT", "quantity": 1}],
    },
    "report_inspection": {
        **_REPORT, "warehouse": "hub-de", "return_id": "r-1", "inspector": "i-1",
        "units": [{"line_id": "1", "unit": 1, "grade": "used"}],
    },
    "report_payout": {**_REPORT, "instruction_id": "I1"},
    "report_label": {**_REPORT, "status": "voided"},
    "report_chargeback": {
        **_REPORT, "payment_ref": "pi_1", "status": "opened",
        "amount": {"amount_minor": 500, "currency": "EUR"},
    },
    "report_replacement": {**_REPORT, "order_ref": "ord_1"},
    "report_repair": {**_REPORT, "repair_ref": "rep_1", "status": "repaired"},
    "report_send_back": {**_REPORT, "order_ref": "bck_1"},
}  # fmt: skip

DOORS: Mapping[str, type[Ask] | type[Report]] = {**UPDATES, **SIGNALS}


def read(name: str, body: str | bytes) -> Ask | Report | Refused:
    """Bring a body to the door of that name."""
    return read_ask(name, body) if name in UPDATES else read_report(name, body)


def bring(name: str, body: Mapping[str, Any]) -> Ask | Report | Refused:
    """Bring these fields as JSON."""
    return read(name, json.dumps(body))


def refusal(name: str, body: Mapping[str, Any] | str | bytes) -> Refused:
    """Bring a body that must be refused."""
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    answer = read(name, text)
    assert isinstance(answer, Refused), answer
    return answer


def changed(body: Mapping[str, Any], path: str, value: Any) -> Body:
    """The body with another value at a path such as `units.0.quantity`."""
    told: Body = json.loads(json.dumps(body))
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    inner: Any = told
    for step in steps:
        inner = inner[step]
    inner[last] = value
    return told


def without(body: Mapping[str, Any], name: str) -> Body:
    """The body without one of its fields."""
    return {key: value for key, value in body.items() if key != name}


def required(model: type[BaseModel]) -> Iterator[str]:
    """The fields that a model cannot do without."""
    return (name for name, field in model.model_fields.items() if field.is_required())
