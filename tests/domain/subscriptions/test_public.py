"""What others are told: pinned to the byte, and nothing of people in it."""

import json
from pathlib import Path
from typing import get_args
from uuid import UUID

import pytest
from pydantic import BaseModel

from domain.subscriptions.cloud_event import as_cloud_event
from domain.subscriptions.public import PUBLIC, TYPES
from domain.subscriptions.words import wanted
from tests.domain.returns.standing import KNOWN
from tests.domain.returns.stored import sample

GOLDEN = Path(__file__).parent / "golden"
AN_ID = UUID("019a0000-0000-7000-8000-000000000001")

SAFE = {
    "return_id", "order_id", "units", "unit", "line_id", "sku", "reason", "resolution", "method",
    "extent", "keep_item", "ship_by", "code", "was", "promised", "paid", "amount", "currency",
    "amount_minor", "actor", "action", "due_at", "concern_id", "what", "label_id", "parcel_id",
    "carrier", "service", "tracking_number", "window_start", "window_end", "fault", "stage",
    "warehouse", "receipt_id", "condition", "kind", "stray_id", "quantity", "grade", "outcome",
    "share_bp", "dispute_id", "disposition", "instruction_id", "destination", "offer_id",
    "answer_by", "subject", "recovery_id",
}  # fmt: skip
"""Ids, codes, amounts and times. Whoever adds a name here has looked at what people write there."""


def _fields(shape: type[BaseModel]) -> set[str]:
    inner = [
        each
        for field in shape.model_fields.values()
        for each in (field.annotation, *get_args(field.annotation))
        if isinstance(each, type) and issubclass(each, BaseModel)
    ]
    return set(shape.model_fields).union(*map(_fields, inner))


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_an_event_is_told_as_it_was_ever_told(name: str) -> None:
    """A shape that is to change gets another version of its type, and a file of its own."""
    told = as_cloud_event(AN_ID, "acme", sample(name), KNOWN)
    golden = GOLDEN / f"{told.type}.json"
    assert json.loads(told.body) == json.loads(golden.read_text("utf-8"))


def test_no_shape_was_given_up() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(TYPES)


@pytest.mark.parametrize("event_type", sorted(TYPES))
def test_nothing_of_a_person_is_told(event_type: str) -> None:
    assert _fields(TYPES[event_type]) <= SAFE


@pytest.mark.parametrize(
    ("filters", "let_through"),
    [
        ((), True),
        (("return.approved.v1",), True),
        (("return.*",), True),
        (("refund.*", "return.approved.v1"), True),
        (("refund.*",), False),
        (("return.approved.v2",), False),
    ],
)
def test_a_filter_names_a_type_or_its_group(filters: tuple[str, ...], let_through: bool) -> None:  # noqa: FBT001 of the table
    assert wanted(filters, "return.approved.v1") is let_through
