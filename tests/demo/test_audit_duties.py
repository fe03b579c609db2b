"""Whose turn it is: judged by the events, so that an agenda which forgets something is found out."""

import json
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import demo.audit
from demo.audit import audit, endings
from demo.audit.duties import DUTIES, Duty, forgotten
from demo.audit.rows import Row
from domain.returns.agenda import Step, agenda
from domain.returns.state import ReturnState
from tests.demo.tale import MORNING, STREAM, opened
from tests.domain.returns.wandering import Wanderer
from tests.domain.returns.wishing import any_opening


def rows_of(wanderer: Wanderer) -> list[Row]:
    return [
        Row(STREAM, at, at, str(at), event.type, MORNING, "", json.loads(event.model_dump_json()))
        for at, event in enumerate(wanderer.known.events, start=1)
    ]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**32 - 1), length=st.integers(1, 40))
@example(seed=76884, length=14)  # one payout waits while another is asked about
def test_whatever_was_begun_is_somebodys_turn_until_it_has_ended(seed: int, length: int) -> None:
    pick = Random(seed).choice
    wanderer = Wanderer(any_opening(pick), pick)
    for _ in range(length):
        wanderer.step()
    looked_after = {step.subject for step in agenda(wanderer.known.state)}
    assert list(forgotten(STREAM, rows_of(wanderer), looked_after)) == []


def test_an_agenda_that_forgets_to_write_to_customers_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def forgetful(state: ReturnState) -> tuple[Step, ...]:
        return tuple(step for step in agenda(state) if step.action != "notify")

    tale = opened()
    tale.rows.remove(tale.row("CustomerNotified"))
    assert "S2" not in _found(tale.rows)
    monkeypatch.setattr(endings, "agenda", forgetful)
    assert "S2" in _found(tale.rows)


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.begins)
def test_each_duty_is_open_until_it_ends(duty: Duty) -> None:
    named = {"instruction_id": "another", duty.key: "k-1"}
    begun = Row(STREAM, 1, 1, "1", duty.begins, MORNING, "", named)
    [left] = forgotten(STREAM, [begun], ())
    assert (left.invariant, "k-1" in left.because) == ("S2", True)
    assert list(forgotten(STREAM, [begun], ["k-1"])) == []
    for end in duty.ends:
        ended = Row(STREAM, 2, 2, "2", end, MORNING, "", named)
        assert list(forgotten(STREAM, [begun, ended], ())) == []


def _found(rows: Collection[Row]) -> set[str]:
    streams = demo.audit.Streams.of(rows)
    return {each.invariant for each in audit(streams, demo.audit.Books())}


def test_each_rule_of_the_audit_has_a_control_that_breaks_it() -> None:
    rules = _codes(Path(demo.audit.__file__).parent.glob("*.py"), r'Difference\(\s*"([A-Z]\d+)"')
    controls = _codes(Path(__file__).parent.glob("test_audit*.py"), r'"([A-Z]\d+)[" ]')
    assert rules - controls == set()


def _codes(files: Iterable[Path], pattern: str) -> set[str]:
    return {code for file in files for code in re.findall(pattern, file.read_text("utf-8"))}
