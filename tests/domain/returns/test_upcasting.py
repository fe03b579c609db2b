"""An invented older version of a real event, read by the real mechanism."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from domain.orders.events import LEDGER_EVENT, FundsPaid
from domain.orders.upcasting import read_ledger_event
from domain.returns.events import EVENTS, ParcelScanned, ReturnEvent, UnitMoved
from domain.returns.upcasting import read_event
from domain.upcasting import EventReader, Upcasters
from tests.domain.returns.stored import sample


def _stored(name: str, version: int, **changes: Any) -> str:
    told = {**sample(name).model_dump(mode="json"), "schema_version": version, **changes}
    return json.dumps({key: value for key, value in told.items() if value is not None})


def _reader(upcasters: Upcasters) -> EventReader[ReturnEvent]:
    return EventReader(EVENTS, upcasters)


def _with_stage(told: dict[str, Any]) -> dict[str, Any]:
    """Once, a scan said `handed_over` with a town, where it now says a stage and a place."""
    place = told.pop("town")
    return {**told, "stage": "in_transit", "place": place}


def test_an_older_shape_is_read_as_todays() -> None:
    reader = _reader({("ParcelScanned", 0): _with_stage})
    stored = _stored("ParcelScanned", 0, stage=None, place=None, town="Köln")
    event = reader.read("ParcelScanned", 0, stored)
    assert isinstance(event, ParcelScanned)
    assert (event.schema_version, event.stage, event.place) == (1, "in_transit", "Köln")


def test_a_shape_two_versions_old_goes_through_both_steps_in_order() -> None:
    def renamed(told: dict[str, Any]) -> dict[str, Any]:
        return {"town": told.pop("city"), **told}

    reader = _reader({("ParcelScanned", -1): renamed, ("ParcelScanned", 0): _with_stage})
    stored = _stored("ParcelScanned", -1, stage=None, place=None, city="Bonn")
    event = reader.read("ParcelScanned", -1, stored)
    assert isinstance(event, ParcelScanned)
    assert event.place == "Bonn"


def test_an_event_may_have_got_another_name() -> None:
    def renamed(told: dict[str, Any]) -> dict[str, Any]:
        return {**told, "type": "UnitMoved"}

    reader = _reader({("UnitPutAway", 0): renamed})
    stored = _stored("UnitMoved", 0, type="UnitPutAway")
    assert reader.read("UnitPutAway", 0, stored) == sample("UnitMoved")
    assert isinstance(sample("UnitMoved"), UnitMoved)


def test_todays_shape_is_not_touched_by_any_step() -> None:
    def never(told: dict[str, Any]) -> dict[str, Any]:
        raise AssertionError(f"nobody asked for {told}")

    reader = _reader({("ParcelScanned", 0): never, ("ParcelLost", 1): never})
    stored = sample("ParcelScanned").model_dump_json()
    assert reader.read("ParcelScanned", 1, stored) == sample("ParcelScanned")


def test_a_step_that_forgets_a_field_is_a_misfit_and_not_a_guess() -> None:
    reader = _reader({("ParcelScanned", 0): lambda told: told})
    with pytest.raises(ValidationError, match="stage"):
        reader.read("ParcelScanned", 0, _stored("ParcelScanned", 0, stage=None))


def test_a_newer_version_than_this_code_knows_is_not_read() -> None:
    with pytest.raises(ValidationError, match="schema_version"):
        read_event("ParcelScanned", 2, _stored("ParcelScanned", 2))


def test_an_unknown_type_is_not_read() -> None:
    with pytest.raises(ValidationError, match="type"):
        read_event("ParcelSung", 1, _stored("ParcelScanned", 1, type="ParcelSung"))


def test_a_ledgers_events_age_by_the_same_rule() -> None:
    def renamed(told: dict[str, Any]) -> dict[str, Any]:
        return {"instruction_id": told.pop("refund_id"), **told}

    reader = EventReader(LEDGER_EVENT, {("FundsPaid", 0): renamed})
    stored = {"type": "FundsPaid", "schema_version": 0, "order_id": "W-1", "refund_id": "i-1",
              "occurred_at": "2026-03-10T08:15:00Z"}  # fmt: skip
    event = reader.read("FundsPaid", 0, json.dumps(stored))
    assert isinstance(event, FundsPaid)
    assert read_ledger_event("FundsPaid", 1, event.model_dump_json()) == event
