"""What alerts and dashboards ask Prometheus."""

import json
from collections.abc import Iterator
from typing import Any

import promql_parser
import yaml

from tests.architecture.source import ROOT

FOLDER = ROOT / "deploy" / "telemetry"
INNER = ("lhs", "rhs", "expr", "vector_selector")


def alerts() -> list[dict[str, Any]]:
    """Every rule that somebody is called by."""
    groups = yaml.safe_load((FOLDER / "alerts.yaml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def asked() -> Iterator[tuple[str, str]]:
    """Every question to Prometheus, with where it stands."""
    for rule in alerts():
        yield rule["alert"], rule["expr"]
    for path in sorted((FOLDER / "grafana" / "dashboards").glob("*.json")):
        for panel in json.loads(path.read_text("utf-8"))["panels"]:
            for target in panel["targets"]:
                yield f"{path.stem}: {panel['title']}", target["expr"]


def selected(question: str) -> list[promql_parser.VectorSelector]:
    """The series that a question is about."""
    return list(_selectors(promql_parser.parse(question)))


def _selectors(node: Any) -> Iterator[promql_parser.VectorSelector]:
    if isinstance(node, promql_parser.VectorSelector):
        yield node
        return
    for name in INNER:
        if (inner := getattr(node, name, None)) is not None:
            yield from _selectors(inner)
    for inner in getattr(node, "args", ()):
        yield from _selectors(inner)
