"""Whoever is called at night finds every flag and every concern on the operations page."""

import ast
from collections.abc import Iterator

from domain.pickup_rules import PICKUP_RULES
from domain.reconciliation.words import Kind
from domain.words import Actor
from tests.architecture.source import ROOT, calls, module, modules

PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")


def _flags() -> set[str]:
    """The keys of the one table in which a status finds its flags."""
    (table,) = (
        inner
        for node in ast.walk(module("domain/returns/shown/status.py").tree)
        if isinstance(node, ast.FunctionDef) and node.name == "_flags"
        for inner in ast.walk(node)
        if isinstance(inner, ast.Dict)
    )
    return {str(ast.literal_eval(key)) for key in table.keys if key is not None}


def _concerns() -> set[str]:
    """What is said wherever a concern is raised; at the door it is the carrier's code."""
    for_a_person = (c for c, rule in PICKUP_RULES.items() if rule.next_actor is Actor.MERCHANT)
    return {str(code) for code in for_a_person} | {
        what.value
        for each in modules("domain")
        for name, call in calls(each)
        for what in _said(name.rpartition(".")[2], call)
        if isinstance(what, ast.Constant) and isinstance(what.value, str)
    }


def _said(name: str, call: ast.Call) -> Iterator[ast.expr]:
    if name == "Escalated":
        yield from (word.value for word in call.keywords if word.arg == "what")
    if name in {"worry", "_worry"}:
        yield call.args[2]


def _missing(words: set[str]) -> list[str]:
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    return sorted(word for word in words if not any(f"`{word}`" in row for row in rows))


def test_every_flag_says_who_settles_it() -> None:
    assert {"overdue", "money_held"} <= _flags()
    assert _missing(_flags()) == []


def test_every_concern_says_what_to_do_first() -> None:
    assert {"step_failed", "paid_twice", "item_mismatch"} <= _concerns()
    assert _missing(_concerns()) == []


def test_every_kind_of_finding_says_what_to_do() -> None:
    assert _missing({kind.value for kind in Kind}) == []
