"""Runs that were recorded earlier go on with today's code, to the last byte they send out."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflows.comparisons import COMPARISONS
from tests.workflows.journeys import JOURNEYS
from tests.workflows.lot_lives import LOTS
from tests.workflows.record_histories import HISTORIES
from tests.workflows.refund_lives import REFUNDS
from tests.workflows.replaying import commanded, differences, happened, read, replayed
from tests.workflows.subscription_lives import SUBSCRIPTIONS

RECORDED = sorted(HISTORIES.glob("*.json"))
ROOT = Path(__file__).parents[2]


def test_every_journey_was_recorded() -> None:
    lived = {*JOURNEYS, *COMPARISONS, *REFUNDS, *LOTS, *SUBSCRIPTIONS}
    assert {path.name.split(".")[0] for path in RECORDED} == lived


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
async def test_what_was_recorded_goes_on_as_it_did(path: Path) -> None:
    assert await differences(read(path)) == []


async def test_a_comparison_of_commands_sees_a_changed_input() -> None:
    history = read(HISTORIES / "plain.1.json")
    for event in history.events:
        if event.HasField("activity_task_scheduled_event_attributes"):
            payload = event.activity_task_scheduled_event_attributes.input.payloads[0]
            payload.data = payload.data.replace(b"label:P1:1", b"label:P1:2")
    (changed, *_) = await differences(history)
    assert "label:P1:1" in changed
    assert "label:P1:2" in changed


async def test_what_a_newer_release_recorded_is_read_by_this_one() -> None:
    """In a rolling upgrade, a run goes on with a worker that is older than its last answer."""
    history = read(HISTORIES / "plain.1.json")
    for event in history.events:
        if event.HasField("marker_recorded_event_attributes"):
            result = event.marker_recorded_event_attributes.details["result"].payloads[0]
            told = json.loads(result.data)
            told["status"]["invented"] = told["invented"] = 1
            told["status"]["agenda"] = [step | {"new": 1} for step in told["status"]["agenda"]]
            result.data = json.dumps(told).encode()
    ends = [told for told in commanded(await replayed(history)) if told[0] == "end"]
    assert ends == [told for told in happened(list(history.events)) if told[0] == "end"]


def test_no_order_depends_on_how_a_process_hashes() -> None:
    """A set that is walked swaps results between two workers, and no replay sees it."""
    told = {
        subprocess.run(
            [sys.executable, "-m", "tests.workflows.replayed_digest"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert len(told.pop().split()) == 2 * len(RECORDED)
