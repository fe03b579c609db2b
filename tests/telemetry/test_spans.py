"""What is seen of a return: a trace for each thing it is told, and no person in any."""

import json
import subprocess
import sys

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from adapters.telemetry.opening import ENDPOINT, telemetry
from tests.activities.test_privacy import found_in
from tests.telemetry.conftest import Looked
from tests.telemetry.receiver import Seen, receiving
from worker import WORKFLOWS, tracing, workflow_runner

ALLOWED = {
    "backhaul.tenant", "backhaul.return_id", "backhaul.step", "backhaul.attempt",
    "backhaul.events", "backhaul.partner", "backhaul.operation", "backhaul.refund_id",
    "http.route", "http.response.status_code",
}  # fmt: skip


def above(looked: Looked, span: Seen) -> list[str]:
    """The names of those that a span is part of, the nearest first."""
    by_id = {seen.span: seen for seen in looked.told.spans}
    names = []
    while found := by_id.get(span.parent):
        names.append(found.name)
        span = found
    return names


def opening(looked: Looked) -> Seen:
    [request, *_] = looked.told.named("POST /v1/returns")
    return request


def test_a_request_is_followed_to_the_event_that_it_leads_to(looked: Looked) -> None:
    trace = opening(looked).trace
    appended = [
        above(looked, span)
        for span in looked.told.named("append events")
        if span.trace == trace and "ReturnRequested" in span.about["backhaul.events"]
    ]
    assert appended == [["activity record", "update open", "update open", "POST /v1/returns"]]


def test_what_is_begun_because_of_a_message_is_in_its_trace(looked: Looked) -> None:
    trace = opening(looked).trace
    bought = [
        span
        for span in looked.told.spans
        if span.trace == trace and span.about.get("backhaul.partner") == "easypost"
    ]
    assert bought
    for span in bought:
        assert above(looked, span)[-2:] == ["update open", "POST /v1/returns"]


def test_a_webhook_has_a_trace_of_its_own_that_points_to_the_first(looked: Looked) -> None:
    [taken] = looked.told.named("POST /v1/webhooks/{provider}/{account}")
    first = opening(looked).trace
    assert taken.trace != first
    heard = [
        span
        for span in looked.told.named("signal report_tracking")
        if span.trace == taken.trace and span.links
    ]
    assert [span.links for span in heard] == [(first,)]
    assert above(looked, heard[0])[-1] == taken.name
    recorded = [s for s in looked.told.named("activity record") if s.trace == taken.trace]
    assert [span.links for span in recorded] == [(first,)]


def test_each_thing_that_a_return_is_told_has_its_trace(looked: Looked) -> None:
    told = [
        span
        for span in looked.told.spans
        if span.name.startswith("activity record")
        and span.about.get("backhaul.return_id") == looked.return_id
    ]
    assert len({span.trace for span in told}) >= 4  # opened, scanned, received, inspected


def test_spans_say_what_is_on_the_list_and_name_nobody(looked: Looked) -> None:
    said = {key for span in looked.told.spans for key in span.about}
    assert said <= ALLOWED
    everything = [json.dumps([*span[:4], span.about, span.status]) for span in looked.told.spans]
    assert looked.return_id in "".join(everything)
    assert found_in(everything) == set()


async def test_a_replay_tells_nothing_again(looked: Looked) -> None:
    with receiving() as (address, told):
        with telemetry("replayed", {ENDPOINT: address}, metrics=False):
            replayer = Replayer(
                workflows=WORKFLOWS,
                workflow_runner=workflow_runner(),
                data_converter=pydantic_data_converter,
                interceptors=tracing(),
            )
            await replayer.replay_workflow(looked.history)
        assert told.spans == []
    assert len(looked.told.named("update open")) >= 2  # the run itself was told


def test_without_an_endpoint_nothing_of_it_is_even_imported() -> None:
    look = (
        "import sys, worker, api.__main__, api.cli; "
        "from adapters.telemetry.doors import is_open, connecting, span; "
        "from opentelemetry.trace import INVALID_SPAN; "
        "assert not is_open() and not connecting() and not worker.tracing(); "
        "assert span('a') is span('b'); "
        "print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])"
    )
    ran = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")
