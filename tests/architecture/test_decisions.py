"""A decision that nothing checks is a wish: each record has its parts and names what keeps it."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, module

FOLDER = ROOT / "docs" / "decisions"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))

HEADINGS = ["Context", "Decision", "Consequences", "Considered", "Kept by"]
STATUS = re.compile(
    r"^Status: (accepted|superseded by ADR-\d{4}), \d{4}-\d{2}-\d{2}\. Area: .+\.$", re.MULTILINE
)
REFERENCE = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ONE_PAGE, LONGEST_LINE = 60, 110
"""Lines and signs: what a reader takes in without turning."""


def _kept_by(record: Path) -> list[tuple[str, str]]:
    section = record.read_text("utf-8").partition("## Kept by")[2]
    return REFERENCE.findall(section)


def test_records_are_numbered_without_a_gap() -> None:
    numbers = [int(record.name[:4]) for record in RECORDS]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_record_has_its_number_its_status_and_its_parts_in_order(record: Path) -> None:
    text = record.read_text("utf-8")
    assert text.startswith(f"# ADR-{record.name[:4]}: ")
    assert STATUS.search(text), "Status: accepted, YYYY-MM-DD. Area: …."
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_record_is_one_page(record: Path) -> None:
    lines = record.read_text("utf-8").splitlines()
    prose = [line for line in lines if "::" not in line]  # the name of a test is as long as it is
    assert len(lines) <= ONE_PAGE
    assert max(map(len, prose)) <= LONGEST_LINE


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_what_keeps_a_decision_exists(record: Path) -> None:
    kept_by = _kept_by(record)
    assert kept_by, "name a test that fails when the decision is broken"
    missing = [f"{path}::{name}" for path, name in kept_by if name not in _tests_in(path)]
    assert not missing, "\n".join(missing)


def _tests_in(path: str) -> set[str]:
    if not (ROOT / path).is_file():
        return set()
    return {
        node.name
        for node in ast.walk(module(path).tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_record_is_listed() -> None:
    listed = (FOLDER / "README.md").read_text("utf-8")
    assert [record.name for record in RECORDS if f"]({record.name})" not in listed] == []
