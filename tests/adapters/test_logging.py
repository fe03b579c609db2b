"""A line says what is on the list, where it belongs, and nothing of anybody."""

import ast
import json
import subprocess
import sys
from typing import Any

from adapters.logging import KEYS
from adapters.telemetry.opening import ENDPOINT
from tests.architecture.source import calls, modules
from tests.telemetry.receiver import receiving

CANARY = "camille@example.org"


def written(code: str, *arguments: str) -> list[dict[str, Any]]:
    """The lines of a process of its own, as JSON."""
    begin = "from adapters.logging import configure_logging; configure_logging('json')\n"
    begin += "import sys, structlog; log = structlog.get_logger()\n"
    command = [sys.executable, "-c", begin + code, *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in ran.stderr.splitlines()]


def test_what_is_not_on_the_list_is_named_and_not_written() -> None:
    said = f"log.info('return.opened', email={CANARY!r}, customer={{'name': {CANARY!r}}}, code='x')"
    [line] = written(said)
    assert (line["event"], line["code"]) == ("return.opened", "x")
    assert line["dropped"] == ["customer", "email"]
    assert CANARY not in json.dumps(line)


def test_a_line_says_which_return_it_is_about_and_whose() -> None:
    told = (
        "log.info('step.failed', workflow_id='return:acme:R-1')\n"
        "log.info('step.failed', workflow_id='refund:acme:W-1:pay-1')"
    )
    [line, of_a_refund] = written(told)
    assert (line["tenant"], line["return_id"]) == ("acme", "R-1")
    assert (of_a_refund["tenant"], of_a_refund["refund_id"]) == ("acme", "W-1:pay-1")


def test_a_workflow_of_a_kind_that_is_not_known_is_only_named() -> None:
    [line] = written("log.info('step.failed', workflow_id='something:else:altogether')")
    assert {"tenant", "dropped"} & line.keys() == set()


def test_a_line_leads_to_its_trace_and_what_was_dropped_is_counted() -> None:
    look = (
        "from adapters.telemetry.opening import telemetry\n"
        "from adapters.telemetry.doors import span\n"
        f"with telemetry('tests', {{{ENDPOINT!r}: sys.argv[1]}}):\n"
        "    with span('something'):\n"
        "        log.info('a', unheard_of=1)\n"
    )
    with receiving() as (address, told):
        [line] = written(look, address)
        [span] = told.named("something")
    assert (line["trace_id"], line["span_id"]) == (span.trace, span.span)
    assert told.labels["backhaul_log_keys_dropped_total"] == [{"key": "unheard_of"}]


def test_without_telemetry_a_line_names_no_trace() -> None:
    [line] = written("log.info('a')")
    assert "trace_id" not in line


def test_every_key_that_the_engine_writes_is_on_the_list() -> None:
    said = {
        word.arg
        for area in ("activities", "adapters", "api", "projections", "workflows", "worker")
        for each in modules(area)
        for name, call in calls(each)
        if name in {f"log.{level}" for level in ("debug", "info", "warning", "error")}
        for word in call.keywords
        if word.arg is not None and not isinstance(call.args[0], ast.JoinedStr)
    }
    assert said - KEYS == set()
