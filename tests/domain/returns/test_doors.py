"""What comes from outside is a command, or a refusal that names the field. Never an exception."""

import re
from typing import Any

import pytest

from domain.refusal import Refused
from tests.domain.returns.bodies import (
    DOORS,
    SMALLEST,
    bring,
    changed,
    read,
    refusal,
    required,
    without,
)

CANCEL = SMALLEST["cancel"]
RECEIPT = SMALLEST["report_receipt"]


def test_every_door_has_its_smallest_body() -> None:
    assert set(SMALLEST) == set(DOORS)


@pytest.mark.parametrize("name", DOORS)
def test_the_smallest_body_is_a_command(name: str) -> None:
    assert type(bring(name, SMALLEST[name])) is DOORS[name]


@pytest.mark.parametrize("name", DOORS)
def test_what_was_read_can_be_written_and_read_again(name: str) -> None:
    command = bring(name, SMALLEST[name])
    assert not isinstance(command, Refused)
    assert read(name, command.model_dump_json()) == command


@pytest.mark.parametrize("name", DOORS)
def test_an_unknown_field_is_refused_by_its_name(name: str) -> None:
    refused = refusal(name, {**SMALLEST[name], "discount": 100})
    assert (refused.code, refused.because) == (
        "invalid", "discount: is no field that is known here",
    )  # fmt: skip


@pytest.mark.parametrize(("name", "field"), [(n, f) for n in DOORS for f in required(DOORS[n])])
def test_a_missing_field_is_refused_by_its_name(name: str, field: str) -> None:
    refused = refusal(name, without(SMALLEST[name], field))
    assert (refused.code, refused.because) == (
        "invalid",
        f"{field}: is missing, it has to be given",
    )


@pytest.mark.parametrize(("name", "field"), [(n, f) for n in DOORS for f in DOORS[n].model_fields])
def test_a_field_of_another_type_is_refused_by_its_name(name: str, field: str) -> None:
    refused = refusal(name, {**SMALLEST[name], field: True})
    assert refused.code == "invalid"
    assert refused.because.startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("name", "path", "value", "because"),
    [
        ("report_receipt", "units.0.quantity", "1", "expected a whole number"),
        ("report_receipt", "units.0.quantity", 1.0, "expected a whole number"),
        ("report_receipt", "units.0.quantity", True, "expected a whole number"),
        ("report_receipt", "units.0.quantity", 0, "expected at least 1"),
        ("report_receipt", "units.0.quantity", -1, "expected at least 1"),
        ("report_receipt", "units.0.quantity", 1_001, "expected at most 1000"),
        ("report_receipt", "units.0.sku", "", "must not be empty"),
        ("report_receipt", "units.0.sku", "a\nb", "text on one line"),
        ("report_receipt", "warehouse", "hub de", "letters, digits"),
        ("report_receipt", "units.0.price_minor", 1, "no field that is known"),
        ("report_inspection", "units.0.grade", "shiny", "new_sealed"),
        ("report_inspection", "units.0.unit", 0, "expected at least 1"),
        ("report_inspection", "units", [], "expected at least one"),
        ("report_tracking", "status", "teleported", "scanned"),
        ("report_tracking", "occurred_at", "2026-03-10T08:15:00", "with its offset"),
        ("report_tracking", "occurred_at", "2026-02-30T08:15:00Z", "expected a time"),
        ("report_tracking", "occurred_at", "9999-12-31T23:59:59Z", "before 2200-01-01"),
        ("report_tracking", "occurred_at", "0001-01-01T00:00:00+14:00", "from 1970-01-01 on"),
        ("report_tracking", "occurred_at", 1_767_225_600, "expected a time"),
        ("report_chargeback", "amount.amount_minor", 5.5, "expected a whole number"),
        ("report_chargeback", "amount.amount_minor", "500", "expected a whole number"),
        ("report_chargeback", "amount.currency", "eur", "three capitals"),
        ("report_chargeback", "amount.currency", "XXX", "three capitals"),
        ("choose_method", "method", "by_pigeon", "carrier_pickup"),
        ("choose_payout", "destination", "somewhere", "store_credit"),
        ("cancel", "actor.kind", "root", "customer"),
        ("cancel", "actor.id", "../r-2", "letters, digits"),
        ("cancel", "request_id", "", "must not be empty"),
        ("cancel", "because", "x" * 2_001, "at most 2000 characters"),
        ("cancel", "because", "a\u0000b", "without control characters"),
        ("decline", "because", "", "must not be empty"),
        ("give_feedback", "rating", 6, "expected at most 5"),
        ("correct_address", "address.country", "Germany", "two letters by ISO 3166-1"),
        ("open", "request.parcels", 21, "expected at most 20"),
        ("open", "request.lines.0.quantity", -1, "expected at least 1"),
        ("open", "request.lines.0.reason", "boredom", "changed_mind"),
        ("open", "request.lines", [], "expected at least one"),
        ("open", "request.order.tenders.0.captured_minor", -1, "expected at least 0"),
        ("open", "request.order.lines.0.unit_price_minor", 10**13, "expected at most 1000000000000"),
        ("open", "request.order.currency", "EURO", "three capitals"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_with_its_path_and_what_was_expected(
    name: str, path: str, value: Any, because: str
) -> None:
    refused = refusal(name, changed(SMALLEST[name], path, value))
    assert refused.code == "invalid"
    assert refused.because.startswith(f"{path}: ")
    assert because in refused.because


@pytest.mark.parametrize(
    ("name", "changes", "because"),
    [
        ("match_unit", {"disposition": "donate"}, "unit: give either a unit or a disposition"),
        ("match_unit", {"unit": ""}, "unit: give either a unit or a disposition"),
        ("report_pickup", {"status": "failed"}, "code: a failed pickup needs its code"),
        ("report_pickup", {"pickup_ref": ""},
         "pickup_ref: give the pickup or the tracking number"),
        ("report_payout", {"instruction_id": ""},
         "payout_ref: give the payout or the instruction"),
    ],
)  # fmt: skip
def test_fields_that_do_not_go_together_are_refused_by_name(
    name: str, changes: dict[str, Any], because: str
) -> None:
    assert refusal(name, {**SMALLEST[name], **changes}).because == because


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"reason": "other"}, "request.lines.0.note: the reason `other` needs a note"),
        ({"resolution": "exchange"},
         "request.lines.0.exchange_for: an exchange needs the article wanted instead"),
    ],
)  # fmt: skip
def test_a_line_that_says_too_little_is_refused_with_what_is_missing(
    changes: dict[str, Any], because: str
) -> None:
    line = {**SMALLEST["open"]["request"]["lines"][0], **changes}
    assert refusal("open", changed(SMALLEST["open"], "request.lines.0", line)).because == because


