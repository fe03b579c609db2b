"""Alerts and dashboards ask for what is told, and each alert has its page."""

import json
import os
import re
import socket

import pytest

from adapters.telemetry.instruments import INSTRUMENTS, prometheus_name
from tests.activities.test_privacy import found_in
from tests.architecture.source import ROOT
from tests.telemetry.asked import alerts, asked, selected
from tests.telemetry.conftest import Looked

PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")


@pytest.mark.parametrize(("where", "question"), list(asked()), ids=lambda value: value[:40])
def test_what_is_asked_for_is_told(where: str, question: str, looked: Looked) -> None:
    found = selected(question)
    assert found, where
    for selector in found:
        assert selector.name in looked.told.metrics, where
        base = re.sub("_(bucket|count|sum)$", "", selector.name)
        labels = {key for told in looked.told.labels[base] for key in told}
        assert {m.name for m in selector.matchers.matchers} <= labels, where


def test_every_metric_of_ours_is_told(looked: Looked) -> None:
    ours = {
        prometheus_name(metric, one.kind, one.unit) + ("_count" if one.kind == "histogram" else "")
        for metric, one in INSTRUMENTS.items()
    }
    silent = ours - looked.told.metrics
    assert silent == {"backhaul_log_keys_dropped_total"}  # see tests/adapters/test_logging.py


def test_each_figure_says_which_process_told_it(looked: Looked) -> None:
    """Else the figures of two workers, the SDK's too, would overwrite one another."""
    this = f"backhaul/tests/{socket.gethostname()}:{os.getpid()}"
    assert {name: told for name, told in looked.told.by.items() if told != {this}} == {}


def test_a_series_names_nobody(looked: Looked) -> None:
    assert found_in([json.dumps(looked.told.labels)]) == set()


def test_a_series_names_no_return(looked: Looked) -> None:
    """One for each return would be as many series as there are returns."""
    ours = {n: v for n, v in looked.told.labels.items() if n.startswith("backhaul_")}
    assert looked.return_id not in json.dumps(ours)


def test_each_alert_has_its_page_and_each_page_its_alert() -> None:
    pages = set(re.findall(r"^#### Alert: (\w+)$", PAGE, re.MULTILINE))
    assert pages == {rule["alert"] for rule in alerts()}
    for rule in alerts():
        anchor = f"docs/operations.md#alert-{rule['alert'].lower()}"
        assert rule["annotations"]["runbook"] == anchor
