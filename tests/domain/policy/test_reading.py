"""A bad policy is refused by the place in it and by what was expected there."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.policy.reading import PolicyInvalid, read_policy
from domain.policy.schema import policy_schema
from tests.domain.policy.policies import SMALL, policy


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in SMALL.items() if key != name}


RULE = {"rule": "r", "outcome": "review", "because": "It is dear."}


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (without("windows"), "windows: Field required"),
        ({**SMALL, "colour": "red"}, "colour: Extra inputs are not permitted"),
        (
            {**SMALL, "windows": [{"rule": "a", "days": "30"}]},
            "windows[0].days: Input should be a valid integer",
        ),
        (
            {**SMALL, "windows": [{"rule": "a", "days": 30, "countries": ["FR"]}]},
            "windows: needs one that names nothing",
        ),
        (
            {**SMALL, "windows": [*SMALL["windows"], {"rule": "b", "days": 9, "reasons": ["red"]}]},
            "windows[1].reasons[0]: Input should be 'changed_mind'",
        ),
        (
            {**SMALL, "rules": [{**RULE, "when": {"all": [{"fact": "colour", "eq": "red"}]}}]},
            "rules[0].when.all[0].fact: Input should be 'reason'",
        ),
        (
            {**SMALL, "rules": [{**RULE, "when": {"fact": "reason", "gte": 3}}]},
            "rules[0].when: reason does not answer to `gte` of this type",
        ),
        (
            {**SMALL, "rules": [{**RULE, "when": {"fact": "final_sale", "eq": 1}}]},
            "rules[0].when: final_sale does not answer to `eq` of this type",
        ),
        (
            {**SMALL, "rules": [{**RULE, "when": {"fact": "parcels", "gte": 1, "lte": 3}}]},
            "rules[0].when: expected one of `eq`, `in`, `gte`, `lte` about parcels",
        ),
        (
            {**SMALL, "rules": [{**RULE, "when": {}}]},
            "rules[0].when: expected `all`, `any`, or a `fact`",
        ),
        (
            {
                **SMALL,
                "currencies": ["EUR", "JPY"],
                "rules": [{**RULE, "when": {"fact": "unit_value_minor", "gte": {"EUR": 3}}}],
            },
            "rules[0].when: unit_value_minor: has no amount in JPY",
        ),
        (
            {**SMALL, "currencies": ["EUR", "JPY"]},
            "fees.label.drop_off_label: has no amount in JPY",
        ),
        ({**SMALL, "currencies": ["EURO"]}, "currencies[0]: 'EURO' is no ISO 4217 currency"),
        (
            {**SMALL, "grades": {"used": {"share_bp": 10_001, "disposition": "restock"}}},
            "grades.used.share_bp: Input should be less than or equal to 10000",
        ),
        (
            {**SMALL, "grades": {"used": {"share_bp": 1, "disposition": "restock"}}},
            "grades: says nothing of new_sealed, like_new, minor_wear, damaged, unsalvageable",
        ),
        (
            {
                **SMALL,
                "way_back_paid_by": {**SMALL["way_back_paid_by"], "carrier": "customer"},
            },
            "way_back_paid_by.carrier: expected merchant",
        ),
        ({**SMALL, "restock_hub": {"*": "moon"}}, "restock_hub.*: there is no hub moon"),
        ({**SMALL, "methods": {"DE": ["in_store"]}}, "methods: needs an entry *"),
        (
            {
                **SMALL,
                "deadlines": {**SMALL["deadlines"], "ship_by_days": 3},
            },
            "deadlines: reminder_days_before: is not before the ship-by date is set",
        ),
        (
            {**SMALL, "exclusions": [{"rule": "x", "because": "No."}]},
            "exclusions[0]: expected either `final_sale: true` or `categories`",
        ),
        (
            {**SMALL, "rules": [{**RULE, "rule": "window", "when": {"fact": "parcels", "gte": 1}}]},
            "rule window: is given twice",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_policy_that_cannot_be_meant_is_refused_by_its_place(
    document: dict[str, Any], told: str
) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        read_policy(json.dumps(document))
    assert told in str(refused.value)


def test_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(PolicyInvalid, match="policy: Invalid JSON"):
        read_policy("{")


def test_a_policy_written_out_is_read_back_as_it_was() -> None:
    known = policy(rules=[{**RULE, "when": {"fact": "reason", "in": ["style"]}}])
    assert read_policy(known.model_dump_json(by_alias=True, exclude_none=True)) == known


def test_the_drawn_schema_is_the_real_one() -> None:
    drawn = Path("docs/policy.schema.json").read_text(encoding="utf-8")
    assert drawn == policy_schema(), "redraw it: python -m domain.policy.schema"