def test_what_was_sent_is_not_repeated_in_the_refusal() -> None:
    secret = "Ada Lovelace, Weg 1, 53111 Bonn"
    for name, path in [("report_chargeback", "amount.currency"), ("cancel", "actor.id"),
                       ("report_tracking", "status"), ("cancel", "actor.kind")]:  # fmt: skip
        refused = refusal(name, changed(SMALLEST[name], path, secret))
        assert "Lovelace" not in refused.because


def test_many_misfits_are_told_up_to_ten_and_the_rest_counted() -> None:
    units = [{"sku": "SHIRT", "quantity": 0}] * 14
    refused = refusal("report_receipt", {**RECEIPT, "units": units})
    assert refused.because.count("expected at least 1") == 10
    assert refused.because.endswith("; and 4 more")


def test_a_body_of_a_wholly_other_shape_is_told_what_it_lacks_and_then_what_is_unknown() -> None:
    refused = refusal("cancel", {"zip": 1, "order": 2, "actor": {"kind": "customer", "name": "A"}})
    assert refused.because == (
        "request_id: is missing, it has to be given; actor.id: is missing, it has to be given; "
        "unknown fields: actor.name, zip, order"
    )


def test_of_many_unknown_fields_ten_are_named_once() -> None:
    refused = refusal("cancel", {**CANCEL, **{f"x{number:02}": 1 for number in range(14)}})
    assert refused.because == (
        "unknown fields: x00, x01, x02, x03, x04, x05, x06, x07, x08, x09, and 4 more"
    )


LIBRARY = re.compile(r"Input|String should|Tuple|List should|Field required|Extra|validation")
"""Words of the library that reads bodies, which mean nothing to whoever sent one."""


@pytest.mark.parametrize("value", [None, True, 1.5, "", "\x00", [], {}, -1, 10**13, "x" * 3_000])
@pytest.mark.parametrize("name", DOORS)
def test_no_refusal_speaks_in_the_words_of_a_library(name: str, value: Any) -> None:
    for field in DOORS[name].model_fields:
        answer = bring(name, {**SMALLEST[name], field: value})
        if isinstance(answer, Refused):
            assert not LIBRARY.search(answer.because), answer.because


def test_a_receipt_is_read_whatever_it_says_of_the_goods() -> None:
    odd = {"sku": "???", "line_id": "none of ours", "serial": "", "quantity": 1_000,
           "condition": "wet"}  # fmt: skip
    assert not isinstance(bring("report_receipt", {**RECEIPT, "units": [odd]}), Refused)
    assert not isinstance(bring("report_receipt", {**RECEIPT, "units": []}), Refused)
